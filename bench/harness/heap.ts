import { setTimeout as sleep } from 'node:timers/promises';

/** Bytes in use after the garbage is gone. Needs `--expose-gc`. */
export async function usedHeap(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error('Start this process with --expose-gc.');
  // What a finalizer or a weak reference lets go is gone only after another round.
  for (let round = 0; round < 5; round += 1) {
    globalThis.gc();
    await sleep(10);
  }
  return process.memoryUsage().heapUsed;
}
