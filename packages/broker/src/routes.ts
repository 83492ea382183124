import { ActOnTokenError } from '@act-on-token/core';
import { Refusal } from './answers.ts';
import { type Passing, readSmallBody } from './body.ts';
import type { Context } from './context.ts';
import type { Membership } from './membership.ts';
import { api, readApi } from './routes/api.ts';
import { callback } from './routes/callback.ts';
import { login } from './routes/login.ts';
import { logout } from './routes/logout.ts';
import { session } from './routes/session.ts';
import { token } from './routes/token.ts';
import type { Settings } from './settings.ts';
import { shown } from './text.ts';
import { currentMembership, type Visit } from './visit.ts';
import { accountHeader, idempotencyHeader } from './wire.ts';

/** One of the broker's routes. */
export interface Route {
  readonly name: string;
  readonly methods: readonly string[];
  /** A person opens it as a page; all others are fetched by pages of this origin. */
  readonly isNavigation: boolean;
  handle(context: Context, visit: Visit): Promise<Response>;
}

const fetched = { isNavigation: false } as const;
const opened = { isNavigation: true, methods: ['GET'] } as const;

const routes: Readonly<Record<string, Route>> = {
  session: { ...fetched, name: 'session', methods: ['GET'], handle: session },
  login: { ...opened, name: 'login', handle: login },
  callback: { ...opened, name: 'callback', handle: callback },
  token: {
    ...fetched,
    name: 'token',
    methods: ['POST'],
    handle: (context, visit) =>
      signedIn(context, visit, (_, { request }) => readSmallBody(request), token),
  },
  logout: { ...fetched, name: 'logout', methods: ['POST'], handle: logout },
  api: {
    ...fetched,
    name: 'api',
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    handle: (context, visit) => signedIn(context, visit, readApi, api),
  },
};

const nowhere: Route = {
  ...fetched,
  name: 'unknown',
  methods: [],
  handle: async ({ settings }, { url }) => {
    throw notFound(settings, url.pathname);
  },
};

const nothingHere = 'The broker has nothing here';

/**
 * Names the mistake if the broker is mounted in another place than "redirectUri" says. Of the path
 * only its beginning is shown: it may say what it is about.
 */
export function notFound({ basePath }: Settings, path: string): Refusal {
  const [, first = ''] = path.split('/');
  const arrived = `the request arrived as "/${shown(first, 40)}${path.length > first.length + 1 ? '/…' : ''}"`;
  if (basePath === '' || path.startsWith(`${basePath}/`))
    return new Refusal(404, 'not_found', `${nothingHere}.`);
  return new Refusal(
    404,
    'not_found',
    Object.hasOwn(routes, first)
      ? `${nothingHere}: ${arrived}, without "${basePath}" in front of it. Something strips the prefix. Mount the broker so that it gets the whole path: in Express with app.all('${basePath}/{*path}', …), not app.use('${basePath}', …).`
      : `${nothingHere}: ${arrived}, and "redirectUri" says that it is mounted at "${basePath}". Change "redirectUri" or "basePath", the mount, or the "url" of the page's session.`,
  );
}

/**
 * The route of a path, with or without a slash at its end: some servers add one to every path.
 * `token` and `api` exclude each other: a page gets tokens, or it gets a proxy.
 */
export function routeOf({ basePath, callbackPath, mode }: Settings, path: string): Route {
  if (path === callbackPath || path === `${callbackPath}/`) return routes.callback ?? nowhere;
  if (!path.startsWith(`${basePath}/`)) return nowhere;
  const below = path.slice(basePath.length + 1);
  if (below.startsWith('api/')) return (mode === 'proxy' && routes.api) || nowhere;
  const rest = below.replace(/\/$/, '');
  if (rest === 'api' || rest === 'callback' || (rest === 'token' && mode !== 'token'))
    return nowhere;
  return Object.hasOwn(routes, rest) ? (routes[rest] ?? nowhere) : nowhere;
}

type Work = (
  context: Context,
  visit: Visit,
  membership: Membership,
  passing: Passing,
) => Promise<Response>;
/** Reads as much of the body as the route needs before it begins. */
type Read = (settings: Settings, visit: Visit, isNamed: boolean) => Promise<Passing>;

/**
 * For those who are signed in; and what changes something is done once for each idempotency key.
 */
async function signedIn(context: Context, visit: Visit, read: Read, work: Work): Promise<Response> {
  const { request, url } = visit;
  const membership = await meant(context, visit);
  const key = keyOf(request);
  const passing = await read(context.settings, visit, key !== null);
  const done = (): Promise<Response> => work(context, visit, membership, passing);
  if (key === null) return done();
  const { browser, account } = membership;
  const print = `${request.method} ${url.pathname}${url.search} ${request.headers.get('content-type')}`;
  return context.replies.once(
    { browser, key: JSON.stringify([account, key]), print, passing },
    done,
  );
}

/**
 * The account that the page shows, or the one that signed in last if it names none. Never another
 * in its place: the page looks again.
 */
async function meant(context: Context, visit: Visit): Promise<Membership> {
  const id = visit.request.headers.get(accountHeader);
  const membership = await currentMembership(context, visit, id);
  if (membership !== null) return membership;
  if (id === null || (await currentMembership(context, visit, null)) === null) throw nobody();
  throw new Refusal(
    409,
    'account_changed',
    'This browser is signed in, but not to the account that the page shows. Look the session up again.',
    {
      code: 'signed_out',
    },
  );
}

function nobody(): ActOnTokenError {
  return new ActOnTokenError('signed_out', 'This browser is not signed in to Act-On.', {
    needsGrant: true,
  });
}

/** `null` for a request that may as well be carried out twice. */
function keyOf({ method, headers }: Request): string | null {
  const key = headers.get(idempotencyHeader);
  if (key === null || method === 'GET' || method === 'HEAD') return null;
  if (!/^[\x21-\x7e]{8,200}$/.test(key))
    throw new Refusal(
      400,
      'invalid_request',
      `"${idempotencyHeader}" must be 8 to 200 visible characters.`,
    );
  return key;
}
