import { actOnEndpoint, createSession, type Fetch, type Session } from '@act-on-token/core';
import { ActOnServer } from '../simulation/world/act-on-server.ts';
import { Life, Machine } from '../simulation/world/life.ts';
import { beginStillness } from '../simulation/world/stillness.ts';
import { StoreServer } from '../simulation/world/store-server.ts';
import { Timeline } from '../simulation/world/timeline.ts';
import { createRandom, type Random } from '../support/random.ts';

/** What requests meet while Act-On is out. */
export const kinds = [
  '503',
  '503 with Retry-After: 30',
  '500',
  '502',
  '504',
  'silence',
  'refused',
] as const;
export type Kind = (typeof kinds)[number];

export interface Outage {
  readonly kind: Kind;
  /** Milliseconds. */
  readonly duration: number;
  readonly seed: number;
}

export interface Outcome {
  /**
   * Milliseconds from the end of the outage until a caller got a token; infinite: nobody did within
   * a day.
   */
  readonly usableAfter: number;
  /** Token requests of all processes, from the beginning of the outage until then. */
  readonly requests: number;
  readonly grants: number;
}

const aSecond = 1_000;
const start = Date.UTC(2026, 5, 1);
const processes = 3;
const longest = 86_400_000;
const user = { name: 'ada@outage.test', password: 'password of ada' };

/**
 * Three processes share an account whose access token has just lapsed, and the outage begins. Each
 * second somebody asks one of them for a token. Simulated time: the process must have nothing else
 * to do.
 */
export async function playOutage({ kind, duration, seed }: Outage): Promise<Outcome> {
  const random = createRandom(seed);
  beginStillness(createRandom(random.below(2 ** 32)));
  const timeline = new Timeline(start);
  const traits = {
    seed: '1',
    reuseDetection: 'reject',
    revokeOldAccess: false,
    limitRetryAfter: 'absent',
    rotate: true,
  } as const;
  const grantLimit = { limit: 5, window: 3_600_000 };
  const server = new ActOnServer(
    timeline,
    { ...traits, grantLimit },
    new Map([[user.name, user.password]]),
  );
  const store = new StoreServer(timeline, random, { ahead: [0], hintsOnReturn: true }, null);
  const wire = { from: Number.POSITIVE_INFINITY, until: 0, kind, requests: 0, grants: 0 };
  const sessions = Array.from({ length: processes }, (_, index) => {
    const life = new Life(timeline, new Machine(`p${index + 1}`, 0, 0));
    return sessionOf(life, store, server, fetchOf(timeline, random, server, wire));
  });
  await timeline.pass(start + aSecond);
  const [first] = sessions as [Session, ...Session[]];
  const signedIn = first.getAccessToken();
  await timeline.pass(start + 5 * aSecond);
  await signedIn;
  // Lapsed, and nobody asked since.
  const from = start + 3_700_000;
  await timeline.pass(from);
  Object.assign(wire, { from, until: from + duration, requests: 0, grants: 0 });
  return watch(timeline, random, sessions, wire);
}

interface Way {
  from: number;
  until: number;
  readonly kind: Kind;
  requests: number;
  grants: number;
}

async function watch(
  timeline: Timeline,
  random: Random,
  sessions: readonly Session[],
  wire: Way,
): Promise<Outcome> {
  let usableAt = Number.POSITIVE_INFINITY;
  const got = (): void => {
    usableAt = Math.min(usableAt, timeline.now);
  };
  const ask = (): void => {
    random
      .pick(sessions as [Session, ...Session[]])
      .getAccessToken()
      .then(got, () => {});
    if (usableAt === Number.POSITIVE_INFINITY) timeline.after(aSecond, ask);
  };
  timeline.after(random.below(aSecond), ask);
  await timeline.pass(wire.until + longest, () => usableAt < Number.POSITIVE_INFINITY);
  const { requests, grants } = wire;
  // Somebody may be served before the outage is over: requests that were under way are answered.
  return { usableAfter: Math.max(0, usableAt - wire.until), requests, grants };
}

function sessionOf(life: Life, store: StoreServer, server: ActOnServer, fetch: Fetch): Session {
  const { id: clientId, secret: clientSecret } = server.client;
  return createSession({
    endpoint: actOnEndpoint({ clientId, clientSecret, fetch }),
    account: user.name,
    store: store.handleOf(life),
    clock: life.clock,
    credentials: () => ({ username: user.name, password: user.password }),
  });
}

function fetchOf(timeline: Timeline, random: Random, server: ActOnServer, wire: Way): Fetch {
  const latency = (): number => random.between(20, 80);
  return (input, init = {}) =>
    new Promise((resolve, reject) => {
      wire.requests += 1;
      if (!String(init.body).includes('grant_type=refresh_token')) wire.grants += 1;
      init.signal?.addEventListener('abort', () => reject(init.signal?.reason), { once: true });
      const isOut = timeline.now >= wire.from && timeline.now < wire.until;
      if (isOut && wire.kind === 'silence') return;
      timeline.after(latency(), async () => {
        if (isOut && wire.kind === 'refused') return reject(refused());
        if (isOut) return resolve(failure(wire.kind));
        const { status, headers, text } = await server.carryOut(String(input), init, true, null);
        timeline.after(latency(), () => resolve(new Response(text, { status, headers })));
      });
    });
}

function failure(kind: Kind): Response {
  const [status = ''] = kind.split(' ');
  const headers: Record<string, string> = { 'content-type': 'text/html' };
  if (kind.includes('Retry-After')) headers['retry-after'] = '30';
  return new Response(`<html><body><h1>${status}</h1></body></html>`, {
    status: Number(status),
    headers,
  });
}

function refused(): TypeError {
  const cause = Object.assign(new Error('connect ECONNREFUSED'), {
    code: 'ECONNREFUSED',
    syscall: 'connect',
  });
  return new TypeError('fetch failed', { cause });
}
