import { misconfigured } from '../errors.ts';
import type { Fetch } from '../wire/endpoint.ts';

export interface TokenSource {
  readonly apiBase: URL;
  getAccessToken(options: { rejected?: string; signal?: AbortSignal }): Promise<string>;
}

/**
 * `fetch` with the access token, for the API's own origin only. On a 401 the token is replaced once, if there is a newer one,
 * and the request goes out once more, if its body can be replayed. A young token that is refused tells of a missing permission,
 * so its 401 is handed over.
 */
export async function bearerFetch(source: TokenSource, input: string | URL | Request, init: RequestInit, fetch: Fetch): Promise<Response> {
  const target = input instanceof Request ? input : resolve(input, source.apiBase);
  checkOrigin(target instanceof Request ? new URL(target.url) : target, source.apiBase);
  const signal = init.signal ?? (target instanceof Request ? target.signal : undefined);
  const wait = signal == null ? {} : { signal };
  const spare = spareCopy(target, init);
  const token = await source.getAccessToken(wait);
  const response = await fetch(target, authorized(target, init, token));
  const fresh = response.status === 401 && spare !== null ? await source.getAccessToken({ ...wait, rejected: token }) : token;
  if (fresh === token || spare === null) {
    if (spare instanceof Request && spare !== target) void spare.body?.cancel();
    return response;
  }
  await response.body?.cancel();
  return fetch(spare, authorized(spare, init, fresh));
}

/** Against the API, path prefix included. A leading slash, or two, does not leave it. */
function resolve(input: string | URL, apiBase: URL): URL {
  if (input instanceof URL) return input;
  if (typeof input === 'string') {
    if (URL.canParse(input)) return new URL(input);
    const path = input.replace(/^\/+/, '');
    if (URL.canParse(path, apiBase)) return new URL(path, apiBase);
  }
  throw misconfigured(`session.fetch() takes a URL of ${apiBase.origin}, a path there or a Request; this is none of them.`);
}

function checkOrigin({ origin, username, password }: URL, apiBase: URL): void {
  if (origin === apiBase.origin && username === '' && password === '') return;
  throw misconfigured(
    `session.fetch() sends the access token to ${apiBase.origin} only; this URL is not there. Use plain fetch for other hosts.`,
  );
}

/** The same request for a second go, taken before the first has used up its body; `null` if there can be none. */
function spareCopy(target: URL | Request, init: RequestInit): URL | Request | null {
  if (typeof ReadableStream !== 'undefined' && init.body instanceof ReadableStream) return null;
  if (!(target instanceof Request) || target.body === null || init.body != null) return target;
  return target.bodyUsed ? null : target.clone();
}

function authorized(target: URL | Request, init: RequestInit, token: string): RequestInit {
  const headers = new Headers(init.headers ?? (target instanceof Request ? target.headers : undefined));
  headers.set('authorization', `Bearer ${token}`);
  return { ...init, headers };
}
