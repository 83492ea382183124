import type { Clock } from '../clock.ts';

/** How often a request looks what has come of the work of another one, in milliseconds. */
export const glance = 20;

const outcomes = new WeakMap<Promise<unknown>, { read?: () => unknown }>();

/**
 * In Cloudflare Workers, what has come of shared work so far. There a request must not await the promise of another one: once
 * that has ended the promise throws, and for workers of an old date the rest of the waiting request would run within the other.
 */
export function outcomeOf(work: Promise<unknown>): { readonly read?: () => unknown } | undefined {
  return endsWithRequests() ? outcomes.get(work) : undefined;
}

/** Whether promises and timers belong to the request that made them. */
export function endsWithRequests(): boolean {
  return globalThis.navigator?.userAgent === 'Cloudflare-Workers';
}

/**
 * Work that all callers of this process share until it settles. It has a time by which it must have settled: in a Worker, work
 * that belongs to an ended request never does. From then on it counts for nothing, and the next caller starts its own.
 */
export class SingleFlight<T> {
  readonly #clock: Clock;
  #work: Promise<T> | null = null;
  #until = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isRunning(): boolean {
    return this.#work !== null && this.remaining > 0;
  }

  /** Milliseconds until the work counts as abandoned. */
  get remaining(): number {
    return this.#until - this.#clock.monotonic();
  }

  /** The work under way, else `start()`. Its bound may be set anew from within, as long as it is the one under way. */
  run(bound: number, start: (extend: (bound: number) => void) => Promise<T>): Promise<T> {
    if (this.#work !== null && this.remaining > 0) return this.#work;
    let own: Promise<T> | null = null;
    const isCurrent = (): boolean => own === null || this.#work === own;
    this.#until = this.#clock.monotonic() + bound;
    // Later than now: what runs at once could ask for the flight that it is.
    own = Promise.resolve()
      .then(() =>
        start((more) => {
          if (isCurrent()) this.#until = this.#clock.monotonic() + more;
        }),
      )
      .finally(() => {
        if (isCurrent()) this.#work = null;
      });
    this.#work = own;
    const outcome: { read?: () => unknown } = {};
    outcomes.set(own, outcome);
    own.then(
      (value) => {
        outcome.read = () => value;
      },
      (error) => {
        outcome.read = () => {
          throw error;
        };
      },
    );
    return own;
  }
}
