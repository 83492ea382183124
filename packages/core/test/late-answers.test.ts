import { describe, expect, it } from 'vitest';
import type { SwapResult, TokenStore } from '../src/index.ts';
import { anHour, passwordOf, world } from './support/world.ts';

/**
 * A store that does its work at once; its answer to the swap of this number waits until it is let
 * go.
 */
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

describe('a look at the record that was answered before a claim and arrives after it', () => {
  /**
   * A store that tells of changes when it is told to. While it is held, swaps do not reach it, and
   * answers to reads do not come back.
   */
  function lookedAt(store: TokenStore) {
    let held: Promise<void> | null = null;
    let [release, letSwapsGo] = [() => {}, () => {}];
    let unsent: Promise<void> | null = null;
    let [swaps, heldSwap] = [0, 0];
    const hints = new Set<() => void>();
    return {
      ...store,
      async read(key: string) {
        const answer = await store.read(key);
        await held;
        return answer;
      },
      async swap(...call: Parameters<TokenStore['swap']>) {
        swaps += 1;
        if (swaps === heldSwap) await unsent;
        return store.swap(...call);
      },
      watch(_: string, onChange: () => void) {
        hints.add(onChange);
        return () => hints.delete(onChange);
      },
      hint: () => {
        for (const each of hints) each();
      },
      holdSwaps: (number: number) => {
        heldSwap = number;
        unsent = new Promise((resolve) => {
          letSwapsGo = resolve;
        });
      },
      holdReads: () => {
        held = new Promise((resolve) => {
          release = resolve;
        });
      },
      letSwapsGo: () => {
        unsent = null;
        letSwapsGo();
      },
      letReadsGo: () => {
        held = null;
        release();
      },
    };
  }

  it('does not hide the claim, so that the verdict on the token is written', async () => {
    const { clock, emulator, session, signedIn, store, sent } = world();
    await signedIn();
    const looked = lookedAt(store.open());
    const each = session({ store: looked });
    each.subscribe(() => {});
    await clock.settle(each.ready());
    emulator.revoke({ user: emulator.user.username });
    await clock.advance(anHour + 1);
    // One without an answer first: its claim is over, and stays to pace the next.
    emulator.faults.arm({ route: 'token', kind: 'status', status: 502, when: 'before' });
    looked.holdSwaps(3); // After the claim to refresh, and what came of it: the claim to probe.
    const refused = each.getAccessToken().catch((error: unknown) => error);
    await clock.advance(1_200);
    looked.holdReads();
    looked.hint(); // Begun after the claim, and looked up before it.
    await clock.advance(0);
    const answer = emulator.faults.arm({ route: 'token', kind: 'hold' });
    looked.letSwapsGo();
    await answer.reached();
    looked.letReadsGo();
    await clock.advance(0);
    answer.release();
    expect(await clock.settle(refused)).toMatchObject({ code: 'session_expired' });
    await expect(clock.settle(session().getAccessToken())).rejects.toMatchObject({
      code: 'session_expired',
    });
    expect(sent('refresh_token')).toBe(2);
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
