import { storeCases } from '@act-on-token/store-kit';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { defineStore, type PlaceAnswer, type StorePlace, type TokenStore } from '../src/index.ts';

interface Row {
  readonly version: string;
  readonly value: string;
  readonly at: number;
}

/** A place in this process that has no clock, and what it can do. */
function aPlace(rows: Map<string, Row> = new Map(), more: Partial<StorePlace> = {}): StorePlace {
  const answer = (key: string): PlaceAnswer => {
    const row = rows.get(key);
    return { record: row ?? null, at: row?.at };
  };
  return {
    name: 'Drawer',
    reach: 'process',
    interval: 10,
    read: async (key) => answer(key),
    async swap(key, expected, next) {
      if ((rows.get(key)?.version ?? null) === expected) rows.set(key, next);
      return answer(key);
    },
    ...more,
  };
}

const record = (version: string) => ({ version, value: `value of ${version}` });
const reasonOf = (call: Promise<unknown>): Promise<unknown> =>
  call.catch((error: unknown) => error);
function opened(store: TokenStore): TokenStore {
  onTestFinished(() => store.close());
  return store;
}

afterEach(() => void vi.useRealTimers());

describe.each([
  ['a place that it looks at', {}],
  ['a place whose keys it does not hash', { hashKeys: false }],
])('defineStore over %s passes the store kit: it', (_, more) => {
  const rows = new Map<string, Row>();
  it.each(storeCases)('$name', ({ run }) => run(() => defineStore(aPlace(rows, more))));
});

describe('a key', () => {
  it.each(['ada', 'ADA', '', 'a\0b', 'ключ', 'x'.repeat(10_000)])(
    'is handed to the place as 64 hex digits: %j',
    async (key) => {
      const rows = new Map<string, Row>();
      const store = opened(defineStore(aPlace(rows)));
      await store.swap(key, null, record('a'));
      expect([...rows.keys()]).toEqual([expect.stringMatching(/^[0-9a-f]{64}$/)]);
      expect((await store.read(key)).record).toEqual(record('a'));
    },
  );

  it('is handed over as it is where the place says so', async () => {
    const rows = new Map<string, Row>();
    await opened(defineStore(aPlace(rows, { hashKeys: false }))).swap('ada', null, record('a'));
    expect([...rows.keys()]).toEqual(['ada']);
  });
});

describe('a call', () => {
  it('rejects when the place has not answered in time', async () => {
    vi.useFakeTimers();
    const store = defineStore(aPlace(undefined, { read: () => new Promise(() => {}) }));
    const reason = reasonOf(store.read('ada'));
    await vi.advanceTimersByTimeAsync(2_500);
    expect(await reason).toMatchObject({
      code: 'store_unavailable',
      message:
        'Drawer gave no answer within 2500 ms. Check that it runs and that this program can reach it.',
    });
    await store.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is made again while the place is busy, and no longer once the time is over', async () => {
    vi.useFakeTimers();
    let calls = 0;
    const read = async (): Promise<PlaceAnswer> => {
      calls += 1;
      throw Object.assign(new Error('locked'), { code: 'BUSY' });
    };
    const isBusy = (error: unknown) => Object(error).code === 'BUSY';
    const store = defineStore(aPlace(undefined, { read, isBusy, hashKeys: false }));
    const reason = reasonOf(store.read('ada'));
    await vi.advanceTimersByTimeAsync(2_500);
    expect(await reason).toMatchObject({ code: 'store_unavailable' });
    expect(calls).toBeGreaterThan(10);
    const after = calls;
    await vi.advanceTimersByTimeAsync(10_000);
    expect(calls - after).toBeLessThanOrEqual(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each([
    ['a message', new Error('SET value = canary'), 'Error'],
    ['a code', Object.assign(new Error('canary'), { code: 'ECONNREFUSED' }), 'Error ECONNREFUSED'],
    ['a number', Object.assign(new Error('canary'), { errno: 1205 }), 'Error 1205'],
    ['a code that is a message', Object.assign(new Error(), { code: 'canary is here' }), 'Error'],
    [
      'an error behind it',
      new Error('canary', { cause: Object.assign(new TypeError('canary'), { code: '42P01' }) }),
      'Error: TypeError 42P01',
    ],
    ['no error at all', 'canary', 'it failed'],
    ['nothing', undefined, 'it failed'],
  ])('says of a failure with %s only what it is called', async (_, failure, words) => {
    const read = () => Promise.reject(failure);
    const store = opened(defineStore(aPlace(undefined, { read })));
    const { message } = (await reasonOf(store.read('ada'))) as Error;
    expect(message).toBe(
      `Drawer did not answer the store (${words}). Check that it runs and that this program can reach it.`,
    );
  });

  it('says what the place advises', async () => {
    const read = () => Promise.reject(new Error('canary'));
    const remedy = () => 'Open it.';
    const store = opened(defineStore(aPlace(undefined, { read, remedy })));
    await expect(store.read('ada')).rejects.toThrow(/^Drawer .*\(Error\)\. Open it\.$/);
  });

  it.each([
    { version: 'a' },
    { value: 'a' },
    { version: 1, value: 'a' },
    { version: 'a', value: null },
    {},
    'text',
  ])('rejects where the record is damaged: %j', async (held) => {
    const read = async () => ({ record: held as never });
    const store = opened(defineStore(aPlace(undefined, { read, swap: read })));
    await expect(store.read('ada')).rejects.toThrow('damaged record');
    await expect(store.swap('ada', null, record('a'))).rejects.toThrow('damaged record');
  });
});

describe('the time of an answer', () => {
  it("is the place's own, with the name of its clock", async () => {
    const read = async () => ({ record: null, now: 7, clock: 'north' });
    const store = opened(defineStore(aPlace(undefined, { read })));
    expect(await store.read('ada')).toEqual({ record: null, now: 7, clock: 'north' });
  });

  it('is not earlier than that of the record, up to an hour', async () => {
    const now = Date.now();
    const ahead = async () => ({ record: null, at: now + 3_000_000 });
    const wrong = async () => ({ record: null, at: now + 86_400_000 });
    const store = opened(defineStore(aPlace(undefined, { read: wrong, swap: ahead })));
    expect((await store.read('ada')).now - now).toBeLessThan(60_000);
    expect((await store.swap('ada', null, record('a'))).now).toBe(now + 3_000_000);
    expect((await store.read('ada')).now).toBe(now + 3_000_000);
  });
});

describe('a swap', () => {
  it('has won where the place says so, whatever it holds by now', async () => {
    const swap = async () => ({ record: record('later'), won: true });
    const store = opened(defineStore(aPlace(undefined, { swap })));
    expect(await store.swap('ada', null, record('a'))).toMatchObject({
      ok: true,
      record: record('a'),
    });
  });
});

describe('watch', () => {
  it('hears from a place that pushes, and stops both ways at once', async () => {
    const heard: (() => void)[] = [];
    const end = vi.fn();
    const push = async (_: string, onChange: () => void) => {
      heard.push(onChange);
      return end;
    };
    const store = opened(defineStore(aPlace(undefined, { watch: push, interval: 60_000 })));
    const onChange = vi.fn();
    const stop = store.watch('ada', onChange);
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    heard[0]?.();
    await vi.waitFor(() => expect(onChange).toHaveBeenCalledTimes(1));
    stop();
    heard[0]?.();
    await vi.waitFor(() => expect(end).toHaveBeenCalledTimes(1));
    expect(onChange).toHaveBeenCalledTimes(1);
  });

  it('looks on where the push cannot be set up', async () => {
    const rows = new Map<string, Row>();
    const push = () => Promise.reject(new Error('no'));
    const store = opened(defineStore(aPlace(rows, { watch: push })));
    const onChange = vi.fn();
    store.watch('ada', onChange);
    await store.read('ada');
    let expected: string | null = null;
    await vi.waitFor(async () => {
      const next = record(crypto.randomUUID());
      await store.swap('ada', expected, next);
      expected = next.version;
      expect(onChange).toHaveBeenCalled();
    });
  });
});

describe('close', () => {
  it('is handed to the place once, and says afterwards what to do', async () => {
    const close = vi.fn();
    const store = defineStore(aPlace(undefined, { close }));
    await Promise.all([store.close(), store.close()]);
    expect(close).toHaveBeenCalledTimes(1);
    const closed = 'This Drawer store is closed. Close it after the sessions that use it.';
    await expect(store.read('ada')).rejects.toThrow(closed);
    expect(() => store.watch('ada', () => {})).toThrow(closed);
  });

  it('waits no longer than a call for a place that does not close', async () => {
    vi.useFakeTimers();
    const store = defineStore(aPlace(undefined, { close: () => new Promise(() => {}) }));
    const reason = reasonOf(store.close());
    await vi.advanceTimersByTimeAsync(2_500);
    expect(await reason).toMatchObject({ code: 'store_unavailable' });
  });
});

it.each([
  [{ name: '' }, '"name"'],
  [{ reach: 'world' }, '"reach"'],
  [{ read: undefined }, '"read"'],
  [{ swap: 7 }, '"swap"'],
  [{ watch: true }, '"watch"'],
  [{ interval: 0 }, '"interval"'],
  [{ deadline: Number.NaN }, '"deadline"'],
  [{ hashKeys: 'no' }, '"hashKeys"'],
])('defineStore throws for %j and names it', (wrong, name) => {
  expect(() => defineStore({ ...aPlace(), ...wrong } as StorePlace)).toThrow(name);
});
