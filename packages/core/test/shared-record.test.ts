import { memoryStore } from '@act-on-token/memory';
import { describe, expect, it } from 'vitest';
import type { ReadResult, SwapResult, TokenStore } from '../src/index.ts';
import { aMinute, anHour, eventsOf, passwordOf, world } from './support/world.ts';

const refusalOf = (call: Promise<unknown>): Promise<{ code: string }> =>
  call.then(
    () => ({ code: 'no refusal' }),
    (error) => error,
  );

/** A store that counts its calls, and does to each what it is told. */
function told(store: TokenStore) {
  const wrap = {
    calls: 0,
    swaps: [] as Parameters<TokenStore['swap']>[],
    read: (call: () => Promise<ReadResult>): Promise<ReadResult> => call(),
    swap: (call: () => Promise<SwapResult>): Promise<SwapResult> => call(),
  };
  const handle: TokenStore = {
    ...store,
    read: (key) => {
      wrap.calls += 1;
      return wrap.read(() => store.read(key));
    },
    swap: (...all) => {
      wrap.calls += 1;
      wrap.swaps.push(all);
      return wrap.swap(() => store.swap(...all));
    },
  };
  return { wrap, handle };
}

/** A promise that is held until it is let go. */
function held() {
  let release = (): void => {};
  const promise = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { promise, release };
}

describe('a store that lost the record of an account', () => {
  it.each([
    ['origin', 'is left without it: the user has cleared the data of the site'],
    ['process', 'is left without it: the program dropped its memory'],
    ['machine', 'is given it back by a process that lives'],
    ['network', 'is given it back by a process that lives'],
  ] as const)('and that reaches a %s %s', async (reach, what) => {
    const { clock, emulator, session } = world();
    let store = memoryStore({ now: () => clock.now() });
    const keys = new Set<string>();
    const handle: TokenStore = {
      ...store,
      reach,
      read: (key) => {
        keys.add(key);
        return store.read(key);
      },
      swap: (...all) => store.swap(...all),
    };
    const each = session({ store: handle });
    await clock.settle(each.authorize(passwordOf(emulator)));
    store = memoryStore({ now: () => clock.now() });
    await clock.advance(anHour + 1);
    const isBack = what.startsWith('is given');
    const { code } = await clock.settle(refusalOf(each.getAccessToken()));
    expect(code).toBe(isBack ? 'no refusal' : 'signed_out');
    const records = await Promise.all([...keys].map((key) => store.read(key)));
    expect(records.map(({ record }) => record !== null)).toEqual([isBack]);
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
    const { wrap, handle } = told(store.open());
    const lost = { left: 0 };
    const inner = handle.swap;
    const rival: TokenStore = {
      ...handle,
      async swap(key, expected, next) {
        const { record } = await store.read(key);
        if (lost.left > 0 && record !== null) {
          lost.left -= 1;
          await store.swap(key, record.version, {
            version: crypto.randomUUID(),
            value: record.value,
          });
        }
        return inner(key, expected, next);
      },
    };
    const each = session({ store: rival });
    await clock.advance(anHour + 1);
    return { ...place, wrap, lost, each };
  }

  it('is asked again when a swap loses, up to twenty times in a row', async () => {
    const { clock, lost, each } = await contended();
    for (let round = 0; round < 3; round += 1) {
      lost.left = 15;
      expect((await clock.settle(refusalOf(each.getAccessToken()))).code).toBe('no refusal');
      await clock.advance(anHour + 1);
    }
    lost.left = 1_000;
    expect((await clock.settle(refusalOf(each.getAccessToken()))).code).toBe('store_unavailable');
  });

  it('is asked after pauses that grow', async () => {
    const { clock, wrap, lost, each } = await contended();
    lost.left = 1_000;
    const started = clock.monotonic();
    await clock.settle(refusalOf(each.getAccessToken()));
    expect(wrap.swaps.length).toBeLessThan(30);
    expect(clock.monotonic() - started).toBeGreaterThan(5_000);
  });
});

describe('an answer that comes late', () => {
  it('shows nothing that this process knows to be over: its own request stays visible', async () => {
    const { clock, emulator, store, session, signedIn, sent } = world();
    await signedIn();
    const { wrap, handle } = told(store.open());
    const hints = new Set<() => void>();
    const watch: TokenStore['watch'] = (_, onChange) => {
      hints.add(onChange);
      return () => hints.delete(onChange);
    };
    const each = session({ store: { ...handle, watch } });
    const shown: string[] = [];
    each.subscribe(({ status }) => shown.push(status));
    await clock.settle(each.ready());
    await clock.advance(anHour + 1);
    const late = held();
    wrap.read = async (call) => {
      const answer = await call();
      await late.promise;
      return answer;
    };
    for (const hint of hints) hint();
    await clock.advance(0);
    wrap.read = (call) => call();
    const answer = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const token = each.getAccessToken();
    await clock.advance(0);
    // It may as well wait for the look that is under way, which is given up after three seconds.
    if (sent('refresh_token') === 0) await clock.advance(8_000);
    await answer.reached();
    shown.length = 0;
    expect(each.getSnapshot().status).toBe('refreshing');
    late.release();
    await clock.advance(0);
    expect(each.getSnapshot().status).toBe('refreshing');
    answer.release();
    await clock.settle(token);
    await clock.advance(0);
    expect(shown).toEqual(['authorized']);
  });
});

describe('a closed session', () => {
  it.each(['waits for another process', 'reads', 'has a pair that is not saved', 'listens'])(
    'asks its store nothing any more, though it %s when it is closed',
    async (what) => {
      const { clock, emulator, store, session, signedIn } = world();
      const other = await signedIn();
      const { wrap, handle } = told(store.open());
      const each = session({ store: handle });
      await clock.settle(each.ready());
      await clock.advance(anHour + 1);
      const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
      const calls: Promise<unknown>[] = [];
      if (what === 'waits for another process') {
        calls.push(refusalOf(other.getAccessToken()));
        await hold.reached();
        calls.push(refusalOf(each.getAccessToken()));
        await clock.advance(500);
      } else if (what === 'reads') {
        wrap.read = () => new Promise(() => {});
        calls.push(refusalOf(each.getAccessToken()));
        await clock.advance(500);
      } else if (what === 'listens') {
        each.subscribe(() => {});
        await clock.advance(500);
      } else {
        calls.push(refusalOf(each.getAccessToken()));
        await hold.reached();
        wrap.swap = () => Promise.reject(new Error('down'));
        hold.release();
        await clock.advance(500);
      }
      await clock.settle(each.close());
      await clock.advance(0);
      const before = wrap.calls;
      hold.release();
      await clock.settle(Promise.all(calls));
      await clock.advance(anHour);
      expect(wrap.calls).toBe(before);
    },
  );
});

describe('the claim of this process', () => {
  it('is its own also where the answer of the store got lost and another process has written since', async () => {
    const { clock, store, session, signedIn, sent } = world();
    await signedIn();
    const { wrap, handle } = told(store.open());
    const each = session({ store: handle });
    await clock.advance(anHour + 1);
    wrap.swap = async (call) => {
      wrap.swap = (again) => again();
      const { record } = await call();
      const [key = ''] = wrap.swaps.at(-1) ?? [];
      await store.swap(key, record?.version ?? null, {
        version: crypto.randomUUID(),
        value: record?.value ?? '',
      });
      throw new Error('the connection broke before the answer');
    };
    const began = clock.monotonic();
    await clock.settle(each.getAccessToken());
    expect(clock.monotonic() - began).toBeLessThan(1_000);
    expect(sent('refresh_token')).toBe(1);
  });
});

describe('the claim of another process', () => {
  it('counts from when it was first seen, though the one before it was watched for long', async () => {
    const { clock, emulator, session, signedIn, sent } = world();
    const [first, second, onlooker] = [await signedIn(), session(), session()];
    onlooker.subscribe(() => {});
    await clock.advance(anHour + 1);
    emulator.faults.arm({ route: 'token', kind: 'drop_before' });
    const calls = [refusalOf(first.getAccessToken({ maxWait: 1_000 }))];
    await clock.advance(31_000);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    calls.push(refusalOf(second.getAccessToken({ maxWait: 1_000 })));
    await hold.reached();
    await clock.advance(17_000);
    calls.push(refusalOf(onlooker.authorize(passwordOf(emulator))));
    await clock.advance(2_000);
    expect(sent()).toBe(3); // The sign-in, and two refreshes.
    hold.release();
    await clock.settle(Promise.all(calls));
    expect(emulator.ledger.counters().concurrentTokenRequests.peak).toBe(1);
  });

  it('is over once this process has seen enough of it, though the clock of the store stands still', async () => {
    const { clock, emulator, session, sent } = world();
    let isFrozen = false;
    let frozenAt = 0;
    const store = memoryStore({ now: () => (isFrozen ? frozenAt : clock.now()) });
    const [first, second] = [session({ store: store.open() }), session({ store: store.open() })];
    await clock.settle(first.authorize(passwordOf(emulator)));
    await clock.advance(anHour + 1);
    emulator.faults.arm({ route: 'token', kind: 'drop_before' });
    const call = refusalOf(first.getAccessToken({ maxWait: 1_000 }));
    await clock.advance(2_000);
    await call;
    [isFrozen, frozenAt] = [true, clock.now()];
    for (let looks = 0; looks < 6; looks += 1) {
      await clock.settle(refusalOf(second.getAccessToken({ maxWait: 1_000 })));
      await clock.advance(9_000);
    }
    await clock.settle(refusalOf(second.getAccessToken()));
    expect(sent('refresh_token')).toBe(2);
  });

  it('is judged by the clock that the store names, however far this machine is ahead of it', async () => {
    const { clock, emulator, store, session, sent } = world();
    const behind = 40_000;
    const named = <A extends ReadResult>(answer: A): A => ({
      ...answer,
      now: answer.now - behind,
      clock: 'a node',
    });
    const node = (): TokenStore => {
      const handle = store.open();
      return {
        ...handle,
        read: async (key) => named(await handle.read(key)),
        swap: async (...all) => named(await handle.swap(...all)),
      };
    };
    const [first, second] = [session({ store: node() }), session({ store: node() })];
    await clock.settle(first.authorize(passwordOf(emulator)));
    await clock.advance(anHour + 1);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const token = first.getAccessToken();
    await hold.reached();
    const theirs = second.getAccessToken();
    await clock.advance(15_000);
    expect(sent('refresh_token')).toBe(1);
    hold.release();
    expect(await clock.settle(theirs)).toBe(await clock.settle(token));
  });
});

describe('a pair that the store does not take', () => {
  it('goes on serving while what the store has cannot be read, and is saved once it can', async () => {
    const { clock, emulator, store, session, signedIn } = world();
    await signedIn();
    const { wrap, handle } = told(store.open());
    const each = session({ store: handle });
    const events = eventsOf(each);
    await clock.advance(anHour + 1);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const call = each.getAccessToken();
    await hold.reached();
    wrap.swap = () => Promise.reject(new Error('down'));
    wrap.read = async (answer) => ({
      ...(await answer()),
      record: { version: 'of another program', value: 'garbage' },
    });
    hold.release();
    const token = await clock.settle(call);
    each.subscribe(() => {});
    await clock.advance(2 * aMinute);
    expect(await clock.settle(each.getAccessToken())).toBe(token);
    expect(each.getSnapshot()).toMatchObject({ saved: false });
    wrap.swap = (answer) => answer();
    wrap.read = (answer) => answer();
    await clock.settle(refusalOf(each.getAccessToken({ minValidity: 2 * anHour })));
    await clock.advance(2 * aMinute);
    expect(each.getSnapshot()).toMatchObject({ saved: true });
    expect(events.map(({ type }) => type)).not.toContain('superseded');
  });
});

describe('a sign-out', () => {
  it('lets the store know that the record is there to say so, and a sign-in that it is more', async () => {
    const { clock, emulator, store, session } = world();
    const { wrap, handle } = told(store.open());
    const each = session({ store: handle });
    await clock.settle(each.authorize(passwordOf(emulator)));
    await clock.settle(each.signOut());
    await clock.settle(each.authorize(passwordOf(emulator)));
    const flags = wrap.swaps.map(([, , next]) => next.signedOut);
    expect([flags.at(1), flags.at(2), flags.at(-1)]).toEqual([false, true, false]);
  });
});
