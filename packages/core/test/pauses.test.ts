import { afterEach, describe, expect, it, vi } from 'vitest';
import { actOnEndpoint, type Fetch, type SessionOptions } from '../src/index.ts';
import { aMinute, anHour, passwordOf, world } from './support/world.ts';

const refusalOf = (call: Promise<unknown>): Promise<{ code: string; retryAt: number | null }> =>
  call.then(
    () => ({ code: 'no refusal', retryAt: null }),
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
const answering = (status: number, body: unknown): Promise<Response> =>
  Promise.resolve(new Response(JSON.stringify(body), { status }));

/**
 * A session whose token has lapsed, and what Act-On says to each of its requests from now on;
 * `null`: what the emulator says.
 */
async function lapsed(options: Partial<SessionOptions> = {}) {
  const place = world();
  const { clock, emulator, session, signedIn } = place;
  await signedIn();
  await clock.advance(anHour + 1);
  const server = { answer: null as null | (() => Promise<Response>) };
  const tries: number[] = [];
  const fetch: Fetch = (input, init) => {
    tries.push(clock.monotonic());
    return server.answer === null ? emulator.fetch(input, init) : server.answer();
  };
  const endpoint = actOnEndpoint({
    clientId: emulator.client.id,
    clientSecret: emulator.client.secret,
    fetch,
  });
  const each = session({ endpoint, ...options });
  await clock.settle(each.ready());
  /** Asks twice a second for so long; returns the seconds between the requests that were sent. */
  const ask = async (duration: number): Promise<number[]> => {
    const from = tries.length;
    for (let at = 0; at < duration; at += 500) {
      void each.getAccessToken().catch(() => {});
      await clock.advance(500);
    }
    const sent = tries.slice(from);
    return sent.slice(1).map((at, index) => Math.round((at - (sent[index] ?? 0)) / 1_000));
  };
  return { ...place, server, tries, each, ask };
}

describe('an Act-On that cannot be reached', () => {
  it('is tried after 1, 2, 4 … seconds, at most a minute', async () => {
    const { server, ask } = await lapsed();
    server.answer = unreachable;
    expect(await ask(6 * aMinute)).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60, 60]);
  });

  it('refuses callers meanwhile with the time at which it is tried again', async () => {
    const { clock, server, each } = await lapsed();
    server.answer = unreachable;
    for (const code of ['not_sent', 'not_sent']) {
      const refusal = await clock.settle(refusalOf(each.getAccessToken()));
      expect(refusal).toMatchObject({ code, retryAt: clock.now() + 1_000 });
    }
  });

  it('is used at once when it is back and the pause is over, and the next outage begins with a second', async () => {
    const { clock, server, each, ask } = await lapsed();
    server.answer = unreachable;
    await ask(10_000);
    server.answer = null;
    await clock.advance(10_000);
    expect((await clock.settle(refusalOf(each.getAccessToken()))).code).toBe('no refusal');
    await clock.advance(anHour + 1);
    server.answer = unreachable;
    expect(await ask(8_000)).toEqual([1, 2, 4]);
  });

  it('begins with a second again once anything was answered', async () => {
    const { clock, server, each, tries, ask } = await lapsed();
    server.answer = unreachable;
    await ask(8_000);
    server.answer = () => answering(503, {});
    await clock.advance(10_000);
    await clock.settle(refusalOf(each.getAccessToken({ maxWait: 100 })));
    server.answer = unreachable;
    await clock.advance(10_000);
    tries.length = 0;
    expect((await ask(4_000)).slice(0, 2)).toEqual([1, 2]);
  });

  it('is asked at once by a person, and by those who wait once that person has signed in', async () => {
    const { clock, emulator, server, each, ask } = await lapsed({ minRefreshInterval: 0 });
    server.answer = unreachable;
    await ask(aMinute);
    server.answer = null;
    await clock.settle(each.authorize(passwordOf(emulator)));
    const rejected = await each.getAccessToken();
    expect(await clock.settle(each.getAccessToken({ rejected }))).not.toBe(rejected);
  });
});

describe('an Act-On that refuses the client of a refresh', () => {
  it('is tried after 1, 2, 4, 8, and then every 10 minutes', async () => {
    const { server, ask } = await lapsed();
    server.answer = () => answering(401, { error: 'invalid_client' });
    expect(await ask(50 * aMinute)).toEqual([60, 120, 240, 480, 600, 600, 600]);
  });
});

describe('a device that goes offline', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('is believed each time', async () => {
    const { clock, each, tries } = await lapsed();
    vi.stubGlobal('navigator', { onLine: false });
    expect((await clock.settle(refusalOf(each.getAccessToken()))).code).toBe('not_sent');
    vi.stubGlobal('navigator', { onLine: true });
    expect((await clock.settle(refusalOf(each.getAccessToken()))).code).toBe('no refusal');
    await clock.advance(anHour + 1);
    vi.stubGlobal('navigator', { onLine: false });
    expect((await clock.settle(refusalOf(each.getAccessToken()))).code).toBe('not_sent');
    expect(tries).toHaveLength(1);
  });

  it('is believed each time, also where Act-On could not be reached in between', async () => {
    const { clock, server, each, tries } = await lapsed();
    server.answer = unreachable;
    for (const onLine of [false, true]) {
      vi.stubGlobal('navigator', { onLine });
      expect((await clock.settle(refusalOf(each.getAccessToken()))).code).toBe('not_sent');
    }
    expect(tries).toHaveLength(1);
    await clock.advance(aMinute);
    vi.stubGlobal('navigator', { onLine: false });
    expect((await clock.settle(refusalOf(each.getAccessToken()))).code).toBe('not_sent');
    expect(tries).toHaveLength(1);
  });

  it('is not believed for ever, however often it is asked', async () => {
    const { ask, tries } = await lapsed();
    vi.stubGlobal('navigator', { onLine: false });
    await ask(25_000);
    expect(tries).toHaveLength(0);
    await ask(10_000);
    expect(tries).toHaveLength(1);
  });
});

describe('a refresh ahead that fails', () => {
  it('is tried once a minute while the token lives, however often someone asks', async () => {
    const { clock, server, each, ask, tries } = await lapsed();
    await clock.settle(each.getAccessToken());
    await clock.advance(52 * aMinute);
    server.answer = () => answering(503, {});
    tries.length = 0;
    const gaps = await ask(5 * aMinute);
    expect(gaps.length).toBeGreaterThanOrEqual(3);
    for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(60);
    for (const gap of gaps) expect(gap).toBeLessThanOrEqual(62);
  });
});

describe('a refresh ahead that another process has begun', () => {
  it('is taken over within seconds of its end, if that process brings nothing', async () => {
    const { clock, emulator, session, signedIn, sent } = world();
    const other = await signedIn();
    await clock.advance(anHour - 5 * aMinute);
    let begun = 0;
    const endpoint = actOnEndpoint({
      clientId: emulator.client.id,
      clientSecret: emulator.client.secret,
      fetch: () => {
        begun += 1;
        return new Promise(() => {});
      },
    });
    const hanging = session({ endpoint });
    await clock.settle(hanging.getAccessToken());
    const lease = 30_000;
    for (let passed = 0; passed < lease; passed += 1_000) {
      await clock.settle(other.getAccessToken());
      await clock.advance(1_000);
    }
    expect([begun, sent('refresh_token')]).toEqual([1, 0]);
    for (let passed = 0; passed < 3_000; passed += 500) {
      await clock.settle(other.getAccessToken());
      await clock.advance(500);
    }
    expect(sent('refresh_token')).toBe(1);
  });
});

describe('a wall clock that is set forward', () => {
  it.each([2 * aMinute, 10 * aMinute, anHour])(
    'by %s ms does not end the claim of another process, for a refresh ahead either',
    async (leap) => {
      const { clock, emulator, session, signedIn, sent } = world();
      await signedIn();
      await clock.advance(20 * aMinute);
      const endpoint = actOnEndpoint({
        clientId: emulator.client.id,
        clientSecret: emulator.client.secret,
        fetch: () => new Promise(() => {}),
      });
      let isSet = false;
      const forward = { ...clock, now: () => clock.now() + (isSet ? leap : 0) };
      const other = session({
        clock: forward,
        refreshAhead: anHour - 1,
        minRefreshInterval: 1_000,
      });
      await clock.settle(other.ready());
      const hanging = session({ endpoint, refreshAhead: anHour - 1, minRefreshInterval: 1_000 });
      await clock.settle(hanging.getAccessToken());
      await clock.settle(other.getAccessToken());
      isSet = true;
      for (let passed = 0; passed < 20_000; passed += 2_000) {
        await clock.settle(other.getAccessToken().catch(() => null));
        await clock.advance(2_000);
      }
      expect(sent('refresh_token')).toBe(0);
    },
  );
});

describe('a process that sleeps while it claims', () => {
  it('has a store that is too slow only if that happens three times in a row', async () => {
    const { clock, store, session, signedIn } = world();
    await signedIn();
    const handle = store.open();
    let swaps = 0;
    const swap: typeof handle.swap = async (key, expected, next) => {
      swaps += 1;
      if (swaps === 5) {
        // Another process writes first, and this one is awake.
        const { record } = await store.read(key);
        await store.swap(key, record?.version ?? null, {
          version: crypto.randomUUID(),
          value: record?.value ?? '',
        });
      }
      const answer = await handle.swap(key, expected, next);
      // Each of these is a claim; the swap after it withdraws it.
      if ([1, 3, 6].includes(swaps)) clock.jump(40_000);
      return answer;
    };
    const each = session({ store: { ...handle, swap } });
    await clock.advance(anHour + 1);
    expect((await clock.settle(refusalOf(each.getAccessToken()))).code).toBe('no refusal');
    expect(swaps).toBe(9);
  });
});

describe('callers who are refused', () => {
  it('cost one read of the store a second, however many there are', async () => {
    const { clock, store, session, signedIn } = world();
    const other = await signedIn();
    await clock.settle(other.signOut());
    const handle = store.open();
    let reads = 0;
    const each = session({
      store: {
        ...handle,
        read: (key) => {
          reads += 1;
          return handle.read(key);
        },
      },
    });
    await clock.settle(each.ready());
    await clock.advance(aMinute);
    reads = 0;
    for (let at = 0; at < 10_000; at += 100) {
      for (let callers = 0; callers < 5; callers += 1) void refusalOf(each.getAccessToken());
      await clock.advance(100);
    }
    expect(reads).toBeGreaterThanOrEqual(9);
    expect(reads).toBeLessThanOrEqual(11);
  });

  it('are not refused any more as soon as someone has signed in elsewhere', async () => {
    const { clock, emulator, session } = world();
    const [each, other] = [session(), session()];
    expect((await clock.settle(refusalOf(each.getAccessToken()))).code).toBe('signed_out');
    await clock.settle(other.authorize(passwordOf(emulator)));
    await clock.advance(1_000);
    expect((await clock.settle(refusalOf(each.getAccessToken()))).code).toBe('no refusal');
  });
});

describe('what a failure leaves behind where no one listens', () => {
  it('is the pause, also for an account that signs in by itself', async () => {
    const { clock, emulator, session } = world();
    const tries: number[] = [];
    const fetch: Fetch = () => {
      tries.push(clock.monotonic());
      return unreachable();
    };
    const { client, user } = emulator;
    const endpoint = actOnEndpoint({ clientId: client.id, clientSecret: client.secret, fetch });
    const each = session({ endpoint, credentials: () => user });
    for (let call = 0; call < 5; call += 1)
      expect(await clock.settle(refusalOf(each.getAccessToken()))).toMatchObject({
        code: 'not_sent',
        retryAt: clock.now() + 1_000,
      });
    expect(tries).toHaveLength(1);
    await clock.advance(1_000);
    expect(await clock.settle(refusalOf(each.getAccessToken()))).toMatchObject({
      code: 'not_sent',
    });
    expect(tries).toHaveLength(2);
  });

  it.each([
    [401, { error: 'invalid_client' }, 'client_rejected', 0],
    [400, { error: 'invalid_grant' }, 'grant_rejected', 1],
    [400, { error: 'invalid_request' }, 'grant_rejected', 1],
  ])(
    'is, after %i %o to a sign-in, the charge that it was worth',
    async (status, body, code, used) => {
      const { clock, emulator, session } = world();
      const { client, user } = emulator;
      const fetch: Fetch = () => answering(status, body);
      const endpoint = actOnEndpoint({ clientId: client.id, clientSecret: client.secret, fetch });
      const each = session({ endpoint });
      const signIn = each.authorize({ type: 'password', ...user });
      expect(await clock.settle(refusalOf(signIn))).toMatchObject({ code });
      expect(each.getSnapshot().grants.used).toBe(used);
    },
  );

  it('is nothing, once a server that asked for a pause has had it', async () => {
    const { clock, emulator, session } = world();
    let isLimited = true;
    const { client, user } = emulator;
    const fetch: Fetch = (input, init) =>
      isLimited
        ? Promise.resolve(new Response('', { status: 429, headers: { 'retry-after': '60' } }))
        : emulator.fetch(input, init);
    const endpoint = actOnEndpoint({ clientId: client.id, clientSecret: client.secret, fetch });
    const each = session({ endpoint, credentials: () => user });
    expect(await clock.settle(refusalOf(each.getAccessToken({ maxWait: 100 })))).toBeDefined();
    isLimited = false;
    await clock.advance(61_000);
    expect(await clock.settle(each.getAccessToken())).toBeTypeOf('string');
  });
});

describe('a young token that the API refused', () => {
  it('gives way to the one of another process that signed in since, which no one told of', async () => {
    const { clock, emulator, session, signedIn } = world();
    const each = await signedIn();
    const token = await each.getAccessToken();
    await clock.advance(1_000);
    const other = session();
    await clock.settle(other.authorize(passwordOf(emulator)));
    const newer = await clock.settle(each.getAccessToken({ rejected: token }));
    expect(newer).toBe(await other.getAccessToken());
    expect(newer).not.toBe(token);
  });

  it('is handed out again if there is no other', async () => {
    const { clock, signedIn, sent } = world();
    const each = await signedIn();
    const token = await each.getAccessToken();
    await clock.advance(1_000);
    expect(await clock.settle(each.getAccessToken({ rejected: token }))).toBe(token);
    expect(sent('refresh_token')).toBe(0);
  });
});

describe('a sign-in by credentials that Act-On refuses', () => {
  const rounds = async (status: number, body: unknown, calls: readonly number[]) => {
    const { clock, emulator, session } = world();
    const { client, user } = emulator;
    const tries: number[] = [];
    const began = clock.monotonic();
    let asked = 0;
    const fetch: Fetch = () => {
      tries.push((clock.monotonic() - began) / 1_000);
      return answering(status, body);
    };
    const endpoint = actOnEndpoint({ clientId: client.id, clientSecret: client.secret, fetch });
    const each = session({
      endpoint,
      credentials: () => {
        asked += 1;
        return user;
      },
    });
    const refusals: { code: string; pause: number | null }[] = [];
    for (const second of calls) {
      await clock.advance(began + second * 1_000 - clock.monotonic());
      const { code, retryAt } = await clock.settle(refusalOf(each.getAccessToken()));
      refusals.push({ code, pause: retryAt === null ? null : (retryAt - clock.now()) / 1_000 });
    }
    return { tries, asked, refusals };
  };

  it.each([
    [400, { error: 'invalid_grant' }, 'grant_rejected'],
    [400, { error: 'invalid_request' }, 'grant_rejected'],
    [401, { error: 'invalid_client' }, 'client_rejected'],
  ])(
    'with %i %o is remembered by the record: it is not sent again, nor are credentials asked for in the same second',
    async (status, body, code) => {
      const { tries, asked, refusals } = await rounds(status, body, [0, 0.1, 0.5, 0.9]);
      expect(refusals).toEqual(Array(4).fill({ code, pause: null }));
      expect([tries, asked]).toEqual([[0], 1]);
      const later = await rounds(status, body, [0, 2, 4]);
      expect(later.tries).toEqual([0]);
      expect(later.refusals.map((each) => each.code)).toEqual([code, code, code]);
    },
  );

  it('at a gateway, which let nothing through, is sent again after a minute, and after two more', async () => {
    const body = { httpCode: '401', httpMessage: 'Unauthorized' };
    const { tries, refusals } = await rounds(401, body, [0, 30, 59.9, 60, 100, 179.9, 180]);
    expect(tries).toEqual([0, 60, 180]);
    expect(refusals[0]).toEqual({ code: 'client_rejected', pause: 60 });
    expect(refusals[1]).toMatchObject({ code: 'client_rejected' });
    expect(refusals[3]).toEqual({ code: 'client_rejected', pause: 120 });
  });
});

describe('a server that asks for a pause of five seconds before a refresh', () => {
  it('is asked again after five seconds, and not later', async () => {
    const { clock, server, each, tries } = await lapsed();
    server.answer = () => {
      server.answer = null;
      const headers = { 'retry-after': '5' };
      return Promise.resolve(new Response('', { status: 429, headers }));
    };
    const began = clock.monotonic();
    const { code, retryAt } = await clock.settle(refusalOf(each.getAccessToken()));
    expect(code).toBe('rate_limited');
    await clock.advance((retryAt ?? 0) - clock.now());
    expect(await clock.settle(each.getAccessToken())).toBeTypeOf('string');
    expect(tries).toHaveLength(2);
    expect(clock.monotonic() - began).toBeLessThan(7_000);
  });
});

describe('what the record remembers of a refused client', () => {
  it('is why the next program that has the same credentials is refused, without a request', async () => {
    const { clock, emulator, session, sent } = world();
    const { client, user } = emulator;
    let tries = 0;
    const fetch: Fetch = () => {
      tries += 1;
      return answering(401, { error: 'invalid_client', error_description: 'said by Act-On' });
    };
    const endpoint = actOnEndpoint({ clientId: client.id, clientSecret: client.secret, fetch });
    const person = session({ endpoint });
    const signIn = person.authorize({ type: 'password', ...user });
    expect(await clock.settle(refusalOf(signIn))).toMatchObject({ code: 'client_rejected' });
    const unattended = session({ endpoint, credentials: () => user });
    expect(await clock.settle(refusalOf(unattended.getAccessToken()))).toMatchObject({
      code: 'client_rejected',
      message: expect.stringContaining('said by Act-On'),
    });
    expect([tries, sent()]).toEqual([1, 0]);
  });
});

describe('the event of a refresh that failed', () => {
  const failures = async (
    answer: () => Promise<Response>,
    options: Partial<SessionOptions> = {},
  ) => {
    const { clock, server, each } = await lapsed(options);
    const heard: { code: string; retryAt: number | null; in: number | null }[] = [];
    each.on((event) => {
      if (event.type !== 'refresh_failed') return;
      const { code, retryAt } = event.error;
      heard.push({ code, retryAt, in: retryAt === null ? null : retryAt - clock.now() });
    });
    server.answer = answer;
    void each.getAccessToken({ maxWait: 100 }).catch(() => {});
    await clock.advance(30_000);
    await each.close();
    return heard[0];
  };

  it('says when to try again, or that there is no such time', async () => {
    expect(await failures(() => answering(400, { error: 'invalid_grant' }))).toEqual({
      code: 'session_expired',
      retryAt: null,
      in: null,
    });
    const unknown = await failures(() => answering(503, {}));
    expect(unknown?.code).toBe('outcome_unknown');
    expect(unknown?.in).toBeGreaterThan(0);
    expect(await failures(() => answering(503, {}), { onUnknown: 'stop' })).toMatchObject({
      code: 'outcome_unknown',
      retryAt: null,
    });
    expect((await failures(unreachable))?.in).toBe(0);
  });
});
