import { memoryStore } from '@act-on-token/memory';
import { describe, expect, it } from 'vitest';
import type { TokenStore } from '../src/index.ts';
import { anHour, eventsOf, passwordOf, type World, world } from './support/world.ts';

/** Lets calls through until it is shut, and then holds them until it is opened. */
function gate() {
  let open = (): void => {};
  let shut: Promise<void> | null = null;
  return {
    pass: async () => shut,
    shut: () => {
      shut = new Promise((resolve) => {
        open = resolve;
      });
    },
    open: () => {
      shut = null;
      open();
    },
  };
}

/**
 * A store that tells of changes when a test says so. Answers to reads, and swaps on their way, can
 * be held.
 */
function heldStore(store: TokenStore) {
  const [answers, swaps] = [gate(), gate()];
  const hints = new Set<() => void>();
  const calls = { reads: 0, swaps: 0 };
  const handle: TokenStore = {
    ...store,
    async read(key) {
      calls.reads += 1;
      const answer = await store.read(key);
      await answers.pass();
      return answer;
    },
    async swap(...all) {
      calls.swaps += 1;
      await swaps.pass();
      return store.swap(...all);
    },
    watch(_, onChange) {
      hints.add(onChange);
      return () => hints.delete(onChange);
    },
  };
  const hint = (): void => {
    for (const each of hints) each();
  };
  return { handle, answers, swaps, hint, calls };
}

/** A session with a lapsed token that has just looked at the record. */
async function lapsed(place: World) {
  const { clock, store, session, signedIn } = place;
  await signedIn();
  const held = heldStore(store.open());
  const each = session({ store: held.handle });
  each.subscribe(() => {});
  await clock.settle(each.ready());
  await clock.advance(anHour + 1);
  held.hint();
  await clock.advance(1_000);
  return { ...held, each };
}

describe('a look that shows the record as it was before a claim of this process', () => {
  it.each(['began before the claim', 'began while the claim was on its way'])(
    'is not believed: it %s',
    async (when) => {
      const place = world();
      const { clock, emulator } = place;
      const { each, answers, swaps, hint } = await lapsed(place);
      const answer = emulator.faults.arm({ route: 'token', kind: 'hold' });
      const look = async (): Promise<void> => {
        answers.shut();
        hint();
        await clock.advance(0);
      };
      if (when === 'began before the claim') await look();
      else swaps.shut();
      const token = each.getAccessToken();
      await clock.advance(0);
      if (when !== 'began before the claim') await look();
      swaps.open();
      await answer.reached();
      await clock.advance(0);
      expect(each.getSnapshot().status).toBe('refreshing');
      const shown: string[] = [];
      each.subscribe(({ status }) => shown.push(status));
      answers.open();
      await clock.advance(0);
      expect(shown).toEqual([]);
      answer.release();
      await clock.settle(token);
      await clock.advance(0);
      expect(shown).toEqual(['authorized']);
    },
  );
});

describe('what a write of this process shows', () => {
  it('need not be looked up again before a caller is refused', async () => {
    const place = world();
    const { clock, emulator } = place;
    const { each, calls } = await lapsed(place);
    emulator.revoke({ user: emulator.user.username });
    calls.reads = 0;
    await expect(clock.settle(each.getAccessToken())).rejects.toMatchObject({
      code: 'session_expired',
    });
    expect(calls.reads).toBe(0);
  });
});

describe('a store that many write to', () => {
  /**
   * A session whose next swaps lose, each against another process that writes the same record under
   * a new version.
   */
  async function contended() {
    const place = world();
    const { clock, store, session, signedIn } = place;
    await signedIn();
    const inner = store.open();
    const lost = { left: 0 };
    const handle: TokenStore = {
      ...inner,
      async swap(key, expected, next) {
        const { record } = await store.read(key);
        if (lost.left > 0 && record !== null) {
          lost.left -= 1;
          await store.swap(key, record.version, {
            version: crypto.randomUUID(),
            value: record.value,
          });
        }
        return inner.swap(key, expected, next);
      },
    };
    const each = session({ store: handle });
    await clock.advance(anHour + 1);
    return { ...place, lost, each };
  }

  it('is given as many tries for the next write, once a write was given up', async () => {
    const { clock, lost, each } = await contended();
    lost.left = 1_000;
    await expect(clock.settle(each.getAccessToken())).rejects.toMatchObject({
      code: 'store_unavailable',
    });
    lost.left = 0;
    await clock.advance(2_000); // The claim that may be there after all is looked for.
    lost.left = 12;
    expect(await clock.settle(each.getAccessToken())).toBeTypeOf('string');
  });

  it('is given as many tries for the next write, once a write went through', async () => {
    const { clock, emulator, lost, each } = await contended();
    const events = eventsOf(each);
    const answer = emulator.faults.arm({ route: 'token', kind: 'hold' });
    lost.left = 12;
    const token = each.getAccessToken();
    await clock.advance(5_000);
    await answer.reached();
    lost.left = 12;
    answer.release();
    await clock.settle(token);
    expect(events.map(({ type }) => type)).not.toContain('unsaved');
  });
});

describe('a store that goes back in time', () => {
  it('now and then is given back what it lost, however often that was in all', async () => {
    const { clock, emulator, session } = world();
    const empty = () => memoryStore({ now: () => clock.now() });
    let store = empty();
    const handle: TokenStore = {
      ...store,
      reach: 'network',
      read: (key) => store.read(key),
      swap: (...all) => store.swap(...all),
    };
    const each = session({ store: handle });
    await clock.settle(each.authorize(passwordOf(emulator)));
    for (let round = 0; round < 8; round += 1) {
      store = empty();
      await clock.advance(anHour + 1);
      expect(await clock.settle(each.getAccessToken())).toBeTypeOf('string');
    }
  });
});
