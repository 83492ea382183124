import { memoryStore } from '@act-on-token/memory';
import { describe, expect, it } from 'vitest';
import { accountKey, type TokenStore } from '../src/index.ts';
import { Account } from '../src/session/account.ts';
import { Activity } from '../src/session/activity.ts';
import { environment, type SessionOptions } from '../src/session/options.ts';
import { actOnEndpoint } from '../src/wire/endpoint.ts';
import { type ManualClock, startOfTime } from './support/manual-clock.ts';
import { aMinute, anHour, eventsOf, passwordOf, world } from './support/world.ts';

const aSecond = 1_000;

/** Act-On and the store are elsewhere: their clocks go on as they did. */
async function here(options: Partial<SessionOptions> = {}) {
  const steady = (clock: ManualClock): number => startOfTime + clock.monotonic();
  const place = world({ now: () => steady(place.clock) });
  const store = memoryStore({ now: () => steady(place.clock) });
  const session = await place.signedIn({ store, refreshAhead: 0, ...options });
  const token = await session.getAccessToken();
  const left = (session.getSnapshot().expiresAt ?? 0) - place.clock.now();
  return { ...place, session, token, left };
}

describe('a jump of the clock of this machine', () => {
  it('back, in the last seconds of a token, does not make it live longer', async () => {
    const { clock, session, token, left } = await here();
    await clock.advance(left - 10 * aSecond);
    expect(session.currentAccessToken()).toBe(token);
    clock.jump(-10 * aMinute);
    await clock.advance(5 * aSecond);
    expect(session.currentAccessToken()).toBe(token);
    await clock.advance(5 * aSecond);
    expect(session.currentAccessToken()).toBeUndefined();
  });

  it('forth costs a look at the store, and no refresh', async () => {
    const { clock, session, token, sent } = await here();
    await clock.advance(20 * aMinute);
    expect(session.currentAccessToken()).toBe(token);
    clock.jump(50 * aMinute);
    expect(await clock.settle(session.getAccessToken())).toBe(token);
    expect(sent('refresh_token')).toBe(0);
  });

  it('back to the moment at which a token was new does not bring it back', async () => {
    const { clock, session, left } = await here();
    await clock.advance(left + aSecond);
    clock.jump(-left - aSecond);
    expect(session.currentAccessToken()).toBeUndefined();
  });

  it.each([-10 * aMinute, -31 * aSecond])(
    'by %i ms does not hand out a token that lives for less than "minValidity"',
    async (by) => {
      const { clock, session, token, left } = await here();
      await clock.advance(left - 60 * aSecond);
      expect(await session.getAccessToken()).toBe(token);
      await clock.advance(31 * aSecond);
      clock.jump(by);
      expect(await clock.settle(session.getAccessToken())).not.toBe(token);
    },
  );

  it('back, a moment after a token was handed out, does not hand it out for longer', async () => {
    const { clock, session, token, left } = await here();
    await clock.advance(left - 35 * aSecond);
    expect(await session.getAccessToken()).toBe(token);
    clock.jump(-10 * aMinute);
    await clock.advance(10 * aSecond);
    expect(await clock.settle(session.getAccessToken())).not.toBe(token);
  });
});

describe('the token that an account hands out', () => {
  it('is one promise for as long as it is the same token, whatever is read meanwhile', async () => {
    const { clock, session } = await here();
    const first = session.getAccessToken();
    await clock.advance(aMinute);
    await session.getAccessToken();
    expect(session.getAccessToken()).toBe(first);
  });

  it.each([
    [undefined, 30 * aSecond],
    [0, aSecond],
    [5 * aSecond, 5 * aSecond],
    [10 * aMinute, 30 * aSecond],
  ])(
    'with a "minValidity" of %s is handed out without a second look for %i ms',
    async (minValidity, during) => {
      const { clock, emulator, session, store } = world();
      await clock.settle(session().authorize(passwordOf(emulator)));
      const account = new Account(
        settings({ endpoint: endpointOf(emulator), store: store.open(), clock, minValidity }),
        emulator.user.username,
      );
      await account.read();
      await clock.advance(during - 1);
      expect(account.valid()).not.toBeNull();
      await clock.advance(1);
      expect(account.valid()).toBeNull();
      account.settleAgain();
      expect(account.valid()).not.toBeNull();
    },
  );

  it('is still the one that was read before, where the record becomes unreadable', async () => {
    const { clock, emulator, session, signedIn, store } = world();
    const reader = await signedIn();
    const token = await reader.getAccessToken();
    await spoil(store.open(), emulator);
    reader.subscribe(() => {});
    await clock.advance(aMinute);
    expect(reader.getSnapshot().error).toMatchObject({ code: 'store_corrupt' });
    expect(reader.currentAccessToken()).toBe(token);
    await expect(clock.settle(session().getAccessToken())).rejects.toMatchObject({
      code: 'store_corrupt',
    });
  });
});

describe('an account with which nothing goes on', () => {
  const idle = async () => {
    const { clock, emulator, session, store } = world();
    await clock.settle(session().authorize(passwordOf(emulator)));
    const account = new Account(
      settings({ endpoint: endpointOf(emulator), store: store.open(), clock }),
      emulator.user.username,
    );
    const activity = new Activity(account, undefined);
    return { clock, emulator, session, account, activity };
  };

  it('is idle before and after each thing that goes on, and not meanwhile', async () => {
    const { clock, activity } = await idle();
    expect([activity.isBusy, activity.isIdle]).toEqual([false, true]);
    const { announcer, recordWait, background, signIn } = activity;
    const leave = recordWait.join();
    expect(activity.isIdle).toBe(false);
    leave();
    expect(activity.isIdle).toBe(true);
    background.start();
    expect(activity.isIdle).toBe(false);
    background.end();
    expect(activity.isIdle).toBe(true);
    const out = signIn.signOut();
    expect([activity.isBusy, activity.isIdle]).toEqual([true, false]);
    await clock.settle(out);
    expect(activity.isIdle).toBe(true);
    activity.calls = 1;
    expect(activity.isIdle).toBe(false);
    activity.calls = 0;
    expect([activity.isIdle, announcer.isSilent]).toEqual([true, true]);
  });

  it('is idle, but not to be forgotten, as long as there is something to remember', async () => {
    const { activity } = await idle();
    const { announcer, source } = activity;
    const expectBusy = (isIdle: boolean): void =>
      expect([activity.isBusy, activity.isIdle, announcer.isSilent]).toEqual([
        false,
        isIdle,
        isIdle,
      ]);
    for (const listen of [
      () => announcer.onEvent(() => {}),
      () => announcer.onSnapshot(() => {}),
      () => announcer.signingIn(),
    ]) {
      const end = listen();
      expectBusy(false);
      end();
      expectBusy(true);
    }
    source.forgetPauses();
    expectBusy(true);
    expect(announcer.snapshot.status).toBe('idle');
    expectBusy(false);
  });

  it('is watched until the last of those who watch has left, who may leave twice', async () => {
    const { activity } = await idle();
    const [one, other] = [activity.recordWait.join(), activity.recordWait.join()];
    one();
    one();
    expect(activity.recordWait.inUse).toBe(true);
    other();
    expect(activity.recordWait.inUse).toBe(false);
  });

  it('is idle again after a sign-in and a refresh, of which nothing is left to write', async () => {
    const { account, activity, clock, emulator } = await idle();
    const { busy } = account.environment.shared;
    const signIn = activity.signIn.authorize(passwordOf(emulator), undefined);
    expect(activity.isIdle).toBe(false);
    await clock.settle(signIn);
    expect([activity.isIdle, activity.signIn.isBusy, busy.size]).toEqual([true, false, 0]);
    await clock.advance(2 * anHour);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const token = activity.source.accessToken({});
    await hold.reached();
    expect([activity.isBusy, activity.source.isBusy, busy.size]).toEqual([true, true, 1]);
    hold.release();
    await clock.settle(token);
    expect([activity.isIdle, activity.source.isBusy, busy.size]).toEqual([true, false, 0]);
  });

  it('forgets a failure once something was granted', async () => {
    const { clock, emulator, store } = world();
    let isUp = false;
    const { client, user, fetch } = emulator;
    const endpoint = actOnEndpoint({
      clientId: client.id,
      clientSecret: client.secret,
      fetch: (...all) =>
        isUp ? fetch(...all) : Promise.resolve(Response.json({ httpCode: '401' }, { status: 401 })),
    });
    const account = new Account(settings({ endpoint, store: store.open(), clock }), user.username);
    const { source } = new Activity(account, () => user);
    await expect(clock.settle(source.accessToken({}))).rejects.toMatchObject({
      code: 'client_rejected',
    });
    expect(source.remembers).toBe(true);
    isUp = true;
    await clock.advance(aMinute);
    expect(await clock.settle(source.accessToken({}))).toBeTypeOf('string');
    expect(source.remembers).toBe(false);
  });

  it('takes what a late answer of the store shows, although no one is there to hear of it', async () => {
    const { account, activity, clock, session, emulator } = await idle();
    account.observer = null;
    await clock.settle(account.read());
    expect(account.live()).toBeTypeOf('string');
    account.pairSettled(true);
    await clock.settle(session().signOut());
    await clock.settle(account.read());
    expect(account.live()).toBeUndefined();
    expect([activity.isIdle, emulator.ledger.counters().grants.password.sent]).toEqual([true, 1]);
  });
});

describe('what is announced where no one listens', () => {
  it('shows in the next snapshot, and until then the snapshot stays the same', async () => {
    const { clock, signedIn } = world();
    const session = await signedIn();
    const before = session.getSnapshot();
    expect(before.status).toBe('authorized');
    await clock.advance(2 * anHour);
    expect(session.getSnapshot()).toBe(before);
    await clock.settle(session.getAccessToken());
    expect(session.getSnapshot()).not.toBe(before);
  });

  it('is that a person signs in, and that they have done so', async () => {
    const { clock, emulator, session } = world();
    const each = session();
    await clock.settle(each.ready());
    expect(each.getSnapshot().signingIn).toBe(false);
    const done = each.authorize({ ...passwordOf(emulator), password: 'wrong' });
    expect(each.getSnapshot().signingIn).toBe(true);
    await expect(clock.settle(done)).rejects.toMatchObject({ code: 'grant_rejected' });
    expect(each.getSnapshot().signingIn).toBe(false);
  });

  it('is that the store does not answer, and that it answers again', async () => {
    const { clock, session, store } = world();
    let isDown = false;
    const open = store.open();
    const read: TokenStore['read'] = (key) =>
      isDown ? Promise.reject(new Error('down')) : open.read(key);
    const each = session({ store: { ...open, read } });
    await clock.settle(each.ready());
    expect(each.getSnapshot().error).toBeNull();
    isDown = true;
    await clock.advance(10 * aSecond);
    await expect(clock.settle(each.getAccessToken())).rejects.toThrow();
    expect(each.getSnapshot().error).toMatchObject({ code: 'store_unavailable' });
    isDown = false;
    await clock.advance(10 * aSecond);
    await expect(clock.settle(each.getAccessToken())).rejects.toMatchObject({ code: 'signed_out' });
    expect(each.getSnapshot().error).toBeNull();
  });
});

describe('an event of a new token', () => {
  it('says when it expires, by the clock of this machine', async () => {
    const { clock, session, signedIn } = world();
    const refreshing = await signedIn();
    const adopting = session();
    await clock.settle(adopting.ready());
    const heard = [eventsOf(refreshing), eventsOf(adopting)];
    await clock.advance(2 * anHour);
    await clock.settle(refreshing.getAccessToken());
    await clock.settle(adopting.getAccessToken());
    const { expiresAt } = refreshing.getSnapshot();
    expect(heard).toMatchObject([
      [{ type: 'refreshed', expiresAt }],
      [{ type: 'adopted', expiresAt }],
    ]);
  });
});

const settings = (options: Omit<SessionOptions, 'account'>) =>
  environment({ ...options, account: 'each' } as SessionOptions);

function endpointOf({ client, fetch }: ReturnType<typeof world>['emulator']) {
  return actOnEndpoint({ clientId: client.id, clientSecret: client.secret, fetch });
}

/** Writes what is not a record over that of the user. */
async function spoil(
  store: TokenStore,
  { client, user }: ReturnType<typeof world>['emulator'],
): Promise<void> {
  const key = accountKey('act-on', client.id, user.username);
  const { record } = await store.read(key);
  await store.swap(key, record?.version ?? null, { version: 'spoilt', value: '{"not":"a record"' });
}
