import type { SkippableClock } from '../../quick-start/skippable-clock.ts';

/**
 * Time that stands still until it is skipped: on a slow machine nothing lapses, is renewed or heals
 * before the test comes to it.
 */
export function standingClock(): SkippableClock {
  const start = Date.now();
  const pending = new Set<{ at: number; callback: () => void }>();
  let passed = 0;
  return {
    now: () => start + passed,
    monotonic: () => passed,
    setTimeout(callback, delay) {
      const timer = { at: passed + delay, callback };
      pending.add(timer);
      return timer;
    },
    clearTimeout: (timer) => void pending.delete(timer as { at: number; callback: () => void }),
    skip(ms) {
      passed += ms;
      const due = [...pending].filter(({ at }) => at <= passed).sort((a, b) => a.at - b.at);
      for (const timer of due) if (pending.delete(timer)) timer.callback();
    },
  };
}
