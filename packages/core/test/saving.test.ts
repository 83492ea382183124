import { describe, expect, it } from 'vitest';
import type { ReadResult, SwapResult, TokenStore } from '../src/index.ts';
import { aMinute, anHour, eventsOf, passwordOf, world } from './support/world.ts';

const typesOf = (events: readonly { type: string }[]): string[] => events.map(({ type }) => type);
const down = () => Promise.reject(new Error('down'));

/** A session whose refresh is under way, and the store as this session alone has it. */
async function refreshing(reach: TokenStore['reach'] = 'process') {
  const place = world();
  const { clock, emulator, store, session, signedIn } = place;
  await signedIn();
  const inner = store.open();
  const calls: { at: number; kind: 'read' | 'swap' }[] = [];
  const own = {
    key: '',
    calls,
    read: (call: () => Promise<ReadResult>): Promise<ReadResult> => call(),
    swap: (call: () => Promise<SwapResult>): Promise<SwapResult> => call(),
    goDown: () => {
      own.read = down;
      own.swap = down;
    },
    comeBack: () => {
      own.read = (call) => call();
      own.swap = (call) => call();
    },
  };
  const handle: TokenStore = {
    ...inner,
    reach,
    read: (key) => {
      own.key = key;
      calls.push({ at: clock.monotonic(), kind: 'read' });
      return own.read(() => inner.read(key));
    },
    swap: (...all) => {
      calls.push({ at: clock.monotonic(), kind: 'swap' });
      return own.swap(() => inner.swap(...all));
    },
  };
  const each = session({ store: handle });
  const events = eventsOf(each);
  await clock.advance(anHour + 1);
  const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
  const token = each.getAccessToken();
  token.catch(() => {});
  await hold.reached();
  calls.length = 0;
  return { ...place, own, each, events, hold, token };
}

/** The same, once its pair was handed out and the store took none. */
async function unsaved() {
  const place = await refreshing();
  const { clock, own, hold, token } = place;
  own.goDown();
  hold.release();
  await clock.settle(token);
  own.calls.length = 0;
  return { ...place, since: clock.monotonic() };
}

describe('a pair on its way into the store', () => {
  it('gets there although another process wrote the record meanwhile', async () => {
    const { clock, store, own, each, events, hold, token, session, sent } = await refreshing();
    const { record } = await store.read(own.key);
    await store.swap(own.key, record?.version ?? null, {
      version: crypto.randomUUID(),
      value: record?.value ?? '',
    });
    hold.release();
    expect(await clock.settle(token)).toBe(await clock.settle(session().getAccessToken()));
    expect(sent('refresh_token')).toBe(1);
    expect(typesOf(events)).not.toContain('superseded');
    expect(each.getSnapshot().saved).toBe(true);
  });

  it.each([
    ['garbage', 'process'],
    ['garbage', 'network'],
    ['{"schema":2}', 'network'],
  ] as const)(
    'never replaces a record that cannot be read: %s, in a store that reaches a %s',
    async (value, reach) => {
      const { clock, store, own, hold, token } = await refreshing(reach);
      const { record } = await store.read(own.key);
      const version = crypto.randomUUID();
      await store.swap(own.key, record?.version ?? null, { version, value });
      hold.release();
      await clock.settle(token.catch(() => {}));
      await clock.advance(10 * aMinute);
      expect((await store.read(own.key)).record).toEqual({ version, value });
    },
  );
});

describe('a pair that the store does not take', () => {
  it('keeps the process alive for one lease, in which others stay away, and no longer', async () => {
    const { clock } = await unsaved();
    expect(clock.timers.keepAlive).toBeGreaterThan(0);
    await clock.advance(25_000);
    expect(clock.timers.keepAlive).toBeGreaterThan(0);
    await clock.advance(aMinute);
    expect(clock.timers.keepAlive).toBe(0);
    expect(clock.timers.all).toBeGreaterThan(0);
  });

  it('is tried again at once, then once a second for one lease, then twice a minute for as long as the process lives', async () => {
    const { clock, own, since } = await unsaved();
    await clock.advance(12 * anHour);
    const swaps = own.calls.filter(({ kind }) => kind === 'swap').map(({ at }) => at - since);
    const within = (from: number, to: number): number =>
      swaps.filter((at) => at >= from && at < to).length;
    expect(within(0, 1_000)).toBeGreaterThanOrEqual(4);
    // Each try makes its call twice.
    expect(within(0, 30_000)).toBeLessThan(90);
    expect(within(aMinute, 11 * aMinute)).toBeGreaterThanOrEqual(2 * 18);
    expect(within(aMinute, 11 * aMinute)).toBeLessThanOrEqual(2 * 22);
    expect(within(11 * anHour, 12 * anHour)).toBeGreaterThanOrEqual(2 * 110);
  });

  it('is saved once the store is back, hours later', async () => {
    const { clock, own, each, events, session, sent, emulator } = await unsaved();
    // Longer-lived than the outage: the token is refused by nobody.
    await clock.advance(45 * aMinute);
    own.comeBack();
    await clock.advance(aMinute);
    expect(each.getSnapshot()).toMatchObject({ saved: true, error: null });
    expect(typesOf(events).filter((type) => type === 'saved')).toHaveLength(1);
    expect(await clock.settle(session().getAccessToken())).toBe(each.currentAccessToken());
    expect(sent('refresh_token')).toBe(1);
    expect(emulator.ledger.counters().replays).toBe(0);
  });

  it('shows as a failure of the store until it is saved, though the store can be read', async () => {
    const { clock, own, each } = await unsaved();
    own.read = (call) => call();
    each.subscribe(() => {});
    await clock.advance(5_000);
    expect(each.getSnapshot()).toMatchObject({
      saved: false,
      error: { code: 'store_unavailable' },
    });
    own.comeBack();
    await clock.advance(5_000);
    expect(each.getSnapshot()).toMatchObject({ saved: true, error: null });
  });

  it('holds close() for one lease at most, and is reported as lost', async () => {
    const { clock, each, events, own } = await unsaved();
    const began = clock.monotonic();
    await clock.settle(each.close());
    expect(clock.monotonic() - began).toBe(30_000);
    expect(events.at(-1)).toEqual({ type: 'unsaved', lost: true });
    await clock.advance(10_000);
    own.calls.length = 0;
    await clock.advance(anHour);
    expect(own.calls).toEqual([]);
  });

  it('ends close() as soon as the store takes it', async () => {
    const { clock, each, events, own, session } = await unsaved();
    const token = each.currentAccessToken();
    const closing = each.close();
    await clock.advance(5_000);
    own.comeBack();
    await clock.settle(closing);
    expect(events.at(-1)).toEqual({ type: 'saved' });
    expect(await clock.settle(session().getAccessToken())).toBe(token);
  });
});

describe('a request under way when its session is closed', () => {
  it('is waited for, and its pair is saved', async () => {
    const { clock, each, hold, session, sent } = await refreshing();
    let isClosed = false;
    const closing = each.close().then(() => {
      isClosed = true;
    });
    await clock.advance(5_000);
    expect(isClosed).toBe(false);
    hold.release();
    await clock.settle(closing);
    expect(await clock.settle(session().getAccessToken())).toBeTypeOf('string');
    expect(sent('refresh_token')).toBe(1);
  });

  it('leaves no timer once close() has given up saving its pair', async () => {
    const { clock, each, own, hold, events } = await refreshing();
    own.goDown();
    const closing = each.close();
    await clock.advance(5_000);
    hold.release();
    await clock.settle(closing);
    expect(events.at(-1)).toEqual({ type: 'unsaved', lost: true });
    expect(clock.timers.keepAlive).toBe(0);
  });
});

/** A process whose claim is in the store, which went down before it said so. */
async function claimLost() {
  const all = await refreshing();
  const { clock, own, each, hold, token } = all;
  hold.release();
  await clock.settle(token);
  await clock.advance(anHour + 1);
  own.swap = async (call) => {
    await call();
    own.goDown();
    return down();
  };
  await expect(clock.settle(each.getAccessToken())).rejects.toMatchObject({
    code: 'store_unavailable',
  });
  return all;
}

describe('a claim whose answer got lost', () => {
  it('is withdrawn as soon as the store answers, so that others need not wait for its lease', async () => {
    const { clock, own, session, sent } = await claimLost();
    own.comeBack();
    await clock.advance(2_000);
    const began = clock.monotonic();
    await clock.settle(session().getAccessToken());
    expect(clock.monotonic() - began).toBeLessThan(1_000);
    expect(sent('refresh_token')).toBe(2);
  });

  it('is no longer looked after once its lease is over', async () => {
    const { clock, own } = await claimLost();
    await clock.advance(40_000);
    own.calls.length = 0;
    await clock.advance(anHour);
    expect(own.calls).toEqual([]);
    expect(clock.timers.all).toBe(0);
  });
});

describe('a person who signs out while the store is down', () => {
  it('is told so, and nothing is written later', async () => {
    const { clock, own, each, emulator, session } = await unsaved();
    await expect(clock.settle(each.signOut())).rejects.toMatchObject({ code: 'store_unavailable' });
    own.comeBack();
    await clock.advance(aMinute);
    expect(await clock.settle(session().getAccessToken())).toBe(each.currentAccessToken());
    await clock.settle(each.authorize(passwordOf(emulator)));
    expect(each.getSnapshot()).toMatchObject({ status: 'authorized', saved: true });
  });
});

describe('a pair that the store does not take at first', () => {
  it('is reported as unsaved, not as lost, and keeps the process while it is written', async () => {
    const { clock, own, each, events, hold, token } = await refreshing();
    own.goDown();
    hold.release();
    await clock.settle(token);
    const unsaved = events.filter(({ type }) => type === 'unsaved');
    expect(unsaved).toEqual([{ type: 'unsaved', lost: false }]);
    expect(each.getSnapshot()).toMatchObject({
      saved: false,
      error: { code: 'store_unavailable' },
    });
    await clock.advance(10);
    expect(clock.timers.keepAlive).toBeGreaterThan(0);
    const closing = each.close();
    await clock.advance(10);
    expect(clock.timers.keepAlive).toBeGreaterThan(0);
    await clock.settle(closing);
    expect(events.at(-1)).toEqual({ type: 'unsaved', lost: true });
  });
});
