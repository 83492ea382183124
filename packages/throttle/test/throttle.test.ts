import { actOnEndpoint, createSession } from '@act-on-token/core';
import { createEmulator } from '@act-on-token/emulator';
import { memoryStore } from '@act-on-token/memory';
import {
  type CallLimitOptions,
  createCallLimit,
  perSlot,
  type SlotLimiter,
  throttle,
} from '@act-on-token/throttle';
import { RateLimiterMemory } from 'rate-limiter-flexible';
import { describe, expect, it } from 'vitest';

const memory = (): SlotLimiter => new RateLimiterMemory(perSlot);

async function signedIn(options: Partial<CallLimitOptions> = {}) {
  const emulator = createEmulator();
  const { client, user } = emulator;
  const endpoint = actOnEndpoint({
    clientId: client.id,
    clientSecret: client.secret,
    fetch: emulator.fetch,
  });
  const limit = createCallLimit({ limiter: memory(), ...options });
  const plain = createSession({ endpoint, account: user.username, store: memoryStore() });
  await plain.authorize({ type: 'password', ...user });
  return { emulator, endpoint, limit, plain, session: throttle(plain, limit) };
}
const errorOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no error',
    (error: unknown) => error,
  );

describe('a throttled session', () => {
  it('sends fifteen calls at once without a 429, and is a session like any other', async () => {
    const { session, plain, limit } = await signedIn();
    const calls = Array.from({ length: 15 }, () => session.fetch('/api/1/list'));
    const { getSnapshot, getAccessToken } = session;
    expect(getSnapshot()).toBe(plain.getSnapshot());
    expect(await getAccessToken()).toBe(plain.currentAccessToken());
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(Array(15).fill(200));
    expect(limit.waiting).toBe(0);
  });

  it('stops all calls for as long as a 429 asks', async () => {
    const { session, emulator } = await signedIn({ maxWait: 500 });
    emulator.faults.arm({ route: 'api', kind: 'too_many_requests', retryAfter: 30 });
    expect((await session.fetch('/api/1/list')).status).toBe(429);
    expect(await errorOf(session.fetch('/api/1/list'))).toMatchObject({
      code: 'rate_limited',
      retryAt: expect.any(Number),
    });
    expect(emulator.ledger.counters().apiCalls).toBe(1);
  });

  it('leaves the line when it is aborted, and takes no turn of others', async () => {
    const { session, emulator, limit } = await signedIn();
    await Promise.all(Array.from({ length: 5 }, () => session.fetch('/api/1/list')));
    const leaving = new AbortController();
    const gone = errorOf(session.fetch('/api/1/list', { signal: leaving.signal }));
    const next = session.fetch('/api/1/list');
    leaving.abort(new Error('gone'));
    expect(await gone).toMatchObject({ message: 'gone' });
    expect((await next).status).toBe(200);
    expect(limit.waiting).toBe(0);
    expect(emulator.ledger.counters().apiCalls).toBe(6);
  });

  it('says at once that nobody is signed in, and that a limiter does not answer', async () => {
    const broken: SlotLimiter = {
      consume: () => Promise.reject(new Error('ECONNREFUSED redis://:secret@host')),
      block: () => Promise.reject(new Error('ECONNREFUSED')),
    };
    const { session, emulator } = await signedIn({ limiter: broken });
    const failure = await errorOf(session.fetch('/api/1/list'));
    expect(failure).toMatchObject({ code: 'store_unavailable' });
    expect(String(failure)).not.toContain('secret');
    await session.signOut();
    expect(await errorOf(session.fetch('/api/1/list'))).toMatchObject({ code: 'signed_out' });
    expect(emulator.ledger.counters().apiCalls).toBe(0);
  });
});

it('a throttled endpoint makes all sessions of it wait, the second try after a 401 included', async () => {
  const { endpoint, emulator, limit } = await signedIn();
  const sessions = await Promise.all(
    [1, 2].map(async (each) => {
      const account = `${each}`;
      const session = createSession({
        endpoint: throttle(endpoint, limit),
        account,
        store: memoryStore(),
        minRefreshInterval: 0,
      });
      await session.authorize({ type: 'password', ...emulator.user });
      return session;
    }),
  );
  const calls = sessions.flatMap((session) =>
    Array.from({ length: 6 }, () => session.fetch('/api/1/list').then(({ status }) => status)),
  );
  expect((await Promise.all(calls)).filter((status) => status === 429)).toEqual([]);
});

const wrong: [object, string][] = [
  [{}, 'limiter'],
  [{ limiter: {} }, 'limiter'],
  [{ limiter: memory(), key: '' }, 'key'],
  [{ limiter: memory(), limit: 0 }, 'limit'],
  [{ limiter: memory(), maxWait: -1 }, 'maxWait'],
];
it.each(wrong)('refuses %o', (options, name) => {
  expect(() => createCallLimit(options as CallLimitOptions)).toThrow(
    expect.objectContaining({
      code: 'configuration',
      message: expect.stringContaining(`"${name}"`),
    }),
  );
});
