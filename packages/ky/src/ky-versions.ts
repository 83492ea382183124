import type { AccessTokenOptions } from '@act-on-token/core';
import type { BeforeRequestHook, BeforeRetryHook, Hooks, KyInstance } from 'ky';
// The namespace shows which ky this is: each major has a name of its own for the base of all URLs,
// and ky 2 refuses that of ky 1.
import * as kyModule from 'ky';

export const ky: KyInstance = kyModule.default;

export const isKy2: boolean = 'NetworkError' in kyModule;

/** What this ky calls the base of every path. */
export const prefixName: 'prefix' = (isKy2 ? 'prefix' : 'prefixUrl') as 'prefix';

/** What is about to be sent: for the first time, or again because of an error. */
export interface Attempt {
  readonly request: Request;
  /** ky's options for it, as far as we need them. */
  readonly options: {
    readonly body?: unknown;
    readonly waitUntil?: NonNullable<AccessTokenOptions['waitUntil']>;
  };
  readonly error?: Error;
}

/** A hook that each ky may call before an attempt. */
export type AttemptHook = (
  first: Attempt | Request,
  second?: Attempt['options'],
) => void | Promise<void>;

/** The `beforeRequest` of ky 1 has arguments one by one; all others have one object. */
export function onAttempt(hook: (attempt: Attempt) => void | Promise<void>): AttemptHook {
  return (first, second) =>
    hook(second ? ({ request: first, options: second } as Attempt) : (first as Attempt));
}

/**
 * The hooks with ours in front, `again` for what is sent again: ky skips those behind one that
 * replaces the request.
 */
export function beforeAttempts(hooks: Hooks = {}, first: AttemptHook, again = first): Hooks {
  const { beforeRequest = [], beforeRetry = [] } = hooks;
  return {
    ...hooks,
    beforeRequest: [first as BeforeRequestHook, ...beforeRequest],
    beforeRetry: [again as BeforeRetryHook, ...beforeRetry],
  };
}
