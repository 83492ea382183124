import { isActOnTokenError } from '@act-on-token/core';
import { expected, Refusal } from './answers.ts';
import type { Context } from './context.ts';
import { GrantPause } from './grant-pause.ts';
import { checkForm, checkNavigation, checkOrigin, checkPlace } from './guard.ts';
import type { BrokerOptions } from './options.ts';
import { problemPage } from './page.ts';
import { problemOf, refusedProblem } from './problems.ts';
import { Replies } from './replies.ts';
import { Roster } from './roster.ts';
import { loginUrl } from './routes/session.ts';
import { notFound, type Route, routeOf } from './routes.ts';
import { createSeal } from './seal.ts';
import {
  type RequestLike,
  type ServerSession,
  type ServerSessionOptions,
  serverSession,
} from './server-session.ts';
import { Sessions } from './sessions.ts';
import { readOptions } from './settings.ts';
import { Turnstile } from './turnstile.ts';
import { readVisit, type Visit } from './visit.ts';

/** Mount it under its base path: on Node through an adapter, elsewhere as it is. Never rejects. */
export interface Broker {
  (request: Request): Promise<Response>;
  /**
   * `platform` may be what a platform hands to its handlers, such as Cloudflare's `ctx`: the broker
   * uses its `waitUntil`.
   */
  (request: Request, platform: Platform): Promise<Response>;
  /**
   * Who sent this request, and a session to call Act-On as that person: for server components,
   * server actions, route handlers and loaders. `request` is any object with the request's headers.
   * Send `headers` on with the response: they carry the cookie if it was renewed. Where a response
   * takes none, as in server components, the old cookie goes on to count. A request that a page of
   * another origin made has no session. Rejects with `store_unavailable`, `configuration`, and what the
   * option `user` throws.
   *
   * @example
   * const { session, headers, loginUrl } = await broker.session(request);
   * if (session === null) return Response.redirect(new URL(loginUrl('/lists'), appUrl));
   * const lists = await session.fetch('/api/1/list').then((response) => response.json());
   * return Response.json(lists, { headers });
   */
  session(request: RequestLike, options?: ServerSessionOptions): Promise<ServerSession>;
  /**
   * Lets what is under way reach the store. Call it before the server ends; the store stays open.
   */
  close(): Promise<void>;
}

/** What a platform knows about one request. */
export interface Platform {
  /**
   * Gets all work of this request, so that a worker lets it end although the response was sent or
   * the browser has gone.
   */
  waitUntil?: BrokerOptions['waitUntil'];
}

/**
 * Signs browsers in to Act-On and works for them, so that client secret and refresh token never
 * leave the server. What it gives is a handler from `Request` to `Response` for the routes
 * `session`, `login`, `callback`, `token`, `api/*` and `logout`. Throws `configuration`, naming the
 * option, for what cannot work.
 *
 * @example
 * const broker = createBroker({ endpoint, store, redirectUri: 'https://app.example/auth/callback', sessionSecret });
 * app.all('/auth/*', (context) => broker(context.req.raw)); // Hono
 *
 * @see https://www.rfc-editor.org/rfc/rfc10017 (BCP 212), section 6
 */
export function createBroker(options: BrokerOptions): Broker {
  const context = createContext(options);
  const handle = (request: Request, platform?: Platform): Promise<Response> => {
    const waitUntil = waitUntilOf(context, platform);
    const work = answer(context, request, waitUntil);
    waitUntil(work);
    return work;
  };
  return Object.assign(handle, {
    session: async (request: RequestLike, given: ServerSessionOptions = {}) =>
      serverSession(context, request, given, waitUntilOf(context, given)),
    close: () => context.sessions.close(),
  });
}

function createContext(options: BrokerOptions): Context {
  const settings = readOptions(options);
  const { endpoint, basePath, cookieName, secrets } = settings;
  return {
    settings,
    seal: createSeal(
      secrets,
      JSON.stringify([endpoint.issuer, endpoint.clientId, basePath, cookieName]),
    ),
    sessions: new Sessions(settings),
    roster: new Roster(settings),
    replies: new Replies(settings.now, settings.apiTimeout),
    door: new Turnstile(settings.now, { mostUnderWay: 16 }),
    turnstile: new Turnstile(settings.now, {
      mostUnderWay: 64,
      mostCredits: 64,
      refill: 50,
      slowly: 2,
    }),
    pause: new GrantPause(settings),
    finishing: new Map(),
    sentCodes: new Set(),
  };
}

/**
 * The request's own, or that of the options. One that throws, because its request is over say, does
 * no harm.
 */
function waitUntilOf({ settings }: Context, platform: Platform | undefined): Visit['waitUntil'] {
  const isGiven = typeof platform?.waitUntil === 'function';
  return (work) => {
    try {
      // Called on its object: platforms refuse a function that was taken off it.
      if (isGiven) platform.waitUntil?.(work);
      else settings.waitUntil?.(work);
    } catch (error) {
      settings.tell({ type: 'failed', route: 'waitUntil', error });
    }
  };
}

async function answer(
  context: Context,
  request: Request,
  waitUntil: Visit['waitUntil'],
): Promise<Response> {
  // Of the request's URL only path and query count: whose they are, the option says and not a
  // header.
  const url = new URL(request.url);
  const route = routeOf(context.settings, url.pathname);
  let visit: Visit | null = null;
  try {
    check(context, route, request, url.pathname);
    visit = await readVisit(context, request, url, waitUntil);
    return withCookies(await route.handle(context, visit), visit);
  } catch (error) {
    return withCookies(await refuse(context, route, visit, error), visit);
  }
}

function check({ settings }: Context, route: Route, request: Request, path: string): void {
  checkForm(request);
  if (!route.methods.includes(request.method)) {
    if (route.methods.length === 0) throw notFound(settings, path);
    throw new Refusal(
      405,
      'method_not_allowed',
      `Use ${route.methods.join(', ')} here.`,
      {},
      { allow: route.methods.join(', ') },
    );
  }
  if (route.isNavigation) checkNavigation(request);
  else checkOrigin(request, settings.origin);
  checkPlace(request, settings.origin);
}

async function refuse(
  context: Context,
  route: Route,
  visit: Visit | null,
  error: unknown,
): Promise<Response> {
  const { settings } = context;
  tellOf(context, route, error);
  const now = settings.now();
  if (route.isNavigation) {
    const isExpected = error instanceof Refusal;
    return problemPage(
      isExpected
        ? refusedProblem(error, '/')
        : problemOf(error, now, loginUrl(settings, null), '/'),
    );
  }
  const refusal = expected(error, now, loginUrl(settings, visit?.memberships[0]?.id ?? null));
  return (
    refusal ??
    new Refusal(500, 'server_error', 'Something went wrong on the server; its log says more.')
  ).toResponse();
}

function tellOf({ settings }: Context, { name }: Route, error: unknown): void {
  if (error instanceof Refusal)
    settings.tell({ type: 'refused', route: name, status: error.status, message: error.message });
  else if (isActOnTokenError(error)) settings.tell({ type: 'session_failed', route: name, error });
  else settings.tell({ type: 'failed', route: name, error });
}

function withCookies(response: Response, visit: Visit | null): Response {
  for (const cookie of new Set(visit?.setCookies)) response.headers.append('set-cookie', cookie);
  return response;
}
