import {
  type AccessTokenOptions,
  checkOptions,
  isActOnTokenError,
  type OptionRules,
  type Session,
} from '@act-on-token/core';
import type { KyInstance, Options, RetryOptions } from 'ky';
import { awaitToken } from './await-token.ts';
import { beforeAttempts, ky, onAttempt, prefixName } from './ky-versions.ts';
import type { RateLimit } from './rate-limit.ts';

/**
 * ky's own options, but for `fetch`, which is the session's, and `baseUrl`. A relative `prefix` (in
 * ky 1: `prefixUrl`), such as `api/1`, starts at Act-On's API, and so does every path without one.
 */
export type ActOnKyOptions = Omit<Options, 'fetch' | 'baseUrl'> & {
  /**
   * Keeps the calls within Act-On's rate: what `createRateLimit()` returned, shared by all that
   * call for one Act-On account. Default: no limit.
   */
  rateLimit?: RateLimit | undefined;
  /**
   * Gets the promise of a refresh that goes on in the background, for runtimes that stop after the
   * response. Make an `api` per request there.
   */
  waitUntil?: AccessTokenOptions['waitUntil'] | undefined;
};

const sessionRules: OptionRules<{ session: Session }> = {
  session: [
    (session) => typeof session.fetch === 'function' && URL.canParse(session.apiBase),
    null,
    'a session, as createSession() or createBrokerSession() makes it',
  ],
};

/** Of ky's own options those that the session decides; the others are ky's to check. */
export const actOnKyRules: OptionRules<{
  rateLimit?: unknown;
  waitUntil?: unknown;
  fetch?: unknown;
  baseUrl?: unknown;
}> = {
  rateLimit: ['applyTo', undefined, 'what createRateLimit() returned'],
  waitUntil: ['function'],
  fetch: [
    () => false,
    undefined,
    'left out: requests go through the session. Give actOnEndpoint() a "fetch"',
  ],
  baseUrl: [
    () => false,
    undefined,
    'left out: every path starts at the API of the session. Use "prefix"',
  ],
};

/**
 * A ky whose requests carry the session's access token, and to Act-On's API only: a URL of another
 * origin is refused with `configuration`. A 401 is the session's to answer, with one more try, but
 * for a body that is a stream: its 401 is yours. All else is ky's: retries, timeouts, hooks,
 * errors. The wait for a token is before ky's `timeout` begins. A redirect to another origin is not
 * followed. A request also rejects with what `session.getAccessToken()` rejects with, and with
 * `rate_limited` where a `rateLimit` would let it wait too long; ky does not retry that.
 *
 * @example
 * const api = actOnKy(session);
 * const { totalCount } = await api.get('api/1/list').json<{ totalCount: number }>();
 */
export function actOnKy(session: Session, given: ActOnKyOptions = {}): KyInstance {
  checkOptions('actOnKy()', actOnKyRules, given);
  checkOptions('actOnKy()', sessionRules, { session });
  const { rateLimit, ...options } = given;
  const streamed = new WeakSet<object>();
  const prepare = onAttempt(async (attempt) => {
    if (attempt.options.body instanceof ReadableStream) streamed.add(attempt.request);
    await awaitToken(session, attempt);
  });
  const all: Options = {
    ...withBase(session.apiBase, options),
    fetch: (request, init) =>
      session.fetch(
        request,
        streamed.has(request as Request) ? withStream(request as Request, init) : init,
      ),
    retry: retryOf(options.retry),
    hooks: beforeAttempts(options.hooks, prepare),
  };
  return ky.create(rateLimit?.applyTo(all, session) ?? all);
}

/**
 * ky makes a stream of every body. Given by itself it is one that the session does not send twice:
 * the copy would hold all of it.
 */
function withStream({ body }: Request, init: RequestInit | undefined): RequestInit {
  return { ...init, body, duplex: 'half' } as RequestInit;
}

/** The options, with the API as the base of every path, under the name that this ky has for it. */
function withBase(apiBase: URL, options: Options): Options {
  const { [prefixName]: prefix = '', ...others } = options as Options & {
    prefixUrl?: URL | string;
  };
  // Against the API as session.fetch() does it: a leading slash does not leave the path of a
  // gateway.
  return { ...others, [prefixName]: new URL(String(prefix).replace(/^\/+/, ''), apiBase).href };
}

/**
 * Our errors say by themselves when to come back; ky 1 would take them for failures of the
 * network.
 */
function retryOf(retry: Options['retry']): RetryOptions {
  const given = typeof retry === 'number' ? { limit: retry } : retry;
  return {
    ...given,
    shouldRetry: (state) => (isActOnTokenError(state.error) ? false : given?.shouldRetry?.(state)),
  };
}
