import { type Clock, startTimer } from './clock.ts';
import { onAbort } from './on-abort.ts';

/** Whether promises and timers belong to the request that made them, as in Cloudflare Workers. */
export function endsWithRequests(): boolean {
  return globalThis.navigator?.userAgent === 'Cloudflare-Workers';
}

/**
 * How often a request in a Worker looks at what another request does: first every 20 ms, then less
 * often, up to once a second.
 */
const glance = { first: 20, longest: 1_000 } as const;

/**
 * Wakes everyone who waits for something to change. Each wait has a timer of its own, because in a
 * Worker a request must not await a promise of another one: once that request has ended, the
 * promise throws or never settles. Held by: waiting.test.ts and workerd.
 */
export class Bell {
  readonly #clock: Clock;
  readonly #wakers = new Set<() => void>();
  #rings = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  ring(): void {
    this.#rings += 1;
    for (const wake of [...this.#wakers]) wake();
  }

  /** Resolves at the next ring, after `delay` milliseconds, or when one of `signals` aborts. */
  async wait(delay: number, signals: readonly AbortSignal[] = [], keepAlive = true): Promise<void> {
    if (signals.some(({ aborted }) => aborted)) return;
    if (endsWithRequests()) return this.#look(delay, signals, keepAlive);
    const { done, wake } = startTimer(this.#clock, Math.max(delay, 0), keepAlive);
    this.#wakers.add(wake);
    const stops = signals.map((signal) => onAbort(signal, wake));
    await done;
    this.#wakers.delete(wake);
    for (const stop of stops) stop();
  }

  async #look(delay: number, signals: readonly AbortSignal[], keepAlive: boolean): Promise<void> {
    const { first, longest } = glance;
    const rings = this.#rings;
    const since = this.#clock.monotonic();
    for (
      let passed = 0;
      passed < delay && this.#rings === rings;
      passed = this.#clock.monotonic() - since
    ) {
      if (signals.some(({ aborted }) => aborted)) return;
      const pause = Math.min(Math.max(first, passed / 4), longest, delay - passed);
      await startTimer(this.#clock, pause, keepAlive).done;
    }
  }
}

/**
 * Work that callers of this process share, and the bell that rings when it is over. It has a time
 * by which it must be over: in a Worker, the work of a request that has ended never is. From then
 * on it counts for nothing, and the next caller starts its own.
 */
export class Flight extends Bell {
  readonly #clock: Clock;
  #until = 0;
  #failure: { readonly error: unknown } | null = null;
  isOver = false;
  /** Resolves when it is over. Only the request that started it may wait for this. */
  readonly done: Promise<void>;

  /** `work` begins in a later microtask, so that it may ask for the flight that it is. */
  constructor(clock: Clock, bound: number, work: (flight: Flight) => Promise<void>) {
    super(clock);
    this.#clock = clock;
    this.extend(bound);
    this.done = this.#run(work);
  }

  async #run(work: (flight: Flight) => Promise<void>): Promise<void> {
    await null;
    try {
      await work(this);
    } catch (error) {
      this.#failure = { error };
    }
    this.isOver = true;
    this.ring();
  }

  /** Milliseconds until it counts for nothing. */
  get remaining(): number {
    return this.isOver ? 0 : this.#until - this.#clock.monotonic();
  }

  get isRunning(): boolean {
    return this.remaining > 0;
  }

  /** Gives it `bound` milliseconds from now on. */
  extend(bound: number): void {
    this.#until = this.#clock.monotonic() + bound;
  }

  /** Waits until it is over or counts for nothing. It never rejects. */
  async settled(): Promise<void> {
    while (this.isRunning) await this.wait(this.remaining);
  }

  /** Throws what the work threw. */
  throwIfFailed(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }
}
