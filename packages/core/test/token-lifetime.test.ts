import { describe, expect, it } from 'vitest';
import type { TokenStore } from '../src/index.ts';
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

describe('the lifetime of a token', () => {
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
