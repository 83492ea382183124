import { type MemoryStore, memoryStore } from '@act-on-token/memory';
import { describe, expect, it } from 'vitest';
import {
  actOnEndpoint,
  createSession,
  type Fetch,
  type Session,
  type SessionOptions,
  type TokenClient,
  type TokenEndpoint,
  textFields,
  tokenEndpoint,
} from '../src/index.ts';
import { type ManualClock, manualClock } from './support/manual-clock.ts';
import { anHour, eventsOf } from './support/world.ts';

const aDay = 24 * anHour;
const apiBase = new URL('https://api.example/v1/');
const grantLimit = { limit: 5, window: anHour, reserve: 1 };
const code = {
  type: 'authorization_code',
  code: 'c-1',
  redirectUri: 'https://app.example/',
} as const;

/** What the server says to a token request, and to an API call. */
interface Server {
  tokens(form: URLSearchParams): Response | Promise<Response>;
  api(token: string): Response;
}

interface Place {
  readonly clock: ManualClock;
  readonly store: MemoryStore;
  /** The forms of all token requests. */
  readonly sent: URLSearchParams[];
  session(options?: Partial<SessionOptions>): Session;
}

let serial = 0;
const pair = (more: object = {}): Response => {
  serial += 1;
  return Response.json({
    access_token: `access-${serial}`,
    refresh_token: `refresh-${serial}`,
    expires_in: 3_600,
    ...more,
  });
};
const refusal = (status: number, error: string): Response => Response.json({ error }, { status });

function place(
  server: Partial<Server>,
  about: Partial<TokenEndpoint> = {},
  more: Partial<TokenClient> = {},
): Place {
  const clock = manualClock();
  const store = memoryStore({ now: () => clock.now() });
  const sent: URLSearchParams[] = [];
  const fetch: Fetch = async (input, init) => {
    const token = new Headers(init?.headers).get('authorization');
    if (String(input) !== 'https://id.example/token')
      return server.api?.(token?.replace('Bearer ', '') ?? '') ?? Response.json({});
    const form = new URLSearchParams(String(init?.body));
    sent.push(form);
    return server.tokens?.(form) ?? pair();
  };
  const endpoint = tokenEndpoint(
    {
      tokenUrl: 'https://id.example/token',
      fetch,
      parameters: { client_id: 'client-1' },
      secrets: ['the-secret'],
      ...more,
    },
    {
      name: 'Example',
      issuer: 'https://id.example/',
      clientId: 'client-1',
      apiBase,
      requestTimeout: 10_000,
      grantLimit,
      ...about,
    },
  );
  return {
    clock,
    store,
    sent,
    session: (options) =>
      createSession({ endpoint, account: 'ann', store: store.open(), clock, ...options }),
  };
}

const messageOf = (error: unknown): string => (error as Error).message;
const failureOf = (work: Promise<unknown>): Promise<string> =>
  work.then(() => 'it succeeded', messageOf);

describe('the endpoint of another server', () => {
  const answers: [string, () => Response][] = [
    ['Example refused this sign-in', () => refusal(400, 'invalid_grant')],
    ['Example refused the API client', () => refusal(401, 'invalid_client')],
    ['Example is rate limiting this client', () => refusal(429, 'slow_down')],
    ['whether Example processed it', () => refusal(503, 'server_error')],
    [
      'could not reach Example',
      () => {
        throw Object.assign(new TypeError('fetch failed'), {
          cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED', syscall: 'connect' }),
        });
      },
    ],
  ];
  it.each(answers)('is named in messages: %s', async (said, answer) => {
    let isFailing = false;
    const { clock, session } = place({ tokens: () => (isFailing ? answer() : pair()) });
    const one = session();
    const events = eventsOf(one);
    await clock.settle(one.authorize(code));
    isFailing = true;
    await clock.advance(2 * anHour);
    const texts = [
      await failureOf(clock.settle(one.authorize({ ...code, code: 'c-2' }))),
      await failureOf(clock.settle(one.getAccessToken())),
      messageOf(one.getSnapshot().error ?? new Error('')),
      JSON.stringify(events),
      one.describe(),
    ];
    expect(texts.join('\n')).toContain(said);
    expect(texts.join('\n')).not.toMatch(/Act-On|%s|undefined/);
  });

  it('allows as many grants as it says, unless the session has a limit of its own', async () => {
    const two = { limit: 2, window: anHour, reserve: 0 };
    const { clock, session } = place({}, { grantLimit: two });
    const one = session();
    expect(one.getSnapshot().grants.limit).toBe(2);
    expect(session({ grantLimit }).getSnapshot().grants.limit).toBe(5);
    await clock.settle(one.authorize(code));
    await clock.settle(one.authorize({ ...code, code: 'c-2' }));
    const third = clock.settle(one.authorize({ ...code, code: 'c-3' }));
    await expect(third).rejects.toMatchObject({ code: 'grant_budget' });
  });

  it.each([10 * aDay, 100 * aDay])(
    'warns when nine tenths of the time are over that it keeps an unused token: %d',
    async (refreshTokenIdle) => {
      const { clock, session } = place({}, { refreshTokenIdle });
      const one = session();
      const events = eventsOf(one);
      await clock.settle(one.authorize(code));
      const end = one.subscribe(() => {});
      await clock.advance(refreshTokenIdle * 0.9 - 1_000);
      expect(events.map(({ type }) => type)).not.toContain('expiring');
      await clock.advance(2_000);
      expect(events.map(({ type }) => type)).toContain('expiring');
      end();
    },
  );

  it('warns of nothing if it does not say how long it keeps one', async () => {
    const { clock, session } = place({});
    const one = session();
    const events = eventsOf(one);
    await clock.settle(one.authorize(code));
    const end = one.subscribe(() => {});
    await clock.advance(400 * aDay);
    expect(events.map(({ type }) => type)).not.toContain('expiring');
    end();
  });

  it.each([
    { refreshTokenIdle: 2 * anHour, needsGrant: true },
    { refreshTokenIdle: 40 * aDay, needsGrant: false },
    { refreshTokenIdle: undefined, needsGrant: false },
  ])(
    'calls for a sign-in when a token of unknown outcome is older than that: $refreshTokenIdle',
    async ({ refreshTokenIdle, needsGrant }) => {
      let isFailing = false;
      const { clock, session } = place(
        { tokens: () => (isFailing ? refusal(503, 'server_error') : pair()) },
        { refreshTokenIdle },
      );
      const one = session();
      await clock.settle(one.authorize(code));
      isFailing = true;
      await clock.advance(3 * anHour);
      await failureOf(clock.settle(one.getAccessToken()));
      expect(one.getSnapshot()).toMatchObject({ usable: false, needsGrant });
    },
  );
});

describe('further fields of an answer', () => {
  const more = textFields(['instance_url', 'region']);

  it('reach every process, and stay when a refresh does not repeat them', async () => {
    const { clock, session } = place(
      {
        tokens: (form) =>
          form.get('grant_type') === 'refresh_token'
            ? pair({ region: 'eu' })
            : pair({ instance_url: 'https://na1.example', region: 'us', other: 'not asked for' }),
      },
      {},
      { more },
    );
    const [one, other] = [session(), session()];
    await clock.settle(one.authorize(code));
    expect(one.getSnapshot().fields).toEqual({ instance_url: 'https://na1.example', region: 'us' });
    await clock.advance(2 * anHour);
    await clock.settle(other.getAccessToken());
    const fields = { instance_url: 'https://na1.example', region: 'eu' };
    expect(other.getSnapshot().fields).toEqual(fields);
    const third = session();
    await clock.settle(third.ready());
    expect(third.getSnapshot().fields).toEqual(fields);
    await clock.settle(one.signOut());
    expect(one.getSnapshot().fields).toBeUndefined();
  });

  it('are text, not longer than 1,024 characters and not more than sixteen', async () => {
    const names = Array.from({ length: 20 }, (_, at) => `field_${at}`);
    const answer: Record<string, unknown> = Object.fromEntries(names.map((name) => [name, name]));
    Object.assign(answer, { field_0: 7, field_1: '', field_2: 'x'.repeat(1_025), field_3: ['a'] });
    const { clock, session } = place(
      { tokens: () => pair(answer) },
      {},
      { more: textFields(names) },
    );
    const one = session();
    await clock.settle(one.authorize(code));
    expect(Object.keys(one.getSnapshot().fields ?? {})).toEqual(names.slice(4, 16));
  });

  it('are not in the record of an endpoint that asks for none', async () => {
    const { clock, session, store } = place({ tokens: () => pair({ instance_url: 'x' }) });
    const one = session();
    await clock.settle(one.authorize(code));
    expect(one.getSnapshot()).not.toHaveProperty('fields');
    const key = JSON.stringify(['https://id.example/', 'client-1', 'ann']);
    expect((await store.read(key)).record?.value).not.toContain('fields');
  });

  it.each([{ region: 7 }, { region: null }, [{}]])(
    'that are no texts make a record that is not read: %j',
    async (fields) => {
      const { clock, session, store } = place({}, {}, { more });
      await clock.settle(session().authorize(code));
      const key = JSON.stringify(['https://id.example/', 'client-1', 'ann']);
      const { record } = await store.read(key);
      const value = JSON.parse(record?.value ?? '');
      value.pair.fields = fields;
      await store.swap(key, record?.version ?? null, {
        version: 'changed',
        value: JSON.stringify(value),
      });
      const failing = clock.settle(session().getAccessToken());
      await expect(failing).rejects.toMatchObject({ code: 'store_corrupt' });
    },
  );
});

describe('a sign-out', () => {
  it('asks the server to forget the refresh token, after the record has ended', async () => {
    const revoked: unknown[] = [];
    const { clock, session, store } = place(
      {},
      {
        async revoke(refreshToken) {
          const key = JSON.stringify(['https://id.example/', 'client-1', 'ann']);
          const { ended } = JSON.parse((await store.read(key)).record?.value ?? '{}');
          revoked.push([refreshToken, ended]);
        },
      },
    );
    const [one, other] = [session(), session()];
    await clock.settle(one.authorize(code));
    const token = `refresh-${serial}`;
    await clock.settle(other.signOut());
    expect(revoked).toEqual([[token, 'signed_out']]);
    await clock.settle(one.signOut());
    await clock.settle(session({ account: 'nobody' }).signOut());
    expect(revoked).toHaveLength(1);
  });

  it.each([
    ['fails', () => Promise.reject(new Error('no'))],
    [
      'throws',
      () => {
        throw new Error('no');
      },
    ],
  ])('stands although that %s', async (_, revoke) => {
    const { clock, session } = place({}, { revoke });
    const one = session();
    await clock.settle(one.authorize(code));
    await clock.settle(one.signOut());
    expect(one.getSnapshot().status).toBe('idle');
  });

  it('waits no longer for that than for a token request', async () => {
    const { clock, session } = place({}, { revoke: () => new Promise(() => {}) });
    const one = session();
    await clock.settle(one.authorize(code));
    const began = clock.monotonic();
    await clock.settle(one.signOut());
    expect(clock.monotonic() - began).toBe(10_000);
  });
});

describe('an API that refuses every call although the token is good', () => {
  const refusing = {
    'a token that is bound to a key (DPoP)': new Response(null, {
      status: 401,
      headers: { 'www-authenticate': 'DPoP error="invalid_token"' },
    }),
    'a missing permission, by a 401': new Response(null, { status: 401 }),
    'a missing scope, by a 403': new Response(null, {
      status: 403,
      headers: { 'www-authenticate': 'Bearer error="insufficient_scope"' },
    }),
  };
  it.each(Object.entries(refusing))(
    'costs no more than a rotation a minute, and hands each refusal over: %s',
    async (_, response) => {
      const { clock, session, sent } = place({ api: () => response.clone() });
      const one = session();
      await clock.settle(one.authorize(code));
      const statuses = new Set<number>();
      for (let second = 0; second < 3_600; second += 5) {
        const calls = [1, 2, 3].map(() => one.fetch('things'));
        for (const { status } of await clock.settle(Promise.all(calls))) statuses.add(status);
        await clock.advance(5_000);
      }
      expect([...statuses]).toEqual([response.status]);
      const rotations = sent.filter((form) => form.get('grant_type') === 'refresh_token').length;
      expect(rotations).toBeLessThanOrEqual(response.status === 401 ? 60 : 2);
    },
    120_000,
  );
});

it("Act-On's endpoint is one preset of it", () => {
  const endpoint = actOnEndpoint({ clientId: 'c', clientSecret: 's' });
  expect(endpoint).toMatchObject({
    name: 'Act-On',
    issuer: 'act-on',
    requestTimeout: 10_000,
    grantLimit,
    refreshTokenIdle: 30 * aDay,
  });
  expect(endpoint.revoke).toBeUndefined();
});
