// Runs inside workerd. Sessions and brokers are made when the module is evaluated, as an app makes
// them, and many requests use them.
import { type Broker, createBroker } from '@act-on-token/broker';
import {
  actOnEndpoint,
  type Clock,
  createSession,
  createSessionPool,
  isActOnTokenError,
  type Session,
  type SessionPool,
  type TokenStore,
} from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import { networkStore } from './network-store.ts';
import {
  caseHeader,
  type Order,
  type Reply,
  redirectUri,
  type SubjectSettings,
  waitUntilHeader,
} from './subject.ts';

/** Defined in front of this script by who starts it. */
declare const subjectSettings: Readonly<Record<string, SubjectSettings>>;

const sessionSecret = 'of-this-suite-alone-and-long-enough-for-it';

type WaitUntil = (work: Promise<unknown>) => void;

interface Context {
  waitUntil: WaitUntil;
}

interface Subject {
  readonly settings: SubjectSettings;
  now(): number;
  pass(milliseconds: number): void;
  session(account?: string): Session;
  readonly pool: SessionPool | null;
  readonly broker: Broker | null;
  /** Callers that leave, leave now. */
  isLeaving: boolean;
}

/**
 * Of the request that is served at this moment, as `waitUntil` of `cloudflare:workers` would give
 * it.
 */
let current: WaitUntil | undefined;

const subjects = new Map(
  Object.entries(subjectSettings).map(([name, settings]) => [name, subjectOf(settings)]),
);

export default {
  async fetch(request: Request, _env: unknown, context: Context): Promise<Response> {
    const subject = subjects.get(request.headers.get(caseHeader) ?? '');
    if (subject === undefined) return new Response('There is no such case.', { status: 404 });
    if (new URL(request.url).pathname.startsWith('/auth/'))
      return throughBroker(subject, request, context);
    const order = (await request.json()) as Order;
    current = (work) => context.waitUntil(work);
    const reply = await obey(subject, order, context).then(
      (value): Reply => ({ value }),
      (error: unknown): Reply => {
        const retryAt = isActOnTokenError(error) ? error.retryAt : null;
        return {
          error: codeOf(error),
          message: String(error),
          retryAfter: retryAt === null ? null : retryAt - subject.now(),
        };
      },
    );
    return Response.json(reply);
  },
};

function subjectOf(settings: SubjectSettings): Subject {
  const { kind, actOn, waitsForAll, requestTimeout } = settings;
  const { clock, pass } = movableClock();
  const store: TokenStore =
    settings.store === null ? memoryStore({ now: clock.now }) : networkStore(settings.store, clock);
  const { id: clientId, secret: clientSecret } = actOn.client;
  const endpoint = actOnEndpoint({ clientId, clientSecret, baseUrl: actOn.url, requestTimeout });
  const forAll = waitsForAll ? { waitUntil: ((work) => current?.(work)) as WaitUntil } : {};
  const shared = { endpoint, store, clock, minRefreshInterval: 0, ...forAll };
  const broker =
    kind === 'broker'
      ? createBroker({ ...shared, redirectUri, sessionSecret, apiTimeout: 20_000 })
      : null;
  const credentialsOf = (username: string) => ({ username, password: actOn.user.password });
  const pool =
    kind === 'pool'
      ? createSessionPool({ ...shared, maxConcurrent: 1, credentials: credentialsOf })
      : null;
  const own = createSession({
    ...shared,
    account: actOn.user.username,
    credentials: () => actOn.user,
  });
  return {
    settings,
    now: clock.now,
    pass,
    session: (account) => pool?.get(account ?? actOn.user.username) ?? own,
    pool,
    broker,
    isLeaving: false,
  };
}

async function throughBroker(
  { broker }: Subject,
  request: Request,
  context: Context,
): Promise<Response> {
  if (broker === null) return new Response('This case has no broker.', { status: 404 });
  return request.headers.has(waitUntilHeader) ? broker(request, context) : broker(request);
}

async function obey(subject: Subject, order: Order, context: Context): Promise<Reply['value']> {
  const { settings, session, pass } = subject;
  const more = {
    ...(order.waitUntil === true && {
      waitUntil: (work: Promise<unknown>) => context.waitUntil(work),
    }),
    ...(order.leaves === true && { signal: signalOf(subject) }),
  };
  if (order.do === 'size') return subject.pool?.size ?? null;
  if (order.do === 'leave') {
    subject.isLeaving = true;
    return null;
  }
  if (order.do === 'pass') {
    pass(order.milliseconds ?? 0);
    return null;
  }
  const chosen = session(order.account);
  if (order.do === 'token') return chosen.getAccessToken(more);
  if (order.do === 'fetch')
    return (await chosen.fetch('/api/1/account', { method: order.method ?? 'GET', ...more }))
      .status;
  if (order.do === 'ready') await chosen.ready();
  else if (order.do === 'authorize')
    await chosen.authorize({ type: 'password', ...settings.actOn.user }, more);
  else await chosen.signOut();
  return null;
}

/** Each request has a signal, and a timer, of its own. */
function signalOf(subject: Subject): AbortSignal {
  const leaving = new AbortController();
  const timer = setInterval(() => {
    if (!subject.isLeaving) return;
    clearInterval(timer);
    leaving.abort();
  }, 5);
  return leaving.signal;
}

function codeOf(error: unknown): string {
  return isActOnTokenError(error) ? error.code : String((error as Error | undefined)?.name);
}

/**
 * Time goes on as it does, and by what is passed. A timer belongs to the request that started it:
 * it looks at the time again and again, with the timers of the runtime, and ends with its request,
 * as they do.
 */
function movableClock(): { clock: Clock; pass(milliseconds: number): void } {
  let passed = 0;
  const monotonic = (): number => performance.now() + passed;
  const clock: Clock = {
    now: () => Date.now() + passed,
    monotonic,
    setTimeout(callback, delay) {
      const due = monotonic() + delay;
      const timer = setInterval(() => {
        if (monotonic() < due) return;
        clearInterval(timer);
        callback();
      }, 5);
      return timer;
    },
    clearTimeout: (timer) => clearInterval(timer as number),
  };
  const pass = (milliseconds: number): void => {
    passed += milliseconds;
  };
  return { clock, pass };
}
