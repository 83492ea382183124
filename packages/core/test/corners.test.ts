import { memoryStore } from '@act-on-token/memory';
import { describe, expect, it } from 'vitest';
import { accountKey, actOnEndpoint, type Fetch, type TokenStore } from '../src/index.ts';
import { aMinute, anHour, eventsOf, passwordOf, type World, world } from './support/world.ts';

const refusalOf = (
  call: Promise<unknown>,
): Promise<{ code: string; message: string; needsGrant: boolean; retryAt: number | null }> =>
  call.then(
    () => ({ code: 'no refusal', message: '', needsGrant: false, retryAt: null }),
    (error) => error,
  );
const typesOf = (events: readonly { type: string }[]): string[] => events.map(({ type }) => type);

/** An endpoint whose requests go through `answer`. */
function endpointOver(
  { emulator }: World,
  answer: (send: () => Promise<Response>, body: URLSearchParams) => Promise<Response>,
  more = {},
) {
  const fetch: Fetch = (input, init) => {
    const { body } = init ?? {};
    return answer(
      () => emulator.fetch(input, { ...init, body: body ?? null }),
      new URLSearchParams(String(body)),
    );
  };
  return actOnEndpoint({
    clientId: emulator.client.id,
    clientSecret: emulator.client.secret,
    fetch,
    ...more,
  });
}

const answering = (status: number, body: unknown, headers = {}): Response =>
  new Response(JSON.stringify(body), { status, headers });

describe('an answer that is slow and good', () => {
  it.each([100, 9_000, 12_000, 20_000, 24_900])(
    'is taken after %i ms: no other process may send meanwhile',
    async (delay) => {
      const place = world();
      const { clock, signedIn, session, sent } = place;
      await signedIn();
      const endpoint = endpointOver(place, async (send) => {
        const answer = await send();
        await new Promise<void>((resolve) => clock.setTimeout(resolve, delay, true));
        return answer;
      });
      await clock.advance(anHour + 1);
      const [slow, other] = [session({ endpoint }), session()];
      const token = slow.getAccessToken();
      await clock.advance(delay / 2);
      const theirs = other.getAccessToken();
      expect(await clock.settle(token)).toBe(await clock.settle(theirs));
      expect(sent('refresh_token')).toBe(1);
      expect(slow.getSnapshot()).toMatchObject({ status: 'authorized', needsGrant: false });
    },
  );
});

describe('a pair that the store does not take', () => {
  /** A session whose store is down for it alone once it has claimed. */
  async function unsavedPair() {
    const place = world();
    const { clock, signedIn, session, store } = place;
    await signedIn();
    let isDown = false;
    const handle = store.open();
    const fail = () => Promise.reject(new Error('down'));
    const endpoint = endpointOver(place, async (send) => {
      const answer = await send();
      isDown = true;
      return answer;
    });
    const own: TokenStore = {
      ...handle,
      read: (key) => (isDown ? fail() : handle.read(key)),
      swap: (...all) => (isDown ? fail() : handle.swap(...all)),
    };
    const each = session({ store: own, endpoint });
    const events = eventsOf(each);
    each.subscribe(() => {});
    await clock.advance(anHour + 1);
    await clock.settle(each.getAccessToken());
    expect(each.getSnapshot().saved).toBe(false);
    events.length = 0;
    return { ...place, each, events, repair: () => (isDown = false) };
  }

  it('is given up with an event if another process signed out meanwhile, and is never reported as saved', async () => {
    const { clock, session, each, events, repair } = await unsavedPair();
    await clock.settle(session().signOut());
    repair();
    await clock.advance(2 * aMinute);
    expect(typesOf(events)).toEqual(expect.arrayContaining(['superseded', 'signed_out']));
    expect(typesOf(events)).not.toContain('saved');
    expect(each.getSnapshot()).toMatchObject({ status: 'idle', saved: true });
  });

  it('is given up with an event if another process signed in meanwhile', async () => {
    const { clock, emulator, session, each, events, repair } = await unsavedPair();
    const other = session();
    await clock.advance(31_000);
    await clock.settle(other.authorize(passwordOf(emulator)));
    repair();
    await clock.advance(2 * aMinute);
    expect(typesOf(events)).toEqual(expect.arrayContaining(['superseded', 'signed_in']));
    expect(typesOf(events)).not.toContain('saved');
    expect(await clock.settle(each.getAccessToken())).toBe(
      await clock.settle(other.getAccessToken()),
    );
  });

  it('is given up by its own sign-out', async () => {
    const { clock, each, events, repair } = await unsavedPair();
    repair();
    await clock.settle(each.signOut());
    await clock.advance(2 * aMinute);
    expect(typesOf(events)).not.toContain('saved');
    expect(typesOf(events)).toContain('signed_out');
  });

  it('is lost with an event one lease after close, and then the session is silent', async () => {
    const { clock, each, events } = await unsavedPair();
    await clock.settle(each.close());
    expect(events.at(-1)).toEqual({ type: 'unsaved', lost: true });
    const seen = events.length;
    await clock.advance(anHour);
    expect(events).toHaveLength(seen);
    expect(clock.timers.all).toBe(0);
  });
});

describe('a store that was down when someone began to listen', () => {
  it.each([false, true])(
    'is asked again until it is back (autoRefresh: %s)',
    async (autoRefresh) => {
      const place = world();
      const { clock, signedIn, session, store, sent } = place;
      await signedIn();
      let isDown = true;
      const handle = store.open();
      const fail = () => Promise.reject(new Error('down'));
      const own = { ...handle, read: (key: string) => (isDown ? fail() : handle.read(key)) };
      const each = session({ store: own, autoRefresh });
      if (!autoRefresh) each.subscribe(() => {});
      await clock.advance(30 * aMinute);
      isDown = false;
      await clock.advance(aMinute);
      expect(each.getSnapshot()).toMatchObject({ loaded: true, status: 'authorized', error: null });
      if (autoRefresh) await clock.advance(anHour);
      expect(sent('refresh_token')).toBe(autoRefresh ? 1 : 0);
    },
  );
});

describe('a token that the API refuses although it is young', () => {
  it('is looked up in the store at once: another process may have signed in since', async () => {
    const { clock, emulator, session } = world();
    const [first, second] = [session(), session()];
    await clock.settle(first.authorize(passwordOf(emulator)));
    const stale = await clock.settle(first.getAccessToken());
    await clock.advance(10_000);
    await clock.settle(second.authorize(passwordOf(emulator)));
    const response = await clock.settle(first.fetch('/api/1/list?listingtype=CONTACT_LIST'));
    expect(response.status).toBe(200);
    expect(await clock.settle(first.getAccessToken({ rejected: stale }))).toBe(
      await clock.settle(second.getAccessToken()),
    );
  });
});

describe('two programs with different request timeouts', () => {
  it('never have two requests under way: the claim of each counts for as long as it says', async () => {
    const place = world();
    const { clock, emulator, signedIn, session } = place;
    await signedIn();
    const slow = endpointOver(place, (send) => send(), { requestTimeout: 60_000 });
    await clock.advance(anHour + 1);
    emulator.faults.arm({ route: 'token', kind: 'hold' });
    const calls = [session({ endpoint: slow }), session()].map((each) =>
      refusalOf(each.getAccessToken()),
    );
    await clock.advance(70_000);
    expect(emulator.ledger.counters().concurrentTokenRequests.peak).toBe(1);
    await clock.settle(Promise.all(calls));
  });
});

describe('a pair that a probe brought after a silent request', () => {
  it('is refreshed early, because the request that was stuck may have killed it', async () => {
    const { clock, emulator, signedIn, sent } = world();
    const each = await signedIn();
    await clock.advance(anHour + 1);
    emulator.faults.arm({ route: 'token', kind: 'drop_before' });
    await clock.settle(each.getAccessToken());
    expect(sent('refresh_token')).toBe(2);
    await clock.advance(aMinute);
    await clock.settle(each.getAccessToken());
    await clock.advance(0);
    expect(sent('refresh_token')).toBe(3);
  });

  it('is not, if the request was answered: nothing is under way then', async () => {
    const { clock, emulator, signedIn, sent } = world();
    const each = await signedIn();
    await clock.advance(anHour + 1);
    emulator.faults.arm({ route: 'token', kind: 'status', status: 503, when: 'before' });
    await clock.settle(each.getAccessToken());
    await clock.advance(aMinute);
    await clock.settle(each.getAccessToken());
    await clock.advance(0);
    expect(sent('refresh_token')).toBe(2);
  });
});

describe('a store that breaks its contract', () => {
  const broken: readonly (readonly [string, (store: TokenStore) => TokenStore])[] = [
    [
      'refuses each swap and shows the record that was expected',
      (store) => ({
        ...store,
        swap: async (key) => ({ ok: false, ...(await store.read(key)) }),
      }),
    ],
    [
      'refuses each swap and shows a new version each time',
      (store) => ({
        ...store,
        swap: async (key, _expected, next) => {
          const { record, now } = await store.read(key);
          return {
            ok: false,
            now,
            record: record && {
              ...record,
              version: next.version.replace(
                /./g,
                () => '0123456789abcdef'[Math.floor(Math.random() * 16)] ?? '0',
              ),
            },
          };
        },
      }),
    ],
    [
      'loses what it acknowledged',
      (store) => ({
        ...store,
        swap: async (key, _expected, next) => ({
          ok: true,
          record: next,
          now: (await store.read(key)).now,
        }),
      }),
    ],
  ];

  it.each(broken)('ends each call, and is not asked in a circle: %s', async (_, breaking) => {
    const { clock, emulator, store, session, signedIn } = world();
    await signedIn();
    await clock.advance(anHour + 1);
    let calls = 0;
    const handle = breaking(store.open());
    const counted: TokenStore = {
      ...handle,
      read: (key) => {
        calls += 1;
        return handle.read(key);
      },
      swap: (...all) => {
        calls += 1;
        return handle.swap(...all);
      },
    };
    const each = session({ store: counted });
    const started = clock.monotonic();
    await clock.settle(refusalOf(each.getAccessToken()));
    await clock.settle(refusalOf(each.authorize(passwordOf(emulator))));
    await clock.settle(refusalOf(each.signOut()));
    const seconds = (clock.monotonic() - started) / 1_000 + 3;
    expect(calls / seconds).toBeLessThan(50);
  });
});

describe('a store that refuses a swap of the very record that it holds', () => {
  it('is named after two calls', async () => {
    const { clock, store, session, signedIn } = world();
    await signedIn();
    await clock.advance(anHour + 1);
    let swaps = 0;
    const handle = store.open();
    const each = session({
      store: {
        ...handle,
        swap: async (key) => {
          swaps += 1;
          return { ok: false, ...(await store.read(key)) };
        },
      },
    });
    const refusal = await clock.settle(refusalOf(each.getAccessToken()));
    expect(refusal).toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('holds the version that was expected'),
    });
    expect(swaps).toBe(2);
  });
});

describe('options that could make a circle', () => {
  it.each([
    { minRefreshInterval: 0 },
    { minRefreshInterval: 0, minValidity: 2 * anHour },
    { minRefreshInterval: 0, refreshAhead: 24 * anHour },
    { minRefreshInterval: 0, maxLifetime: 1_000 },
  ])('make none, also where the server sends no usable access token: %j', async (options) => {
    const place = world();
    const { clock, signedIn, session, sent } = place;
    await signedIn();
    await clock.advance(anHour + 1);
    let serial = 0;
    const endpoint = endpointOver(place, async (send) => {
      await send();
      serial += 1;
      return answering(200, {
        refresh_token: `r-${serial}`,
        access_token: 'not a token',
        expires_in: 3600,
      });
    });
    for (const more of [{ endpoint }, {}]) {
      const each = session({ ...options, ...more });
      for (let call = 0; call < 20; call += 1) await clock.settle(refusalOf(each.getAccessToken()));
    }
    expect(sent('refresh_token')).toBeLessThanOrEqual(4);
  });
});

describe('codes', () => {
  it('are sent once each, whatever comes between', async () => {
    const place = world();
    const { clock, session } = place;
    const bodies: string[] = [];
    const endpoint = endpointOver(place, async (_, body) => {
      bodies.push(body.get('code') ?? '');
      return answering(403, { error: 'invalid_grant' });
    });
    const each = session({ endpoint });
    const redirectUri = 'https://app.example/cb';
    for (const code of ['c1', 'c2', 'c1', 'c3', 'c2', 'c1']) {
      await clock.settle(
        refusalOf(each.authorize({ type: 'authorization_code', code, redirectUri })),
      );
      await clock.advance(1_000);
    }
    expect(bodies).toEqual(['c1', 'c2', 'c3']);
  });

  it('belong to all who bring them: a caller who leaves takes none away', async () => {
    const place = world();
    const { clock, emulator, session, sent } = place;
    const each = session();
    const code = 'the-code';
    const endpointless = endpointOver(place, async (send, body) => {
      if (body.get('grant_type') !== 'authorization_code') return send();
      const { id, secret } = emulator.client;
      const form = new URLSearchParams({
        grant_type: 'password',
        client_id: id,
        client_secret: secret,
        ...emulator.user,
      });
      return emulator.fetch('https://api.actonsoftware.com/token', { method: 'POST', body: form });
    });
    const own = session({ endpoint: endpointless });
    const leaving = new AbortController();
    const grant = {
      type: 'authorization_code',
      code,
      redirectUri: 'https://app.example/cb',
    } as const;
    const first = own.authorize(grant, { signal: leaving.signal });
    leaving.abort(new Error('the effect was cleaned up'));
    const second = own.authorize(grant);
    await expect(clock.settle(first)).rejects.toThrow('cleaned up');
    await clock.settle(second);
    expect(own.currentAccessToken()).toBeTypeOf('string');
    expect(await clock.settle(each.getAccessToken())).toBe(own.currentAccessToken());
    expect(sent('password')).toBe(1);
  });
});

describe('a person who brings a refresh token', () => {
  it('that no answer has proven is not signed in yet', async () => {
    const { clock, emulator, session } = world();
    const each = session();
    const events = eventsOf(each);
    await clock.settle(each.ready());
    emulator.faults.arm({ route: 'token', kind: 'status', status: 500, when: 'before' });
    const refusal = await clock.settle(
      refusalOf(each.authorize({ type: 'refresh_token', refreshToken: 'brought' })),
    );
    expect(refusal.code).toBe('outcome_unknown');
    expect(typesOf(events)).not.toContain('signed_in');
  });

  it('that the record has already gets one verdict, and it is sent once', async () => {
    const place = world();
    const { clock, emulator, signedIn, sent } = place;
    const each = await signedIn();
    const refreshToken = await tokenIn(place);
    emulator.revoke({ user: emulator.user.username });
    await clock.advance(anHour + 1);
    expect(
      (await clock.settle(refusalOf(each.authorize({ type: 'refresh_token', refreshToken })))).code,
    ).toMatch(/grant_rejected|session_expired/);
    expect((await clock.settle(refusalOf(each.getAccessToken()))).code).toBe('session_expired');
    expect(sent('refresh_token')).toBe(1);
  });
});

async function tokenIn({ store, emulator }: World): Promise<string> {
  const { record } = await store.read(
    accountKey('act-on', emulator.client.id, emulator.user.username),
  );
  return JSON.parse(record?.value ?? '').pair.refreshToken;
}

describe('unknown has an end', () => {
  /** A refresh token to which the endpoint answers 500 for ever, while passwords work. */
  async function poisoned(more = {}) {
    const place = world();
    const { clock, signedIn, session, emulator } = place;
    await signedIn();
    await clock.advance(anHour + 1);
    let probes = 0;
    const endpoint = endpointOver(place, (send, body) => {
      if (body.get('grant_type') !== 'refresh_token') return send();
      probes += 1;
      return Promise.resolve(answering(500, { fault: 'internal' }));
    });
    return {
      ...place,
      each: session({ endpoint, ...more }),
      probes: () => probes,
      endpoint,
      emulator,
    };
  }

  it.each([true, false])(
    'for a refresh token that is answered 500 for ever (the session can sign in by itself: %s)',
    async (hasCredentials) => {
      const place = await poisoned();
      const { clock, emulator, session, endpoint, sent } = place;
      const each = session({
        endpoint,
        ...(hasCredentials ? { credentials: () => emulator.user } : {}),
      });
      let usableAfter: number | null = null;
      for (let minute = 0; minute < 24 * 60 && usableAfter === null; minute += 1) {
        const outcome = await clock.settle(refusalOf(each.getAccessToken()));
        if (outcome.code === 'no refusal') usableAfter = minute;
        await clock.advance(aMinute);
      }
      if (hasCredentials) {
        expect(usableAfter).toBeGreaterThanOrEqual(59);
        expect(usableAfter).toBeLessThanOrEqual(75);
        expect(sent('password')).toBe(2);
      } else {
        expect(usableAfter).toBeNull();
        expect(each.getSnapshot()).toMatchObject({ needsGrant: true });
        expect((await clock.settle(refusalOf(each.getAccessToken()))).needsGrant).toBe(true);
        await clock.settle(each.authorize(passwordOf(emulator)));
        expect(each.getSnapshot()).toMatchObject({ usable: true, needsGrant: false });
      }
    },
  );

  it('but an outage of everything costs one grant an hour at most', async () => {
    const { clock, emulator, signedIn, sent } = world();
    const each = await signedIn({ credentials: () => emulator.user });
    await clock.advance(anHour + 1);
    emulator.faults.arm({
      route: 'token',
      kind: 'status',
      status: 503,
      times: Number.POSITIVE_INFINITY,
      when: 'before',
    });
    for (let minute = 0; minute < 10 * 60; minute += 1) {
      await clock.settle(refusalOf(each.getAccessToken()));
      await clock.advance(aMinute);
    }
    expect(sent('password')).toBeLessThanOrEqual(11);
  });
});

describe('a definite No', () => {
  it.each([
    [403, { error: 'mfa_required', error_description: 'Multi-factor authentication is required' }],
    [403, { error: 'PUBLIC_API_FEATURE_NOT_ENABLED' }],
    [403, { error: 'unauthorized', error_description: 'user is blocked' }],
    [400, { error: 'redirect_uri mismatch' }],
    [400, { error: 'unauthorized_client' }],
    [401, { error: 'invalid_client' }],
    [400, { error: 'invalid_scope' }],
  ])('%i %j is remembered, not repeated unattended, and quoted', async (status, body) => {
    const place = world();
    const { clock, emulator, session } = place;
    let grants = 0;
    const endpoint = endpointOver(place, async () => {
      grants += 1;
      return answering(status, body);
    });
    const open = () => session({ endpoint, credentials: () => emulator.user });
    const each = open();
    for (let minute = 0; minute < 180; minute += 1) {
      const refusal = await clock.settle(
        refusalOf((minute % 7 === 0 ? open() : each).getAccessToken()),
      );
      expect(refusal.message).toContain(body.error);
      expect(refusal.code).toMatch(/^(grant|client)_rejected$/);
      await clock.advance(aMinute);
    }
    expect(grants).toBe(1);
  });

  it('does not hide behind the budget', async () => {
    const place = world();
    const { clock, emulator, session } = place;
    const endpoint = endpointOver(place, async () => answering(403, { error: 'mfa_required' }));
    const each = session({ endpoint });
    for (let attempt = 0; attempt < 5; attempt += 1)
      await clock.settle(
        refusalOf(each.authorize({ ...passwordOf(emulator), password: `attempt ${attempt}` })),
      );
    const refusal = await clock.settle(refusalOf(each.authorize(passwordOf(emulator))));
    expect(refusal).toMatchObject({
      code: 'grant_budget',
      message: expect.stringContaining('mfa_required'),
    });
  });
});

describe('a server that does not rotate', () => {
  it.each(['probe', 'stop'] as const)(
    'is not a server that did not answer (onUnknown: %s)',
    async (onUnknown) => {
      const { clock, signedIn, sent } = world({ rotate: false });
      const each = await signedIn({ onUnknown });
      const events = eventsOf(each);
      for (let hour = 0; hour < 5; hour += 1) {
        await clock.advance(anHour);
        expect(await clock.settle(each.getAccessToken())).toBeTypeOf('string');
      }
      expect(sent('refresh_token')).toBe(5);
      expect(new Set(typesOf(events))).toEqual(new Set(['refreshed']));
    },
  );

  it('is not a rival when it refuses a refresh token at last', async () => {
    const { clock, emulator, signedIn, sent } = world({ rotate: false });
    const each = await signedIn({ credentials: () => emulator.user });
    for (let round = 0; round < 3; round += 1) {
      await clock.advance(anHour);
      await clock.settle(each.getAccessToken());
      emulator.revoke({ user: emulator.user.username });
      await clock.advance(anHour);
      expect(await clock.settle(each.getAccessToken())).toBeTypeOf('string');
    }
    expect(sent('password')).toBe(4);
  });
});

describe('an outage that ends', () => {
  it.each([
    [503, 5_000, 3_000],
    [500, 5_000, 3_000],
    [502, 60_000, 31_000],
  ])(
    'of HTTP %i for %i ms leaves the account unusable for %i ms at most',
    async (status, outage, most) => {
      const { clock, emulator, signedIn } = world();
      const each = await signedIn();
      await clock.advance(anHour + 1);
      const fault = emulator.faults.arm({
        route: 'token',
        kind: 'status',
        status,
        times: Number.POSITIVE_INFINITY,
        when: 'before',
      });
      const end = clock.monotonic() + outage;
      clock.setTimeout(() => fault.disarm(), outage, false);
      let usableAt: number | null = null;
      while (usableAt === null) {
        const { code } = await clock.settle(refusalOf(each.getAccessToken()));
        if (code === 'no refusal') usableAt = clock.monotonic();
        else await clock.advance(500);
      }
      expect(usableAt - end).toBeLessThanOrEqual(most);
    },
  );

  it('is not asked again before the time that a 503 names', async () => {
    const place = world();
    const { clock, signedIn, session } = place;
    await signedIn();
    await clock.advance(anHour + 1);
    let requests = 0;
    const endpoint = endpointOver(place, async () => {
      requests += 1;
      return answering(503, { error: 'down' }, { 'retry-after': '120' });
    });
    const each = session({ endpoint });
    const started = clock.now();
    const refusal = await clock.settle(refusalOf(each.getAccessToken()));
    expect(refusal).toMatchObject({ retryAt: expect.any(Number) });
    for (let second = 0; second < 118; second += 2) {
      await clock.settle(refusalOf(each.getAccessToken()));
      await clock.advance(2_000 - ((clock.now() - started) % 1_000));
      if (clock.now() - started > 118_000) break;
    }
    expect(requests).toBe(1);
  });
});

describe('what was there when a process began', () => {
  it('is not an event: a session that loads an existing pair has not signed in', async () => {
    const { clock, session, signedIn } = world();
    await signedIn();
    const each = session();
    const events = eventsOf(each);
    each.subscribe(() => {});
    await clock.settle(each.getAccessToken());
    expect(events).toEqual([]);
  });
});

describe('a person after the store lost everything', () => {
  it.each(['signs in', 'signs out', 'brings a token'] as const)(
    'who %s is not undone by a process that ran all along',
    async (act) => {
      const place = world();
      const { clock, emulator, signedIn, session } = place;
      let current = memoryStore({ now: () => clock.now() });
      const store: TokenStore = {
        ...current,
        reach: 'network',
        read: (key) => current.read(key),
        swap: (...all) => current.swap(...all),
        watch: () => () => {},
      };
      const old = await signedIn({ store });
      await clock.advance(10 * aMinute);
      current = memoryStore({ now: () => clock.now() });
      await clock.advance(1_000);
      const person = session({ store });
      if (act === 'signs in') await clock.settle(person.authorize(passwordOf(emulator)));
      else if (act === 'signs out') await clock.settle(person.signOut());
      else {
        const { id, secret } = emulator.client;
        const form = new URLSearchParams({
          grant_type: 'password',
          client_id: id,
          client_secret: secret,
          ...emulator.user,
        });
        const pair = await (
          await emulator.fetch('https://api.actonsoftware.com/token', {
            method: 'POST',
            body: form,
          })
        ).json();
        await clock.settle(
          person.authorize({ type: 'refresh_token', refreshToken: pair.refresh_token }),
        );
      }
      await clock.advance(aMinute);
      await clock.settle(
        refusalOf(old.getAccessToken({ rejected: await clock.settle(old.getAccessToken()) })),
      );
      await clock.advance(anHour);
      const [theirs, ours] = [
        await clock.settle(refusalOf(person.getAccessToken())),
        await clock.settle(refusalOf(old.getAccessToken())),
      ];
      expect([theirs.code, ours.code]).toEqual(
        act === 'signs out' ? ['signed_out', 'signed_out'] : ['no refusal', 'no refusal'],
      );
    },
  );
});
