import {
  ActOnTokenError,
  actOnEndpoint,
  createSession,
  isActOnTokenError,
  type Session,
} from '@act-on-token/core';
import { createEmulator, type Emulator } from '@act-on-token/emulator';
import { memoryStore } from '@act-on-token/memory';
import type { KyInstance } from 'ky';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ActOnKyOptions, createRateLimit, RateLimit, RateLimitOptions } from '../src/index.ts';
import { eachKy, withKy } from './support/each-ky.ts';
import { caught } from './support/world.ts';

/** An HTTP-date has no milliseconds. */
const wholeSecond = Date.UTC(2026, 2, 1);

// Time is the test's: the emulator counts calls by the same clock, and answers 429 to the sixth
// within a second.
describe.each(eachKy)('createRateLimit with $name', ({ load }) => {
  let emulator: Emulator;
  let session: Session;
  let start: number;
  let create: typeof createRateLimit;
  let open: (rateLimit?: RateLimit, options?: ActOnKyOptions) => KyInstance;

  beforeEach(async () => {
    const { actOnKy, createRateLimit } = await withKy(load);
    vi.useFakeTimers({
      now: wholeSecond,
      toFake: ['setTimeout', 'clearTimeout', 'Date', 'performance'],
    });
    emulator = createEmulator();
    session = await signedIn();
    start = Date.now();
    create = createRateLimit;
    open = (rateLimit = createRateLimit(), options = {}) =>
      actOnKy(session, { rateLimit, ...options });
  });

  afterEach(async () => {
    await session.close();
    expect(vi.getTimerCount()).toBe(0);
    vi.useRealTimers();
  });

  /** When the API's requests came in, in milliseconds since the test began. */
  const arrivals = (): number[] =>
    emulator.ledger.entries.filter(({ route }) => route === 'api').map(({ at }) => at - start);
  const statuses = (): (number | null)[] =>
    emulator.ledger.entries.filter(({ route }) => route === 'api').map(({ status }) => status);
  /** Lets what is under way get where it waits for time, and then time pass. */
  const pass = async (ms: number): Promise<void> => {
    for (let turn = 0; turn < 10; turn++) await vi.advanceTimersByTimeAsync(0);
    await vi.advanceTimersByTimeAsync(ms);
  };

  it('lets five calls go in any second, each at its first chance and in the order in which they came', async () => {
    const api = open();
    const order: number[] = [];
    const calls = Array.from({ length: 12 }, (_, index) =>
      api.get('api/1/list').then(() => order.push(index)),
    );
    await pass(2_000);
    await Promise.all(calls);
    expect(arrivals()).toEqual([0, 0, 0, 0, 0, 1_000, 1_000, 1_000, 1_000, 1_000, 2_000, 2_000]);
    expect(statuses()).not.toContain(429);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it('counts any second, not the ticks of a clock', async () => {
    const api = open();
    await api.get('api/1/list');
    await pass(900);
    const calls = Array.from({ length: 6 }, () => api.get('api/1/list'));
    await pass(1_000);
    await Promise.all(calls);
    expect(arrivals()).toEqual([0, 900, 900, 900, 900, 1_000, 1_900]);
    expect(statuses()).not.toContain(429);
  });

  it('takes sends as it takes reads, and sends each message once', async () => {
    const api = open();
    const calls = Array.from({ length: 7 }, () => api.post('api/1/message/m-1/send'));
    await pass(1_000);
    await Promise.all(calls);
    expect(emulator.ledger.counters()).toMatchObject({ sends: 7, apiCalls: 7 });
  });

  it('counts every attempt of ky', async () => {
    emulator.faults.arm({ route: 'api', kind: 'status', status: 503, times: 3 });
    const api = open(undefined, { retry: { delay: () => 0 } });
    const calls = Array.from({ length: 3 }, () => api.get('api/1/list'));
    await pass(1_000);
    await Promise.all(calls);
    expect(arrivals()).toEqual([0, 0, 0, 0, 0, 1_000]);
  });

  it('keeps the wait out of the timeout of a call', async () => {
    const api = open(undefined, { timeout: 500 });
    const calls = Array.from({ length: 20 }, () => api.get('api/1/list'));
    await pass(3_000);
    await Promise.all(calls);
    expect(arrivals().at(-1)).toBe(3_000);
  });

  it('lets an aborted call leave at once, the first in line and any other', async () => {
    const rateLimit = create();
    const api = open(rateLimit);
    await Promise.all(Array.from({ length: 5 }, () => api.get('api/1/list')));
    const aborts = Array.from({ length: 3 }, () => new AbortController());
    const [first, second, third] = aborts.map(({ signal }) =>
      caught(api.get('api/1/list', { signal })),
    );
    await pass(10);
    expect(rateLimit.waiting).toBe(3);
    aborts[1]?.abort(new Error('second'));
    aborts[0]?.abort(new Error('first'));
    expect(await second).toMatchObject({ message: 'second' });
    expect(await first).toMatchObject({ message: 'first' });
    expect(rateLimit.waiting).toBe(1);
    await pass(990);
    expect(await third).toBe('no error');
    expect(arrivals()).toEqual([0, 0, 0, 0, 0, 1_000]);
  });

  it('lets the program end when the last one who waited has left', async () => {
    const rateLimit = create();
    const api = open(rateLimit);
    await Promise.all(Array.from({ length: 5 }, () => api.get('api/1/list')));
    const abort = new AbortController();
    const given = caught(api.get('api/1/list', { signal: abort.signal }));
    await pass(10);
    expect(vi.getTimerCount()).toBe(1);
    abort.abort();
    await given;
    expect(vi.getTimerCount()).toBe(0);
  });

  const asked = [
    { how: 'seconds', retryAfter: () => 20 },
    { how: 'a date', retryAfter: () => new Date(start + 20_000) },
  ];
  it.each(asked)(
    'stops the line after a 429 for as long as it asks, in $how, and has a read repeated',
    async ({ retryAfter }) => {
      emulator.faults.arm({ route: 'api', kind: 'too_many_requests', retryAfter: retryAfter() });
      const api = open();
      const refused = api.get('api/1/list');
      await pass(0);
      expect(vi.getTimerCount()).toBe(1);
      const others = Array.from({ length: 5 }, () => api.get('api/1/list'));
      await pass(19_000);
      expect(arrivals()).toEqual([0]);
      await pass(3_000);
      for (const answer of await Promise.all([refused, ...others])) expect(answer.status).toBe(200);
      expect(arrivals().filter((at) => at > 0 && at < 20_000)).toEqual([]);
      expect(statuses().filter((status) => status === 429)).toHaveLength(1);
    },
  );

  it('stops the line for one interval after a 429 that says nothing', async () => {
    emulator.faults.arm({ route: 'api', kind: 'too_many_requests' });
    const api = open();
    expect(await caught(api.post('api/1/message/m-1/send'))).toMatchObject({
      response: { status: 429 },
    });
    const next = api.get('api/1/list');
    await pass(1_000);
    await next;
    expect(arrivals()).toEqual([0, 1_000]);
  });

  it('hands a send its 429, and sends nothing twice', async () => {
    emulator.faults.arm({ route: 'api', kind: 'too_many_requests', retryAfter: 20 });
    const api = open(undefined, { retry: 5 });
    expect(await caught(api.post('api/1/message/m-1/send'))).toMatchObject({
      response: { status: 429 },
    });
    await pass(60_000);
    expect(emulator.ledger.counters()).toMatchObject({ apiCalls: 1, sends: 0 });
  });

  it('has no timer while it is stopped and no one waits', async () => {
    emulator.faults.arm({ route: 'api', kind: 'too_many_requests', retryAfter: 20 });
    await caught(open().post('api/1/message/m-1/send'));
    expect(vi.getTimerCount()).toBe(0);
  });

  it('hands over a 429 that asks for longer than a call may wait, and refuses the others until then', async () => {
    emulator.faults.arm({ route: 'api', kind: 'too_many_requests', retryAfter: 3_600 });
    const api = open();
    const waiting = Array.from({ length: 6 }, () => caught(api.get('api/1/list')));
    await pass(1_000);
    const [refused, ...others] = await Promise.all(waiting);
    expect(refused).toMatchObject({ response: { status: 429 } });
    expect(others.slice(0, 4)).toEqual(Array(4).fill('no error'));
    for (const failure of [others[4], await caught(api.get('api/1/list'))]) {
      expect(failure).toMatchObject({
        code: 'rate_limited',
        needsGrant: false,
        retryAt: start + 3_600_000,
      });
    }
    expect(arrivals()).toEqual([0, 0, 0, 0, 0]);
    await pass(3_599_000);
    expect((await api.get('api/1/list')).status).toBe(200);
  });

  it('refuses at once a call that would have to wait too long, and says when its turn would be', async () => {
    const rateLimit = create({ maxWait: 1_000 });
    const api = open(rateLimit);
    const calls = Array.from({ length: 11 }, () => caught(api.get('api/1/list')));
    const failure = await calls[10];
    expect(isActOnTokenError(failure, 'rate_limited') && failure.retryAt).toBe(start + 2_000);
    expect((failure as Error).message).toContain('"maxWait"');
    await pass(1_000);
    expect(await Promise.all(calls.slice(0, 10))).toEqual(Array(10).fill('no error'));
    expect(arrivals()).toHaveLength(10);
  });

  it('is one line for all that share it', async () => {
    const rateLimit = create({ limit: 2, interval: 500 });
    const calls = [open(rateLimit), open(rateLimit), open(rateLimit)].map((api) =>
      api.get('api/1/list'),
    );
    const apart = open(create());
    await apart.get('api/1/list');
    await pass(500);
    await Promise.all(calls);
    expect(arrivals()).toEqual([0, 0, 0, 500]);
  });

  it('waits for a token before it gives turns away, so that they are not used all at once', async () => {
    emulator.clock.advance(3_600_000);
    await session.close();
    session = createdSession();
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const api = open();
    const calls = Array.from({ length: 8 }, () => api.get('api/1/list'));
    await hold.reached();
    await pass(3_000);
    hold.release();
    const allCame = async (): Promise<void> => {
      await pass(100);
      expect(arrivals()).toHaveLength(8);
    };
    await vi.waitFor(allCame, { timeout: 30_000, interval: 1 });
    await Promise.all(calls);
    expect(statuses()).not.toContain(429);
  });

  it('says that no one is signed in before it lets anybody wait', async () => {
    const rateLimit = create();
    await session.signOut();
    expect(await caught(open(rateLimit).get('api/1/list'))).toMatchObject({ code: 'signed_out' });
    expect(vi.getTimerCount()).toBe(0);
  });

  it('serves a session whose broker keeps the token', async () => {
    const { fetch, apiBase } = session;
    const getAccessToken = (): Promise<string> =>
      Promise.reject(new ActOnTokenError('no_token_in_proxy_mode', 'use fetch'));
    const close = session.close.bind(session);
    session = { ...session, fetch, apiBase, getAccessToken, close };
    expect((await open().get('api/1/list')).status).toBe(200);
  });

  const wrong: [RateLimitOptions, string][] = [
    [{ limit: 0 }, 'limit'],
    [{ limit: 1.5 }, 'limit'],
    [{ interval: 0 }, 'interval'],
    [{ interval: Number.POSITIVE_INFINITY }, 'interval'],
    [{ maxWait: -1 }, 'maxWait'],
    [{ maxWait: Number.NaN }, 'maxWait'],
    [{ limit: '5' as unknown as number }, 'limit'],
  ];
  it.each(wrong)('refuses %o', (options, name) => {
    expect(() => create(options)).toThrow(
      expect.objectContaining({
        code: 'configuration',
        message: expect.stringContaining(`"${name}"`),
      }),
    );
  });

  function createdSession(): Session {
    const { client, user } = emulator;
    const endpoint = actOnEndpoint({
      clientId: client.id,
      clientSecret: client.secret,
      fetch: emulator.fetch,
    });
    const store = memoryStore();
    return createSession({ endpoint, account: user.username, store, credentials: () => user });
  }

  async function signedIn(): Promise<Session> {
    const created = createdSession();
    await created.authorize({ type: 'password', ...emulator.user });
    return created;
  }
});
