import { describe, expect, it } from 'vitest';
import type { SwapResult, TokenStore } from '../src/index.ts';
import { aMinute, anHour, eventsOf, passwordOf, world } from './support/world.ts';

const down = () => Promise.reject(new Error('down'));

/**
 * A session that is signed in and subscribed to, on a store whose swaps can be made to fail, and
 * that gives hints or not.
 */
async function listened({ hints = false } = {}) {
  const place = world();
  const { clock, emulator, store, session, signedIn } = place;
  await signedIn();
  const inner = store.open();
  const own = { swap: (call: () => Promise<SwapResult>): Promise<SwapResult> => call() };
  const handle: TokenStore = {
    ...inner,
    swap: (...all) => own.swap(() => inner.swap(...all)),
    ...(hints ? {} : { watch: () => () => {} }),
  };
  const each = session({ store: handle });
  const events = eventsOf(each);
  const typesOf = (...types: string[]) =>
    events.map(({ type }) => type).filter((type) => types.includes(type));
  each.subscribe(() => {});
  await clock.settle(each.ready());
  /** A refresh whose outcome the store does with as `swap` says. */
  const refresh = async (swap: typeof own.swap): Promise<void> => {
    await clock.advance(anHour + 1);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const token = each.getAccessToken().catch(() => {});
    await hold.reached();
    own.swap = swap;
    hold.release();
    await clock.settle(token);
  };
  const comeBack = async (): Promise<void> => {
    own.swap = (call) => call();
    await clock.advance(2 * aMinute);
  };
  const takeAll = (): void => {
    own.swap = (call) => call();
  };
  return { ...place, each, events, typesOf, refresh, comeBack, takeAll };
}

describe('what became of a pair that the store did not take', () => {
  it('is said of each pair by itself: the first one is saved, the second one superseded', async () => {
    const { clock, emulator, session, typesOf, refresh, comeBack } = await listened();
    await refresh(down);
    await comeBack();
    expect(typesOf('saved', 'superseded')).toEqual(['saved']);
    await refresh(down);
    await clock.advance(31_000);
    await clock.settle(session().authorize(passwordOf(emulator)));
    await comeBack();
    expect(typesOf('saved', 'superseded')).toEqual(['saved', 'superseded']);
  });

  it('is that it is saved, where the store took it and its answer got lost', async () => {
    const { typesOf, refresh, comeBack } = await listened();
    await refresh(async (call) => {
      await call();
      return down();
    });
    expect(typesOf('unsaved')).toEqual(['unsaved']);
    await comeBack();
    expect(typesOf('saved', 'superseded')).toEqual(['saved']);
  });

  it('is not said of a verdict, which is not a pair', async () => {
    const { emulator, typesOf, refresh, comeBack, each } = await listened();
    emulator.revoke({ user: emulator.user.username });
    await refresh(down);
    await comeBack();
    expect(each.getSnapshot()).toMatchObject({
      status: 'expired',
      reason: 'rejected',
      saved: true,
    });
    expect(typesOf('unsaved', 'saved', 'superseded')).toEqual([]);
  });

  it('is nothing where the record showed the pair before the store failed to answer', async () => {
    const { typesOf, refresh, comeBack } = await listened({ hints: true });
    await refresh(async (call) => {
      await call();
      return down();
    });
    await comeBack();
    expect(typesOf('unsaved', 'saved', 'superseded')).toEqual([]);
  });

  it('is that it is saved, where the next claim took it along and dropped the access token that the API refused', async () => {
    const { clock, each, typesOf, refresh, takeAll } = await listened();
    await refresh(down);
    await clock.advance(2 * aMinute);
    const rejected = each.currentAccessToken() ?? '';
    takeAll();
    expect(await clock.settle(each.getAccessToken({ rejected }))).not.toBe(rejected);
    expect(typesOf('saved', 'superseded')).toEqual(['saved']);
  });
});

describe('a session that is closed while a request is under way', () => {
  it('goes on trying to save what came of it, though the store fails at first', async () => {
    const { clock, emulator, store, session, signedIn } = world();
    await signedIn();
    const inner = store.open();
    let isDown = false;
    const each = session({
      store: { ...inner, swap: (...all) => (isDown ? down() : inner.swap(...all)) },
    });
    await clock.advance(anHour + 1);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const token = each.getAccessToken().catch(() => {});
    await hold.reached();
    let isClosed = false;
    const closing = each.close().then(() => {
      isClosed = true;
    });
    isDown = true;
    hold.release();
    await clock.advance(5_000);
    expect(isClosed).toBe(false);
    isDown = false;
    await clock.settle(Promise.all([closing, token]));
    expect(await clock.settle(session().getAccessToken())).toBeTypeOf('string');
    expect(emulator.ledger.counters().grants.refresh_token.sent).toBe(1);
  });
});
