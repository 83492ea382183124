import { memoryStore } from '@act-on-token/memory';
import { describe, expect, it } from 'vitest';
import type { SwapResult, TokenStore } from '../src/index.ts';
import { aMinute, anHour, eventsOf, passwordOf, world } from './support/world.ts';

/** A store that can be switched off, and whose answers can get lost after it did its work. */
function frail(store: TokenStore) {
  let down = false;
  let loseAnswers = 0;
  const guarded = async <T>(call: () => Promise<T>, isSwap: boolean): Promise<T> => {
    if (down)
      throw Object.assign(new Error('connect ECONNREFUSED with secrets'), { code: 'ECONNREFUSED' });
    const answer = await call();
    if (!isSwap || loseAnswers === 0) return answer;
    loseAnswers -= 1;
    throw new Error('the connection broke before the answer');
  };
  return {
    ...store,
    read: (key: string) => guarded(() => store.read(key), false),
    swap: (...call: Parameters<TokenStore['swap']>): Promise<SwapResult> =>
      guarded(() => store.swap(...call), true),
    goDown: () => {
      down = true;
    },
    comeBack: () => {
      down = false;
    },
    loseAnswers: (count: number) => {
      loseAnswers = count;
    },
  };
}

describe('a store that is down', () => {
  it('does not keep a valid token from anybody', async () => {
    const { clock, emulator, session, store } = world();
    const frailStore = frail(store.open());
    const each = session({ store: frailStore });
    await clock.settle(each.authorize(passwordOf(emulator)));
    const token = await each.getAccessToken();
    frailStore.goDown();
    await clock.advance(55 * aMinute);
    expect(await clock.settle(each.getAccessToken())).toBe(token);
    await clock.advance(4.6 * aMinute);
    expect(await clock.settle(each.getAccessToken())).toBe(token);
    await expect(clock.settle(each.getAccessToken({ minValidity: 60_000 }))).rejects.toMatchObject({
      code: 'store_unavailable',
    });
  });

  it('means that nothing is sent: no claim, no request', async () => {
    const { clock, emulator, session, store, sent } = world();
    const frailStore = frail(store.open());
    const each = session({ store: frailStore });
    await clock.settle(each.authorize(passwordOf(emulator)));
    frailStore.goDown();
    await clock.advance(anHour + 1);
    await expect(clock.settle(each.getAccessToken())).rejects.toMatchObject({
      code: 'store_unavailable',
    });
    expect(sent('refresh_token')).toBe(0);
    frailStore.comeBack();
    await clock.advance(60_000);
    expect(await clock.settle(each.getAccessToken())).toBeTypeOf('string');
  });

  it('lets ready() be called again', async () => {
    const { clock, session, store } = world();
    const frailStore = frail(store.open());
    const each = session({ store: frailStore });
    frailStore.goDown();
    expect(each.ready()).toBe(each.ready());
    await expect(clock.settle(each.ready())).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(each.getSnapshot()).toMatchObject({
      loaded: false,
      error: { code: 'store_unavailable' },
    });
    frailStore.comeBack();
    await clock.settle(each.ready());
    expect(each.getSnapshot().loaded).toBe(true);
  });

  it('while a pair is committed lets the pair serve from memory, says so, and writes it again', async () => {
    const { clock, emulator, session, store, sent } = world();
    const frailStore = frail(store.open());
    const each = session({ store: frailStore });
    await clock.settle(each.authorize(passwordOf(emulator)));
    await clock.advance(anHour + 1);
    const events = eventsOf(each);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const waiting = each.getAccessToken();
    await hold.reached();
    frailStore.goDown();
    hold.release();
    const token = await clock.settle(waiting);
    expect(each.getSnapshot()).toMatchObject({
      saved: false,
      usable: true,
      error: { code: 'store_unavailable' },
    });
    expect(events.map(({ type }) => type)).toEqual(['unsaved', 'refreshed', 'store_failed']);
    frailStore.comeBack();
    await clock.advance(2_000);
    expect(each.getSnapshot()).toMatchObject({ saved: true, error: null });
    expect(events.map(({ type }) => type)).toContain('saved');
    expect(await clock.settle(session().getAccessToken())).toBe(token);
    expect(sent('refresh_token')).toBe(1);
  });

  it('until the pair lapsed: the next refresh saves both, and goes on from the newer one', async () => {
    const { clock, emulator, session, store, sent } = world();
    const frailStore = frail(store.open());
    const each = session({ store: frailStore });
    const events = eventsOf(each);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const signIn = each.authorize(passwordOf(emulator));
    await hold.reached();
    frailStore.goDown();
    hold.release();
    await clock.settle(signIn);
    await clock.advance(anHour + 1);
    frailStore.comeBack();
    const token = await clock.settle(each.getAccessToken());
    await clock.advance(aMinute);
    expect(each.getSnapshot()).toMatchObject({ saved: true, status: 'authorized' });
    expect(events.filter(({ type }) => type === 'superseded')).toEqual([]);
    expect(await clock.settle(session().getAccessToken())).toBe(token);
    expect(sent('refresh_token')).toBe(1);
  });

  it('when a refresh is refused does not have the dead token sent again, and learns the verdict once it is back', async () => {
    const { clock, emulator, session, signedIn, store, sent } = world();
    await signedIn();
    const frailStore = frail(store.open());
    const each = session({ store: frailStore });
    await clock.settle(each.ready());
    emulator.revoke({ user: emulator.user.username });
    await clock.advance(anHour + 1);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const refused = each.getAccessToken().catch((error: unknown) => error);
    await hold.reached();
    frailStore.goDown();
    hold.release();
    expect(await clock.settle(refused)).toMatchObject({ code: 'session_expired' });
    expect(each.getSnapshot()).toMatchObject({
      status: 'expired',
      reason: 'rejected',
      needsGrant: true,
      saved: true,
    });
    await clock.advance(2 * aMinute); // Beyond the lease: the store still has the claim, and it is over.
    frailStore.comeBack();
    await expect(clock.settle(each.getAccessToken())).rejects.toMatchObject({
      code: 'session_expired',
    });
    await clock.advance(aMinute);
    expect(sent('refresh_token')).toBe(1);
    await expect(clock.settle(session().getAccessToken())).rejects.toMatchObject({
      code: 'session_expired',
    });
    expect(sent('refresh_token')).toBe(1);
  });

  it('when a password is refused does not have it sent again', async () => {
    const { clock, emulator, session, store, sent } = world();
    const frailStore = frail(store.open());
    const each = session({
      store: frailStore,
      credentials: () => ({ ...emulator.user, password: 'wrong' }),
    });
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const refused = each.getAccessToken().catch((error: unknown) => error);
    await hold.reached();
    frailStore.goDown();
    hold.release();
    expect(await clock.settle(refused)).toMatchObject({ code: 'grant_rejected' });
    await clock.advance(2 * aMinute);
    frailStore.comeBack();
    await expect(clock.settle(each.getAccessToken())).rejects.toMatchObject({
      code: 'grant_rejected',
    });
    await clock.advance(aMinute);
    const another = session({ credentials: () => ({ ...emulator.user, password: 'wrong' }) });
    await expect(clock.settle(another.getAccessToken())).rejects.toMatchObject({
      code: 'grant_rejected',
    });
    expect(sent('password')).toBe(1);
  });

  it('at close gives an unsaved pair one lease more, and then says that it is lost', async () => {
    const { clock, emulator, session, store } = world();
    const frailStore = frail(store.open());
    const each = session({ store: frailStore });
    const events = eventsOf(each);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const signIn = each.authorize(passwordOf(emulator));
    await hold.reached();
    frailStore.goDown();
    hold.release();
    await clock.settle(signIn);
    const before = clock.monotonic();
    await clock.settle(each.close());
    expect(clock.monotonic() - before).toBe(30_000);
    expect(events.at(-1)).toEqual({ type: 'unsaved', lost: true });
    await clock.settle(each.close());
    expect(events.filter(({ type }) => type === 'unsaved')).toHaveLength(2);
    await clock.advance(anHour);
    expect(clock.timers.all).toBe(0);
  });
});

describe('a store whose answer got lost', () => {
  it('is asked again, recognises the swap, and nothing is done twice', async () => {
    const { clock, emulator, session, store, sent } = world();
    const frailStore = frail(store.open());
    const each = session({ store: frailStore });
    frailStore.loseAnswers(1);
    await clock.settle(each.authorize(passwordOf(emulator)));
    await clock.advance(anHour + 1);
    frailStore.loseAnswers(1);
    expect(await clock.settle(each.getAccessToken())).toBeTypeOf('string');
    expect({ grants: sent('password'), refreshes: sent('refresh_token') }).toEqual({
      grants: 1,
      refreshes: 1,
    });
  });

  it('for good while claiming is asked to withdraw the claim, so that others need not wait for the lease', async () => {
    const { clock, emulator, session, store, sent } = world();
    const frailStore = frail(store.open());
    const each = session({ store: frailStore });
    await clock.settle(each.authorize(passwordOf(emulator)));
    await clock.advance(anHour + 1);
    await clock.settle(each.getAccessToken({ minValidity: 0 }));
    await clock.advance(anHour + 1);
    frailStore.loseAnswers(2);
    await expect(clock.settle(each.getAccessToken())).rejects.toMatchObject({
      code: 'store_unavailable',
    });
    expect(sent('refresh_token')).toBe(1);
    await clock.advance(2_000);
    const started = clock.monotonic();
    expect(await clock.settle(session().getAccessToken())).toBeTypeOf('string');
    expect(clock.monotonic() - started).toBeLessThan(1_000);
    expect(sent('refresh_token')).toBe(2);
  });
});

describe('a store that takes no claim', () => {
  it('but can be read is looked at once more, and keeps no one from closing', async () => {
    const { clock, emulator, session, store, sent } = world();
    const readable = store.open();
    const each = session({
      store: { ...readable, swap: () => Promise.reject(new Error('READONLY')) },
    });
    const signIn = clock.settle(each.authorize(passwordOf(emulator)));
    await expect(signIn).rejects.toMatchObject({ code: 'store_unavailable' });
    const before = clock.monotonic();
    await clock.settle(each.close());
    expect(clock.monotonic() - before).toBeLessThan(1_000);
    expect(sent()).toBe(0);
  });
});

describe('a store that never answers', () => {
  it('is given up after two tries of three seconds', async () => {
    const { clock, session, store } = world();
    const silent = { ...store.open(), read: () => new Promise<never>(() => {}) };
    const started = clock.monotonic();
    await expect(clock.settle(session({ store: silent }).ready())).rejects.toMatchObject({
      code: 'store_unavailable',
    });
    expect(clock.monotonic() - started).toBe(6_000);
  });
});

describe('a process that sleeps while it claims', () => {
  it('withdraws, for its lease would not cover the request, and claims again', async () => {
    const { clock, signedIn, session, store, sent } = world();
    await signedIn();
    await clock.advance(anHour + 1);
    const swaps: string[] = [];
    const sleepy = {
      ...store.open(),
      async swap(...call: Parameters<TokenStore['swap']>): Promise<SwapResult> {
        const answer = await store.swap(...call);
        if (swaps.length === 0) clock.jump(20_000);
        swaps.push(JSON.parse(call[2].value).claim?.purpose ?? 'no claim');
        return answer;
      },
    };
    expect(await clock.settle(session({ store: sleepy }).getAccessToken())).toBeTypeOf('string');
    expect(swaps).toEqual(['refresh', 'no claim', 'refresh', 'no claim']);
    expect(sent('refresh_token')).toBe(1);
  });

  it('while it reads does not take a claim that was just made for one that has lapsed', async () => {
    const { clock, emulator, signedIn, session, store, sent } = world();
    const quick = await signedIn();
    const handle = store.open();
    let whilePaused: (() => Promise<void>) | null = null;
    const sleepy = {
      ...handle,
      async read(key: string) {
        const pause = whilePaused;
        whilePaused = null;
        await pause?.();
        return handle.read(key);
      },
    };
    const slow = session({ store: sleepy });
    await clock.settle(slow.getAccessToken());
    await clock.advance(anHour + 1);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold', times: 9 });
    let first: Promise<string> | null = null;
    whilePaused = async () => {
      clock.jump(40_000);
      first = quick.getAccessToken();
      await hold.reached();
    };
    const second = slow.getAccessToken();
    await hold.reached();
    await clock.advance(5_000);
    expect(sent('refresh_token')).toBe(1);
    hold.release();
    expect(await clock.settle(second)).toBe(await first);
    expect(sent('refresh_token')).toBe(1);
  });

  it('every time sends nothing and says that the store is too slow', async () => {
    const { clock, signedIn, session, store, sent } = world();
    await signedIn();
    await clock.advance(anHour + 1);
    const asleep = {
      ...store.open(),
      swap: (...call: Parameters<TokenStore['swap']>) =>
        store.swap(...call).finally(() => clock.jump(20_000)),
    };
    await expect(clock.settle(session({ store: asleep }).getAccessToken())).rejects.toMatchObject({
      code: 'store_unavailable',
    });
    expect(sent('refresh_token')).toBe(0);
  });
});

describe('a record that cannot be used', () => {
  const keyOf = async ({
    clock,
    signedIn,
    store,
  }: ReturnType<typeof world>): Promise<{ key: string; version: string }> => {
    let seen = '';
    const spy = {
      ...store.open(),
      read: (key: string) => {
        seen = key;
        return store.read(key);
      },
    };
    await signedIn({ store: spy });
    const { record } = await clock.settle(store.read(seen));
    return { key: seen, version: record?.version ?? '' };
  };

  it('because it is not ours is left alone by unattended work and replaced when a person signs in', async () => {
    const act = world();
    const { key, version } = await keyOf(act);
    await act.store.swap(key, version, {
      version: 'f'.repeat(32),
      value: 'not ours, canary-value',
    });
    const server = act.session({ credentials: () => act.emulator.user });
    const refused = await act.clock.settle(
      server.getAccessToken().catch((error: unknown) => error),
    );
    expect(refused).toMatchObject({ code: 'store_corrupt', needsGrant: true });
    expect(String(refused)).not.toContain('canary-value');
    expect((await act.store.read(key)).record?.value).toBe('not ours, canary-value');
    expect(server.getSnapshot()).toMatchObject({
      status: 'idle',
      needsGrant: true,
      error: { code: 'store_corrupt' },
    });
    await act.clock.settle(server.authorize(passwordOf(act.emulator)));
    expect(await act.clock.settle(server.getAccessToken())).toBeTypeOf('string');
    expect(server.getSnapshot()).toMatchObject({
      status: 'authorized',
      needsGrant: false,
      error: null,
    });
  });

  it('because a newer version wrote it is never replaced, not even by a person', async () => {
    const act = world();
    const { key, version } = await keyOf(act);
    const value = JSON.stringify({ schema: 2 });
    await act.store.swap(key, version, { version: 'f'.repeat(32), value });
    const each = act.session();
    await expect(act.clock.settle(each.getAccessToken())).rejects.toMatchObject({
      code: 'store_version',
    });
    await expect(act.clock.settle(each.authorize(passwordOf(act.emulator)))).rejects.toMatchObject({
      code: 'store_version',
    });
    await expect(act.clock.settle(each.signOut())).rejects.toMatchObject({ code: 'store_version' });
    // Nobody is to be asked for a password that would not help.
    expect(each.getSnapshot()).toMatchObject({
      loaded: true,
      usable: false,
      needsGrant: false,
      error: { code: 'store_version' },
    });
    expect((await act.store.read(key)).record?.value).toBe(value);
  });

  it('because the store went back in time is brought up to date by a process that knows better', async () => {
    const act = world();
    const { key } = await keyOf(act);
    const networked = { ...act.store.open(), reach: 'network' as const };
    const each = act.session({ store: networked });
    await act.clock.settle(each.ready());
    const { record: old } = await act.store.read(key);
    await act.clock.advance(anHour + 1);
    const token = await act.clock.settle(each.getAccessToken());
    const { record: current } = await act.store.read(key);
    await act.store.swap(key, current?.version ?? null, {
      version: '0'.repeat(32),
      value: old?.value ?? '',
    });
    await act.clock.advance(2 * aMinute);
    await act.clock.settle(each.getAccessToken({ rejected: 'some other token' }));
    await act.clock.settle(each.ready());
    const bystander = act.session();
    await act.clock.advance(50 * aMinute);
    const fresh = await act.clock.settle(each.getAccessToken());
    expect(fresh).toBe(token);
    await act.clock.advance(10 * aMinute);
    await act.clock.settle(each.getAccessToken());
    expect(await act.clock.settle(bystander.getAccessToken())).toBe(await each.getAccessToken());
    expect(act.emulator.ledger.counters().replays).toBe(0);
  });

  it('because the store lost everything and someone has signed in since is left to them', async () => {
    const act = world();
    const { key } = await keyOf(act);
    const networked = () => ({ ...act.store.open(), reach: 'network' as const });
    const each = act.session({ store: networked() });
    await act.clock.advance(anHour + 1);
    await act.clock.settle(each.getAccessToken());
    // Another server that knows nothing, on a store that knows nothing, is what a sign-in after
    // FLUSHALL is.
    const empty = memoryStore({ now: () => act.clock.now() });
    const elsewhere = act.session({ store: empty });
    await act.clock.advance(1_000);
    await act.clock.settle(elsewhere.authorize(passwordOf(act.emulator)));
    const { record: anew } = await empty.read(key);
    const { record: current } = await act.store.read(key);
    await act.store.swap(key, current?.version ?? null, {
      version: '0'.repeat(32),
      value: anew?.value ?? '',
    });
    await act.clock.advance(anHour + 1);
    const token = await act.clock.settle(each.getAccessToken());
    expect(await act.clock.settle(act.session().getAccessToken())).toBe(token);
    expect(act.sent('password')).toBe(2);
    expect(act.emulator.ledger.counters().replays).toBe(0);
  });

  it('because the store went back in time is brought up to date by a later look if the store was down at the first', async () => {
    const act = world();
    const { key } = await keyOf(act);
    const frailStore = frail(act.store.open());
    let isReadOnly = false;
    const store = {
      ...frailStore,
      reach: 'network' as const,
      swap: (...call: Parameters<TokenStore['swap']>) =>
        isReadOnly ? Promise.reject(new Error('READONLY')) : frailStore.swap(...call),
    };
    const each = act.session({ store });
    await act.clock.settle(each.ready());
    const { record: old } = await act.store.read(key);
    await act.clock.advance(anHour + 1);
    const token = await act.clock.settle(each.getAccessToken());
    const { record: current } = await act.store.read(key);
    await act.store.swap(key, current?.version ?? null, {
      version: '0'.repeat(32),
      value: old?.value ?? '',
    });
    isReadOnly = true;
    each.subscribe(() => {})();
    await act.clock.advance(aMinute);
    expect((await act.store.read(key)).record?.version).toBe('0'.repeat(32));
    isReadOnly = false;
    each.subscribe(() => {})();
    await act.clock.advance(aMinute);
    expect(await act.clock.settle(act.session().getAccessToken())).toBe(token);
    expect(act.emulator.ledger.counters().replays).toBe(0);
  });
});
