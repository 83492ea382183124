import { describe, expect, it, vi } from 'vitest';
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

describe('what a caller is told', () => {
  /** A session whose requests are answered as a test says, and by the emulator otherwise. */
  const answered = async (options: Parameters<ReturnType<typeof world>['session']>[0] = {}) => {
    const place = world();
    const { clock, emulator, session, signedIn, store } = place;
    const server = { answer: null as null | (() => Promise<Response>), isDown: false };
    const fetch: Fetch = (...all) => server.answer?.() ?? emulator.fetch(...all);
    const open = store.open();
    const { id, secret } = emulator.client;
    if (options.credentials === undefined) await signedIn();
    const each = session({
      endpoint: actOnEndpoint({ clientId: id, clientSecret: secret, fetch }),
      store: {
        ...open,
        read: (key) => (server.isDown ? Promise.reject(new Error('down')) : open.read(key)),
      },
      ...options,
    });
    await clock.settle(each.ready());
    const refusal = () =>
      clock.settle(refusalOf(each.getAccessToken())) as Promise<{
        message: string;
        retryAt: number | null;
        needsGrant: boolean;
        code: string;
      }>;
    return { ...place, each, server, refusal };
  };
  const refusing =
    (error: string, status = 400) =>
    (): Promise<Response> =>
      Promise.resolve(Response.json({ error, error_description: 'said by Act-On' }, { status }));

  it('of a refresh that was refused is what Act-On said, also later', async () => {
    const { clock, server, refusal } = await answered();
    server.answer = refusing('invalid_grant');
    await clock.advance(2 * anHour);
    for (let call = 0; call < 3; call += 1) {
      expect(await refusal()).toMatchObject({
        code: 'session_expired',
        message: expect.stringContaining('said by Act-On'),
        needsGrant: true,
        retryAt: null,
      });
      await clock.advance(5_000);
    }
  });

  it('of a sign-in that was refused is what Act-On said, also later, and nothing of it elsewhere', async () => {
    const { clock, server, refusal, session } = await answered({
      credentials: () => ({ username: 'ada', password: 'wrong' }),
    });
    server.answer = refusing('invalid_grant');
    for (let call = 0; call < 3; call += 1) {
      expect(await refusal()).toMatchObject({
        code: 'grant_rejected',
        message: expect.stringContaining('said by Act-On'),
        needsGrant: true,
      });
      await clock.advance(5_000);
    }
    const without = session();
    const { message, code } = (await clock.settle(
      refusalOf(without.getAccessToken()),
    )) as never as {
      message: string;
      code: string;
    };
    expect(code).toBe('signed_out');
    expect(message).not.toContain('said by Act-On');
  });

  it('of a request without an answer is what was seen, also later', async () => {
    const { clock, server, refusal } = await answered({ onUnknown: 'stop' });
    await clock.advance(2 * anHour);
    server.answer = () => new Promise(() => {});
    for (let call = 0; call < 2; call += 1) {
      expect(await refusal()).toMatchObject({
        code: 'outcome_unknown',
        message: expect.stringMatching(/\(.*no answer.*\)$/),
        needsGrant: true,
      });
      await clock.advance(5_000);
    }
  });

  it('of a budget that is used up for unattended programs is what used it up, and when there is more', async () => {
    const { clock, server, refusal, each } = await answered({
      credentials: () => ({ username: 'ada', password: `wrong ${clockless()}` }),
    });
    const events = eventsOf(each);
    server.answer = refusing('invalid_grant');
    const codes: string[] = [];
    let last = await refusal();
    for (let call = 0; call < 8 && last.code !== 'grant_budget'; call += 1) {
      codes.push(last.code);
      await clock.advance(aMinute);
      last = await refusal();
    }
    expect(new Set(codes)).toEqual(new Set(['grant_rejected']));
    expect(last).toMatchObject({
      code: 'grant_budget',
      message: expect.stringContaining('said by Act-On'),
      retryAt: expect.any(Number),
    });
    expect(events.filter(({ type }) => type === 'grant_budget')).toEqual([
      { type: 'grant_budget', nextAt: last.retryAt },
    ]);
  });

  it('by a server that asks for a second each time, of a sign-in, is that it limits the rate, and when to come back', async () => {
    const { clock, server, refusal } = await answered({
      credentials: () => ({ username: 'ada', password: 'a password' }),
      grantLimit: { limit: 100, window: anHour, reserve: 0 },
    });
    server.answer = () =>
      Promise.resolve(new Response('', { status: 429, headers: { 'retry-after': '1' } }));
    const { code, retryAt, message } = await refusal();
    expect(code).toBe('rate_limited');
    expect(retryAt).toBeGreaterThan(clock.now() - 2_000);
    expect(message).toContain(new Date(retryAt ?? 0).toISOString());
  });

  it('who brought a signal that has aborted is its reason, though there is a valid token', async () => {
    const { each, clock, server } = await answered();
    const reason = new Error('left');
    const aborted = AbortSignal.abort(reason);
    await expect(clock.settle(each.getAccessToken({ signal: aborted }))).rejects.toBe(reason);
    server.isDown = true;
    await clock.advance(2 * aMinute);
    await expect(clock.settle(each.getAccessToken({ signal: aborted }))).rejects.toBe(reason);
  });

  it('where the store is down and the token has lapsed is that, whatever token was refused', async () => {
    const { each, clock, server } = await answered();
    server.isDown = true;
    await clock.advance(2 * anHour);
    for (const options of [{}, { rejected: 'any' }, { minValidity: 0 }])
      expect(await clock.settle(refusalOf(each.getAccessToken(options)))).toMatchObject({
        code: 'store_unavailable',
      });
  });

  it('on the console is nothing, unless "waitUntil" throws', async () => {
    const said = vi.spyOn(console, 'error').mockImplementation(() => {});
    const { each, clock } = await answered();
    await clock.advance(2 * anHour);
    await clock.settle(each.getAccessToken());
    expect(said).not.toHaveBeenCalled();
    await clock.advance(2 * anHour);
    const thrown = new Error('no more');
    const waitUntil = () => {
      throw thrown;
    };
    expect(await clock.settle(each.getAccessToken({ waitUntil }))).toBeTypeOf('string');
    expect(said).toHaveBeenCalledWith(expect.stringContaining('"waitUntil" threw'), thrown);
    said.mockRestore();
  });
});

let calls = 0;
/** Another one each time. */
const clockless = (): number => {
  calls += 1;
  return calls;
};
