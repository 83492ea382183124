import type { Target } from '../../support/tcp-proxy.ts';
import type { Reader } from './protocol.ts';
import { sleep } from './sockets.ts';

/** A server that keeps the records, and forgets nothing that it has answered when it is killed. */
export interface StoreServer {
  readonly target: Target;
  /** Of one connection. */
  readonly reader: () => Reader;
  /**
   * Ends it at once, and starts it on the same files after `down` milliseconds. Resolves when it
   * answers, rejects if it will not start.
   */
  restart(down: number): Promise<void>;
  /** Ends it, and removes what it kept. */
  stop(): Promise<void>;
}

/** One restart at a time: two servers on one file would ruin it. */
export function oneAtATime(
  kill: () => Promise<void>,
  start: () => Promise<void>,
  remove: () => unknown,
): Pick<StoreServer, 'restart' | 'stop'> {
  let last = Promise.resolve();
  return {
    restart(down) {
      last = last
        .then(kill)
        .then(() => sleep(down))
        .then(start);
      return last;
    },
    async stop() {
      await last.then(kill);
      await remove();
    },
  };
}
