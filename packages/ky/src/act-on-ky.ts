import { isActOnTokenError, type Session } from '@act-on-token/core';
import type { BeforeRetryHook, KyInstance, Options, RetryOptions } from 'ky';
// The namespace tells which ky this is: each major has a name of its own for the base of all URLs, and ky 2 refuses that of ky 1.
import ky, * as kyModule from 'ky';

/**
 * ky's own options, but for `fetch`, which is the session's, and `baseUrl`. A relative `prefix` (in ky 1: `prefixUrl`), such as
 * `api/1`, starts at Act-On's API, and so does every path without one.
 */
export type ActOnKyOptions = Omit<Options, 'fetch' | 'baseUrl'>;

/**
 * A ky whose requests carry the session's access token, and to Act-On's API only: a URL of another origin is refused with
 * `configuration`. A 401 is the session's to answer, with one more try. All else is ky's: retries, timeouts, hooks, errors.
 * A request also rejects with what `session.getAccessToken()` rejects with; ky does not retry that.
 *
 * @example
 * const api = actOnKy(session);
 * const { totalCount } = await api.get('api/1/list').json<{ totalCount: number }>();
 */
export function actOnKy(session: Session, options: ActOnKyOptions = {}): KyInstance {
  const hooks = { ...options.hooks, beforeRetry: [stopAtOurErrors, ...(options.hooks?.beforeRetry ?? [])] };
  return ky.create({ ...withBase(session.apiBase, options), fetch: session.fetch, retry: retryOf(options.retry), hooks });
}

/** The options, with the API as the base of every path, under the name that this ky has for it. */
function withBase(apiBase: URL, options: ActOnKyOptions): Options {
  const name = 'NetworkError' in kyModule ? 'prefix' : 'prefixUrl';
  const { [name]: prefix = '', ...others } = options as ActOnKyOptions & { prefixUrl?: URL | string };
  // Against the API as session.fetch() does it: a leading slash does not leave the path of a gateway.
  return { ...others, [name]: new URL(String(prefix).replace(/^\/+/, ''), apiBase).href };
}

/** Our errors tell by themselves when to come back; ky 1 would take them for failures of the network. */
function retryOf(retry: Options['retry']): RetryOptions {
  const given = typeof retry === 'number' ? { limit: retry } : retry;
  return { ...given, shouldRetry: (state) => (isActOnTokenError(state.error) ? false : given?.shouldRetry?.(state)) };
}

/** The same for a request with a `retry` of its own, which may have put the above out of force. */
const stopAtOurErrors: BeforeRetryHook = ({ error }) => {
  if (isActOnTokenError(error)) throw error;
};
