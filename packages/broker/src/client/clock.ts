import type { Clock } from '@act-on-token/core';

/** Longest delay a timer takes; a longer one would fire at once. */
const longestDelay = 2 ** 31 - 1;

/**
 * The runtime's own time. Every member looks its global up when called, so that fake timers
 * installed later are obeyed.
 */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimeout(callback, delay, keepAlive) {
    const timer: unknown = setTimeout(callback, Math.min(delay, longestDelay));
    if (!keepAlive && typeof timer === 'object') (timer as { unref?(): void } | null)?.unref?.();
    return timer;
  },
  clearTimeout: (timer) => clearTimeout(timer as number),
};
