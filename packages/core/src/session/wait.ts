import { type Clock, startTimer } from '../clock.ts';
import { abortable } from './abortable.ts';
import { explain } from './messages.ts';
import { glance, outcomeOf } from './single-flight.ts';

type Signals = readonly (AbortSignal | undefined)[];

/**
 * `work`, unless `delay` milliseconds pass first: then `otherwise`; or one of `signals` aborts: then it rejects with the reason. The
 * timer is the caller's own, never shared, and ends with the wait.
 */
export async function within<T, O>(clock: Clock, work: Promise<T>, delay: number, otherwise: O, signals: Signals = []): Promise<T | O> {
  const outcome = outcomeOf(work);
  if (outcome !== undefined) {
    for (const end = clock.monotonic() + delay; outcome.read === undefined; ) {
      const left = end - clock.monotonic();
      if (left <= 0) return otherwise;
      await unlessAborted(startTimer(clock, Math.min(left, glance), true).done, signals);
    }
    return outcome.read() as T;
  }
  const timer = startTimer(clock, delay, true);
  try {
    return await unlessAborted(Promise.race([work, timer.done.then(() => otherwise)]), signals);
  } finally {
    timer.cancel();
  }
}

const unlessAborted = <T>(work: Promise<T>, signals: Signals): Promise<T> =>
  signals.reduce<Promise<T>>((waiting, signal) => abortable(waiting, signal), work);

const over: unique symbol = Symbol('over');

/**
 * How long one caller waits, for whatever it is: its signal, its `maxWait`, and a bound for each step. Owns: the caller's timers.
 * Calls: nothing above `clock`. Held by: waiting.test.ts.
 */
export class Wait {
  readonly #clock: Clock;
  readonly #signal: AbortSignal | undefined;
  readonly #maxWait: number;
  readonly #ended: AbortSignal | undefined;
  readonly started: number;

  /** `ended` aborts when the session is closed. */
  constructor(clock: Clock, signal: AbortSignal | undefined, maxWait: number, ended?: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
    this.#maxWait = maxWait;
    this.#ended = ended;
    this.started = clock.monotonic();
  }

  /** Milliseconds since the call began. */
  get elapsed(): number {
    return this.#clock.monotonic() - this.started;
  }

  /** Rejects with the signal's reason, or with `timeout` once `maxWait` is over. */
  check(): void {
    this.#signal?.throwIfAborted();
    if (this.elapsed > this.#maxWait) throw this.#timeout();
  }

  /** Waits for `work`, but no longer than `bound`. False: it has not settled by then. */
  async for(work: Promise<unknown>, bound: number): Promise<boolean> {
    this.check();
    const left = this.#maxWait - this.elapsed;
    const delay = Math.max(0, Math.min(bound, left));
    const isOver = (await within(this.#clock, work, delay, over, [this.#signal, this.#ended])) === over;
    if (isOver && left <= bound) throw this.#timeout();
    return !isOver;
  }

  #timeout(): Error {
    return explain('timeout', { detail: `"maxWait" is ${this.#maxWait} ms` });
  }
}
