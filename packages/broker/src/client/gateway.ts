import { ActOnTokenError, type Fetch } from '@act-on-token/core';
import {
  accountHeader,
  type BrokerMode,
  brokerHeader,
  idempotencyHeader,
  type SessionAnswer,
  signInHeader,
  slashHeader,
  type TokenAnswer,
  type TokenRequest,
} from '../wire.ts';
import { failureOf, misconfigured, noBroker, redirected, unreachable } from './failures.ts';
import { isStream } from './request.ts';

/** What the broker said, and the name of the sign-in that it is about. */
export type Signed<T> = T & { readonly signIn: string };

export interface GatewayOptions {
  readonly url: string | URL;
  readonly mode: BrokerMode;
  readonly fetch: Fetch;
  /** The account that requests are about; `null`: the one that signed in last. */
  readonly account: string | null;
  now(): number;
}

/** The way to the broker. Its methods reject with `ActOnTokenError` only. */
export class Gateway {
  readonly #options: GatewayOptions;
  /**
   * Whether the server wants a slash at the end of every path, as Next.js does with
   * `trailingSlash`.
   */
  #wantsSlash = false;

  constructor(options: GatewayOptions) {
    this.#options = options;
  }

  async session(): Promise<Signed<SessionAnswer>> {
    const { account, mode } = this.#options;
    const headers = account === null ? {} : { [accountHeader]: account };
    const answer = await this.#json('session', { cache: 'no-store', headers }, isSessionAnswer);
    if (answer.mode === mode) return answer;
    throw misconfigured(
      `The broker is in ${answer.mode} mode. Give this session the option mode: '${answer.mode}'.`,
    );
  }

  /** `account` is the one that the page shows. */
  token(request: TokenRequest, account: string): Promise<Signed<TokenAnswer>> {
    const body = JSON.stringify(request);
    const key = crypto.randomUUID();
    const headers = {
      'content-type': 'application/json',
      [accountHeader]: account,
      [idempotencyHeader]: key,
    };
    return this.#json('token', { method: 'POST', body, headers }, isTokenAnswer);
  }

  async logout(account: string | null): Promise<void> {
    const about = account === null ? {} : { [accountHeader]: account };
    const response = await this.#reach('logout', {
      method: 'POST',
      headers: { ...about, [idempotencyHeader]: crypto.randomUUID() },
    });
    if (response.status !== 204)
      throw response.ok ? noBroker(response) : await failureOf(response, this.#options.now());
  }

  /**
   * A request for `{url}/api/…`, as `fetch` answers or fails, of the account that the page shows.
   */
  async send(url: URL, init: RequestInit, account: string): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set(brokerHeader, '1');
    headers.set(accountHeader, account);
    const isSafe = init.method === undefined || /^(get|head)$/i.test(init.method);
    // A browser sends a request once more when a connection that it used before breaks; the broker
    // then knows it again.
    if (!isSafe && !headers.has(idempotencyHeader))
      headers.set(idempotencyHeader, crypto.randomUUID());
    this.#checkPlace(url);
    return this.#fetch(url, { ...init, headers });
  }

  /**
   * Where the broker is; in a program without pages a relative URL has no meaning, and gets one
   * that leads nowhere.
   */
  base(): URL {
    const here =
      (globalThis as { location?: { href?: string } }).location?.href ?? 'http://localhost/';
    const base = new URL(this.#options.url, here);
    if (!base.pathname.endsWith('/')) base.pathname += '/';
    return base;
  }

  async #json<T>(
    route: string,
    init: RequestInit,
    isAnswer: (body: unknown) => body is T,
  ): Promise<Signed<T>> {
    const asked = this.#options.now();
    const response = await this.#reach(route, init);
    if (!response.ok) throw await failureOf(response, asked);
    const body: unknown = await response.json().catch(() => null);
    if (isAnswer(body)) return { ...body, signIn: response.headers.get(signInHeader) ?? '' };
    throw noBroker(response);
  }

  async #reach(route: string, init: RequestInit): Promise<Response> {
    const url = new URL(route, this.base());
    this.#checkPlace(url);
    const headers = new Headers(init.headers);
    headers.set(brokerHeader, '1');
    try {
      return await this.#fetch(url, { ...init, headers });
    } catch (error) {
      throw error instanceof ActOnTokenError ? error : unreachable();
    }
  }

  /**
   * The broker redirects nobody, so no redirect is followed. One that may be about a slash is
   * answered with a slash, from then on.
   */
  async #fetch(url: URL, init: RequestInit): Promise<Response> {
    const wantedSlash = this.#wantsSlash;
    const response = await this.#fetchOnce(url, init);
    if (!isRedirect(response)) return response;
    this.#wantsSlash = !wantedSlash;
    const again = isStream(init.body) ? response : await this.#fetchOnce(url, init);
    if (!isRedirect(again)) return again;
    if (again !== response) this.#wantsSlash = wantedSlash;
    throw redirected();
  }

  #fetchOnce(url: URL, init: RequestInit): Promise<Response> {
    const headers = new Headers(init.headers);
    const target = new URL(url);
    // What looks like a file has none in such servers either.
    if (this.#wantsSlash && /\/[^/.]+$/.test(target.pathname)) {
      target.pathname += '/';
      headers.set(slashHeader, 'added');
    }
    return this.#options.fetch(target, {
      ...init,
      headers,
      credentials: 'same-origin',
      redirect: 'manual',
    });
  }

  /** Cookies go to the page's own origin only, so elsewhere nobody would ever be signed in. */
  #checkPlace(url: URL): void {
    const { location } = globalThis as { location?: { origin?: string } };
    const isRelative = typeof this.#options.url === 'string' && !URL.canParse(this.#options.url);
    if (location === undefined && isRelative)
      throw misconfigured(
        '"url" is relative, so this session works in a page only. A server that renders must not send requests with it.',
      );
    if (
      location?.origin !== undefined &&
      location.origin !== 'null' &&
      url.origin !== location.origin
    )
      throw misconfigured(`"url" must be of the page's own origin, ${location.origin}.`);
  }
}

/** In browsers a redirect that is not followed shows nothing of itself. */
function isRedirect({ type, status }: Response): boolean {
  return type === 'opaqueredirect' || (status >= 301 && status <= 308 && status !== 304);
}

function isSessionAnswer(body: unknown): body is SessionAnswer {
  const { active, now, snapshot, accounts } = Object(body) as Record<string, unknown>;
  return (
    typeof active === 'boolean' &&
    typeof now === 'number' &&
    typeof snapshot === 'object' &&
    snapshot !== null &&
    Array.isArray(accounts)
  );
}

function isTokenAnswer(body: unknown): body is TokenAnswer {
  const { access_token: token, expires_in: expiresIn } = Object(body) as Record<string, unknown>;
  return typeof token === 'string' && token !== '' && typeof expiresIn === 'number';
}
