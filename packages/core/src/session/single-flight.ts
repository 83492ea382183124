import type { Clock } from '../clock.ts';

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
    return own;
  }
}
