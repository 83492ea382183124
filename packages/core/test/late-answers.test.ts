import { describe, expect, it } from 'vitest';
import type { SwapResult, TokenStore } from '../src/index.ts';
import { anHour, passwordOf, world } from './support/world.ts';

/** A store that does its work at once; its answer to the swap of this number waits until it is let go. */
function slow(store: TokenStore, number: number) {
  let swaps = 0;
  let letGo = (): void => {};
  const gate = new Promise<void>((resolve) => {
    letGo = resolve;
  });
  const swap = async (...call: Parameters<TokenStore['swap']>): Promise<SwapResult> => {
    swaps += 1;
    const isHeld = swaps === number;
    const answer = await store.swap(...call);
    if (isHeld) await gate;
    return answer;
  };
  return { ...store, swap, letGo };
}

describe('a store whose answer comes late', () => {
  it('does not bring a pair back that this process knows to be replaced', async () => {
    const { clock, emulator, session, store, sent } = world();
    const committing = 2; // The first swap is the claim.
    const slowStore = slow(store.open(), committing);
    const each = session({ store: slowStore });
    const other = session();
    const signedIn = each.authorize(passwordOf(emulator));
    await clock.advance(0);
    await clock.settle(other.authorize(passwordOf(emulator)));
    expect(sent('password')).toBe(2);
    const live = other.currentAccessToken();
    expect(await clock.settle(each.getAccessToken())).toBe(live);
    slowStore.letGo();
    await clock.settle(signedIn);
    expect(each.currentAccessToken()).toBe(live);
    expect(await clock.settle(each.getAccessToken())).toBe(live);
  });
});

describe('an answer of Act-On that came while this process was stopped', () => {
  it('is read before it is given up', async () => {
    const { clock, emulator, signedIn, sent } = world();
    const each = await signedIn();
    await clock.advance(anHour + 1);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold', when: 'after' });
    const token = each.getAccessToken();
    await hold.reached();
    clock.jump(40_000);
    await clock.advance(10_000);
    hold.release();
    expect(await clock.settle(token)).toBeTypeOf('string');
    expect(sent('refresh_token')).toBe(1);
    expect(emulator.ledger.counters().replays).toBe(0);
  });
});
