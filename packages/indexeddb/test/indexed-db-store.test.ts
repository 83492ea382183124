import 'fake-indexeddb/auto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { inspect } from 'node:util';
import type { StoredRecord, TokenStore } from '@act-on-token/core';
import { indexedDbStore } from '@act-on-token/indexeddb';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { fromSource } from '../../../proof/support/processes.ts';

const until = (check: () => unknown): Promise<unknown> =>
  vi.waitFor(check, { timeout: 10_000, interval: 5 });
const record = (value = 'a value'): StoredRecord => ({ version: crypto.randomUUID(), value });

describe('indexedDbStore', () => {
  let database: string;
  let stores: TokenStore[];

  beforeEach(() => {
    database = `database-${crypto.randomUUID()}`;
    stores = [];
  });
  afterEach(async () => {
    vi.useRealTimers();
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    for (const store of stores) await store.close();
  });

  function open(name = database): TokenStore {
    const store = indexedDbStore({ database: name });
    stores.push(store);
    return store;
  }

  /** The handles that the store opens from now on. */
  function handlesOpened(): IDBDatabase[] {
    const handles: IDBDatabase[] = [];
    const original = indexedDB.open.bind(indexedDB);
    vi.spyOn(indexedDB, 'open').mockImplementation((...args) => {
      const request = original(...args);
      request.addEventListener('success', () => handles.push(request.result));
      return request;
    });
    return handles;
  }

  /** A handle of the test's own. */
  async function opened(): Promise<IDBDatabase> {
    const request = indexedDB.open(database, 1);
    await once(request, 'success');
    return request.result;
  }

  it('shares records by the name of the database', async () => {
    const first = record();
    await open().swap('key', null, first);
    expect((await open().read('key')).record).toEqual(first);
    expect((await open(`${database}-2`).read('key')).record).toBeNull();
  });

  it('writes to the disk before it resolves, and lets no one in between the look and the put', async () => {
    const handles = handlesOpened();
    await open().read('key');
    const transaction = vi.spyOn(Object.getPrototypeOf(handles[0]), 'transaction');
    await open().swap('key', null, record());
    expect(transaction.mock.calls).toEqual([['records', 'readwrite', { durability: 'strict' }]]);
    await open().read('key');
    expect(transaction.mock.lastCall).toEqual(['records', 'readwrite', { durability: 'relaxed' }]);
  });

  describe('has one time for all tabs, kept in the database: it', () => {
    const noon = 1_800_000_000_000;
    const [aMinute, anHour, aDay] = [60_000, 3_600_000, 86_400_000];

    /**
     * The times of answers to reads and swaps at these wall clocks, by two tabs in turn and by ones
     * that were just opened.
     */
    async function answersAt(walls: readonly number[]): Promise<number[]> {
      const wall = vi.spyOn(Date, 'now');
      const tabs = [open(), open()] as const;
      const times: number[] = [];
      for (const [i, time] of walls.entries()) {
        wall.mockReturnValue(time);
        const tab = tabs[i % 3] ?? open();
        const answer = i % 2 === 0 ? tab.read('key') : tab.swap(`key ${i}`, null, record());
        times.push((await answer).now);
      }
      return times;
    }

    it('stays the same while the wall clock is behind, in every tab', async () => {
      const [ahead, back] = [noon + 40_000, [noon, noon + 1, noon + 39_999, noon - 3_500_000]];
      expect(await answersAt([ahead, ...back, ahead + 1])).toEqual([
        ahead,
        ...back.map(() => ahead),
        ahead + 1,
      ]);
    });

    it('goes back with a wall clock that was ahead by more than an hour for one call, in every tab', async () => {
      for (const wrong of [
        noon + anHour + 9,
        noon + aDay,
        noon + 10_000 * aDay,
        Number.POSITIVE_INFINITY,
        Number.NaN,
      ]) {
        database = `database-${crypto.randomUUID()}`;
        const right = [noon + 1, noon + 2, noon + 3, noon + 4];
        expect(await answersAt([noon, wrong, ...right])).toEqual([noon, wrong, ...right]);
      }
    });

    it('never goes back by less, and is never ahead by more, whatever the wall clocks show', async () => {
      const differences = fc.array(fc.integer({ min: -2 * anHour, max: 2 * anHour }), {
        minLength: 2,
        maxLength: 20,
      });
      await fc.assert(
        fc.asyncProperty(differences, async (each) => {
          database = `database-${crypto.randomUUID()}`;
          const walls = each.map((difference) => noon + difference);
          const times = await answersAt(walls);
          for (const [i, time] of times.entries()) {
            expect(time - (walls[i] ?? 0)).toBeGreaterThanOrEqual(0);
            expect(time - (walls[i] ?? 0)).toBeLessThanOrEqual(anHour);
            const back = (times[i - 1] ?? time) - time;
            expect(back <= 0 || back > anHour).toBe(true);
          }
        }),
        { numRuns: 30 },
      );
    });

    it('is not a record, whatever an account is called', async () => {
      const store = open();
      await store.read('key');
      for (const key of ['0', '', 'clock', '[object Object]'])
        expect((await store.read(key)).record).toBeNull();
    });

    it('is the wall clock where what was kept is not a time', async () => {
      const handles = handlesOpened();
      const store = open();
      await store.read('key');
      vi.spyOn(Date, 'now').mockReturnValue(noon);
      for (const kept of ['soon', null, {}, -1, Number.NaN]) {
        handles[0]?.transaction('records', 'readwrite').objectStore('records').put(kept, 0);
        expect((await store.read('key')).now).toBe(noon);
      }
    });

    it('is read also where there is no room to keep it', async () => {
      const [store, first, put] = [open(), record(), IDBObjectStore.prototype.put];
      await store.swap('key', null, first);
      const { now } = await store.read('key');
      vi.spyOn(Date, 'now').mockReturnValue(now + aMinute);
      vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
        this: IDBObjectStore,
        ...args
      ) {
        const request = put.apply(this, args);
        Object.defineProperty(this.transaction, 'error', {
          value: new DOMException('', 'QuotaExceededError'),
        });
        request.addEventListener('success', () => this.transaction.abort());
        return request;
      });
      expect(await store.read('key')).toEqual({ record: first, now: now + aMinute });
      await expect(store.swap('key', first.version, record())).rejects.toThrow(
        '(QuotaExceededError). There is no room left.',
      );
      vi.spyOn(Date, 'now').mockReturnValue(now - aMinute);
      expect(await store.read('key')).toEqual({ record: first, now });
    });
  });

  describe('opens the database again', () => {
    it('after the browser closed it and said so', async () => {
      const handles = handlesOpened();
      const store = open();
      await store.read('key');
      handles[0]?.onclose?.(new Event('close'));
      await store.read('key');
      expect(handles).toHaveLength(2);
    });

    it('after the browser closed it without a word', async () => {
      const handles = handlesOpened();
      const [store, first] = [open(), record()];
      await store.read('key');
      handles[0]?.close();
      expect(await store.swap('key', null, first)).toMatchObject({ ok: true, record: first });
      expect(handles).toHaveLength(2);
    });

    it('after it was deleted, which an open store does not block', async () => {
      const [store, first] = [open(), record()];
      await store.swap('key', null, record());
      const request = indexedDB.deleteDatabase(database);
      const blocked = vi.fn();
      request.onblocked = blocked;
      await new Promise((resolve) => {
        request.onsuccess = resolve;
      });
      expect(blocked).not.toHaveBeenCalled();
      expect(await store.swap('key', null, first)).toMatchObject({ ok: true, record: first });
    });

    it('after it could not be opened', async () => {
      const store = open();
      vi.spyOn(indexedDB, 'open').mockImplementation(() => {
        throw new DOMException('not now', 'UnknownError');
      });
      await expect(store.read('key')).rejects.toThrow(
        'cannot be used (UnknownError). Reload the page.',
      );
      vi.restoreAllMocks();
      expect((await store.read('key')).record).toBeNull();
    });

    it('after it hung, and closes the handle that came too late', async () => {
      const original = indexedDB.open.bind(indexedDB);
      const hanging: IDBOpenDBRequest[] = [];
      vi.spyOn(indexedDB, 'open').mockImplementationOnce((...args) => {
        const request = original(...args);
        request.addEventListener('success', (event) => {
          event.stopImmediatePropagation();
          hanging.push(request);
        });
        return request;
      });
      const store = open();
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      const refusal = expect(store.read('key')).rejects.toThrow(
        '(TimeoutError). It did not answer.',
      );
      await vi.advanceTimersByTimeAsync(2_500);
      await refusal;
      vi.useRealTimers();
      expect((await store.read('key')).record).toBeNull();
      const late = hanging[0]?.result;
      expect(late?.transaction('records')).toBeDefined();
      hanging[0]?.onsuccess?.(new Event('success'));
      await until(() => expect(() => late?.transaction('records')).toThrow('InvalidStateError'));
    });
  });

  describe('tells', () => {
    it('other handles and tabs which record changed, and never what it holds', async () => {
      const [store, first, messages] = [open(), record('secret'), [] as unknown[]];
      const tab = new BroadcastChannel(`act-on-token:${database}`);
      tab.onmessage = ({ data }: MessageEvent) => messages.push(data);
      await store.swap('key', null, first);
      await until(() => expect(messages).toEqual([{ key: 'key', version: first.version }]));
      tab.close();
    });

    it('no one of a swap that lost', async () => {
      const [store, onChange] = [open(), vi.fn()];
      store.watch('key', onChange);
      await store.swap('key', 'wrong', record());
      expect(onChange).not.toHaveBeenCalled();
      await store.swap('key', null, record());
      expect(onChange).toHaveBeenCalledTimes(1);
    });

    it('no one of a message that is none of ours', async () => {
      const [store, onChange, tab] = [
        open(),
        vi.fn(),
        new BroadcastChannel(`act-on-token:${database}`),
      ];
      store.watch('key', onChange);
      for (const message of [null, 'key', 7, { key: 7 }, { key: 'key', version: '1' }])
        tab.postMessage(message);
      await until(() => expect(onChange).toHaveBeenCalled());
      expect(onChange).toHaveBeenCalledTimes(1);
      tab.close();
    });

    it('the watchers of the same handle where there is no BroadcastChannel', async () => {
      vi.stubGlobal('BroadcastChannel', undefined);
      const [store, onChange] = [open(), vi.fn()];
      store.watch('key', onChange);
      await store.swap('key', null, record());
      expect(onChange).toHaveBeenCalledTimes(1);
    });

    it('no one who stopped because someone else was told', async () => {
      const [store, told] = [open(), [] as string[]];
      const stops = ['first', 'second'].map((name) =>
        store.watch('key', () => {
          told.push(name);
          for (const stop of stops) stop();
        }),
      );
      await store.swap('key', null, record());
      expect(told).toEqual(['first']);
    });

    it('no one any more once it is closed, in the middle of a swap too, which is kept all the same', async () => {
      const [store, onChange, first] = [open(), vi.fn(), record()];
      store.watch('key', onChange);
      const swap = store.swap('key', null, first);
      await store.close();
      const channel = vi.fn();
      vi.stubGlobal('BroadcastChannel', channel);
      expect(await swap).toMatchObject({ ok: true });
      expect(channel).not.toHaveBeenCalled();
      expect((await open().read('key')).record).toEqual(first);
      expect(onChange).not.toHaveBeenCalled();
    });
  });

  it('calls no watcher any more once another one has closed it', async () => {
    const [store, onChange] = [open(), vi.fn()];
    store.watch('key', () => void store.close());
    store.watch('key', onChange);
    await store.swap('key', null, record());
    expect(onChange).not.toHaveBeenCalled();
  });

  describe('calls its watchers when a record may have gone: when', () => {
    it('the browser closed the database, as it does when the user clears the data of the site', async () => {
      const handles = handlesOpened();
      const [store, onChange] = [open(), vi.fn()];
      store.watch('key', onChange);
      await store.read('key');
      handles[0]?.onclose?.(new Event('close'));
      await until(() => expect(onChange).toHaveBeenCalledTimes(1));
    });

    it('another tab deletes the database, and they find it empty', async () => {
      const store = open();
      await store.swap('key', null, record());
      const found = new Promise<unknown>((resolve) => {
        store.watch('key', () => resolve(store.read('key').then((answer) => answer.record)));
      });
      indexedDB.deleteDatabase(database);
      expect(await found).toBeNull();
    });
  });

  describe('fails', () => {
    const canary = 'canary-4711';

    /** The message of the error that a swap with canaries gives. */
    async function refusalOf(store: TokenStore): Promise<string> {
      const error = await store
        .swap(`${canary}-key`, null, { version: canary, value: canary })
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'store_unavailable' });
      const shown =
        inspect(error, { depth: 10, showHidden: true }) +
        JSON.stringify(error) +
        String((error as Error).stack);
      expect(shown).not.toContain(canary);
      return (error as Error).message;
    }

    it.each(['SecurityError', 'InvalidStateError'])(
      'with a remedy where the browser keeps no data: %s',
      async (name) => {
        vi.spyOn(indexedDB, 'open').mockImplementation(() => {
          throw new DOMException(canary, name);
        });
        expect(await refusalOf(open())).toBe(
          `The IndexedDB database "${database}" cannot be used (${name}). The browser keeps no data for this page. ` +
            'Leave the private window, allow site data, or use @act-on-token/memory.',
        );
      },
    );

    it('with a remedy where there is no IndexedDB', async () => {
      const store = open();
      vi.stubGlobal('indexedDB', undefined);
      expect(await refusalOf(store)).toContain(
        'There is no IndexedDB here. Use @act-on-token/memory.',
      );
    });

    it.each([
      ['null', null],
      ['a text', `${canary} text`],
      ['a number', 4_711],
      ['an object without a version', { value: canary }],
      ['an object without a value', { version: canary }],
      ['an object whose version is a number', { version: 4_711, value: canary }],
      ['an object whose value is an object', { version: canary, value: { value: canary } }],
      ['a list', [canary, canary]],
    ])('with a remedy, and changes nothing, where the record is %s', async (_, damaged) => {
      const handles = handlesOpened();
      const store = open();
      const other = await store.swap('another key', null, record());
      const records = () => handles[0]?.transaction('records', 'readwrite').objectStore('records');
      records()?.put(damaged, `${canary}-key`);
      const message = `The IndexedDB database "${database}" cannot be used (DamagedError). Another program wrote the record. Clear`;
      expect(await refusalOf(store)).toContain(message);
      await expect(store.read(`${canary}-key`)).rejects.toThrow(message);
      for (const expected of [canary, 'another', '']) {
        await expect(store.swap(`${canary}-key`, expected, record())).rejects.toThrow(message);
      }
      const request = (await opened())
        .transaction('records')
        .objectStore('records')
        .get(`${canary}-key`);
      await until(() => expect(request.result).toEqual(damaged));
      expect((await store.read('another key')).record).toEqual(other.record);
    });

    it.each([
      `${canary}Error`,
      `Error: ${canary}`,
      `x${canary} TypeError`,
      `TypeErrorOf${canary}`,
      4_711,
      null,
    ])('without a word of what a wrapper around IndexedDB calls its error: %s', async (name) => {
      vi.spyOn(indexedDB, 'open').mockImplementation(() => {
        throw { name, message: canary };
      });
      expect(await refusalOf(open())).toMatch(
        /cannot be used \((Abort)?Error\)\. Reload the page\.$/,
      );
    });

    it('with a remedy where another program owns the database', async () => {
      await new Promise((resolve) => {
        indexedDB.open(database, 7).onsuccess = resolve;
      });
      expect(await refusalOf(open())).toContain('(VersionError). It belongs to another program');
    });

    it('a swap whose transaction is undone after the put, and tells no one', async () => {
      const [store, onChange] = [open(), vi.fn()];
      store.watch(`${canary}-key`, onChange);
      await store.read('key');
      const put = IDBObjectStore.prototype.put;
      vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (
        this: IDBObjectStore,
        ...args
      ) {
        const request = put.apply(this, args);
        request.addEventListener('success', () => this.transaction.abort());
        return request;
      });
      expect(await refusalOf(store)).toContain('(AbortError)');
      vi.restoreAllMocks();
      expect((await store.read(`${canary}-key`)).record).toBeNull();
      expect(onChange).not.toHaveBeenCalled();
    });

    it('after close, and does not open the database again', async () => {
      const store = open();
      const opened = vi.spyOn(indexedDB, 'open');
      await store.close();
      await expect(store.read('key')).rejects.toThrow('is closed');
      expect(() => store.watch('key', () => {})).toThrow('is closed');
      expect(opened).not.toHaveBeenCalled();
    });
  });

  it('closes what it opened, and no more', async () => {
    const [handles, closed] = [handlesOpened(), vi.spyOn(BroadcastChannel.prototype, 'close')];
    const [store, other] = [open(), open()];
    await store.swap('key', null, record());
    await other.read('key');
    await store.close();
    expect(closed).toHaveBeenCalledTimes(1);
    await until(() =>
      expect(() => handles[0]?.transaction('records')).toThrow('InvalidStateError'),
    );
    expect((await other.read('key')).record).not.toBeNull();
    expect(handles).toHaveLength(2);
  });

  it('leaves no timer behind when an answer comes', async () => {
    const timers = () =>
      process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length;
    const store = open();
    await store.read('key');
    const before = timers();
    for (let calls = 0; calls < 10; calls += 1) await store.read('key');
    expect(timers() - before).toBeLessThan(10);
  });

  it('refuses what is not an object of options, by its own name', () => {
    expect(() => indexedDbStore(null as never)).toThrow(
      expect.objectContaining({
        code: 'configuration',
        message: expect.stringContaining('indexedDbStore()'),
      }),
    );
  });

  it('holds nothing that keeps a Node process alive', async () => {
    const ports = () =>
      process.getActiveResourcesInfo().filter((kind) => kind === 'MessagePort').length;
    const before = ports();
    for (let i = 0; i < 10; i += 1) open(`${database}-${i}`).watch('key', () => {});
    expect(ports() - before).toBeLessThan(10);
  });

  it('lets a Node process end that neither stops nor closes', async () => {
    const program = `
      import 'fake-indexeddb/auto';
      import { indexedDbStore } from '@act-on-token/indexeddb';
      const store = indexedDbStore();
      store.watch('key', () => {});
      await store.swap('key', null, { version: 'a', value: 'b' });
      console.log('done');`;
    const [file = '', ...before] = fromSource('Node');
    const cwd = new URL('.', import.meta.url);
    const child = spawn(file, [...before, '--input-type=module', '--eval', program], {
      cwd,
      stdio: 'pipe',
    });
    let output = '';
    child.stdout.on('data', (text) => {
      output += text;
    });
    const [code] = await once(child, 'exit');
    expect([code, output]).toEqual([0, 'done\n']);
  });
});
