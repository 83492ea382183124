import type { ChildProcess } from 'node:child_process';
import { forkWorker, nextMessage } from '../../../../proof/support/processes.ts';
import type { Message, Setup } from './worker.ts';

/** Starts a process with this to do. */
export const start = (setup: Setup): ChildProcess =>
  forkWorker(new URL('./worker.ts', import.meta.url), setup);

/** The next message of this type. */
export function next<Type extends Message['type']>(
  worker: ChildProcess,
  type: Type,
): Promise<Extract<Message, { type: Type }>> {
  return nextMessage(worker, (message) => message.type === type);
}
