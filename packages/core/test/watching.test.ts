import { memoryStore } from '@act-on-token/memory';
import { describe, expect, it } from 'vitest';
import { accountKey, type TokenStore } from '../src/index.ts';
import { aMinute, anHour, eventsOf, passwordOf, world } from './support/world.ts';

describe('a snapshot', () => {
  it('is the same object until something was announced, and cannot be changed', async () => {
    const { clock, signedIn } = world();
    const session = await signedIn();
    const snapshot = session.getSnapshot();
    await clock.advance(aMinute);
    await session.getAccessToken();
    expect(session.getSnapshot()).toBe(snapshot);
    expect(Object.isFrozen(snapshot)).toBe(true);
  });

  it('tells apart what is not known yet, idle, authorized, refreshing and lapsed', async () => {
    const { clock, emulator, session } = world();
    const each = session();
    each.subscribe(() => {});
    expect(each.getSnapshot()).toMatchObject({ loaded: false, status: 'idle', needsGrant: false });
    await clock.advance(0);
    expect(each.getSnapshot()).toMatchObject({
      loaded: true,
      status: 'idle',
      needsGrant: true,
      expiresAt: null,
      reason: null,
    });
    await clock.settle(each.authorize(passwordOf(emulator)));
    expect(each.getSnapshot()).toMatchObject({
      status: 'authorized',
      expiresAt: clock.now() + anHour,
      needsGrant: false,
    });
    await clock.advance(anHour);
    expect(each.getSnapshot()).toMatchObject({
      status: 'expired',
      reason: 'lapsed',
      usable: false,
      needsGrant: false,
    });
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const refresh = each.getAccessToken();
    await hold.reached();
    expect(each.getSnapshot()).toMatchObject({ status: 'refreshing', usable: false });
    hold.release();
    await clock.settle(refresh);
    expect(each.getSnapshot()).toMatchObject({ status: 'authorized', usable: true });
  });

  it('is authorized and asks for a sign-in when the refresh token died before the access token', async () => {
    const { clock, emulator, signedIn } = world();
    const session = await signedIn();
    await clock.advance(50 * aMinute);
    await emulator.fetch('https://api.actonsoftware.com/token', {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'password',
        client_id: emulator.client.id,
        client_secret: emulator.client.secret,
        ...emulator.user,
      }),
    });
    await clock.advance(2 * aMinute);
    const token = await session.getAccessToken();
    await clock.advance(0);
    expect(session.getSnapshot()).toMatchObject({
      status: 'authorized',
      usable: true,
      needsGrant: true,
      error: { code: 'session_expired' },
    });
    expect(await clock.settle(session.getAccessToken())).toBe(token);
    await clock.advance(10 * aMinute);
    await expect(clock.settle(session.getAccessToken())).rejects.toMatchObject({
      code: 'session_expired',
      needsGrant: true,
    });
    expect(session.getSnapshot()).toMatchObject({ status: 'expired', reason: 'rejected' });
  });
});

describe('a subscriber', () => {
  it('is not called before subscribe() has returned, not even if something has changed since the last snapshot', async () => {
    const { clock, signedIn } = world();
    const shown = await signedIn();
    expect(shown.getSnapshot().status).toBe('authorized');
    await clock.advance(2 * anHour);
    let isSubscribed = false;
    const seen: boolean[] = [];
    shown.subscribe(() => seen.push(isSubscribed));
    isSubscribed = true;
    await clock.advance(1_000);
    expect(seen).toContain(true);
    expect(seen).not.toContain(false);
  });

  it('learns that a token lapsed although nobody asks for one, from one timer that keeps no process alive', async () => {
    const { clock, signedIn } = world();
    const session = await signedIn();
    const seen: string[] = [];
    session.subscribe(() => seen.push(session.getSnapshot().status));
    await clock.advance(0);
    expect(clock.timers).toEqual({ keepAlive: 0, all: 1 });
    await clock.advance(anHour);
    expect(seen.at(-1)).toBe('expired');
  });

  it('sees what another session does, through the store', async () => {
    const { clock, signedIn, session } = world();
    const watcher = session();
    let calls = 0;
    const stop = watcher.subscribe(() => (calls += 1));
    await clock.advance(0);
    await signedIn();
    await clock.advance(0);
    expect(watcher.getSnapshot().status).toBe('authorized');
    const before = calls;
    stop();
    const other = session();
    await clock.settle(other.signOut());
    await clock.advance(aMinute);
    expect(calls).toBe(before);
    expect(watcher.getSnapshot().status).toBe('authorized');
  });

  it('that comes later sees what happened while nobody listened', async () => {
    const { clock, signedIn, session } = world();
    const each = await signedIn();
    each.subscribe(() => {})();
    await clock.settle(session().signOut());
    expect(each.getSnapshot().status).toBe('authorized');
    each.subscribe(() => {});
    await clock.advance(0);
    expect(each.getSnapshot().status).toBe('idle');
  });

  it('leaves no watch and no timer behind, however often it comes and goes', async () => {
    const { clock, signedIn, store } = world();
    let watching = 0;
    const counted = {
      ...store.open(),
      watch: (key: string, onChange: () => void) => {
        watching += 1;
        const stop = store.watch(key, onChange);
        return () => {
          watching -= 1;
          stop();
        };
      },
    };
    const session = await signedIn({ store: counted });
    for (let round = 0; round < 3; round += 1) {
      const stops = [session.subscribe(() => {}), session.subscribe(() => {})];
      await clock.advance(1_000);
      expect(watching).toBe(1);
      for (const stop of [...stops, ...stops]) stop();
      expect(watching).toBe(0);
    }
    expect(clock.timers.all).toBe(0);
  });

  it('that throws harms neither the others nor the session', async () => {
    const { clock, emulator, session } = world();
    const each = session();
    const printed: unknown[] = [];
    const original = console.error;
    console.error = (...words: unknown[]) => printed.push(words);
    try {
      let reached = 0;
      each.subscribe(() => {
        throw new Error('in a listener');
      });
      each.subscribe(() => (reached += 1));
      await clock.settle(each.authorize(passwordOf(emulator)));
      expect(reached).toBeGreaterThan(0);
      expect(printed.length).toBeGreaterThan(0);
    } finally {
      console.error = original;
    }
  });

  it('may call the session from inside its listener', async () => {
    const { clock, emulator, session } = world();
    const each = session();
    const tokens: string[] = [];
    each.subscribe(() => {
      if (each.getSnapshot().usable) void each.getAccessToken().then((token) => tokens.push(token));
    });
    await clock.settle(each.authorize(passwordOf(emulator)));
    await clock.advance(0);
    expect(tokens.length).toBeGreaterThan(0);
  });
});

describe('autoRefresh', () => {
  it('keeps an account fresh although nobody asks', async () => {
    const { clock, signedIn, sent } = world();
    const session = await signedIn({ autoRefresh: true });
    const events = eventsOf(session);
    await clock.advance(5 * anHour);
    expect(sent('refresh_token')).toBeGreaterThanOrEqual(5);
    expect(session.currentAccessToken()).toBeTypeOf('string');
    expect(events.every(({ type }) => type === 'refreshed')).toBe(true);
    await clock.settle(session.close());
    expect(clock.timers.all).toBe(0);
  });

  it('goes on when one who listened has left', async () => {
    const { clock, signedIn, sent } = world();
    const session = await signedIn({ autoRefresh: true });
    session.subscribe(() => {})();
    await clock.advance(3 * anHour);
    expect(sent('refresh_token')).toBeGreaterThanOrEqual(3);
    await clock.settle(session.close());
  });

  it('tries again after an outage, and never signs in for it', async () => {
    const { clock, emulator, signedIn, sent } = world();
    const session = await signedIn({ autoRefresh: true, credentials: () => emulator.user });
    await clock.advance(45 * aMinute);
    const outage = emulator.faults.arm({
      route: 'token',
      kind: 'status',
      status: 503,
      times: Number.POSITIVE_INFINITY,
    });
    await clock.advance(40 * aMinute);
    expect(session.currentAccessToken()).toBeUndefined();
    outage.disarm();
    await clock.advance(11 * aMinute);
    expect(session.currentAccessToken()).toBeTypeOf('string');
    expect(sent('password')).toBe(1);
  });
});

describe('a refresh token that nobody uses', () => {
  it('is warned of once, three days before Act-On forgets it', async () => {
    const { clock, signedIn } = world();
    const session = await signedIn();
    const events = eventsOf(session);
    const issuedAt = clock.now();
    let stop = session.subscribe(() => {});
    await clock.advance(26 * 24 * anHour);
    expect(events).toEqual([]);
    await clock.advance(3 * 24 * anHour);
    for (let listeners = 0; listeners < 3; listeners += 1) {
      stop();
      stop = session.subscribe(() => {});
      await clock.advance(anHour);
    }
    expect(events).toEqual([{ type: 'expiring', issuedAt }]);
  });
});

describe('waking up', () => {
  it('reads the record anew when the machine comes online, and forgets that it had failed', async () => {
    const { clock, emulator, signedIn, sent } = world();
    const target = new EventTarget();
    Object.assign(globalThis, {
      addEventListener: target.addEventListener.bind(target),
      removeEventListener: target.removeEventListener.bind(target),
    });
    try {
      const session = await signedIn();
      session.subscribe(() => {});
      await clock.advance(anHour + 1);
      emulator.faults.arm({ route: 'token', kind: 'status', status: 403, body: 'json' });
      await expect(clock.settle(session.getAccessToken())).rejects.toMatchObject({
        code: 'client_rejected',
      });
      await expect(clock.settle(session.getAccessToken())).rejects.toMatchObject({
        code: 'client_rejected',
      });
      expect(sent('refresh_token')).toBe(1);
      target.dispatchEvent(new Event('online'));
      await clock.advance(0);
      expect(await clock.settle(session.getAccessToken())).toBeTypeOf('string');
    } finally {
      Reflect.deleteProperty(globalThis, 'addEventListener');
      Reflect.deleteProperty(globalThis, 'removeEventListener');
    }
  });
});

describe('closing', () => {
  it('lets a refresh under way end in the store, refuses what comes after, and may be done twice', async () => {
    const { clock, emulator, signedIn, session, sent } = world();
    const each = await signedIn();
    await clock.advance(anHour + 1);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const waiting = each.getAccessToken().catch((error: unknown) => error);
    await hold.reached();
    const closed = Promise.all([each.close(), each.close()]);
    hold.release();
    await clock.settle(closed);
    expect(await clock.settle(waiting)).toMatchObject({ code: 'closed' });
    await expect(each.getAccessToken()).rejects.toMatchObject({ code: 'closed' });
    await expect(each.authorize(passwordOf(emulator))).rejects.toMatchObject({ code: 'closed' });
    expect(await clock.settle(session().getAccessToken())).toBeTypeOf('string');
    expect(sent('refresh_token')).toBe(1);
    expect(clock.timers.all).toBe(0);
  });

  it('leaves the store open, for it is the user’s', async () => {
    const { clock, session } = world();
    const store = memoryStore();
    const each = session({ store });
    await clock.settle(each.ready());
    await clock.settle(each.close());
    await expect(store.read('anything')).resolves.toMatchObject({ record: null });
  });
});

describe('describe()', () => {
  it('tells the state, the clocks and the last twenty events, and no secret', async () => {
    const { clock, signedIn, emulator, store } = world();
    const session = await signedIn();
    const token = await session.getAccessToken();
    for (let round = 0; round < 25; round += 1) {
      await clock.advance(anHour + 1);
      await clock.settle(session.getAccessToken());
    }
    const report = JSON.parse(session.describe());
    expect(report).toMatchObject({
      status: 'authorized',
      loaded: true,
      saved: true,
      record: { lineage: 1, generation: 26 },
    });
    expect(report.events).toHaveLength(20);
    const { record } = await store.read(
      accountKey('act-on', emulator.client.id, emulator.user.username),
    );
    const { accessToken, refreshToken } = JSON.parse(record?.value ?? '').pair;
    expect([accessToken, typeof refreshToken]).toEqual([session.currentAccessToken(), 'string']);
    for (const secret of [
      token,
      accessToken,
      refreshToken,
      emulator.client.secret,
      emulator.user.password,
    ]) {
      expect(session.describe()).not.toContain(secret);
    }
  });
});

describe('a session that someone listens to', () => {
  /** A store that counts its reads, and gives no hints. */
  const counted = (store: TokenStore, isDown = () => false) => {
    const reads = { count: 0 };
    const blind = { ...store, watch: () => () => {} };
    const read: TokenStore['read'] = (key) => {
      reads.count += 1;
      return isDown() ? Promise.reject(new Error('down')) : store.read(key);
    };
    return { reads, store: { ...blind, read } };
  };

  it('asks a store that is down after 1, 2, 4, and then every 60 seconds, and not at once', async () => {
    const { clock, session, store } = world();
    let isDown = true;
    const { reads, ...open } = counted(store.open(), () => isDown);
    const listening = session(open);
    listening.subscribe(() => {});
    await clock.advance(0);
    expect(listening.getSnapshot().error).toMatchObject({ code: 'store_unavailable' });
    const readsOfALook = reads.count;
    for (const pause of [1, 2, 4, 8, 16, 32, 60, 60]) {
      const before = reads.count;
      await clock.advance(pause * 1_000 - 1);
      expect(reads.count).toBe(before);
      await clock.advance(1);
      expect(reads.count).toBe(before + readsOfALook);
    }
    isDown = false;
    await clock.advance(60_000);
    expect(listening.getSnapshot()).toMatchObject({ loaded: true, error: null });
    isDown = true;
    await clock.advance(10_000);
    await expect(clock.settle(listening.getAccessToken())).rejects.toMatchObject({
      code: 'store_unavailable',
    });
    const before = reads.count;
    await clock.advance(1_000);
    expect(reads.count).toBe(before + readsOfALook);
  });

  it('looks once when a claim that it saw should be over, and not if it has looked since', async () => {
    const { clock, emulator, session, signedIn, store } = world();
    const { reads, ...open } = counted(store.open());
    const dying = await signedIn();
    const listening = session(open);
    await clock.advance(2 * anHour);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    void dying.getAccessToken().catch(() => {});
    await hold.reached();
    listening.subscribe(() => {});
    await clock.advance(0);
    expect(listening.getSnapshot().status).toBe('refreshing');
    const before = reads.count;
    await clock.advance(29_000);
    expect(reads.count).toBe(before);
    await clock.advance(10 * aMinute);
    expect(reads.count).toBe(before + 1);
    hold.release();
  });
});
