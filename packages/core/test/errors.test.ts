import { inspect } from 'node:util';
import { memoryStore } from '@act-on-token/memory';
import { afterAll, describe, expect, it } from 'vitest';
import {
  ActOnTokenError,
  type ActOnTokenErrorCode,
  actOnEndpoint,
  createSession,
  isActOnTokenError,
  readCallback,
  type Session,
} from '../src/index.ts';
import { aMinute, anHour, type World, world } from './support/world.ts';

/** Secrets that are easy to find wherever they leak to. */
const canary = {
  username: 'canary-user@example.test',
  password: 'canary-password-1f9c',
  code: 'canary-code-77aa',
  verifier: 'canary-verifier-'.padEnd(43, 'x'),
  refreshToken: 'canary-refresh-token-90b2',
  secret: 'canary-client-secret-c4d1',
  store: 'canary-of-the-store',
};

const canaryWorld = (): World =>
  world({
    users: [{ username: canary.username, password: canary.password }],
    clients: [{ id: 'canary-client', secret: canary.secret }],
  });

/** A session of the canary client, whose server repeats every secret in its error descriptions. */
function gossiping(
  { clock, emulator, store }: World,
  answer?: { status: number; error: string },
): Session {
  const fetch: typeof emulator.fetch = async (input, init) => {
    if (answer === undefined) return emulator.fetch(input, init);
    const description = `you sent ${decodeURIComponent(String(init?.body ?? ''))}`;
    return Response.json(
      { error: answer.error, error_description: description },
      { status: answer.status },
    );
  };
  const endpoint = actOnEndpoint({ clientId: 'canary-client', clientSecret: canary.secret, fetch });
  return createSession({ endpoint, account: canary.username, store: store.open(), clock });
}

const password = {
  type: 'password',
  username: canary.username,
  password: canary.password,
} as const;

const reasonOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

/** One way, through the public API, to each code. */
const waysTo: Record<ActOnTokenErrorCode, () => Promise<unknown>> = {
  configuration: async () => {
    try {
      actOnEndpoint({
        clientId: 'x',
        clientSecret: canary.secret,
        baseUrl: `http://${canary.secret}@elsewhere.example`,
      });
    } catch (error) {
      return error;
    }
    return undefined;
  },
  callback: async () => {
    const expected = {
      state: 'canary-state-of-the-flow',
      redirectUri: 'https://app.example/cb',
      codeVerifier: canary.verifier,
    };
    try {
      readCallback(
        `https://app.example/cb?code=${canary.code}&state=wrong&error_description=${canary.verifier}`,
        expected,
      );
    } catch (error) {
      return error;
    }
    return undefined;
  },
  grant_rejected: () => signIn({ status: 403, error: 'invalid_grant' }),
  client_rejected: () => signIn({ status: 401, error: 'access_denied' }),
  rate_limited: () => signIn({ status: 429, error: 'too_many_attempts' }),
  outcome_unknown: () => signIn({ status: 500, error: 'server_error' }),
  grant_budget: async () => {
    const act = canaryWorld();
    const session = gossiping(act);
    for (let grant = 0; grant < 5; grant += 1) await act.clock.settle(session.authorize(password));
    return act.clock.settle(reasonOf(session.authorize(password)));
  },
  not_sent: async () => {
    const { clock, store } = world();
    const refuse = (): Promise<never> =>
      Promise.reject(
        Object.assign(new TypeError(`fetch failed ${canary.password}`), {
          cause: { code: 'ECONNREFUSED', body: canary.secret },
        }),
      );
    const endpoint = actOnEndpoint({ clientId: 'x', clientSecret: canary.secret, fetch: refuse });
    return clock.settle(
      reasonOf(createSession({ endpoint, account: 'a', store, clock }).authorize(password)),
    );
  },
  session_expired: async () => {
    const act = canaryWorld();
    const session = gossiping(act);
    await act.clock.settle(session.authorize(password));
    act.emulator.revoke({ user: canary.username });
    await act.clock.advance(anHour + 1);
    return act.clock.settle(reasonOf(session.getAccessToken()));
  },
  signed_out: async () => {
    const act = canaryWorld();
    const session = gossiping(act);
    await act.clock.settle(session.authorize(password));
    await act.clock.settle(session.signOut());
    return act.clock.settle(reasonOf(session.getAccessToken()));
  },
  store_unavailable: async () => {
    const act = canaryWorld();
    const fail = (): Promise<never> =>
      Promise.reject(
        Object.assign(new Error(canary.store), {
          command: { args: [canary.refreshToken] },
          name: 'ReplyError',
        }),
      );
    const session = act.session({ store: { ...act.store, read: fail, swap: fail } });
    return act.clock.settle(reasonOf(session.getAccessToken()));
  },
  store_corrupt: () => withRecord(`{"schema":1,"pair":"${canary.refreshToken}"}`),
  store_version: () => withRecord(`{"schema":7,"pair":"${canary.refreshToken}"}`),
  credential_conflict: async () => {
    const act = canaryWorld();
    act.emulator.configure({ grantLimit: null });
    const { endpoint } = credentialsOf(act);
    const server = createSession({
      endpoint,
      account: canary.username,
      store: act.store.open(),
      clock: act.clock,
      credentials: () => canary,
    });
    const rival = createSession({
      endpoint,
      account: 'rival',
      store: memoryStore(),
      clock: act.clock,
      credentials: () => canary,
    });
    let reason: unknown;
    for (
      let round = 0;
      round < 5 && !isActOnTokenError(reason, 'credential_conflict');
      round += 1
    ) {
      reason = await act.clock.settle(
        reasonOf(server.getAccessToken({ minValidity: 59.5 * aMinute })),
      );
      await act.clock.settle(reasonOf(rival.authorize(password)));
      await act.clock.advance(2 * aMinute);
    }
    return reason;
  },
  // No session of core throws it: it is for sessions whose tokens stay on a server, and those make
  // it with the public constructor.
  no_token_in_proxy_mode: async () =>
    new ActOnTokenError(
      'no_token_in_proxy_mode',
      'This page is given no token. Use session.fetch().',
    ),
  timeout: async () => {
    const act = canaryWorld();
    act.emulator.faults.arm({ route: 'token', kind: 'hold' });
    const session = act.session({ credentials: () => canary, account: canary.username });
    return act.clock.settle(reasonOf(session.getAccessToken({ maxWait: 1_000 })));
  },
  closed: async () => {
    const act = canaryWorld();
    const session = gossiping(act);
    await act.clock.settle(session.close());
    return reasonOf(session.getAccessToken());
  },
};

function credentialsOf({ emulator }: World) {
  return {
    endpoint: actOnEndpoint({
      clientId: 'canary-client',
      clientSecret: canary.secret,
      fetch: emulator.fetch,
    }),
  };
}

async function signIn(answer: { status: number; error: string }): Promise<unknown> {
  const act = canaryWorld();
  return act.clock.settle(reasonOf(gossiping(act, answer).authorize(password)));
}

async function withRecord(value: string): Promise<unknown> {
  const act = canaryWorld();
  const session = gossiping(act);
  const key = JSON.stringify(['act-on', 'canary-client', canary.username]);
  await act.store.swap(key, null, { version: '0'.repeat(32), value });
  return act.clock.settle(reasonOf(session.getAccessToken()));
}

/** Everything that a program could print of a thing. */
function printsOf(thing: unknown): string {
  const error = thing as Error;
  const views = [
    String(thing),
    inspect(thing, { depth: 10, showHidden: true, getters: true }),
    error.message,
    error.stack,
    inspect(error.cause),
  ];
  return [
    ...views,
    JSON.stringify(thing),
    JSON.stringify(thing, Object.getOwnPropertyNames(thing)),
    inspect(structuredClone(thing)),
  ].join('\n');
}

describe('every error', () => {
  const reached = new Set<string>();
  const codes = Object.keys(waysTo) as ActOnTokenErrorCode[];

  it.for(codes)('%s is reached, names a remedy and shows no secret', async (code) => {
    const error = await waysTo[code]();
    expect(isActOnTokenError(error, code), String(error)).toBe(true);
    reached.add(code);
    const prints = printsOf(error);
    for (const secret of Object.values(canary)) {
      if (secret !== canary.username) expect(prints).not.toContain(secret);
    }
    expect((error as ActOnTokenError).message, 'what is wrong, and the remedy').toMatch(
      /^["A-Z].*[.;] .+/,
    );
    expect((error as ActOnTokenError).cause).toBeUndefined();
  });

  it('says when to come back, where that helps', async () => {
    for (const code of ['rate_limited', 'grant_budget', 'not_sent'] as const) {
      const error = (await waysTo[code]()) as ActOnTokenError;
      if (code !== 'not_sent') expect(error.retryAt, code).toBeGreaterThan(0);
    }
  });

  it('is recognised across copies of the package, and nothing else is', () => {
    const foreign = Object.assign(new Error('x'), {
      code: 'closed',
      [Symbol.for('act-on-token.error')]: true,
    });
    expect(isActOnTokenError(foreign)).toBe(true);
    expect(isActOnTokenError(foreign, 'closed')).toBe(true);
    expect(isActOnTokenError(foreign, 'callback')).toBe(false);
    for (const other of [null, undefined, 'closed', new Error('closed'), { code: 'closed' }])
      expect(isActOnTokenError(other)).toBe(false);
  });

  afterAll(() => {
    console.log(`error codes reached: ${reached.size} of ${codes.length}`);
  });
});

describe('everything else that can be printed', () => {
  it('shows no token, secret or password: sessions, snapshots, events, endpoints, stores', async () => {
    const act = canaryWorld();
    const session = gossiping(act);
    const { endpoint } = credentialsOf(act);
    const events: unknown[] = [];
    session.on((event) => events.push(event));
    await act.clock.settle(session.authorize(password));
    const token = await session.getAccessToken();
    const shown = [
      session,
      session.getSnapshot(),
      events,
      endpoint,
      session.describe(),
      Object.getOwnPropertyDescriptors(session),
    ];
    for (const thing of shown) {
      const prints =
        inspect(thing, { depth: 10, showHidden: true, getters: true }) + JSON.stringify(thing);
      for (const secret of [token, canary.password, canary.secret])
        expect(prints).not.toContain(secret);
    }
  });
});
