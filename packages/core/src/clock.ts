/** A timer that {@link Clock.setTimeout} handed out; only the clock that made it can read it. */
export type TimerHandle = unknown;

/** Where time comes from. Inject one to test a program without waiting. */
export interface Clock {
  /** Wall-clock time in epoch milliseconds. It may jump. */
  now(): number;
  /** Milliseconds that never go back. They may stand still while a machine sleeps. */
  monotonic(): number;
  /**
   * Calls back after `delay` milliseconds. `keepAlive: false` lets a process end although the timer
   * is pending.
   */
  setTimeout(callback: () => void, delay: number, keepAlive: boolean): TimerHandle;
  clearTimeout(timer: TimerHandle): void;
}

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
    const timer: unknown = setTimeout(callback, Math.min(Math.max(delay, 0), longestDelay));
    if (!keepAlive) unref(timer);
    return timer;
  },
  clearTimeout: (timer) => clearTimeout(timer as number),
};

/**
 * Node and Bun hand out objects with `unref`, Deno and browsers numbers; Deno has a function of its
 * own.
 */
function unref(timer: unknown): void {
  if (typeof timer === 'object') (timer as { unref?(): void } | null)?.unref?.();
  else (globalThis as { Deno?: { unrefTimer?(id: unknown): void } }).Deno?.unrefTimer?.(timer);
}

/**
 * One pending delay, which may be infinite. `done` resolves when it is over or `wake` was called;
 * after `cancel` it never does.
 */
export interface Timer {
  readonly done: Promise<void>;
  wake(): void;
  cancel(): void;
}

export function startTimer(clock: Clock, delay: number, keepAlive: boolean): Timer {
  let wake = (): void => {};
  let cancel = (): void => {};
  const done = new Promise<void>((resolve) => {
    if (delay !== Number.POSITIVE_INFINITY) {
      const handle = clock.setTimeout(resolve, delay, keepAlive);
      cancel = () => clock.clearTimeout(handle);
    }
    wake = () => {
      cancel();
      resolve();
    };
  });
  return { done, wake, cancel };
}
