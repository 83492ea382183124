import { misconfigured } from '../errors.ts';
import { trace } from '../trace.ts';
import type { Fetch } from './endpoint.ts';
import { discard } from './response-body.ts';
import { untilAborted } from './until-aborted.ts';

type WaitUntil = (work: Promise<unknown>) => void;

/** What `session.fetch()` takes: the options of `fetch`, and one of its own. */
export interface SessionFetchInit extends RequestInit {
  /** As for `getAccessToken()`: gets the promise of a refresh that goes on in the background. */
  waitUntil?: WaitUntil | undefined;
}

export interface TokenSource {
  readonly apiBase: URL;
  getAccessToken(options: {
    rejected?: string;
    signal?: AbortSignal;
    waitUntil?: WaitUntil;
  }): Promise<string>;
}

/** A `Request` of this realm or another, or of a library. */
type RequestLike = Pick<Request, 'url' | 'method' | 'headers' | 'signal' | 'body' | 'arrayBuffer'>;

/** What goes out, and may go out once more. */
interface Outgoing {
  readonly url: URL;
  readonly init: RequestInit;
}

const mostRedirects = 20;

/**
 * `fetch` with the access token, for the API's own origin only. On a 401 the token is replaced
 * once, if there is a newer one, and the request goes out once more, if its body can be sent again.
 * A young token that is refused points to a missing permission, so its 401 is handed over. Redirects
 * are followed within the origin; one that leaves it is handed over.
 */
export function bearerFetch(
  source: TokenSource,
  input: string | URL | Request,
  given: SessionFetchInit,
  fetch: Fetch,
): Promise<Response> {
  const { method = (Object(input) as Partial<Request>).method ?? 'GET' } = given;
  return trace('session.fetch', { method }, () => send(source, input, given, fetch), statusOf);
}

const statusOf = ({ status }: Response): object => ({ status });

async function send(
  source: TokenSource,
  input: string | URL | Request,
  { waitUntil, ...given }: SessionFetchInit,
  fetch: Fetch,
): Promise<Response> {
  const request = isRequest(input) ? input : null;
  const url = resolve(request?.url ?? input, source.apiBase);
  checkOrigin(url, source.apiBase);
  const signal = given.signal ?? request?.signal;
  const background = waitUntil && { waitUntil };
  const wait = { ...background, ...(signal && { signal }) };
  let token = await source.getAccessToken(wait);
  let next: Outgoing = {
    url,
    init: request === null ? given : await optionsOf(request, given, signal),
  };
  const redirect = next.init.redirect ?? 'follow';
  for (let redirects = 0, isSecond = false; ; ) {
    const { init } = next;
    const response = await fetch(next.url.href, {
      ...init,
      headers: authorized(init, token),
      redirect: redirect === 'follow' ? 'manual' : redirect,
    });
    if (response.status === 401 && !isSecond) {
      isSecond = true;
      if (!canBeSentAgain(init.body)) {
        // The next call, at least, is to have a token that works.
        const work = source.getAccessToken({ ...background, rejected: token }).catch(() => {});
        waitUntil?.(work);
        return response;
      }
      const fresh = await source.getAccessToken({ ...wait, rejected: token }).catch((error) => {
        discard(response);
        throw error;
      });
      if (fresh === token) return response;
      token = fresh;
      discard(response);
      continue;
    }
    const step =
      redirect === 'follow' && redirects < mostRedirects
        ? redirected(next, response, source.apiBase)
        : null;
    if (step === null) return response;
    redirects += 1;
    next = step;
    discard(response);
  }
}

function isRequest(input: unknown): input is RequestLike {
  const { url, method, arrayBuffer } = Object(input) as Partial<RequestLike>;
  return typeof url === 'string' && typeof method === 'string' && typeof arrayBuffer === 'function';
}

/** Against the API, path prefix included. A leading slash, or two, does not leave it. */
function resolve(input: unknown, apiBase: URL): URL {
  const text = typeof input === 'string' ? input : (Object(input) as { href?: unknown }).href;
  if (typeof text === 'string') {
    const path = text.replace(/^\/+/, '');
    if (URL.canParse(path, apiBase)) return new URL(path, apiBase);
  }
  throw misconfigured(
    `session.fetch() takes a URL of ${apiBase.origin}, a path there or a Request; this is none of them.`,
  );
}

function isThere({ origin, username, password }: URL, apiBase: URL): boolean {
  return origin === apiBase.origin && username === '' && password === '';
}

function checkOrigin(url: URL, apiBase: URL): void {
  if (isThere(url, apiBase)) return;
  throw misconfigured(
    `session.fetch() sends the access token to ${apiBase.origin} only; this URL is not there. Use plain fetch for other hosts.`,
  );
}

/**
 * A request as options: only the `fetch` of its own realm takes it as it is. Its body is read, so
 * it can be sent again.
 */
async function optionsOf(
  request: RequestLike,
  given: RequestInit,
  signal: AbortSignal | undefined,
): Promise<RequestInit> {
  const init: Record<string, unknown> = {};
  for (const name of [
    'method',
    'headers',
    'cache',
    'credentials',
    'integrity',
    'keepalive',
    'mode',
    'redirect',
    'referrer',
    'referrerPolicy',
  ]) {
    const value = (request as unknown as Record<string, unknown>)[name];
    if (value !== undefined) init[name] = value;
  }
  if (signal) init.signal = signal;
  if (request.body !== null && given.body == null && !/^(get|head)$/i.test(request.method)) {
    const bytes = await untilAborted(request.arrayBuffer(), signal);
    if (bytes.byteLength > 0) init.body = bytes;
  }
  return { ...init, ...given };
}

/** A plain object: any `fetch` takes that, and not every one the `Headers` of this realm. */
function authorized({ headers }: RequestInit, token: string): Record<string, string> {
  return { ...Object.fromEntries(new Headers(headers)), authorization: `Bearer ${token}` };
}

/**
 * Whether sending it does not use it up. Only what is known: a stream, and whatever is iterated, is
 * gone after the first time.
 */
function canBeSentAgain(body: unknown): boolean {
  if (body == null || typeof body === 'string' || ArrayBuffer.isView(body)) return true;
  const kind = Object.prototype.toString.call(body).slice('[object '.length, -1);
  // The FormData of the package form-data says that it is one, and is a stream.
  return (
    ['ArrayBuffer', 'Blob', 'File', 'FormData', 'URLSearchParams'].includes(kind) &&
    !('pipe' in Object(body))
  );
}

/**
 * What the redirect asks for, by the rules of `fetch`; `null` if it is none, leaves the API's
 * origin or needs the body again.
 */
function redirected(
  { url, init }: Outgoing,
  { status, headers }: Response,
  apiBase: URL,
): Outgoing | null {
  const location = [301, 302, 303, 307, 308].includes(status) ? headers.get('location') : null;
  if (location === null || !URL.canParse(location, url)) return null;
  const target = new URL(location, url);
  if (!isThere(target, apiBase)) return null;
  const method = (init.method ?? 'GET').toUpperCase();
  const isGet =
    status === 303 ? method !== 'GET' && method !== 'HEAD' : status < 303 && method === 'POST';
  if (!isGet) return canBeSentAgain(init.body) ? { url: target, init } : null;
  const { body, ...rest } = init;
  const kept = new Headers(init.headers);
  for (const name of [...kept.keys()]) if (name.startsWith('content-')) kept.delete(name);
  return { url: target, init: { ...rest, method: 'GET', headers: kept } };
}
