import {
  ActOnTokenError,
  type CheckedOptions,
  checkOptions,
  type OptionRules,
} from '@act-on-token/core';

/** What is used of a limiter of rate-limiter-flexible. */
export interface SlotLimiter {
  /** Rejects with `{ msBeforeNext }` while the key is taken. */
  consume(key: string): Promise<unknown>;
  /** Takes the key for so many seconds, also if it is taken. */
  block(key: string, seconds: number): Promise<unknown>;
}

/**
 * How a limiter of rate-limiter-flexible must be set up: one call at a time per key. `duration` is
 * how many seconds a key stays taken if its process dies in the middle of a call.
 */
export const perSlot: { readonly points: 1; readonly duration: 5 } = { points: 1, duration: 5 };

export interface CallLimitOptions {
  /** `new RateLimiterRedis({ storeClient, ...perSlot })`, or another of rate-limiter-flexible. */
  limiter: SlotLimiter;
  /** Names the Act-On account whose calls are counted together. Default `act-on`. */
  key?: string | undefined;
  /** Calls a second. Default 5, which is Act-On's. */
  limit?: number | undefined;
  /**
   * Milliseconds that a call may wait for its turn; then it rejects with `rate_limited` and is not
   * sent. Default 60,000.
   */
  maxWait?: number | undefined;
}

export const callLimitRules: OptionRules<CallLimitOptions> = {
  limiter: ['consume block', null, 'a limiter of rate-limiter-flexible'],
  key: ['text', 'act-on'],
  limit: [[1, 1_000, true], 5],
  maxWait: [[0, 86_400_000], 60_000],
};

/** One waiting line in this process, and one count in all processes that share the limiter. */
export interface CallLimit {
  /** How many calls wait for their turn in this process. */
  readonly waiting: number;
  /**
   * Resolves when the call may go, with what must be called once it was answered or failed. Rejects
   * with `rate_limited`, with `store_unavailable` if the limiter fails, or with the signal's reason.
   */
  turn(signal?: AbortSignal | null): Promise<Done>;
}

/**
 * Ends a turn. A 429 stops all processes for as long as it asks, an hour at most. Never throws, and
 * the limiter is not waited for.
 */
export type Done = (response: Pick<Response, 'status' | 'headers'> | null) => void;

/** For one answer of the limiter, in milliseconds. */
const patience = 5_000;
const longestStop = 3_600;
/** How often a process looks whether a call of another one has ended. */
const lookAgain = 100;
/** More calls than this may not wait in one process. */
const mostWaiting = 10_000;

/**
 * Keeps calls within Act-On's five a second, in all processes that share the limiter. Each call
 * takes one of `limit` keys, and gives it back one second after its answer: so no second, wherever it
 * begins, has more calls than keys, however long they are on their way. Throws `configuration`, naming the option.
 *
 * @example
 * const limit = createCallLimit({ limiter: new RateLimiterRedis({ storeClient: redis, ...perSlot }) });
 * const session = throttle(createSession({ … }), limit);
 */
export function createCallLimit(options: CallLimitOptions): CallLimit {
  return new WaitingLine(
    checkOptions<CallLimitOptions, 'key' | 'limit' | 'maxWait'>(
      'createCallLimit()',
      callLimitRules,
      options,
    ),
  );
}

class WaitingLine implements CallLimit {
  readonly #limiter: SlotLimiter;
  readonly #keys: readonly string[];
  readonly #maxWait: number;
  /** Only the first in line asks the limiter. */
  #last: Promise<unknown> = Promise.resolve();
  #next = 0;
  waiting = 0;

  constructor({
    limiter,
    key,
    limit,
    maxWait,
  }: CheckedOptions<CallLimitOptions, 'key' | 'limit' | 'maxWait'>) {
    this.#limiter = limiter;
    this.#keys = Array.from({ length: limit }, (_, slot) => `${key}:${slot}`);
    this.#maxWait = maxWait;
  }

  async turn(signal?: AbortSignal | null): Promise<Done> {
    signal?.throwIfAborted();
    const deadline = performance.now() + this.#maxWait;
    if (this.waiting >= mostWaiting) throw tooLong(this.#maxWait);
    this.waiting += 1;
    const turn = this.#last.then(() => this.#take(deadline, signal));
    this.#last = turn.catch(() => {});
    try {
      const key = await ended(turn, deadline - performance.now(), signal);
      return (response) => this.#done(key, response);
    } catch (error) {
      // Its turn may come all the same, and no call uses it then.
      turn.then((key) => this.#done(key, null)).catch(() => {});
      throw error;
    } finally {
      this.waiting -= 1;
    }
  }

  #done(key: string, response: Parameters<Done>[0]): void {
    const stop = response?.status === 429 ? secondsOf(response.headers.get('retry-after')) : null;
    for (const each of stop === null ? [key] : this.#keys)
      this.#limiter.block(each, stop ?? 1).catch(() => {});
  }

  async #take(deadline: number, signal?: AbortSignal | null): Promise<string> {
    for (;;) {
      let wait = Number.POSITIVE_INFINITY;
      for (let tries = 0; tries < this.#keys.length; tries += 1) {
        signal?.throwIfAborted();
        if (performance.now() > deadline) throw tooLong(this.#maxWait);
        const key = this.#keys[this.#next % this.#keys.length] ?? '';
        this.#next += 1;
        const left = await this.#consume(key);
        if (left === 0) return key;
        wait = Math.min(wait, left);
      }
      // A key that is taken for longer is that of a call under way, which may end at any time.
      const delay = wait > 1_000 ? lookAgain * (1 + Math.random()) : wait;
      await sleep(Math.min(delay, deadline - performance.now() + 1), signal);
    }
  }

  /** Milliseconds until the key is free; 0: it was, and is taken now. */
  async #consume(key: string): Promise<number> {
    try {
      await ended(this.#limiter.consume(key), patience);
      return 0;
    } catch (reason) {
      const { msBeforeNext } = Object(reason) as { msBeforeNext?: unknown };
      if (typeof msBeforeNext === 'number') return Math.max(1, msBeforeNext);
      throw new ActOnTokenError(
        'store_unavailable',
        'The limiter of API calls did not answer, so the call was not sent. Check its Redis or database, or give it an "insuranceLimiter".',
      );
    }
  }
}

/** `Retry-After` as seconds or as a date; a second if it says nothing. */
function secondsOf(asked: string | null): number {
  const seconds = /^\d+$/.test(asked ?? '')
    ? Number(asked)
    : (Date.parse(asked ?? '') - Date.now()) / 1_000;
  return Math.min(longestStop, Math.max(1, Math.ceil(seconds || 1)));
}

function tooLong(maxWait: number): ActOnTokenError {
  return new ActOnTokenError(
    'rate_limited',
    'This call would have to wait longer than "maxWait" for its turn, so it was not sent. Act-On takes five calls a second.',
    { retryAt: Date.now() + maxWait },
  );
}

function sleep(delay: number, signal?: AbortSignal | null): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, Math.max(0, delay));
    signal?.addEventListener('abort', end, { once: true });
  });
}

/** Rejects with `rate_limited` after `delay`, or with the signal's reason. */
async function ended<T>(work: Promise<T>, delay: number, signal?: AbortSignal | null): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let abort = (): void => {};
  const end = new Promise<never>((_, reject) => {
    abort = () => reject(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    timer = setTimeout(() => reject(tooLong(0)), Math.max(0, delay));
  });
  try {
    return await Promise.race([work, end]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', abort);
  }
}
