import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { runtime as projectNode } from '../../tooling/bootstrap/paths.mjs';
import { type RuntimeName, runtimes } from '../runtimes/runtimes.ts';

const hook = new URL('../../tooling/from-source.ts', import.meta.url).href;
const fileOf = (name: RuntimeName): string =>
  runtimes.find((runtime) => runtime.name === name)?.file ?? '';

/** What Deno needs to run from the sources, and to have no right but these. */
export interface DenoRights {
  readonly importMap: URL;
  readonly rights: readonly string[];
}

/**
 * The beginning of a command that runs a program on the sources of the packages; Bun finds those
 * through tsconfig.json.
 */
export function fromSource(runtime: 'Node' | 'Deno' | 'Bun', deno?: DenoRights): string[] {
  if (runtime === 'Node') return [projectNode, '--import', hook];
  if (runtime === 'Bun') return [fileOf('Bun'), 'run'];
  if (deno === undefined) throw new TypeError('Deno needs an import map and its rights.');
  const map = `--import-map=${fileURLToPath(deno.importMap)}`;
  return [fileOf('Deno'), 'run', '--no-prompt', '--no-config', map, ...deno.rights];
}

/** An environment with nothing of ours in it. `home` is where Deno and Bun may keep things. */
export function plainEnv(home: string): Record<string, string | undefined> {
  return { PATH: process.env.PATH, HOME: home, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' };
}

/**
 * Starts a worker from its source; it reads what to do from `SETUP`. It runs in the project's Node,
 * because an older one cannot read TypeScript; only Deno starts Deno, because the two do not
 * understand each other's messages.
 */
export function forkWorker(program: URL, setup: unknown): ChildProcess {
  const execPath = 'Deno' in globalThis ? process.execPath : projectNode;
  const env = { ...process.env, SETUP: JSON.stringify(setup) };
  return fork(fileURLToPath(program), { env, execPath, execArgv: ['--import', hook] });
}

/** The next message of a process that passes `is`. Rejects if the process ends first. */
export function nextMessage<Message>(
  child: ChildProcess,
  is: (message: Message) => boolean = () => true,
): Promise<Message> {
  return new Promise((resolve, reject) => {
    const fail = (): void =>
      reject(new Error('A process ended before it sent the message that was waited for.'));
    child.once('exit', fail).on('message', function listen(message) {
      if (!is(message as Message)) return;
      child.off('exit', fail).off('message', listen);
      resolve(message as Message);
    });
  });
}

/** How a process ended: its exit code, or the signal. */
export async function endOf(child: ChildProcess): Promise<unknown> {
  const [code, signal] = await once(child, 'exit');
  return code ?? signal;
}
