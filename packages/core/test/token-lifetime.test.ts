import { describe, expect, it } from 'vitest';
import type { TokenStore } from '../src/index.ts';
import type { ManualClock } from './support/manual-clock.ts';
import { anHour, world } from './support/world.ts';

/** A store that leaves a number of swaps without an answer, and does nothing for them. */
function silentFor(swaps: number, store: TokenStore): TokenStore {
  let left = swaps;
  const swap: TokenStore['swap'] = (...call) => {
    left -= 1;
    return left >= 0 ? new Promise(() => {}) : store.swap(...call);
  };
  return { ...store, swap };
}

/** A store that takes so long to begin with a swap. */
function slow(delay: number, clock: ManualClock, store: TokenStore): TokenStore {
  const swap: TokenStore['swap'] = async (...call) => {
    await new Promise<void>((resolve) => clock.setTimeout(resolve, delay, true));
    return store.swap(...call);
  };
  return { ...store, swap };
}

describe('the lifetime of a token', () => {
  it.each([500, 2_900])(
    'ends for no one later than for the server, though the store took %i ms for the claim',
    async (delay) => {
      const { clock, emulator, session, signedIn, store } = world();
      await signedIn();
      const refreshing = session({ store: slow(delay, clock, store.open()) });
      await clock.advance(anHour);
      await clock.settle(refreshing.getAccessToken());
      const refreshedAt = emulator.ledger.entries.at(-1)?.at ?? 0;
      await clock.advance(refreshedAt + anHour - 100 - clock.now());
      // One that has just asked the store for the time knows it best.
      const other = session({ minValidity: 0, refreshAhead: 0 });
      await clock.settle(other.ready());
      expect(other.currentAccessToken()).toBeTypeOf('string');
      await clock.advance(100);
      expect([refreshing.currentAccessToken(), other.currentAccessToken()]).toEqual([
        undefined,
        undefined,
      ]);
    },
  );

  it('begins no later for those who share it than for the server, however long the store took to answer', async () => {
    const { clock, emulator, session, signedIn, store } = world();
    await signedIn();
    const slow = session({ store: silentFor(1, store.open()) });
    await clock.advance(anHour);
    await clock.settle(slow.getAccessToken());
    const refreshedAt = emulator.ledger.entries.at(-1)?.at ?? 0;
    const other = session({ minValidity: 0, refreshAhead: 0 });
    const token = await clock.settle(other.getAccessToken());
    await clock.advance(refreshedAt + anHour - 1 - clock.now());
    expect(await clock.settle(other.getAccessToken())).toBe(token);
    await clock.advance(1);
    expect(other.currentAccessToken()).toBeUndefined();
    expect(await clock.settle(other.getAccessToken())).not.toBe(token);
  });
});

describe('a demand that no token can meet', () => {
  it('is met by the one that came for it, and costs one refresh for each call', async () => {
    const { clock, signedIn, sent } = world();
    const session = await signedIn({ minRefreshInterval: 0, refreshAhead: 0 });
    for (const wish of [
      { minValidity: 2 * anHour },
      { rejected: await session.getAccessToken(), minValidity: 2 * anHour },
    ]) {
      const before = sent('refresh_token');
      expect(await clock.settle(session.getAccessToken(wish))).toBe(session.currentAccessToken());
      expect(sent('refresh_token')).toBe(before + 1);
    }
  });

  it('also where it is that of the whole session', async () => {
    const { clock, signedIn, sent } = world();
    const session = await signedIn({
      minRefreshInterval: 0,
      refreshAhead: 0,
      minValidity: 2 * anHour,
    });
    await clock.settle(session.getAccessToken());
    expect(sent('refresh_token')).toBe(1);
  });
});
