import { describe, expect, it } from 'vitest';
import { actOnEndpoint, createSessionPool, type Fetch } from '../src/index.ts';
import { aMinute, anHour, eventsOf, passwordOf, world } from './support/world.ts';

const refusalOf = (call: Promise<unknown>): Promise<{ code: string }> =>
  call.then(
    () => ({ code: 'no refusal' }),
    (error) => error,
  );
const unreachable = (): Promise<Response> =>
  Promise.reject(
    new TypeError('fetch failed', {
      cause: Object.assign(new Error('connect ECONNREFUSED'), {
        code: 'ECONNREFUSED',
        syscall: 'connect',
      }),
    }),
  );

describe('a token in its last seconds', () => {
  it('is handed out while Act-On cannot be reached, until it lapses', async () => {
    const { clock, emulator, session, signedIn } = world();
    await signedIn();
    let isUp = true;
    const fetch: Fetch = (...all) => (isUp ? emulator.fetch(...all) : unreachable());
    const each = session({
      endpoint: actOnEndpoint({
        clientId: emulator.client.id,
        clientSecret: emulator.client.secret,
        fetch,
      }),
    });
    const token = await clock.settle(each.getAccessToken());
    isUp = false;
    await clock.advance(anHour - 25_000);
    expect(await clock.settle(each.getAccessToken())).toBe(token);
    await clock.advance(500);
    expect(await clock.settle(each.getAccessToken())).toBe(token);
    expect((await clock.settle(refusalOf(each.getAccessToken({ rejected: token })))).code).toBe(
      'not_sent',
    );
    await clock.advance(26_000);
    expect((await clock.settle(refusalOf(each.getAccessToken()))).code).toBe('not_sent');
  });
});

describe('a token that the API refused', () => {
  it('is not handed out again while the store is down', async () => {
    const { clock, store, session, signedIn } = world();
    await signedIn();
    const inner = store.open();
    let isDown = false;
    const read: typeof inner.read = (key) =>
      isDown ? Promise.reject(new Error('down')) : inner.read(key);
    const each = session({ store: { ...inner, read } });
    const rejected = await clock.settle(each.getAccessToken());
    isDown = true;
    await clock.advance(2 * aMinute);
    expect(await clock.settle(each.getAccessToken())).toBe(rejected);
    expect((await clock.settle(refusalOf(each.getAccessToken({ rejected })))).code).toBe(
      'store_unavailable',
    );
  });
});

describe('a caller who is refused', () => {
  it('because unattended programs have no grant left is reported as such', async () => {
    const { clock, emulator, session, sent } = world();
    const each = session({
      credentials: () => emulator.user,
      grantLimit: { limit: 1, window: anHour, reserve: 1 },
    });
    const events = eventsOf(each);
    expect((await clock.settle(refusalOf(each.getAccessToken()))).code).toBe('grant_budget');
    expect(events.map(({ type }) => type)).toEqual(['grant_budget']);
    expect(sent()).toBe(0);
  });

  it('because a token lapsed that cannot be refreshed sees that in the snapshot', async () => {
    const { clock, emulator, session } = world();
    const answer = { access_token: 'a1', expires_in: 3_600, token_type: 'bearer' };
    const fetch: Fetch = async () => new Response(JSON.stringify(answer));
    const each = session({
      endpoint: actOnEndpoint({
        clientId: emulator.client.id,
        clientSecret: emulator.client.secret,
        fetch,
      }),
    });
    await clock.settle(each.authorize(passwordOf(emulator)));
    expect(each.getSnapshot()).toMatchObject({ status: 'authorized', usable: true });
    await clock.advance(anHour + 1);
    expect((await clock.settle(refusalOf(each.getAccessToken()))).code).toBe('session_expired');
    expect(each.getSnapshot()).toMatchObject({ status: 'expired', usable: false });
  });

  it('because a server asks for a second each time is told that the server limits the rate', async () => {
    const { clock, emulator, signedIn } = world();
    const each = await signedIn();
    await clock.advance(anHour + 1);
    emulator.faults.arm({
      route: 'token',
      kind: 'too_many_requests',
      retryAfter: 1,
      times: Number.POSITIVE_INFINITY,
    });
    expect((await clock.settle(refusalOf(each.getAccessToken()))).code).toBe('rate_limited');
  });

  it('because others had all places in a pool is told that the wait is over', async () => {
    const names = ['one@example.test', 'two@example.test'];
    const { clock, emulator, store } = world({
      users: names.map((username) => ({ username, password: 'a password' })),
    });
    const { id, secret } = emulator.client;
    const fetch: Fetch = () => new Promise(() => {});
    const endpoint = actOnEndpoint({
      clientId: id,
      clientSecret: secret,
      fetch,
      requestTimeout: 60_000,
    });
    const credentials = (username: string) => ({ username, password: 'a password' });
    const pool = createSessionPool({ endpoint, store, clock, maxConcurrent: 1, credentials });
    const calls = names.map((name) => refusalOf(pool.get(name).getAccessToken()));
    const codes = (await clock.settle(Promise.all(calls))).map(({ code }) => code);
    expect(codes).toContain('timeout');
  });
});

describe('a session that had nothing to do when it was closed', () => {
  it('gives no token, though its token lives', async () => {
    const { clock, signedIn } = world();
    const each = await signedIn();
    expect(each.currentAccessToken()).toBeTypeOf('string');
    await clock.settle(each.close());
    expect(each.currentAccessToken()).toBeUndefined();
    for (const options of [undefined, { minValidity: 0 }, { maxWait: 1_000 }]) {
      expect((await clock.settle(refusalOf(each.getAccessToken(options)))).code).toBe('closed');
    }
    expect((await clock.settle(refusalOf(each.ready()))).code).toBe('closed');
  });
});
