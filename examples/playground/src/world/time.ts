import type { Clock } from '@act-on-token/core';

/**
 * Time that passes only when it is told to, for everything in the world at once: the emulator, the
 * store and all tabs.
 */
export interface Time {
  /** Epoch milliseconds. */
  now(): number;
  /** Calls back when the world's time has come. Returns what stops it. */
  after(delay: number, callback: () => void): () => void;
  /**
   * Lets `ms` milliseconds pass, from timer to timer: between two of them the world has come to
   * rest, so that nothing is late, however slow the machine. One call after the other.
   */
  pass(ms: number): Promise<void>;
  /** Stands still until this work is done: it takes real time, and none of the world's. */
  during<Result>(work: Promise<Result>): Promise<Result>;
  /** A clock for one tab. It dies with the tab: none of its timers fires from then on. */
  clockOf(tab: { readonly isDead: boolean }): Clock;
}

interface Timer {
  readonly at: number;
  readonly callback: () => void;
}

export function createTime(start: number): Time {
  const pending = new Set<Timer>();
  const busy = new Set<Promise<unknown>>();
  let now = start;
  let last: Promise<void> = Promise.resolve();

  const after: Time['after'] = (delay, callback) => {
    const timer = { at: now + Math.max(0, delay), callback };
    pending.add(timer);
    return () => void pending.delete(timer);
  };
  const rest = async (): Promise<void> => {
    for (;;) {
      await someTurns();
      if (busy.size === 0) return;
      await Promise.allSettled(busy);
    }
  };
  const pass = async (until: number): Promise<void> => {
    for (await rest(); ; await rest()) {
      const next = earliest(pending);
      if (next === null || next.at > until) break;
      now = Math.max(now, next.at);
      pending.delete(next);
      next.callback();
    }
    now = until;
    await rest();
  };
  return {
    now: () => now,
    after,
    pass(ms) {
      last = last.then(() => pass(now + ms));
      return last;
    },
    during(work) {
      busy.add(work);
      return work.finally(() => busy.delete(work));
    },
    clockOf: (tab) => ({
      now: () => now,
      monotonic: () => now - start,
      setTimeout: (callback, delay) => after(delay, () => tab.isDead || callback()),
      clearTimeout: (stop) => (stop as () => void)(),
    }),
  };
}

function earliest(timers: ReadonlySet<Timer>): Timer | null {
  let first: Timer | null = null;
  for (const timer of timers) if (first === null || timer.at < first.at) first = timer;
  return first;
}

/**
 * How many turns of the event loop what a timer sets off may take, apart from the work that
 * `during` is told of.
 */
const turns = 4;
const channel = new MessageChannel();
const waiting: (() => void)[] = [];
channel.port1.onmessage = () => waiting.shift()?.();

async function someTurns(): Promise<void> {
  for (let turn = 0; turn < turns; turn += 1) {
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      channel.port2.postMessage(null);
    });
  }
}
