import type { Clock } from '@act-on-token/core';

export interface TestClock extends Clock {
  /** Lets virtual time pass at once; timers that run keep their own time. */
  skip(ms: number): void;
}

/**
 * The runtime's own time, so many times as fast, for sessions that talk to real servers: what they
 * wait for passes in seconds, and requests still take real time.
 */
export function testClock(speed = 1): TestClock {
  const [began, startedAt] = [Date.now(), performance.now()];
  let skipped = 0;
  const passed = (): number => (performance.now() - startedAt) * speed + skipped;
  return {
    now: () => began + passed(),
    monotonic: passed,
    setTimeout: (callback, delay) => setTimeout(callback, delay / speed),
    clearTimeout: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
    skip(ms) {
      skipped += ms;
    },
  };
}
