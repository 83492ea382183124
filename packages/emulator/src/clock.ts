import { check, finite } from './check.ts';

/** The emulator's time. Lifetimes, windows and limits are judged by it and by nothing else. */
export interface EmulatorClock {
  /** Epoch milliseconds. */
  now(): number;
  /**
   * Lets `ms` milliseconds pass at once; a negative number sets the clock back. It moves this clock
   * only: timers do not fire earlier. Throws a TypeError for a number that is not finite.
   */
  advance(ms: number): void;
}

export interface ResettableClock extends EmulatorClock {
  /** The sum of all that was advanced, in milliseconds. */
  advanced(): number;
  /** Forgets every `advance`. */
  reset(): void;
}

/**
 * The given time plus `start` and whatever was advanced since. `source` is called late, so that
 * fake timers which replace `Date` are seen.
 */
export function createClock(source: () => number, start = 0): ResettableClock {
  let offset = start;
  return {
    now: () => source() + offset,
    advance(ms) {
      check('ms', ms, finite);
      offset += ms;
    },
    advanced: () => offset,
    reset() {
      offset = start;
    },
  };
}
