import type { Clock } from '@act-on-token/core';

/**
 * Real time that can be skipped: an hour passes at a word, and every timer that falls into it
 * fires.
 */
export interface SkippableClock extends Clock {
  skip(ms: number): void;
}

export function skippableClock(): SkippableClock {
  let skipped = 0;
  const pending = new Set<{ at: number; fire: () => void; cancel: () => void }>();
  const monotonic = (): number => performance.now() + skipped;
  return {
    now: () => Date.now() + skipped,
    monotonic,
    setTimeout(callback, delay, keepAlive) {
      const fire = (): void => {
        timer.cancel();
        callback();
      };
      const real = setTimeout(fire, delay);
      if (!keepAlive) real.unref();
      const cancel = (): void => {
        clearTimeout(real);
        pending.delete(timer);
      };
      const timer = { at: monotonic() + delay, fire, cancel };
      pending.add(timer);
      return timer;
    },
    clearTimeout: (timer) => (timer as { cancel(): void }).cancel(),
    skip(ms) {
      skipped += ms;
      const due = [...pending].filter(({ at }) => at <= monotonic()).sort((a, b) => a.at - b.at);
      for (const { fire } of due) fire();
    },
  };
}
