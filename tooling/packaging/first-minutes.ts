// npm run first-minutes [path …]: types each guide, as written, into an empty folder with an empty
// home, against a registry that has our packages as they would be published. Prints seconds and
// commands until there is a working session.
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { root } from '../bootstrap/paths.mjs';
import { component } from '../component.ts';
import { createConsumer } from './consumer.ts';
import { countCommands, pageOf, paths, readGuide, type Step } from './guides.ts';
import { packedPackages } from './pack.ts';
import { serveRegistry } from './registry.ts';
import { openShell, type Shell } from './shell.ts';
import { shelfOf } from './shelves.ts';
import { upstreamRegistry } from './upstream.ts';

interface Walked {
  readonly path: string;
  readonly commands: number;
  readonly seconds: number;
  readonly failure: string | null;
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !paths.includes(name));
if (unknown.length > 0)
  throw new Error(`There is no path "${unknown[0]}". There are: ${paths.join(', ')}.`);

const registry = await serveRegistry([shelfOf(await packedPackages())], await upstreamRegistry());
const stopRedis = await startRedis();
const walked: Walked[] = [];
try {
  for (const path of asked.length > 0 ? asked : paths) walked.push(await walk(path));
} finally {
  stopRedis();
  await registry.close();
}
const wide = Math.max(...walked.map(({ path }) => path.length));
console.log(`\n${'path'.padEnd(wide)}  commands  seconds  session`);
for (const { path, commands, seconds, failure } of walked) {
  const verdict = failure === null ? 'works' : 'does not work';
  console.log(
    `${path.padEnd(wide)}  ${`${commands}`.padStart(8)}  ${seconds.toFixed(1).padStart(7)}  ${verdict}`,
  );
}
process.exitCode = walked.every(({ failure }) => failure === null) ? 0 : 1;

async function walk(path: string): Promise<Walked> {
  const steps = readGuide(pageOf(path));
  await freePorts(steps);
  const consumer = createConsumer(registry.url);
  const shell = openShell(
    consumer.folder,
    { ...consumer.env, DOCS_HOME: join(root, 'tooling', 'docs') },
    240_000,
  );
  const began = performance.now();
  const failure = await take(steps, shell, consumer.write).catch((error: Error) => error.message);
  const seconds = (performance.now() - began) / 1000;
  shell.close();
  consumer.remove();
  if (failure !== null) console.error(`${pageOf(path)}:\n${failure.slice(-4_000)}\n`);
  else console.log(`${pageOf(path)}: a working session after ${seconds.toFixed(1)} s`);
  return { path, commands: countCommands(steps), seconds, failure };
}

async function take(
  steps: readonly Step[],
  shell: Shell,
  write: (name: string, content: string) => void,
): Promise<null> {
  for (const step of steps) {
    if (step.kind === 'write') write(step.file, step.content);
    else if (step.kind === 'see') await seen(shell, step.lines);
    else await shell.type(step.commands);
  }
  return null;
}

/** What a command printed may arrive a moment after it ended. */
async function seen(shell: Shell, lines: readonly string[]): Promise<void> {
  const missing = () => lines.filter((line) => !shell.printed.includes(line));
  for (let left = 50; left > 0 && missing().length > 0; left -= 1) await wait(100);
  if (missing().length > 0)
    throw new Error(
      `${shell.printed}\nThe page says that this is printed: ${missing().join('\n')}`,
    );
}

/**
 * The guides name their ports, as a reader would; of two servers on one port the wrong one would
 * answer.
 */
async function freePorts(steps: readonly Step[]): Promise<void> {
  const text = steps
    .map((step) => ('commands' in step ? step.commands : 'content' in step ? step.content : ''))
    .join('\n');
  const ports = new Set(
    [...text.matchAll(/(?:--port |PORT=|localhost:)(\d{4})\b/g)].map(([, port]) => Number(port)),
  );
  ports.delete(6379);
  for (const port of ports)
    if (!(await isFree(port))) throw new Error(`Port ${port} is taken, and a guide needs it.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}

/** The one thing that a guide asks its reader to bring along: a Redis where Redis always is. */
async function startRedis(): Promise<() => void> {
  const program = component('redis-server');
  if (program === undefined || !(await isFree(6379))) return () => {};
  const server = spawn(
    program,
    ['--port', '6379', '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'],
    { stdio: 'ignore' },
  );
  return () => server.kill();
}
