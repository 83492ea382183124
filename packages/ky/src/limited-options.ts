import type { Session } from '@act-on-token/core';
import type { Options, RetryOptions } from 'ky';
// The namespace, as elsewhere: an import by name would stay in a bundle that has no limit.
import * as kyModule from 'ky';
import { awaitToken } from './await-token.ts';
import { type AttemptHook, beforeAttempts, isKy2, onAttempt } from './ky-versions.ts';

/** What a limit does for one call. */
export interface Limiter {
  /** Resolves when the call may go; rejects with `rate_limited`, or with the signal's reason. */
  turn(signal: AbortSignal): Promise<void>;
  /** Learns from an answer. */
  observe(response: Response): void;
  /** Whether the answer asks to wait longer than a call may. */
  isTooLong(response: Response): boolean;
}

/**
 * ky's options with a limit. The wait is in a hook, so it is not part of ky's `timeout`: the
 * fiftieth call of a batch would have none of it left. Every answer is seen, whatever ky makes of
 * it.
 */
export function limitedOptions(
  limiter: Limiter,
  { fetch = globalThis.fetch, ...options }: Options,
  session: Session,
): Options {
  const observed: typeof fetch = async (input, init) => {
    const response = await fetch(input, init);
    limiter.observe(response);
    return response;
  };
  const { shouldRetry } = options.retry as RetryOptions;
  const retry: RetryOptions = {
    ...(options.retry as RetryOptions),
    shouldRetry: (state) =>
      kyModule.isHTTPError(state.error) && limiter.isTooLong(state.error.response)
        ? false
        : shouldRetry?.(state),
  };
  const wait = waitForTurn(limiter, session);
  // ky 1 calls `beforeRequest` before every attempt, ky 2 before the first.
  const hooks = beforeAttempts(options.hooks, wait, isKy2 ? wait : () => {});
  return { ...options, fetch: observed, retry, hooks };
}

/** The token first: calls that had their turn while it was refreshed would all go at once. */
function waitForTurn(limiter: Limiter, session: Session): AttemptHook {
  return onAttempt(async (attempt) => {
    await awaitToken(session, attempt);
    await limiter.turn(attempt.request.signal);
  });
}
