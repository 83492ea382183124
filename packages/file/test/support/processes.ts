import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { workerRuntime } from '../../../../proof/runtimes/worker-runtime.ts';
import type { Message, Setup } from './worker.ts';

/** Starts a process with this to do. */
export function start(setup: Setup): ChildProcess {
  const [hooks, worker] = ['../../../../tooling/from-source.ts', './worker.ts'].map((path) => new URL(path, import.meta.url));
  const env = { ...process.env, SETUP: JSON.stringify(setup) };
  return fork(fileURLToPath(String(worker)), { env, execPath: workerRuntime, execArgv: ['--import', String(hooks)] });
}

/** The next message of this type. */
export function next<Type extends Message['type']>(worker: ChildProcess, type: Type): Promise<Extract<Message, { type: Type }>> {
  return new Promise((resolve, reject) => {
    const fail = () => reject(new Error('A worker ended early.'));
    worker.once('exit', fail).on('message', function listen(message) {
      if ((message as Message).type !== type) return;
      worker.off('exit', fail).off('message', listen);
      resolve(message as Extract<Message, { type: Type }>);
    });
  });
}

/** How it ended: its exit code, or the signal. */
export async function ended(worker: ChildProcess): Promise<unknown> {
  const [code, signal] = await once(worker, 'exit');
  return code ?? signal;
}
