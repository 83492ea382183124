import { describe, expect, it, vi } from 'vitest';
import type { StoredRecord, TokenStore } from '../src/index.ts';
import { type AccountRecord, encodeRecord } from '../src/record.ts';
import { CachedRecord } from '../src/session/cached-record.ts';
import { environment, type SessionOptions } from '../src/session/options.ts';
import { actOnEndpoint } from '../src/wire/endpoint.ts';
import { manualClock } from './support/manual-clock.ts';
import { signedIn } from './support/records.ts';

const endpoint = actOnEndpoint({
  clientId: 'id',
  clientSecret: 'secret',
  fetch: async () => new Response(),
});
const generation = (number: number): AccountRecord => signedIn({}, { generation: number });
const stored = (record: AccountRecord, version = `v${record.generation}`): StoredRecord => ({
  version,
  value: encodeRecord(record),
});

/** A copy of a record, on a store that answers as a test says. */
function copy(answers: Partial<Pick<TokenStore, 'read' | 'swap'>> = {}) {
  const clock = manualClock();
  const swaps: (string | null)[] = [];
  let reads = 0;
  const store: TokenStore = {
    reach: 'network',
    read: async (key) => {
      reads += 1;
      return (await answers.read?.(key)) ?? { record: null, now: clock.now() };
    },
    swap: async (key, expected, next) => {
      swaps.push(expected);
      return (
        (await answers.swap?.(key, expected, next)) ?? { ok: true, record: next, now: clock.now() }
      );
    },
    watch: () => () => {},
    close: async () => {},
  };
  const observer = { changed: vi.fn(), pairSettled: vi.fn() };
  const settings = environment({ endpoint, store, clock, account: 'each' } as SessionOptions);
  class Observed extends CachedRecord {
    override changed = observer.changed;
    override pairSettled = observer.pairSettled;
  }
  const record = new Observed(settings, 'ada@example.test');
  return { clock, record, observer, swaps, reads: () => reads };
}

describe('the copy of a record', () => {
  it('reports a record once, however often it is read', async () => {
    const { clock, record, observer } = copy({
      read: async () => ({ record: stored(generation(1)), now: clock.now() }),
    });
    await clock.settle(record.read());
    await clock.settle(record.read());
    expect(observer.changed).toHaveBeenCalledTimes(1);
    expect(record.record.generation).toBe(1);
  });

  it('can be written before it was read, where there is nothing yet', async () => {
    const { clock, record, swaps } = copy();
    expect(await clock.settle(record.swap(generation(1)))).toBe(true);
    expect(swaps).toEqual([null]);
    expect(record.record.generation).toBe(1);
  });

  it('asks its store nothing more once its session is closed', async () => {
    const { clock, record, swaps, reads } = copy();
    record.ended = true;
    await expect(clock.settle(record.read())).rejects.toMatchObject({ code: 'closed' });
    await expect(clock.settle(record.swap(generation(1)))).rejects.toMatchObject({
      code: 'closed',
    });
    expect([swaps, reads()]).toEqual([[], 0]);
  });

  it('is read again if a write overtook the answer, three times at most', async () => {
    let next = 1;
    const place = copy({
      read: async () => {
        const old = { record: stored(generation(0)), now: place.clock.now() };
        next += 1;
        await place.record.swap(generation(next));
        return old;
      },
    });
    await place.clock.settle(place.record.read());
    expect(place.reads()).toBe(3);
    expect(place.record.record.generation).toBe(4);
  });
});

describe('a store that refuses swap after swap', () => {
  const refusing = () => {
    let version = 10;
    const place = copy({
      swap: async () => {
        version += 1;
        return { ok: false, record: stored(generation(version)), now: place.clock.now() };
      },
    });
    return place;
  };

  it('is asked at once five times, and then after a pause that grows by 50 ms', async () => {
    const { clock, record } = refusing();
    const pauses: number[] = [];
    for (let times = 1; times <= 20; times += 1) {
      const began = clock.monotonic();
      const swap = record.swap(generation(1));
      await clock.advance(0);
      expect(clock.timers.keepAlive).toBe(times > 5 ? 1 : 0);
      expect(await clock.settle(swap)).toBe(false);
      pauses.push(clock.monotonic() - began);
    }
    expect(pauses).toEqual([
      ...[0, 0, 0, 0, 0],
      ...Array.from({ length: 15 }, (_, index) => 50 * (index + 1)),
    ]);
  });

  it('counts as broken at the twenty-first, unless a read came in between', async () => {
    const { clock, record } = refusing();
    for (let times = 1; times <= 20; times += 1) await clock.settle(record.swap(generation(1)));
    await expect(clock.settle(record.swap(generation(1)))).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('it refuses every swap'),
    });
    await clock.settle(record.read());
    expect(await clock.settle(record.swap(generation(1)))).toBe(false);
  });
});

describe('a store that goes back in time', () => {
  const old = (version: number) => stored(generation(1), `old-${version}`);

  it('gets back what this process knows, before anyone decides on what it lost', async () => {
    const { clock, record, swaps } = copy({
      read: async () => ({ record: old(1), now: clock.now() }),
    });
    await clock.settle(record.swap(generation(5)));
    await clock.settle(record.read());
    expect(swaps).toEqual([null, 'old-1']);
    expect(record.record.pair).toEqual(generation(5).pair);
    expect(record.record.generation).toBeGreaterThanOrEqual(5);
  });

  it('again and again is broken: five times are borne', async () => {
    let version = 1;
    let isBroken = false;
    const place = copy({
      read: async () => ({ record: old(1), now: place.clock.now() }),
      swap: async (_, __, next) => {
        if (!isBroken) return { ok: true, record: next, now: place.clock.now() };
        version += 1;
        return { ok: false, record: old(version), now: place.clock.now() };
      },
    });
    await place.clock.settle(place.record.swap(generation(5)));
    isBroken = true;
    await expect(place.clock.settle(place.record.read())).rejects.toMatchObject({
      code: 'store_unavailable',
      message: expect.stringContaining('it keeps going back in time'),
    });
    expect(place.swaps).toHaveLength(1 + 5);
  });
});
