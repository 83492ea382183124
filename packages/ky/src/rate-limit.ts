import { ActOnTokenError, checkOptions, type OptionRules, type Session } from '@act-on-token/core';
import type { Options } from 'ky';
import PQueue from 'p-queue';
import { type Limiter, limitedOptions } from './limited-options.ts';
import { type Pace, type Traffic, turnAt, withCall } from './pace.ts';
import { retryAfter } from './retry-after.ts';
import { sleep } from './sleep.ts';

export interface RateLimitOptions {
  /** Calls that may go within one `interval`. Default 5, as Act-On has it for one account. */
  limit?: number | undefined;
  /** Milliseconds. Default 1,000. */
  interval?: number | undefined;
  /**
   * Milliseconds that a call may wait for its turn. One that would wait longer rejects with
   * `rate_limited` instead of being sent, and a 429 that asks for longer is not retried. Default
   * 60,000; `Infinity`: as long as it takes.
   */
  maxWait?: number | undefined;
}

export const rateLimitRules: OptionRules<RateLimitOptions> = {
  limit: [[1, 1_000_000, true], 5],
  interval: [[1, 86_400_000], 1_000],
  maxWait: [[0, Number.POSITIVE_INFINITY], 60_000],
};

/** One queue for all calls of this process for one Act-On account. */
export interface RateLimit {
  /** How many calls wait for their turn. */
  readonly waiting: number;
  /** ky's options with this limit built in; `actOnKy` asks for them. */
  applyTo(options: Options, session: Session): Options;
}

/**
 * Keeps calls within Act-On's rate: they go in the order in which they came, each when it may, and
 * an aborted one leaves the line at once. A 429 stops the line for as long as its `Retry-After`
 * says, or one interval if it says nothing. While no request waits there is no timer. Throws
 * `configuration`, naming the option, for what cannot work.
 *
 * Act-On counts the calls of an account, and this those of a process: hand the same limit to all
 * sessions of the account, and divide `limit` by the number of processes that call at the same
 * time.
 *
 * @see https://developer.act-on.com/ (API Overview: 5 calls a second)
 * @example
 * const rateLimit = createRateLimit();
 * const api = actOnKy(session, { rateLimit });
 * await Promise.all(contacts.map((json) => api.post('api/1/list/l-0001/record', { json })));
 */
export function createRateLimit(options: RateLimitOptions = {}): RateLimit {
  return new WaitingLine(options);
}

/** One that waits for its turn; `deadline` is when it would rather leave. */
interface Call {
  readonly signal: AbortSignal;
  readonly deadline: number;
}

class WaitingLine implements RateLimit, Limiter {
  readonly #pace: Pace;
  readonly #maxWait: number;
  readonly #line = new PQueue({ concurrency: 1 });
  /** The line's own count has those who just went, for a moment. */
  readonly #waiting = new Set<Call>();
  #traffic: Traffic = { gone: [], heldUntil: Number.NEGATIVE_INFINITY };

  constructor(options: RateLimitOptions) {
    const { limit, interval, maxWait } = checkOptions<RateLimitOptions, keyof RateLimitOptions>(
      'createRateLimit()',
      rateLimitRules,
      options,
    );
    this.#pace = { limit, interval };
    this.#maxWait = maxWait;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  applyTo(options: Options, session: Session): Options {
    return limitedOptions(this, options, session);
  }

  async turn(signal: AbortSignal): Promise<void> {
    const call: Call = { signal, deadline: performance.now() + this.#maxWait };
    this.#checkPatience(call, this.waiting);
    this.#waiting.add(call);
    await this.#line
      .add(() => this.#pass(call), { signal })
      .finally(() => this.#waiting.delete(call));
  }

  /**
   * For the first in line, and the only one who has a timer. The hold may have grown while it
   * slept.
   */
  async #pass(call: Call): Promise<void> {
    for (let wait = this.#checkPatience(call, 0); wait > 0; wait = this.#checkPatience(call, 0))
      await sleep(wait, call.signal);
    this.#traffic = withCall(this.#pace, this.#traffic, performance.now());
    this.#waiting.delete(call);
  }

  /**
   * The milliseconds until the turn of a call with `ahead` others before it; throws if that is too
   * long for it.
   */
  #checkPatience({ deadline }: Call, ahead: number): number {
    const now = performance.now();
    const at = turnAt(this.#pace, this.#traffic, ahead, now);
    if (at > deadline) throw tooLong(at - now, this.#maxWait);
    return at - now;
  }

  observe(response: Response): void {
    if (response.status !== 429) return;
    const heldUntil =
      performance.now() + (retryAfter(response.headers, Date.now()) ?? this.#pace.interval);
    this.#traffic = { ...this.#traffic, heldUntil: Math.max(heldUntil, this.#traffic.heldUntil) };
  }

  isTooLong(response: Response): boolean {
    return (
      response.status === 429 && (retryAfter(response.headers, Date.now()) ?? 0) > this.#maxWait
    );
  }
}

function tooLong(wait: number, maxWait: number): ActOnTokenError {
  const retryAt = Date.now() + Math.ceil(wait);
  const message = `Nothing was sent: the turn of this call at Act-On's API is ${Math.ceil(wait)} ms away and "maxWait" is ${maxWait} ms. Try again at "retryAt", or give createRateLimit() a longer "maxWait".`;
  return new ActOnTokenError('rate_limited', message, { retryAt });
}
