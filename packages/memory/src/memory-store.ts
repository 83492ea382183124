import {
  checkOptions,
  forwardClock,
  type OptionRules,
  type StoredRecord,
  type SwapResult,
  type TokenStore,
} from '@act-on-token/core';
import { createWatchers, type Watchers } from './watchers.ts';

export interface MemoryStoreOptions {
  /**
   * The store's clock in epoch milliseconds, for tests that move time themselves. Default:
   * `Date.now()`, looked up at each call.
   */
  now?: (() => number) | undefined;
}

export const memoryRules: OptionRules<MemoryStoreOptions> = { now: ['function', () => Date.now()] };

export interface MemoryStore extends TokenStore {
  /**
   * Another handle on the same records and the same clock, as another process would have one on a
   * file or a server. Closing a handle ends its own watches and nothing else.
   */
  open(): MemoryStore;
}

/** What all handles of one store share. */
interface Memory {
  readonly records: Map<string, StoredRecord>;
  readonly watchers: Watchers;
  readonly now: () => number;
}

/**
 * Keeps records in this process; they are gone when it ends. Any number of sessions may share one
 * store.
 *
 * ```ts
 * const session = createSession({ endpoint, account: 'ada@example.com', store: memoryStore() });
 * ```
 *
 * Two calls make two stores that know nothing of each other: sessions of one account must share one
 * store, or they will invalidate each other's tokens. Where several processes use an account, take
 * a store that they all reach. Throws `configuration`, naming the option, for what cannot work.
 */
export function memoryStore(options: MemoryStoreOptions = {}): MemoryStore {
  const { now } = checkOptions<MemoryStoreOptions, 'now'>('memoryStore()', memoryRules, options);
  return handle({ records: new Map(), watchers: createWatchers(), now: forwardClock(now) });
}

function handle(memory: Memory): MemoryStore {
  const stops = new Set<() => void>();
  let closed = false;
  const assertOpen = () => {
    if (closed)
      throw new Error(
        'This memory store is closed. Close a store only after the sessions that use it, or take a handle of its own with open().',
      );
  };
  return {
    reach: 'process',
    async read(key) {
      assertOpen();
      return { record: memory.records.get(key) ?? null, now: memory.now() };
    },
    async swap(key, expected, next) {
      assertOpen();
      return swap(memory, key, expected, next);
    },
    watch(key, onChange) {
      assertOpen();
      const stop = memory.watchers.add(key, onChange);
      stops.add(stop);
      return () => {
        stops.delete(stop);
        stop();
      };
    },
    open: () => handle(memory),
    async close() {
      closed = true;
      for (const stop of stops) stop();
    },
  };
}

/**
 * Compares and replaces with nothing awaited in between: that is all it takes to be atomic in one
 * process.
 */
function swap(
  { records, watchers, now }: Memory,
  key: string,
  expected: string | null,
  next: StoredRecord,
): SwapResult {
  const current = records.get(key) ?? null;
  if (current?.version === next.version) return { ok: true, record: current, now: now() };
  if ((current?.version ?? null) !== expected) return { ok: false, record: current, now: now() };
  // A copy, so that the caller cannot change what is stored by changing what it passed.
  const record = Object.freeze({ version: next.version, value: next.value });
  records.set(key, record);
  watchers.notify(key);
  return { ok: true, record, now: now() };
}
