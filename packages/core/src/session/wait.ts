import type { Bell, Flight } from '../bell.ts';
import type { Account } from './account.ts';
import { explain } from './messages.ts';
import type { AccessTokenOptions } from './options.ts';

/**
 * How long one caller waits, whatever it waits for: its signal, its `maxWait`, the end of the
 * session, and a bound for each step. Calls: bell. Held by: waiting.test.ts.
 */
export class Wait {
  readonly #account: Account;
  readonly #signals: readonly AbortSignal[];
  readonly #maxWait: number;
  #hasWaited = false;
  /** When (monotonic) the call began. */
  readonly started: number;

  constructor(
    account: Account,
    { signal, maxWait }: Pick<AccessTokenOptions, 'signal' | 'maxWait'> = {},
  ) {
    this.#account = account;
    this.#signals = [signal, account.observer?.ended].filter((each) => each != null);
    this.#maxWait = maxWait ?? Number.POSITIVE_INFINITY;
    this.started = account.environment.clock.monotonic();
  }

  get elapsed(): number {
    return this.#account.environment.clock.monotonic() - this.started;
  }

  /** Throws the signal's reason, or `closed`. */
  check(): void {
    for (const signal of this.#signals) signal.throwIfAborted();
    if (this.#account.closed) throw explain('closed');
  }

  /**
   * Waits for a ring, `bound` milliseconds at most. Rejects with the signal's reason, `closed` or
   * `timeout`.
   */
  async for(bell: Bell, bound: number): Promise<void> {
    this.check();
    const left = this.#maxWait - this.elapsed;
    if (left <= 0 && this.#hasWaited)
      throw explain('timeout', { detail: `"maxWait" is ${this.#maxWait} ms` });
    this.#hasWaited = true;
    await bell.wait(Math.min(bound, left), this.#signals);
    this.check();
  }

  /**
   * Waits until the flight is over and throws what it threw. False: `bound` milliseconds passed
   * first.
   */
  async until(flight: Flight, bound: number): Promise<boolean> {
    const end = this.elapsed + bound;
    this.check();
    while (!flight.isOver && this.elapsed < end) await this.for(flight, end - this.elapsed);
    flight.throwIfFailed();
    return flight.isOver;
  }
}
