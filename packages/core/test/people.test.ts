import { memoryStore } from '@act-on-token/memory';
import { describe, expect, it } from 'vitest';
import {
  accountKey,
  actOnEndpoint,
  type Fetch,
  type SwapResult,
  type TokenStore,
} from '../src/index.ts';
import { aMinute, anHour, eventsOf, passwordOf, type World, world } from './support/world.ts';

const refusalOf = (call: Promise<unknown>): Promise<{ code: string; retryAt: number | null }> =>
  call.then(
    () => ({ code: 'no refusal', retryAt: null }),
    (error) => error,
  );

/** A store whose swaps do as they are told. */
function swapping(store: TokenStore) {
  const own = {
    swap: (call: () => Promise<SwapResult>, _key: string): Promise<SwapResult> => call(),
  };
  const handle: TokenStore = {
    ...store,
    swap: (key, ...rest) => own.swap(() => store.swap(key, ...rest), key),
  };
  return { own, handle };
}

async function tokenIn({ store, emulator }: World): Promise<string> {
  const { record } = await store.read(
    accountKey('act-on', emulator.client.id, emulator.user.username),
  );
  return JSON.parse(record?.value ?? '').pair.refreshToken;
}

/** A session that brings codes, and what Act-On says to each. */
function codes(answer: (code: string) => Promise<Response>) {
  const place = world();
  const sent: string[] = [];
  const fetch: Fetch = (_, init) => {
    const code = new URLSearchParams(String(init?.body)).get('code') ?? '';
    sent.push(code);
    return answer(code);
  };
  const endpoint = actOnEndpoint({
    clientId: place.emulator.client.id,
    clientSecret: place.emulator.client.secret,
    fetch,
  });
  const each = place.session({ endpoint, grantLimit: { limit: 100, window: 1_000, reserve: 0 } });
  const bring = (code: string) =>
    place.clock.settle(
      refusalOf(
        each.authorize({ type: 'authorization_code', code, redirectUri: 'https://app.example/cb' }),
      ),
    );
  return { ...place, sent, each, bring };
}
const granting = async (code: string): Promise<Response> =>
  new Response(
    JSON.stringify({
      access_token: `access-${code}`,
      refresh_token: `refresh-${code}`,
      expires_in: 3600,
      token_type: 'bearer',
    }),
  );
const refusing = async (): Promise<Response> =>
  new Response(JSON.stringify({ error: 'invalid_grant' }), { status: 403 });
const unreachable = (): Promise<Response> =>
  Promise.reject(
    new TypeError('fetch failed', {
      cause: Object.assign(new Error('connect ECONNREFUSED'), {
        code: 'ECONNREFUSED',
        syscall: 'connect',
      }),
    }),
  );

describe('a sign-out', () => {
  it('does not end a sign-in that came after it', async () => {
    const { clock, emulator, store, session, signedIn } = world();
    const other = await signedIn();
    const { own, handle } = swapping(store.open());
    const each = session({ store: handle });
    own.swap = async (call) => {
      own.swap = (again) => again();
      await other.authorize(passwordOf(emulator));
      return call();
    };
    await clock.settle(each.signOut());
    expect(each.getSnapshot().status).toBe('authorized');
    expect(await clock.settle(session().getAccessToken())).toBe(other.currentAccessToken());
  });

  it('takes place although another process writes the record at the same moment', async () => {
    const { clock, store, session, signedIn } = world();
    await signedIn();
    const { own, handle } = swapping(store.open());
    const each = session({ store: handle });
    own.swap = async (call, key) => {
      own.swap = (again) => again();
      const { record } = await store.read(key);
      await store.swap(key, record?.version ?? null, {
        version: crypto.randomUUID(),
        value: record?.value ?? '',
      });
      return call();
    };
    await clock.settle(each.signOut());
    expect((await clock.settle(refusalOf(session().getAccessToken()))).code).toBe('signed_out');
  });

  it('that comes while a person signs in stands, and that person is told', async () => {
    const { clock, emulator, session, signedIn } = world();
    const [each, other] = [await signedIn(), session()];
    const events = eventsOf(each);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold', when: 'after' });
    const signIn = refusalOf(each.authorize(passwordOf(emulator)));
    await hold.reached();
    await clock.settle(other.signOut());
    hold.release();
    expect((await clock.settle(signIn)).code).toBe('signed_out');
    expect(events.map(({ type }) => type)).toEqual(['grant_sent', 'signed_out', 'superseded']);
    expect((await clock.settle(refusalOf(other.getAccessToken()))).code).toBe('signed_out');
  });

  it('of a closed session sends and writes nothing', async () => {
    const { clock, session, signedIn } = world();
    const each = await signedIn();
    await clock.settle(each.close());
    expect((await clock.settle(refusalOf(each.signOut()))).code).toBe('closed');
    expect(await clock.settle(session().getAccessToken())).toBeTypeOf('string');
  });
});

describe('a person who signs in', () => {
  it('is heard although another had signed in elsewhere an hour before', async () => {
    const { clock, emulator, session, sent } = world();
    const [each, other] = [session(), session()];
    await clock.settle(each.ready());
    await clock.settle(other.authorize(passwordOf(emulator)));
    await clock.advance(anHour);
    await clock.settle(each.authorize(passwordOf(emulator)));
    expect(sent('password')).toBe(2);
  });

  it('shows while it goes on, and no longer, also where it fails', async () => {
    const { clock, emulator, session } = world();
    const each = session();
    const shown: boolean[] = [];
    each.subscribe(({ signingIn }) => shown.push(signingIn));
    await clock.settle(each.ready());
    await clock.settle(
      refusalOf(
        each.authorize({ type: 'password', username: emulator.user.username, password: 'wrong' }),
      ),
    );
    expect(each.getSnapshot().signingIn).toBe(false);
    expect(shown).toContain(true);
    expect(shown.at(-1)).toBe(false);
  });

  it('leaves no watch and no timer', async () => {
    const { clock, emulator, store, session } = world();
    const handle = store.open();
    let watching = 0;
    const each = session({
      store: {
        ...handle,
        watch: (...all) => {
          watching += 1;
          const stop = handle.watch(...all);
          return () => {
            watching -= 1;
            stop();
          };
        },
      },
    });
    await clock.settle(each.authorize(passwordOf(emulator)));
    expect([watching, clock.timers.all]).toEqual([0, 0]);
  });

  it('does not wait for ever while other processes keep sending requests that are never answered', async () => {
    const { clock, emulator, session, signedIn } = world();
    await signedIn();
    await clock.advance(anHour + 1);
    const endpoint = actOnEndpoint({
      clientId: emulator.client.id,
      clientSecret: emulator.client.secret,
      fetch: () => new Promise(() => {}),
    });
    const others = [session({ endpoint }), session({ endpoint }), session({ endpoint })];
    const person = session();
    const began = clock.monotonic();
    let endedAt: number | null = null;
    // It sends in the gap between two claims, or is told.
    const signIn = refusalOf(person.authorize(passwordOf(emulator))).then(() => {
      endedAt = clock.monotonic();
    });
    for (let at = 0; at < 5 * aMinute; at += 1_000) {
      for (const each of others) void refusalOf(each.getAccessToken());
      await clock.advance(1_000);
    }
    await clock.settle(signIn);
    expect((endedAt ?? Number.POSITIVE_INFINITY) - began).toBeLessThan(80_000);
  });

  it('is told so where another process holds the account for longer than anyone waits', async () => {
    const { clock, emulator, store, session, signedIn } = world();
    await signedIn();
    const key = accountKey('act-on', emulator.client.id, emulator.user.username);
    const person = session();
    await clock.settle(person.ready());
    const claim = async () => {
      const { record, now } = await store.read(key);
      const next = {
        ...JSON.parse(record?.value ?? ''),
        claim: {
          id: crypto.randomUUID(),
          purpose: 'refresh',
          at: now,
          until: now + 30_000,
          overtook: false,
        },
      };
      await store.swap(key, record?.version ?? null, {
        version: crypto.randomUUID(),
        value: JSON.stringify(next),
      });
    };
    await claim();
    const signIn = refusalOf(person.authorize(passwordOf(emulator)));
    let isOver = false;
    void signIn.then(() => {
      isOver = true;
    });
    for (let at = 0; at < 5 * aMinute && !isOver; at += 5_000) {
      await claim();
      await clock.advance(5_000);
    }
    expect(isOver).toBe(true);
    expect((await signIn).code).toBe('outcome_unknown');
  });

  it('is told so where the process sleeps through each of its claims', async () => {
    const { clock, emulator, store, session, sent } = world();
    const { own, handle } = swapping(store.open());
    const each = session({ store: handle });
    own.swap = async (call) => {
      const answer = await call();
      clock.jump(40_000);
      return answer;
    };
    expect((await clock.settle(refusalOf(each.authorize(passwordOf(emulator))))).code).toBe(
      'store_unavailable',
    );
    expect(sent()).toBe(0);
  });

  it('replaces a record that cannot be read', async () => {
    const { clock, emulator, session } = world();
    const store = memoryStore({ now: () => clock.now() });
    await store.swap(accountKey('act-on', emulator.client.id, emulator.user.username), null, {
      version: '1',
      value: 'garbage',
    });
    const each = session({ store });
    expect((await clock.settle(refusalOf(each.getAccessToken()))).code).toBe('store_corrupt');
    await clock.settle(each.authorize(passwordOf(emulator)));
    expect(await clock.settle(each.getAccessToken())).toBeTypeOf('string');
  });
});

describe('a person who brings a refresh token that the record has', () => {
  it('and that was refused before is told so by any process, and it is not sent again', async () => {
    const place = world();
    const { clock, emulator, session, signedIn, sent } = place;
    const each = await signedIn();
    const refreshToken = await tokenIn(place);
    emulator.revoke({ user: emulator.user.username });
    await clock.advance(anHour + 1);
    expect((await clock.settle(refusalOf(each.getAccessToken()))).code).toBe('session_expired');
    expect(
      (await clock.settle(refusalOf(session().authorize({ type: 'refresh_token', refreshToken }))))
        .code,
    ).toBe('grant_rejected');
    expect(sent('refresh_token')).toBe(1);
  });

  it('and that was sent without an answer sends it as one that is sent again', async () => {
    const place = world({ overlapSeconds: 600 });
    const { clock, emulator, session, signedIn } = place;
    const each = await signedIn();
    const refreshToken = await tokenIn(place);
    await clock.advance(anHour + 1);
    emulator.faults.arm({ route: 'token', kind: 'drop_after' });
    await clock.settle(refusalOf(each.getAccessToken({ maxWait: 1_000 })));
    await clock.advance(31_000);
    const other = session();
    const events = eventsOf(other);
    await clock.settle(other.authorize({ type: 'refresh_token', refreshToken }));
    expect(events.map(({ type }) => type)).toContain('probed');
    expect(other.getSnapshot().status).toBe('authorized');
  });

  it('and that a refresh is spending at that moment gets the pair that it brings, and it is not sent again', async () => {
    const place = world();
    const { clock, emulator, signedIn, sent } = place;
    const each = await signedIn();
    const refreshToken = await tokenIn(place);
    await clock.advance(anHour + 1);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const refreshed = each.getAccessToken();
    await hold.reached();
    const brought = each.authorize({ type: 'refresh_token', refreshToken });
    await clock.advance(1_000);
    hold.release();
    await clock.settle(brought);
    expect(await clock.settle(refreshed)).toBe(each.currentAccessToken());
    expect(sent('refresh_token')).toBe(1);
  });

  it('and that is good refreshes it: the pair is the same sign-in', async () => {
    const place = world();
    const { clock, signedIn, session, sent } = place;
    await signedIn();
    const refreshToken = await tokenIn(place);
    await clock.advance(anHour + 1);
    const each = session();
    await clock.settle(each.ready());
    const events = eventsOf(each);
    await clock.settle(each.authorize({ type: 'refresh_token', refreshToken }));
    expect(events.map(({ type }) => type)).toEqual(['refreshed']);
    expect(sent('refresh_token')).toBe(1);
  });
});

describe('a code', () => {
  it('that a caller brings who has left already is not waited for by that caller', async () => {
    const { each } = codes(() => new Promise(() => {}));
    const reason = new Error('gone before it asked');
    const grant = {
      type: 'authorization_code',
      code: 'c1',
      redirectUri: 'https://app.example/cb',
    } as const;
    await expect(each.authorize(grant, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('that did not leave this machine can be brought again, in the same session', async () => {
    let isUp = false;
    const { sent, each, bring } = codes((code) => (isUp ? granting(code) : unreachable()));
    expect((await bring('c1')).code).toBe('not_sent');
    isUp = true;
    expect((await bring('c1')).code).toBe('no refusal');
    expect(sent).toEqual(['c1', 'c1']);
    expect(each.currentAccessToken()).toBe('access-c1');
  });

  it('that was refused is not sent again', async () => {
    const { sent, bring } = codes(refusing);
    expect([(await bring('c1')).code, (await bring('c1')).code]).toEqual([
      'grant_rejected',
      'grant_rejected',
    ]);
    expect(sent).toEqual(['c1']);
  });

  it('is remembered with the last sixteen: what they cost is bounded', async () => {
    const { clock, sent, bring } = codes(refusing);
    const names = Array.from({ length: 17 }, (_, index) => `c${index + 1}`);
    for (const name of names) {
      await bring(name);
      await clock.advance(aMinute);
    }
    for (const name of ['c17', 'c16', 'c2']) await bring(name);
    expect(sent).toEqual(names);
    await bring('c1');
    expect(sent).toEqual([...names, 'c1']);
  });

  it('that was used signs no one in again once a person has signed out', async () => {
    const { clock, sent, each, bring } = codes(granting);
    expect((await bring('c1')).code).toBe('no refusal');
    expect((await bring('c1')).code).toBe('no refusal');
    await clock.settle(each.signOut());
    expect((await bring('c1')).code).toBe('signed_out');
    expect(sent).toEqual(['c1']);
  });
});
