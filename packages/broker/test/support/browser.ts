import type { Fetch } from '@act-on-token/core';

/** What one request brought, and what a script or a person would see of it. */
export interface Received {
  readonly url: string;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/**
 * As much of a browser as the broker's rules are about: cookies with their attributes, redirects,
 * and the headers that no script can set.
 */
export interface Browser {
  /** Everything that was ever received, for a search through it. */
  readonly received: Received[];
  /** The cookies, as `document.cookie` would not show them. */
  readonly jar: Map<string, Cookie>;
  /** A person opens a page; `from` is where the link was. Redirects are followed to the end. */
  open(url: string, from?: 'same-origin' | 'same-site' | 'cross-site' | 'none'): Promise<Received>;
  /** A page of the app's own origin sends a request. */
  send(path: string, init?: RequestInit): Promise<Received>;
  /** The same with the headers that the broker's client adds. */
  ask(path: string, init?: RequestInit): Promise<Received>;
  /** `fetch` as scripts of the page have it. While `offline`, it fails as browsers do. */
  readonly fetch: Fetch;
  offline: boolean;
}

export interface Cookie {
  readonly value: string;
  readonly sameSite: string;
  readonly attributes: string;
}

export type Handler = (request: Request) => Promise<Response>;

export const appOrigin = 'https://app.example';

/** A browser that reaches the app through `app`, and everything else through `elsewhere`. */
export function createBrowser(
  app: Handler,
  elsewhere: (url: string) => Promise<Response>,
  origin: string = appOrigin,
): Browser {
  const jar = new Map<string, Cookie>();
  const received: Received[] = [];

  const deliver = async (
    url: string,
    init: RequestInit,
    isCrossSite: boolean,
  ): Promise<Received> => {
    const isApp = new URL(url).origin === origin;
    const headers = new Headers(init.headers);
    const cookies = isApp
      ? [...jar].filter(([, { sameSite }]) => !isCrossSite || sameSite === 'Lax')
      : [];
    if (cookies.length > 0 && !headers.has('cookie'))
      headers.set('cookie', cookies.map(([name, { value }]) => `${name}=${value}`).join('; '));
    const response = isApp
      ? await app(new Request(url, { ...init, headers }))
      : await elsewhere(url);
    if (isApp) keep(jar, response.headers.getSetCookie());
    const result = {
      url,
      status: response.status,
      headers: response.headers,
      text: await response.text(),
    };
    received.push(result);
    return result;
  };

  const send: Browser['send'] = (path, init = {}) => {
    const headers = new Headers(init.headers);
    const method = init.method ?? 'GET';
    if (!headers.has('sec-fetch-site')) headers.set('sec-fetch-site', 'same-origin');
    if (method !== 'GET' && method !== 'HEAD' && !headers.has('origin'))
      headers.set('origin', origin);
    if (typeof init.body === 'string' && !headers.has('content-length'))
      headers.set('content-length', String(Buffer.byteLength(init.body)));
    return deliver(new URL(path, origin).href, { ...init, headers }, false);
  };

  const browser: Browser = {
    jar,
    received,
    send,
    offline: false,
    async fetch(input, init) {
      if (browser.offline) throw new TypeError('Failed to fetch');
      const request = new Request(input, init);
      const body = request.body === null ? null : await request.text();
      const { method, headers } = request;
      const {
        status,
        headers: back,
        text,
      } = await send(request.url, {
        method,
        headers,
        body,
        ...(init?.signal && { signal: init.signal }),
      });
      if (browser.offline) throw new TypeError('Failed to fetch');
      request.signal.throwIfAborted();
      return new Response(hasNoBody(status) ? null : text, { status, headers: back });
    },
    ask: (path, init = {}) =>
      send(path, {
        ...init,
        headers: { 'x-act-on-broker': '1', ...Object.fromEntries(new Headers(init.headers)) },
      }),
    async open(url, from = 'same-origin') {
      let isCrossSite = from === 'cross-site';
      for (let next = new URL(url, origin); ; ) {
        const headers = {
          'sec-fetch-site': isCrossSite ? 'cross-site' : from,
          'sec-fetch-mode': 'navigate',
          'sec-fetch-dest': 'document',
        };
        const result = await deliver(next.href, { headers, redirect: 'manual' }, isCrossSite);
        // With a redirect Next.js sends it too, for browsers of old.
        const refresh = result.status === 200 ? result.headers.get('refresh') : null;
        const [, onward] = /^0;url=(.*)$/.exec(refresh ?? '') ?? [];
        if (/http-equiv="refresh"/i.test(result.text) || (onward && !isCallback(next)))
          throw new Error('A page of the broker must not go on by itself.');
        const location = onward ?? result.headers.get('location');
        if (location === null) return result;
        const target = new URL(location, next);
        // What a page of the app asks for is the app's own request.
        if (onward !== undefined) [isCrossSite, from] = [false, 'same-origin'];
        // A chain of redirects that once was on another site stays cross-site.
        else isCrossSite ||= next.origin !== origin || target.origin !== next.origin;
        if (target.origin === origin && !isRoute(target)) return { ...result, url: target.href };
        next = target;
      }
    },
  };
  return browser;
}

const hasNoBody = (status: number): boolean => status === 204 || status === 304;

/** Where the link with this label leads. A person who presses it navigates from this origin. */
export function linkOn({ text }: Received, label: string): string {
  const found = [...text.matchAll(/<a href="([^"]*)">([^<]*)<\/a>/g)].find(
    ([, , each]) => each === label,
  );
  if (found === undefined) throw new Error(`There is no link "${label}" on this page: ${text}`);
  return (found[1] ?? '').replaceAll('&amp;', '&');
}

const isCallback = ({ pathname }: URL): boolean => /^\/auth\/callback\/?$/.test(pathname);

/** Pages of the app itself are not there in these tests. */
function isRoute({ pathname }: URL): boolean {
  return /^\/auth\//.test(pathname);
}

/**
 * A `fetch` whose first answer from this path has arrived, but is not handed over before
 * `release()`.
 */
export function held(
  fetch: Fetch,
  path: string,
): { readonly fetch: Fetch; readonly arrived: Promise<void>; release(): void } {
  let [arrive, release, isFirst] = [() => {}, () => {}, true];
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const holding: Fetch = async (input, init) => {
    const isHeld =
      isFirst && new URL(input instanceof Request ? input.url : input).pathname === path;
    if (!isHeld) return fetch(input, init);
    isFirst = false;
    const answer = await fetch(input, init);
    arrive();
    await released;
    return answer;
  };
  return { fetch: holding, arrived, release };
}

/** What a browser keeps of `Set-Cookie` lines: only what the prefix promises. */
function keep(jar: Map<string, Cookie>, lines: readonly string[]): void {
  for (const line of lines) {
    const [pair = '', ...attributes] = line.split('; ');
    const [name = '', value = ''] = [
      pair.slice(0, pair.indexOf('=')),
      pair.slice(pair.indexOf('=') + 1),
    ];
    const isHost =
      attributes.includes('Secure') &&
      attributes.includes('Path=/') &&
      !attributes.some((each) => /^domain=/i.test(each));
    if (name.startsWith('__Host-') && !isHost)
      throw new Error(`A browser would not keep this cookie: ${line}`);
    if (pair.length > 4096) throw new Error('A browser would not keep a cookie that large.');
    const sameSite =
      attributes.find((each) => each.startsWith('SameSite='))?.slice('SameSite='.length) ?? '';
    if (attributes.includes('Max-Age=0')) jar.delete(name);
    else jar.set(name, { value, sameSite, attributes: attributes.join('; ') });
  }
}
