import { describe, expect, it } from 'vitest';
import {
  actOnEndpoint,
  createSessionPool,
  type Fetch,
  isActOnTokenError,
  type SessionPool,
  type SessionPoolOptions,
} from '../src/index.ts';
import { aMinute, anHour, type World, world } from './support/world.ts';

const accounts = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `user-${index}@example.test`);
const refusalOf = (call: Promise<unknown>): Promise<unknown> =>
  call.then(
    () => 'no refusal',
    (error) => error,
  );

/** An Act-On with that many users and a pool of their sessions; each answer takes 100 ms. */
function poolOf(names: readonly string[], options: Partial<SessionPoolOptions> = {}) {
  const place = world({ users: names.map((username) => ({ username, password: 'a password' })) });
  const { line, fetch } = slowly(place);
  const open = (more: Partial<SessionPoolOptions> = {}): SessionPool =>
    createSessionPool({
      endpoint: actOnEndpoint({
        clientId: place.emulator.client.id,
        clientSecret: place.emulator.client.secret,
        fetch,
      }),
      store: place.store.open(),
      clock: place.clock,
      credentials: (username) => ({ username, password: 'a password' }),
      ...options,
      ...more,
    });
  return { ...place, line, open, pool: open() };
}

/**
 * The emulator's fetch, where each answer takes 100 ms of the manual clock; tells how many requests
 * were under way at once.
 */
function slowly({ clock, emulator }: World) {
  const line = { now: 0, peak: 0 };
  const fetch: Fetch = async (input, init) => {
    line.now += 1;
    line.peak = Math.max(line.peak, line.now);
    await new Promise<void>((resolve) => clock.setTimeout(resolve, 100, true));
    line.now -= 1;
    return emulator.fetch(input, init);
  };
  return { line, fetch };
}

describe('a pool of sessions', () => {
  it('has one session for each account', async () => {
    const { pool } = poolOf(accounts(2));
    const [first = '', second = ''] = accounts(2);
    expect(pool.get(first)).toBe(pool.get(first));
    expect(pool.get(second)).not.toBe(pool.get(first));
    expect(pool.size).toBe(2);
  });

  it('asks for the credentials of the account that needs them', async () => {
    const { pool, clock, emulator } = poolOf(accounts(3));
    const tokens = await clock.settle(
      Promise.all(accounts(3).map((account) => pool.get(account).getAccessToken())),
    );
    expect(new Set(tokens).size).toBe(3);
    expect(emulator.ledger.counters().grants.password).toMatchObject({ sent: 3, granted: 3 });
  });

  it('tells the events of all accounts, and whose they are', async () => {
    const names = accounts(2);
    const { pool, clock } = poolOf(names);
    const heard: string[] = [];
    const stop = pool.on((event, account) => heard.push(`${account} ${event.type}`));
    await clock.settle(Promise.all(names.map((account) => pool.get(account).getAccessToken())));
    expect(heard.sort()).toEqual(
      names.flatMap((account) => [`${account} grant_sent`, `${account} signed_in`]),
    );
    stop();
    await clock.advance(anHour + 1);
    await clock.settle(pool.get(names[0] ?? '').getAccessToken());
    expect(heard).toHaveLength(4);
  });

  it('lets only so many exchange at once, in the order in which they came', async () => {
    const names = accounts(40);
    const { pool, clock, line } = poolOf(names, { maxConcurrent: 4 });
    const tokens = () => names.map((account) => pool.get(account).getAccessToken());
    await clock.settle(Promise.all(tokens()));
    await clock.advance(anHour + 1);
    line.peak = 0;
    const done: string[] = [];
    await clock.settle(
      Promise.all(tokens().map((token, index) => token.then(() => done.push(names[index] ?? '')))),
    );
    expect(line.peak).toBe(4);
    expect(done).toEqual(names);
  });

  it('sends nothing for one who stood in line while another process refreshed', async () => {
    const names = accounts(3);
    const { pool, open, clock, sent } = poolOf(names, { maxConcurrent: 1 });
    const [first = '', second = '', third = ''] = names;
    await clock.settle(Promise.all(names.map((account) => pool.get(account).getAccessToken())));
    await clock.advance(anHour + 1);
    const other = open();
    // It hears of what the other process does while it stands in line behind two.
    pool.get(third).subscribe(() => {});
    await clock.advance(0);
    const ahead = [first, second].map((account) => pool.get(account).getAccessToken());
    const mine = pool.get(third).getAccessToken();
    await clock.advance(10);
    const theirs = await clock.settle(other.get(third).getAccessToken());
    await clock.settle(Promise.all(ahead));
    expect(await clock.settle(mine)).toBe(theirs);
    expect(sent('refresh_token')).toBe(3);
  });

  it('forgets a session that nobody asked for, and takes it from the store when somebody does', async () => {
    const [account = ''] = accounts(1);
    const { pool, clock, sent } = poolOf([account], { idleAfter: aMinute });
    const session = pool.get(account);
    const token = await clock.settle(session.getAccessToken());
    await clock.advance(2 * aMinute);
    expect(pool.size).toBe(0);
    expect(pool.get(account)).not.toBe(session);
    expect(await clock.settle(pool.get(account).getAccessToken())).toBe(token);
    expect(await session.getAccessToken()).toBe(token);
    expect(sent()).toBe(1);
  });

  it('keeps a session that is asked for or listened to', async () => {
    const names = accounts(4);
    const [asked = '', heard = ''] = names;
    const { pool, clock } = poolOf(names, { idleAfter: aMinute });
    const sessions = new Map(names.map((account) => [account, pool.get(account)]));
    await clock.settle(Promise.all(names.map((account) => pool.get(account).getAccessToken())));
    const stop = pool.get(heard).subscribe(() => {});
    for (let at = 0; at < 10; at += 1) {
      pool.get(asked);
      await clock.advance(aMinute / 2);
    }
    expect(pool.size).toBe(2);
    expect(pool.get(asked)).toBe(sessions.get(asked));
    expect(pool.get(heard)).toBe(sessions.get(heard));
    stop();
    await clock.advance(2 * aMinute);
    expect(pool.size).toBe(0);
  });

  it('keeps a session that is at work', async () => {
    const [account = ''] = accounts(1);
    const { pool, clock, sent } = poolOf([account], { idleAfter: 20 });
    const token = pool.get(account).getAccessToken();
    await clock.advance(90); // of the 100 that an answer takes
    expect(pool.size).toBe(1);
    await clock.settle(token);
    await clock.advance(40);
    expect(pool.size).toBe(0);
    expect(sent()).toBe(1);
  });

  it('keeps a session whose pair is not saved yet', async () => {
    const [account = ''] = accounts(1);
    const { pool, open, clock, store } = poolOf([account]);
    await clock.settle(pool.get(account).getAccessToken());
    await clock.advance(anHour + 1);
    const handle = store.open();
    let swaps = 0;
    const swap: typeof handle.swap = (...all) => {
      swaps += 1;
      return swaps === 1 ? handle.swap(...all) : Promise.reject(new Error('down'));
    };
    const other = open({ store: { ...handle, swap }, idleAfter: aMinute });
    const session = other.get(account);
    await clock.settle(session.getAccessToken());
    expect(session.getSnapshot().saved).toBe(false);
    await clock.advance(10 * aMinute);
    expect(other.get(account)).toBe(session);
  });

  it('keeps a session that waits for its store', async () => {
    const [account = ''] = accounts(1);
    const { open, clock, store } = poolOf([account]);
    const handle = store.open();
    const pool = open({ store: { ...handle, read: () => new Promise(() => {}) }, idleAfter: 500 });
    const session = pool.get(account);
    const ready = refusalOf(session.ready());
    await clock.advance(2_500);
    expect(pool.get(account)).toBe(session);
    await clock.settle(ready);
  });

  it('keeps all sessions that refresh by themselves', async () => {
    const names = accounts(3);
    const { pool, clock, sent } = poolOf(names, { autoRefresh: true, idleAfter: aMinute });
    await clock.settle(Promise.all(names.map((account) => pool.get(account).getAccessToken())));
    await clock.advance(anHour);
    expect(pool.size).toBe(3);
    expect(sent('refresh_token')).toBe(3);
  });

  it('has one timer for each account that is listened to, and none for the others', async () => {
    const names = accounts(100);
    const { pool, clock } = poolOf(names);
    await clock.settle(Promise.all(names.map((account) => pool.get(account).getAccessToken())));
    const stops = names.map((account) => pool.get(account).subscribe(() => {}));
    await clock.advance(1_000);
    // And the one that looks for idle sessions.
    expect(clock.timers).toEqual({ keepAlive: 0, all: 101 });
    for (const stop of stops) stop();
    expect(clock.timers).toEqual({ keepAlive: 0, all: 1 });
  });

  it('lets no caller wait while the tokens of 1,000 accounts roll over within a minute', async () => {
    const names = accounts(1_000);
    const { pool, clock, sent, line } = poolOf(names, { maxConcurrent: 8 });
    await clock.settle(Promise.all(names.map((account) => pool.get(account).getAccessToken())));
    line.peak = 0;
    let waited = 0;
    for (let minute = 0; minute < 70; minute += 2) {
      await clock.advance(2 * aMinute);
      for (const account of names) {
        waited += pool.get(account).currentAccessToken() === undefined ? 1 : 0;
        void pool.get(account).getAccessToken();
      }
    }
    console.log(
      `1,000 accounts roll over: ${sent('refresh_token')} refreshes, ${line.peak} at once at most, ${waited} callers waited`,
    );
    expect(waited).toBe(0);
    expect(sent('refresh_token')).toBe(1_000);
    expect(line.peak).toBe(8);
  });

  it('lets commits end when it is closed', async () => {
    const [account = ''] = accounts(1);
    const { pool, open, clock, sent } = poolOf([account]);
    const token = pool.get(account).getAccessToken();
    token.catch(() => {});
    await clock.advance(50);
    await clock.settle(pool.close());
    expect(await clock.settle(open().get(account).getAccessToken())).toBeTypeOf('string');
    expect(sent()).toBe(1);
  });

  it('ends also what goes on in a session that it had forgotten', async () => {
    const [account = ''] = accounts(1);
    const { pool, open, clock, sent } = poolOf([account], { idleAfter: aMinute });
    const session = pool.get(account);
    await clock.advance(2 * aMinute);
    expect(pool.size).toBe(0);
    void session.getAccessToken().catch(() => {});
    await clock.advance(50);
    await clock.settle(pool.close());
    expect(await clock.settle(open().get(account).getAccessToken())).toBeTypeOf('string');
    expect(sent()).toBe(1);
  });

  it('refuses everything once it is closed, also those who stood in line, and leaves no timer', async () => {
    const names = accounts(3);
    const { pool, clock, sent } = poolOf(names, { maxConcurrent: 1 });
    const calls = names.map((account) => refusalOf(pool.get(account).getAccessToken()));
    await clock.advance(50);
    await clock.settle(pool.close());
    const refusals = await clock.settle(Promise.all(calls));
    expect(refusals.map((refusal) => isActOnTokenError(refusal, 'closed'))).toEqual([
      true,
      true,
      true,
    ]);
    expect(() => pool.get('user-0@example.test')).toThrow(
      expect.objectContaining({ code: 'closed' }),
    );
    expect(sent()).toBe(1);
    expect(clock.timers.all).toBe(0);
  });

  it('ends what is listened to once it is closed, be it asked for lately or not, and keeps none of it', async () => {
    const [lately = '', before = ''] = accounts(2);
    const { pool, clock } = poolOf(accounts(2), { idleAfter: aMinute });
    const sessions = [pool.get(before)];
    await clock.settle(pool.get(before).getAccessToken());
    pool.get(before).subscribe(() => {});
    await clock.advance(aMinute + 1);
    sessions.push(pool.get(lately));
    await clock.settle(pool.get(lately).getAccessToken());
    pool.get(lately).subscribe(() => {});
    await clock.settle(pool.close());
    expect(pool.size).toBe(0);
    expect(clock.timers.all).toBe(0);
    for (const session of sessions) {
      expect(session.currentAccessToken()).toBeUndefined();
      await expect(session.getAccessToken()).rejects.toMatchObject({ code: 'closed' });
    }
  });

  it('is closed only when the pair of a session that it had forgotten is saved', async () => {
    const [account = ''] = accounts(1);
    const { pool, clock, sent } = poolOf([account], { idleAfter: aMinute });
    const session = pool.get(account);
    await clock.advance(2 * aMinute);
    void session.getAccessToken().catch(() => {});
    await clock.advance(50);
    expect(sent()).toBe(0); // It is under way.
    await clock.settle(pool.close());
    expect(sent()).toBe(1);
    expect(clock.timers.all).toBe(0);
  });

  it('has no timer while it has no session', async () => {
    const [account = ''] = accounts(1);
    const { pool, clock } = poolOf([account], { idleAfter: aMinute });
    await clock.settle(pool.get(account).getAccessToken());
    expect(clock.timers).toEqual({ keepAlive: 0, all: 1 });
    await clock.advance(2 * aMinute);
    expect(pool.size).toBe(0);
    expect(clock.timers.all).toBe(0);
  });

  it('keeps a session with autoRefresh also while no one is signed in', async () => {
    const [account = ''] = accounts(1);
    const { pool, clock } = poolOf([account], {
      autoRefresh: true,
      idleAfter: aMinute,
      credentials: undefined,
    });
    const session = pool.get(account);
    await clock.settle(session.ready());
    await clock.advance(10 * aMinute);
    expect(pool.get(account)).toBe(session);
    await clock.settle(pool.close());
  });

  it('forgets idle sessions also where no timer outlives the request that set it, as in a Worker', async () => {
    const names = accounts(3);
    const place = poolOf(names);
    const clock = { ...place.clock, setTimeout: () => ({}) };
    const pool = place.open({ clock, idleAfter: aMinute });
    pool.get(names[0] ?? '');
    await place.clock.advance(2 * aMinute);
    pool.get(names[1] ?? '');
    await place.clock.advance(2 * aMinute);
    pool.get(names[2] ?? '');
    expect(pool.size).toBe(2);
  });

  it('counts a session once, though it is asked for again and again', async () => {
    const [account = ''] = accounts(1);
    const { pool, clock } = poolOf([account], { idleAfter: aMinute });
    for (let at = 0; at < 5; at += 1) {
      pool.get(account);
      expect(pool.size).toBe(1);
      await clock.advance(aMinute + 1);
      pool.get(account);
      expect(pool.size).toBe(1);
    }
  });

  it('has one timer for its idle sessions also where that rings late', async () => {
    const names = accounts(3);
    const place = poolOf(names);
    const clock: typeof place.clock = {
      ...place.clock,
      setTimeout: (ring, delay, keep) => place.clock.setTimeout(ring, delay + anHour, keep),
    };
    const pool = place.open({ clock, idleAfter: aMinute });
    for (const account of names) {
      pool.get(account);
      expect(place.clock.timers.all).toBe(1);
      await place.clock.advance(2 * aMinute);
    }
  });

  it('lets any number listen, and each of them stop', async () => {
    const [account = ''] = accounts(1);
    const { pool, clock } = poolOf([account]);
    const heard = { first: 0, second: 0 };
    const stop = pool.on(() => (heard.first += 1));
    pool.on(() => (heard.second += 1));
    await clock.settle(pool.get(account).getAccessToken());
    expect(heard).toEqual({ first: 2, second: 2 });
    stop();
    await clock.advance(anHour + 1);
    await clock.settle(pool.get(account).getAccessToken());
    expect(heard).toEqual({ first: 2, second: 3 });
  });

  it('exchanges fifty at once and keeps an idle session for ten minutes unless it is told otherwise', async () => {
    const names = accounts(60);
    const { pool, clock, line } = poolOf(names);
    await clock.settle(Promise.all(names.map((account) => pool.get(account).getAccessToken())));
    expect(line.peak).toBe(50);
    await clock.advance(9 * aMinute);
    expect(pool.size).toBe(60);
    await clock.advance(11 * aMinute);
    expect(pool.size).toBe(0);
  });

  it('refuses options that cannot work, and an account without a name', () => {
    const { open } = poolOf([]);
    for (const wrong of [
      { maxConcurrent: 0 },
      { maxConcurrent: 1.5 },
      { idleAfter: 0 },
      { idleAfter: Number.NaN },
      { store: null as never },
    ])
      expect(() => open(wrong), JSON.stringify(wrong)).toThrow(
        expect.objectContaining({ code: 'configuration' }),
      );
    expect(() => createSessionPool(null as never)).toThrow(
      expect.objectContaining({
        code: 'configuration',
        message: expect.stringContaining('createSessionPool()'),
      }),
    );
    expect(() => open().get('')).toThrow(expect.objectContaining({ code: 'configuration' }));
  });
});

describe('an account that stands in line for a place', () => {
  it('sends nothing if another process has done it meanwhile', async () => {
    const [first = '', second = ''] = accounts(2);
    const { pool, clock, open, emulator } = poolOf(accounts(2), { maxConcurrent: 1 });
    const other = open();
    const [busy, waiting, elsewhere] = [pool.get(first), pool.get(second), other.get(second)];
    await clock.settle(Promise.all([busy.getAccessToken(), waiting.getAccessToken()]));
    await clock.settle(elsewhere.ready());
    waiting.subscribe(() => {});
    await clock.advance(2 * anHour);
    const before = emulator.ledger.counters().grants.refresh_token.sent;
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const calls = [busy.getAccessToken()];
    await clock.advance(100);
    await hold.reached();
    calls.push(waiting.getAccessToken());
    await clock.advance(10);
    const token = await clock.settle(elsewhere.getAccessToken());
    await clock.advance(500);
    hold.release();
    const [, given] = await clock.settle(Promise.all(calls));
    expect(given).toBe(token);
    expect(emulator.ledger.counters().grants.refresh_token.sent - before).toBe(2);
    await clock.settle(Promise.all([pool.close(), other.close()]));
  });
});
