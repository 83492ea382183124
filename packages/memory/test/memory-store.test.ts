import { memoryStore } from '@act-on-token/memory';
import { storeCases } from '@act-on-token/store-kit';
import { describe, expect, it, vi } from 'vitest';

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

  it('tells the time of the clock it was given', async () => {
    const store = memoryStore({ now: () => 42 });
    expect((await store.read('key')).now).toBe(42);
    expect((await store.swap('key', null, record('a'))).now).toBe(42);
  });

  it('lets its clock stand still, for all handles, while the wall clock is behind', async () => {
    const times = [1_000, 400, 900, 1_001];
    const store = memoryStore({ now: () => times.shift() ?? 0 });
    const told = [store, store.open(), store, store.open()].map(async (handle) => (await handle.read('key')).now);
    expect(await Promise.all(told)).toEqual([1_000, 1_000, 1_000, 1_001]);
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

  it('tells nobody of a swap that changed nothing', async () => {
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

  it('says after close what to do about it', async () => {
    const store = memoryStore();
    await store.close();
    await expect(store.read('key')).rejects.toThrow('Close a store only after the sessions that use it');
    await expect(store.swap('key', null, record('a'))).rejects.toThrow('is closed');
    expect(() => store.watch('key', () => {})).toThrow('is closed');
  });
});
