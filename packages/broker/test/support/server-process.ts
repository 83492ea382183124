import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { runtime as projectNode } from '../../../../tooling/bootstrap/paths.mjs';
import type { ServerSetup } from './server-program.ts';

export type RuntimeName = 'Node' | 'Deno' | 'Bun';

/** A server in a process of its own. */
export interface ServerProcess {
  readonly port: number;
  /** As a machine that loses power. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const programs = at('../../../../examples/one-file/node_modules');

/** Each from the sources: Bun finds those by tsconfig.json. Deno has no more rights than the README says. */
function commandOf(runtime: RuntimeName, { store }: ServerSetup): string[] {
  if (runtime === 'Bun') return [join(programs, 'bun/bin/bun.exe'), 'run'];
  if (runtime === 'Node') return [projectNode, '--import', at('../../../../tooling/from-source.ts')];
  const folder =
    typeof store === 'object' && 'directory' in store ? [`--allow-read=${store.directory}`, `--allow-write=${store.directory}`] : [];
  const rights = ['--allow-net=127.0.0.1', '--allow-env', ...folder];
  return [join(programs, 'deno/deno'), 'run', '--no-prompt', '--no-config', `--import-map=${at('./import-map.json')}`, ...rights];
}

export async function startServer(runtime: RuntimeName, setup: ServerSetup, home: string): Promise<ServerProcess> {
  const [file = '', ...args] = commandOf(runtime, setup);
  const env = { PATH: process.env.PATH, HOME: home, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1', SETUP: JSON.stringify(setup) };
  const child = spawn(file, [...args, at('./server-program.ts')], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  return {
    port: await portOf(child, runtime),
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    async stop() {
      child.stdin?.end();
      await exited;
    },
  };
}

async function portOf(child: ChildProcess, runtime: string): Promise<number> {
  if (child.stdout === null) throw new Error('It has no output.');
  for await (const line of createInterface(child.stdout)) return JSON.parse(line).port;
  throw new Error(`The server under ${runtime} ended before it listened.`);
}
