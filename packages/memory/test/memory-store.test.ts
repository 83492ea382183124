import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { TokenStore } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import { storeCases } from '@act-on-token/store-kit';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';

/** What is in use once the garbage is collected. */
function heapUsed(): number {
  setFlagsFromString('--expose-gc');
  runInNewContext('gc')();
  return process.memoryUsage().heapUsed;
}

const record = (version: string) => ({ version, value: `value of ${version}` });

describe('memoryStore passes the store kit: it', () => {
  for (const { name, run } of storeCases) {
    const store = memoryStore();
    it(name, () => run(() => store.open()));
  }
});

describe('memoryStore', () => {
  it('shares nothing with another store', async () => {
    await memoryStore().swap('key', null, record('a'));
    expect((await memoryStore().read('key')).record).toBeNull();
  });

  it('keeps what was written when the caller changes its object afterwards', async () => {
    const store = memoryStore();
    const mine = { version: 'a', value: 'as written' };
    await store.swap('key', null, mine);
    mine.value = 'changed';
    expect((await store.read('key')).record?.value).toBe('as written');
  });

  it('hands out nothing by which a reader could change what is stored', async () => {
    const store = memoryStore();
    await store.swap('key', null, record('a'));
    const { record: read } = await store.read('key');
    expect(() => Object.assign(read as object, { value: 'changed' })).toThrow(TypeError);
    expect((await store.read('key')).record).toEqual(record('a'));
  });

  it('refuses what is not an object of options, by its own name', () => {
    expect(() => memoryStore(null as never)).toThrow(
      expect.objectContaining({
        code: 'configuration',
        message: expect.stringContaining('memoryStore()'),
      }),
    );
  });

  it('shows the time of the clock it was given', async () => {
    const store = memoryStore({ now: () => 42 });
    expect((await store.read('key')).now).toBe(42);
    expect((await store.swap('key', null, record('a'))).now).toBe(42);
  });

  describe('whose wall clock is wrong', () => {
    const noon = 1_800_000_000_000;
    const [aMinute, anHour, aDay] = [60_000, 3_600_000, 86_400_000];

    /**
     * The times that two handles answer in turn, by reads and by swaps, while the wall clock shows
     * these.
     */
    async function answersAt(walls: readonly number[]): Promise<number[]> {
      let wall = 0;
      const store = memoryStore({ now: () => wall });
      const handles = [store, store.open()] as const;
      const times: number[] = [];
      for (const [i, each] of walls.entries()) {
        wall = each;
        const handle = handles[i % 2] as TokenStore;
        const answer =
          i % 3 === 0 ? handle.swap(`key ${i}`, null, record('a')) : handle.read('key');
        times.push((await answer).now);
      }
      return times;
    }

    it('answers the latest time again, through all handles, until a wall clock that was set back has caught up', async () => {
      const [ahead, back] = [noon + anHour, [noon, noon + aMinute, noon + anHour - 1]];
      expect(await answersAt([ahead, ...back, ahead + 1])).toEqual([
        ahead,
        ahead,
        ahead,
        ahead,
        ahead + 1,
      ]);
    });

    it('follows it at once when it was ahead by more than an hour for one call', async () => {
      for (const wrong of [
        noon + anHour + 4,
        noon + aDay,
        noon + 10_000 * aDay,
        Number.POSITIVE_INFINITY,
        Number.NaN,
      ]) {
        const right = [noon + 1, noon + 2, noon + 3];
        expect(await answersAt([noon, wrong, ...right])).toEqual([noon, wrong, ...right]);
      }
    });

    it('never goes back by an hour or less, and never stands still for longer, whatever the wall clock shows', async () => {
      const jumps = fc.array(fc.integer({ min: -3 * anHour, max: 3 * anHour }), {
        minLength: 1,
        maxLength: 50,
      });
      await fc.assert(
        fc.asyncProperty(jumps, async (steps) => {
          let wall = noon;
          const walls = steps.map((step) => (wall += step));
          const times = await answersAt(walls);
          for (const [i, time] of times.entries()) {
            expect(time - (walls[i] ?? 0)).toBeGreaterThanOrEqual(0);
            expect(time - (walls[i] ?? 0)).toBeLessThanOrEqual(anHour);
            const back = (times[i - 1] ?? time) - time;
            expect(back <= 0 || back > anHour).toBe(true);
          }
        }),
      );
    });
  });

  it('looks Date.now up at each call, so that fake timers move its clock', async () => {
    const store = memoryStore();
    vi.useFakeTimers({ now: 9_000_000_000_000 });
    expect((await store.read('key')).now).toBe(9_000_000_000_000);
    vi.useRealTimers();
  });

  it('tells watchers after the swap, not in the middle of it', async () => {
    const store = memoryStore();
    const told: string[] = [];
    store.watch('key', () => told.push('told'));
    const swap = store.swap('key', null, record('a'));
    expect(told).toEqual([]);
    await swap;
    expect(told).toEqual(['told']);
  });

  it('tells no one of a swap that changed nothing', async () => {
    const store = memoryStore();
    await store.swap('key', null, record('a'));
    const onChange = vi.fn();
    store.watch('key', onChange);
    await store.swap('key', null, record('a'));
    await store.swap('key', 'wrong', record('b'));
    expect(onChange).not.toHaveBeenCalled();
  });

  it('does not tell a watcher that stopped right after the change', async () => {
    const store = memoryStore();
    const onChange = vi.fn();
    const stop = store.watch('key', onChange);
    const swap = store.swap('key', null, record('a'));
    stop();
    await swap;
    expect(onChange).not.toHaveBeenCalled();
  });

  it('lets one function watch twice and stop once', async () => {
    const store = memoryStore();
    const onChange = vi.fn();
    store.watch('key', onChange);
    store.watch('key', onChange)();
    await store.swap('key', null, record('a'));
    expect(onChange).toHaveBeenCalledTimes(1);
  });

  it('lets a watch go on when the one before it is stopped once more', async () => {
    const store = memoryStore();
    const onChange = vi.fn();
    const stop = store.watch('key', () => {});
    stop();
    store.watch('key', onChange);
    stop();
    await store.swap('key', null, record('a'));
    expect(onChange).toHaveBeenCalledTimes(1);
  });

  // Only V8 under Node collects its garbage when it is told to.
  it.runIf(process.versions.bun === undefined && !('Deno' in globalThis))(
    'keeps nothing of watches that were stopped',
    async () => {
      const store = memoryStore();
      const watchAndStop = (from: number) => {
        for (let i = from; i < from + 50_000; i += 1) store.watch(`account ${i}`, () => {})();
      };
      watchAndStop(0);
      const before = heapUsed();
      watchAndStop(50_000);
      expect(heapUsed() - before).toBeLessThan(2_000_000);
    },
  );

  it('says after close what to do about it', async () => {
    const store = memoryStore();
    await store.close();
    await expect(store.read('key')).rejects.toThrow(
      'Close a store only after the sessions that use it',
    );
    await expect(store.swap('key', null, record('a'))).rejects.toThrow('is closed');
    expect(() => store.watch('key', () => {})).toThrow('is closed');
  });
});
