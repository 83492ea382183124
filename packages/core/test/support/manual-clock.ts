import type { Clock } from '../../src/clock.ts';

interface PendingTimer {
  readonly at: number;
  readonly callback: () => void;
  readonly keepAlive: boolean;
}

export interface ManualClock extends Clock {
  /**
   * Lets virtual time pass, firing what falls due in order, with the program running to rest in
   * between.
   */
  advance(ms: number): Promise<void>;
  /**
   * Lets time pass from timer to timer until the promise has settled. Rejects if nothing is left
   * that could settle it.
   */
  settle<T>(promise: Promise<T>): Promise<T>;
  /** Sets the wall clock without the monotonic one. */
  jump(ms: number): void;
  /** Timers that would keep a process alive, and all. */
  readonly timers: { readonly keepAlive: number; readonly all: number };
}

export const startOfTime: number = Date.UTC(2026, 0, 1);

/** A clock that stands still until it is told to go on. */
export function manualClock(): ManualClock {
  let monotonic = 1_000;
  let wall = startOfTime;
  const pending = new Set<PendingTimer>();
  const next = (): PendingTimer | undefined => [...pending].sort((a, b) => a.at - b.at)[0];
  const moveTo = (at: number): void => {
    const step = Math.max(0, at - monotonic);
    monotonic += step;
    wall += step;
  };
  const fire = (timer: PendingTimer): void => {
    moveTo(timer.at);
    pending.delete(timer);
    timer.callback();
  };
  return {
    now: () => wall,
    monotonic: () => monotonic,
    setTimeout(callback, delay, keepAlive) {
      const timer = { at: monotonic + Math.max(delay, 0), callback, keepAlive };
      pending.add(timer);
      return timer;
    },
    clearTimeout: (timer) => pending.delete(timer as PendingTimer),
    async advance(ms) {
      const end = monotonic + ms;
      await rest();
      for (let timer = next(); timer !== undefined && timer.at <= end; timer = next()) {
        fire(timer);
        await rest();
      }
      moveTo(end);
      await rest();
    },
    async settle(promise) {
      let settled = false;
      const done = (): void => {
        settled = true;
      };
      promise.then(done, done);
      for (await rest(); !settled; await rest()) {
        const timer = next();
        if (timer === undefined) throw new Error('Nothing is left that could settle this promise.');
        fire(timer);
      }
      return promise;
    },
    jump(ms) {
      wall += ms;
    },
    get timers() {
      return {
        keepAlive: [...pending].filter((timer) => timer.keepAlive).length,
        all: pending.size,
      };
    },
  };
}

/**
 * Lets everything run that needs no timer: what these tests talk to lives in this process and rests
 * on promises and WebCrypto alone.
 */
async function rest(): Promise<void> {
  for (let turn = 0; turn < 6; turn += 1) {
    while (cryptography.size > 0) await Promise.allSettled(cryptography);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/**
 * WebCrypto works on other threads, so a program that waits for it only looks as if it had come to
 * rest.
 */
const cryptography = new Set<Promise<unknown>>();
for (const name of ['digest', 'sign', 'importKey', 'encrypt', 'decrypt'] as const) {
  const original = crypto.subtle[name] as (...args: unknown[]) => Promise<unknown>;
  Object.defineProperty(crypto.subtle, name, {
    configurable: true,
    value(...args: unknown[]) {
      const work = original.apply(crypto.subtle, args);
      cryptography.add(work);
      const done = (): unknown => cryptography.delete(work);
      work.then(done, done);
      return work;
    },
  });
}
