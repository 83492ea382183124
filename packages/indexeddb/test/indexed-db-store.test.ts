import 'fake-indexeddb/auto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { inspect } from 'node:util';
import type { StoredRecord, TokenStore } from '@act-on-token/core';
import { indexedDbStore } from '@act-on-token/indexeddb';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

const until = (check: () => unknown): Promise<unknown> => vi.waitFor(check, { timeout: 10_000, interval: 5 });
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

  it('shares records by the name of the database', async () => {
    const first = record();
    await open().swap('key', null, first);
    expect((await open().read('key')).record).toEqual(first);
    expect((await open(`${database}-2`).read('key')).record).toBeNull();
  });

  it('writes to the disk before it resolves, and lets nobody in between the look and the put', async () => {
    const handles = handlesOpened();
    await open().read('key');
    const transaction = vi.spyOn(Object.getPrototypeOf(handles[0]), 'transaction');
    await open().swap('key', null, record());
    expect(transaction.mock.calls).toEqual([['records', 'readwrite', { durability: 'strict' }]]);
  });

  it('lets its clock stand still while the wall clock is behind', async () => {
    const store = open();
    const clock = vi.spyOn(Date, 'now');
    const timeAt = async (time: number) => {
      clock.mockReturnValue(time);
      return (await store.read('key')).now;
    };
    expect([await timeAt(1_000), await timeAt(400), await timeAt(1_001)]).toEqual([1_000, 1_000, 1_001]);
  });

  describe('opens the database anew', () => {
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
      await expect(store.read('key')).rejects.toThrow('cannot be used (UnknownError). Reload the page.');
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
      const refusal = expect(store.read('key')).rejects.toThrow('(TimeoutError). It did not answer.');
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

    it('nobody of a swap that lost', async () => {
      const [store, onChange] = [open(), vi.fn()];
      store.watch('key', onChange);
      await store.swap('key', 'wrong', record());
      expect(onChange).not.toHaveBeenCalled();
      await store.swap('key', null, record());
      expect(onChange).toHaveBeenCalledTimes(1);
    });

    it('nobody of a message that is none of ours', async () => {
      const [store, onChange, tab] = [open(), vi.fn(), new BroadcastChannel(`act-on-token:${database}`)];
      store.watch('key', onChange);
      for (const message of [null, 'key', 7, { key: 7 }, { key: 'key', version: '1' }]) tab.postMessage(message);
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

    it('nobody who stopped because somebody else was told', async () => {
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

    it('nobody any more once it is closed, in the middle of a swap too, which is kept all the same', async () => {
      const [store, onChange, first] = [open(), vi.fn(), record()];
      store.watch('key', onChange);
      const swap = store.swap('key', null, first);
      await store.close();
      expect(await swap).toMatchObject({ ok: true });
      expect((await open().read('key')).record).toEqual(first);
      expect(onChange).not.toHaveBeenCalled();
    });
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
      const error = await store.swap(`${canary}-key`, null, { version: canary, value: canary }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'store_unavailable' });
      const shown = inspect(error, { depth: 10, showHidden: true }) + JSON.stringify(error) + String((error as Error).stack);
      expect(shown).not.toContain(canary);
      return (error as Error).message;
    }

    it.each(['SecurityError', 'InvalidStateError'])('with a remedy where the browser keeps no data: %s', async (name) => {
      vi.spyOn(indexedDB, 'open').mockImplementation(() => {
        throw new DOMException(canary, name);
      });
      expect(await refusalOf(open())).toBe(
        `The IndexedDB database "${database}" cannot be used (${name}). The browser keeps no data for this page. ` +
          'Leave the private window, allow site data, or use @act-on-token/memory.',
      );
    });

    it('with a remedy where there is no IndexedDB', async () => {
      const store = open();
      vi.stubGlobal('indexedDB', undefined);
      expect(await refusalOf(store)).toContain('There is no IndexedDB here. Use @act-on-token/memory.');
    });

    it('with a remedy where another program owns the database', async () => {
      await new Promise((resolve) => {
        indexedDB.open(database, 7).onsuccess = resolve;
      });
      expect(await refusalOf(open())).toContain('(VersionError). It belongs to another program');
    });

    it('a swap whose transaction is undone after the put, and tells nobody', async () => {
      const [store, onChange] = [open(), vi.fn()];
      store.watch(`${canary}-key`, onChange);
      await store.read('key');
      const put = IDBObjectStore.prototype.put;
      vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(function (this: IDBObjectStore, ...args) {
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
    await until(() => expect(() => handles[0]?.transaction('records')).toThrow('InvalidStateError'));
    expect((await other.read('key')).record).not.toBeNull();
    expect(handles).toHaveLength(2);
  });

  it('lets a Node process end that neither stops nor closes', async () => {
    const program = `
      import 'fake-indexeddb/auto';
      import { indexedDbStore } from '@act-on-token/indexeddb';
      const store = indexedDbStore();
      store.watch('key', () => {});
      await store.swap('key', null, { version: 'a', value: 'b' });
      console.log('done');`;
    const hooks = String(new URL('../../../tooling/from-source.ts', import.meta.url));
    const cwd = new URL('.', import.meta.url);
    const child = spawn(process.execPath, ['--import', hooks, '--input-type=module', '--eval', program], { cwd, stdio: 'pipe' });
    let output = '';
    child.stdout.on('data', (text) => {
      output += text;
    });
    const [code] = await once(child, 'exit');
    expect([code, output]).toEqual([0, 'done\n']);
  });
});
