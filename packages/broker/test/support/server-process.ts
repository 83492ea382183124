import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { fromSource, plainEnv } from '../../../../proof/support/processes.ts';
import type { ServerSetup } from './server-program.ts';

export type RuntimeName = 'Node' | 'Deno' | 'Bun';

/** A server in a process of its own. */
export interface ServerProcess {
  readonly port: number;
  /** As a machine that loses power. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const importMap = new URL('./import-map.json', import.meta.url);
const program = fileURLToPath(new URL('./server-program.ts', import.meta.url));

/** Deno has no more rights than the README says. */
function rightsOf({ store }: ServerSetup): string[] {
  const folder =
    typeof store === 'object' && 'directory' in store
      ? [`--allow-read=${store.directory}`, `--allow-write=${store.directory}`]
      : [];
  return ['--allow-net=127.0.0.1', '--allow-env', ...folder];
}

export async function startServer(
  runtime: RuntimeName,
  setup: ServerSetup,
  home: string,
): Promise<ServerProcess> {
  const [file = '', ...args] = fromSource(runtime, { importMap, rights: rightsOf(setup) });
  const env = { ...plainEnv(home), SETUP: JSON.stringify(setup) };
  const child = spawn(file, [...args, program], { env, stdio: ['pipe', 'pipe', 'inherit'] });
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
