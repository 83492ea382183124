import { memoryStore } from '@act-on-token/memory';
import { describe, expect, it } from 'vitest';
import { ActOnTokenError, type ReadResult, type TokenStore } from '../src/index.ts';
import { TimedStore, timedStore } from '../src/timed-store.ts';
import { type ManualClock, manualClock } from './support/manual-clock.ts';

const record = { version: '1'.repeat(32), value: 'a value' };
const asker = { ended: false };
const refusalOf = (call: Promise<unknown>): Promise<{ code: string; message: string }> =>
  call.then(
    () => Promise.reject(new Error('no refusal')),
    (error) => error,
  );

/** A timed store over a memory store with some methods replaced. */
function timed(methods: Partial<TokenStore> = {}, clock: ManualClock = manualClock()) {
  const store = memoryStore({ now: () => clock.now() });
  return { clock, store, timed: new TimedStore({ ...store, ...methods }, clock) };
}

/**
 * A timed store that gives these answers to reads, one after the other, and the last one from then
 * on.
 */
function answering(answers: readonly unknown[], clock: ManualClock = manualClock()) {
  const left = [...answers];
  let calls = 0;
  const read = async (): Promise<ReadResult> => {
    calls += 1;
    return (left.length > 1 ? left.shift() : left[0]) as ReadResult;
  };
  return { ...timed({ read }, clock), calls: () => calls };
}

/** A timed store whose methods never answer. */
function silent() {
  let calls = 0;
  const call = () => {
    calls += 1;
    return new Promise<never>(() => {});
  };
  return { ...timed({ read: call, swap: call }), calls: () => calls };
}

describe('a store call without an answer', () => {
  it('is made twice, and given up after three seconds each', async () => {
    const { clock, timed, calls } = silent();
    const began = clock.monotonic();
    const refusal = await clock.settle(refusalOf(timed.read('key', asker)));
    expect(refusal).toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('within 3000 ms'),
    });
    expect(clock.monotonic() - began).toBe(6_000);
    expect(calls()).toBe(2);
  });

  it.each(['read', 'swap'] as const)(
    'is not made again for an asker that has ended: %s',
    async (method) => {
      const { clock, timed, calls } = silent();
      const leaving = { ended: false };
      const call =
        method === 'read' ? timed.read('key', leaving) : timed.swap('key', null, record, leaving);
      await clock.advance(2_999);
      leaving.ended = true;
      await clock.settle(refusalOf(call));
      expect(calls()).toBe(1);
    },
  );

  it('keeps the process alive until it is given up, and no longer', async () => {
    const { clock, timed } = silent();
    const refusal = refusalOf(timed.read('key', asker));
    await clock.advance(1);
    expect(clock.timers).toEqual({ keepAlive: 1, all: 1 });
    await clock.settle(refusal);
    expect(clock.timers).toEqual({ keepAlive: 0, all: 0 });
  });

  it('may be one whose method throws: it is made again', async () => {
    let calls = 0;
    const { timed: broken } = timed({
      read: () => {
        calls += 1;
        throw new RangeError('with a record in it');
      },
    });
    expect(await refusalOf(broken.read('key', asker))).toMatchObject({
      message: expect.stringContaining('RangeError'),
    });
    expect(calls).toBe(2);
  });
});

describe('a store call with an answer', () => {
  it('leaves no timer', async () => {
    const { clock, timed: each } = timed();
    await each.read('key', asker);
    await each.swap('key', null, record, asker);
    expect(clock.timers.all).toBe(0);
  });
});

describe('the time of a store', () => {
  it("is this machine's before any answer", () => {
    const { clock, timed: each } = timed();
    expect(each.time.now()).toBe(clock.now());
    expect(each.time.lastSaid()).toBe(clock.now());
    expect(each.time.toLocal(clock.now() + 5)).toBe(clock.now() + 5);
    expect(each.time.drift()).toBe(0);
    expect(each.time.age()).toBe(Number.POSITIVE_INFINITY);
  });

  it('goes on between answers, with whichever clock of this machine says that more time passed', async () => {
    const clock = manualClock();
    const { timed: each } = answering([{ record: null, now: 1_000_000 }], clock);
    await each.read('key', asker);
    await clock.advance(5_000);
    expect(each.time.now()).toBe(1_005_000);
    // A laptop sleeps: its monotonic clock stands still.
    clock.jump(60_000);
    expect(each.time.now()).toBe(1_065_000);
    // Someone sets the wall clock back.
    clock.jump(-600_000);
    expect(each.time.now()).toBe(1_005_000);
  });

  it('is shown in the time of this machine', async () => {
    const clock = manualClock();
    const { timed: each } = answering([{ record: null, now: clock.now() - 90_000 }], clock);
    await each.read('key', asker);
    await clock.advance(1_000);
    expect(each.time.toLocal(each.time.now() + 7_000)).toBe(clock.now() + 7_000);
  });

  it('is less and less certain: a thousandth of what passed since the answer', async () => {
    const { clock, timed: each } = timed();
    await each.read('key', asker);
    await clock.advance(3_600_000);
    expect(each.time.drift()).toBe(3_600);
    await each.read('key', asker);
    expect(each.time.drift()).toBe(0);
  });

  it('is held once for each node of a cluster, and for the store that names none', async () => {
    const clock = manualClock();
    const answers = [
      { record: null, now: 1_000, clock: 'a' },
      { record: null, now: 41_000, clock: 'b' },
      { record: null, now: 7_000 },
      { record: null, now: 2_000, clock: 'a' },
    ];
    const { timed: each } = answering(answers, clock);
    const times = [];
    for (let at = 0; at < 4; at += 1) times.push((await each.read('key', asker)).time);
    const [a, b, single, again] = times;
    expect([a?.now(), b?.now(), single?.now()]).toEqual([2_000, 41_000, 7_000]);
    expect(again).toBe(a);
    expect(single).toBe(each.time);
  });

  it('is forgotten for nodes that are gone: however many there were, a thousand are kept', async () => {
    const answers = Array.from({ length: 1_001 }, (_, node) => ({
      record: null,
      now: node,
      clock: `node-${node}`,
    }));
    const { timed: each } = answering([...answers, ...answers.slice(0, 1)]);
    const first = (await each.read('key', asker)).time;
    for (let at = 1; at <= 1_000; at += 1) await each.read('key', asker);
    expect((await each.read('key', asker)).time).not.toBe(first);
  });

  it('is held once for all sessions that share a store and a clock', () => {
    const [store, other, clock] = [memoryStore(), memoryStore(), manualClock()];
    expect(timedStore(store, clock)).toBe(timedStore(store, clock));
    expect(timedStore(store, manualClock())).not.toBe(timedStore(store, clock));
    expect(timedStore(other, clock)).not.toBe(timedStore(store, clock));
  });
});

describe('a process that was suspended within a call', () => {
  /** A timed store whose process sleeps within as many calls as are `left`. */
  function sleeping(behind = 0, length = 60_000) {
    const clock = manualClock();
    const store = memoryStore({ now: () => clock.now() - behind });
    const sleeps = { left: 0 };
    const slept = <T>(work: Promise<T>): Promise<T> =>
      work.then((answer) => {
        if (sleeps.left > 0) clock.jump(length);
        sleeps.left = Math.max(0, sleeps.left - 1);
        return answer;
      });
    const handle: TokenStore = {
      ...store,
      read: (key) => slept(store.read(key)),
      swap: (...call) => slept(store.swap(...call)),
    };
    return { clock, sleeps, timed: new TimedStore(handle, clock) };
  }

  it('reads again, and takes no second answer of that kind', async () => {
    const { sleeps, timed: each } = sleeping();
    sleeps.left = 2;
    expect(await refusalOf(each.read('key', asker))).toMatchObject({
      message: expect.stringContaining('suspended'),
    });
    sleeps.left = 1;
    expect((await each.read('key', asker)).result.record).toBeNull();
  });

  it('for no longer than a call may take believes what it reads', async () => {
    const { sleeps, timed: each } = sleeping(0, 3_000);
    sleeps.left = 2;
    expect((await each.read('key', asker)).result.record).toBeNull();
    expect(sleeps.left).toBe(1);
  });

  it('has swapped what it swapped', async () => {
    const { sleeps, timed: each } = sleeping();
    sleeps.left = 1;
    expect((await each.swap('key', null, record, asker)).result).toMatchObject({
      ok: true,
      record,
    });
    expect(sleeps.left).toBe(0);
  });

  it('goes by the time in that answer if it knows of no other', async () => {
    const { clock, sleeps, timed: each } = sleeping(3_600_000);
    sleeps.left = 1;
    await each.swap('key', null, record, asker);
    expect(each.time.now()).toBe(clock.now() - 3_600_000);
  });
});

describe('an answer that breaks the contract', () => {
  const strange: readonly (readonly [what: string, answer: unknown, says: string])[] = [
    ['no time', { record: null }, 'no "now"'],
    ['a text for a time', { record: null, now: '1767225600000' }, 'no "now"'],
    ['an infinite time', { record: null, now: Number.POSITIVE_INFINITY }, 'no "now"'],
    ['a record without a version', { record: { value: 'a value' }, now: 1 }, 'no "version"'],
    ['a record without a value', { record: { version: 'a version' }, now: 1 }, '"value"'],
    ['nothing', undefined, 'TypeError'],
  ];

  it.each(strange)('is asked for once more, and then named: %s', async (_, answer, says) => {
    const { timed: each, calls } = answering([answer]);
    const refusal = await refusalOf(each.read('key', asker));
    expect(refusal).toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining(says),
    });
    expect(calls()).toBe(2);
    const swapping = timed({ swap: async () => answer as never }).timed;
    expect(await refusalOf(swapping.swap('key', null, record, asker))).toMatchObject({
      code: 'store_unavailable',
    });
  });

  it.each([
    ['that it holds', 'held', { version: 'held', value: 'a value' }, false],
    ['of an account that it has no record of', null, null, false],
    ['with neither yes nor no', 'held', { version: 'held', value: 'a value' }, undefined],
  ] as const)('is a refusal of the very version %s', async (_, expected, held, ok) => {
    const { timed: each } = timed({ swap: async () => ({ ok, record: held, now: 1 }) as never });
    const refusal = await refusalOf(each.swap('key', expected, record, asker));
    expect(refusal).toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('refused a swap'),
    });
  });

  it('is none if the store took a swap whose version is the one that was expected', async () => {
    const { timed: each } = timed({
      swap: async (_, __, next) => ({ ok: true, record: next, now: 1 }),
    });
    expect((await each.swap('key', record.version, record, asker)).result.ok).toBe(true);
  });

  it('is not a refusal of a version that was replaced', async () => {
    const held = { version: 'another', value: 'a value' };
    const { timed: each } = timed({ swap: async () => ({ ok: false, record: held, now: 1 }) });
    expect((await each.swap('key', 'mine', record, asker)).result).toMatchObject({
      ok: false,
      record: held,
    });
  });
});

describe('why a store is unavailable', () => {
  const failing = (error: unknown) => timed({ read: () => Promise.reject(error) }).timed;

  it('is said in the words of the store if it has its own', async () => {
    const own = new ActOnTokenError('store_unavailable', 'The disk is full. Make some room.');
    expect(await refusalOf(failing(own).read('key', asker))).toBe(own);
  });

  it.each([
    [
      'the name and the code',
      Object.assign(new TypeError('SET key secret-1'), { code: 'ECONNREFUSED' }),
      'TypeError ECONNREFUSED',
    ],
    ['no more than the name', new Error('SET key secret-1'), 'Error'],
    [
      'no name with a record in it',
      Object.assign(new Error(''), { name: 'Error: secret-1' }),
      'it failed',
    ],
    [
      'no code with a record in it',
      Object.assign(new Error(''), { code: '{"accessToken":"secret-1"}' }),
      'Error',
    ],
    ['nothing of what is not an error', 'secret-1', 'it failed'],
    ['nothing of nothing', undefined, 'it failed'],
  ])('is said with %s of the original error', async (_, error, says) => {
    const { message } = await refusalOf(failing(error).read('key', asker));
    expect(message).toContain(`as it should: ${says}.`);
    expect(message).not.toContain('secret-1');
  });
});

describe('how far a store is seen', () => {
  it('is passed on', () => {
    expect(timed({ reach: 'machine' }).timed.reach).toBe('machine');
  });
});

describe('watching a store', () => {
  it('that cannot be watched is not a failure, and stopping it neither', () => {
    const { timed: each } = timed({
      watch: () => {
        throw new Error('no such thing');
      },
    });
    expect(() => each.watch('key', () => {})()).not.toThrow();
  });

  it('is passed on, and ends', async () => {
    const { timed: each, store } = timed();
    let heard = 0;
    const stop = each.watch('key', () => (heard += 1));
    await store.swap('key', null, record);
    await Promise.resolve();
    expect(heard).toBe(1);
    stop();
    await store.swap('key', record.version, { version: '2'.repeat(32), value: 'another' });
    await Promise.resolve();
    expect(heard).toBe(1);
  });
});
