import { ActOnTokenError, type Session } from '@act-on-token/core';
import type { Context } from './context.ts';
import type { Membership } from './membership.ts';
import { leave } from './routes/logout.ts';
import { misconfigured } from './settings.ts';
import { keepFresh, livingMemberships, readVisit, type Visit } from './visit.ts';
import type { BrokerAccount } from './wire.ts';

/**
 * What a framework gives server code of a request: a `Request`, the request of Node or Express, or
 * `{ headers: await headers() }` in Next.js.
 */
export interface RequestLike {
  readonly headers: HeadersLike;
  readonly url?: string | undefined;
}

type HeadersLike =
  | Pick<Headers, 'get' | 'forEach'>
  | Readonly<Record<string, string | readonly string[] | undefined>>;

export interface ServerSessionOptions {
  /** Which of the browser's accounts: a {@link BrokerAccount.id}. Default: the last sign-in. */
  account?: string | undefined;
  /** Gets what goes on after the response; see {@link Broker}. */
  waitUntil?: ((work: Promise<unknown>) => void) | undefined;
}

/** A cookie of the response, in the form that `cookies().set()` of Next.js takes. */
export interface ResponseCookie {
  readonly name: string;
  readonly value: string;
  /** Seconds. */
  readonly maxAge: number;
  readonly path: '/';
  readonly httpOnly: true;
  readonly secure: true;
  readonly sameSite: 'strict';
}

interface Answer {
  /** All accounts of this browser, the last sign-in first. */
  readonly accounts: readonly BrokerAccount[];
  /**
   * What the response must carry: the renewed cookie, if there is one, and that no cache keeps it.
   * A sign-out adds to it.
   */
  readonly headers: Headers;
  /** The same cookies, for frameworks that set them one by one. */
  readonly cookies: readonly ResponseCookie[];
  /** Where a person signs in; `returnTo` is a path of this app. Default: `/`. */
  loginUrl(returnTo?: string): string;
}

/** Who sent a request, and what server code may do as that person. */
export type ServerSession = Answer &
  (
    | { readonly session: Session; readonly account: BrokerAccount }
    | { readonly session: null; readonly account: null }
  );

/** {@link Broker.session}. */
export async function serverSession(
  context: Context,
  given: RequestLike,
  { account: wanted }: ServerSessionOptions,
  waitUntil: Visit['waitUntil'],
): Promise<ServerSession> {
  const { settings } = context;
  const request = requestOf(given, settings.origin);
  const visit = await readVisit(context, request, new URL(request.url), waitUntil);
  // A page of another origin made it, and the cookies came along: same-site pages may be others'.
  const from = request.headers.get('origin');
  const isForeign = from !== null && from !== settings.origin;
  if (isForeign)
    settings.tell({
      type: 'refused',
      route: 'broker.session()',
      status: 403,
      message: `The request comes from a page of another origin than that of "redirectUri", ${settings.origin}.`,
    });
  const memberships = isForeign ? [] : await livingMemberships(context, visit);
  const membership = memberships.find(({ id }) => wanted === undefined || id === wanted) ?? null;
  if (membership !== null) await keepFresh(context, visit, membership);
  const response = new ResponseHeaders();
  response.add(visit.setCookies);
  const common: Answer = {
    accounts: memberships.map(({ id, name }) => ({ id, name })),
    headers: response.headers,
    cookies: response.cookies,
    loginUrl(returnTo = '/') {
      const account = wanted ?? membership?.id;
      const query = new URLSearchParams({ returnTo, ...(account && { account }) });
      return `${settings.basePath}/login?${query}`;
    },
  };
  if (membership === null) return { ...common, session: null, account: null };
  const { id, name } = membership;
  return {
    ...common,
    session: actingSession(context, membership, visit.waitUntil, response),
    account: { id, name },
  };
}

/** A `Request` for the option `user` and for the checks, whatever the framework gave. */
function requestOf(given: RequestLike, origin: string): Request {
  const { headers, url = '/' } = Object(given) as Partial<RequestLike>;
  if (typeof headers !== 'object' || headers === null)
    throw misconfigured(
      'broker.session() takes a request, or an object with its headers: { headers: await headers() } in Next.js.',
    );
  if (given instanceof Request) return given;
  const all = new Headers();
  if (typeof headers.forEach === 'function')
    (headers as Headers).forEach((value, name) => {
      all.append(name, value);
    });
  // HTTP/2 has names that are none of a header.
  else
    for (const [name, values] of Object.entries(headers as Record<string, string | string[]>))
      if (!name.startsWith(':')) for (const value of [values ?? []].flat()) all.append(name, value);
  // Only the path of an absolute URL counts: whose it is, the option "redirectUri" says.
  const { pathname, search } = new URL(url, origin);
  return new Request(new URL(`${pathname}${search}`, origin), { headers: all });
}

/** Of the response. Shared caches must not keep an answer with a person's cookie in it. */
class ResponseHeaders {
  readonly headers = new Headers();
  readonly cookies: ResponseCookie[] = [];

  add(lines: readonly string[]): void {
    for (const line of lines) {
      this.headers.append('set-cookie', line);
      const [, name = '', value = '', maxAge] =
        /^([^=]*)=([^;]*);.* Max-Age=(\d+)/.exec(line) ?? [];
      this.cookies.push({
        name,
        value,
        maxAge: Number(maxAge),
        path: '/',
        httpOnly: true,
        secure: true,
        sameSite: 'strict',
      });
    }
    if (lines.length > 0) this.headers.set('cache-control', 'private, no-store');
  }
}

/** The account's session as this browser has it: signing out is for the browser. */
function actingSession(
  context: Context,
  membership: Membership,
  waitUntil: Visit['waitUntil'],
  response: ResponseHeaders,
): Session {
  const { settings, sessions } = context;
  const { account } = membership;
  let isOver = false;
  const use = async <T>(work: (session: Session) => Promise<T>): Promise<T> => {
    if (isOver)
      throw new ActOnTokenError('signed_out', 'This browser was signed out of Act-On.', {
        needsGrant: true,
      });
    return sessions.use(account, work);
  };
  /** For as long as the caller listens. */
  const held = (listen: (session: Session) => () => void): (() => void) => {
    const { session, release } = sessions.hold(account);
    const stop = listen(session);
    return () => {
      stop();
      release();
    };
  };
  const peek = <T>(look: (session: Session) => T): T => {
    const { session, release } = sessions.hold(account);
    release();
    return look(session);
  };
  return {
    getAccessToken: (options) => use((each) => each.getAccessToken({ waitUntil, ...options })),
    fetch: (input, init) => use((each) => each.fetch(input, { waitUntil, ...init })),
    ready: () => use((each) => each.ready()),
    async authorize() {
      throw misconfigured(
        'broker.session() is of a browser that is signed in: a person signs in at loginUrl(), not by authorize().',
      );
    },
    async signOut() {
      response.add([await leave(context, membership)]);
      isOver = true;
    },
    currentAccessToken: () => (isOver ? undefined : peek((each) => each.currentAccessToken())),
    getSnapshot: () => peek((each) => each.getSnapshot()),
    describe: () => peek((each) => each.describe()),
    subscribe: (listener) => held((each) => each.subscribe(listener)),
    on: (listener) => held((each) => each.on(listener)),
    get apiBase() {
      return new URL(settings.endpoint.apiBase);
    },
    /** The broker's, and stays open for others. */
    close: async () => {},
  };
}
