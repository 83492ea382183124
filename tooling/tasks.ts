// What the commands do once the packages are installed. run.mjs starts this file with the project's own Node.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './bootstrap/paths.mjs';
import { runAloud } from './bootstrap/processes.mjs';
import { ensureBuild } from './build/ensure-build.ts';
import { checks, format } from './checks.ts';
import { runTests } from './run-tests.ts';

type Task = (args: readonly string[]) => Promise<number>;

const tasks: Readonly<Record<string, Task>> = {
  async build() {
    await ensureBuild();
    return 0;
  },
  async chaos(args) {
    await ensureBuild();
    return runAloud(process.execPath, [join(root, 'tooling', 'chaos', 'main.ts'), ...args], { cwd: root });
  },
  async check() {
    const codes = await Promise.all(checks.map(({ file, args }) => runAloud(file, args, { cwd: root })));
    return Math.max(...codes);
  },
  async demo(args) {
    const example = join(root, 'examples', 'quick-start', 'main.ts');
    if (!existsSync(example)) throw new Error('examples/quick-start/main.ts is missing.');
    await ensureBuild();
    return runAloud(process.execPath, [example, ...args], { cwd: root });
  },
  async 'demo:react'() {
    await ensureBuild();
    return runAloud(process.execPath, [join(root, 'examples', 'react-app', 'server', 'main.ts')], { cwd: root });
  },
  format: () => runAloud(format.file, format.args, { cwd: root }),
  test: runTests,
};

const [command = '', ...args] = process.argv.slice(2);
const task = tasks[command];
if (task === undefined) {
  console.error(`There is no command "${command}". There are: ${Object.keys(tasks).join(', ')}, pnpm.`);
  process.exitCode = 1;
} else {
  process.exitCode = await task(args).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  });
}
