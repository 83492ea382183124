// The door every command goes through: `node tooling/run.mjs <command>`. Plain JavaScript without
// imports from packages, because on a fresh machine there is nothing but Node and git. It installs
// what is missing and hands over to tasks.ts.
import { ensurePackages } from './bootstrap/ensure-packages.mjs';
import { pnpm } from './bootstrap/ensure-pnpm.mjs';
import { root, runtime } from './bootstrap/paths.mjs';
import { runAloud } from './bootstrap/processes.mjs';

const oldestNode = 20;

async function main(command = '', args = []) {
  if (Number.parseInt(process.versions.node, 10) < oldestNode) {
    throw new Error(
      `Node ${process.versions.node} is too old: install Node ${oldestNode} or newer.`,
    );
  }
  if (command === 'pnpm') {
    const tool = await pnpm();
    return runAloud(tool.file, [...tool.args, ...args], tool.options);
  }
  await ensurePackages();
  return runAloud(runtime, [`${root}tooling/tasks.ts`, command, ...args], { cwd: root });
}

const [command, ...args] = process.argv.slice(2);
try {
  process.exitCode = await main(command, args);
} catch (error) {
  console.error(error.message);
  // The closing line stands last whatever happened, so that nobody mistakes a run that never began
  // for one that passed.
  if (command === 'test') console.log('0 passed, 1 failed');
  process.exitCode = 1;
}
