import { ActOnTokenError, checkOptions, type OptionRules, type StoredRecord, type SwapResult, type TokenStore } from '@act-on-token/core';
import { get, promisifyRequest } from 'idb-keyval';
import { connect } from './connection.ts';
import { createHints } from './hints.ts';

export interface IndexedDbStoreOptions {
  /** The name of the database: stores of one origin with the same name share their records. Default: `act-on-token`. */
  database?: string | undefined;
}

export const indexedDbRules: OptionRules<IndexedDbStoreOptions> = { database: ['text', 'act-on-token'] };

/**
 * Keeps records in IndexedDB, where all tabs and workers of one origin share them. The browser may clear it: then the user
 * signs in again.
 *
 * ```ts
 * const session = createSession({ endpoint, account: 'ada@example.com', store: indexedDbStore() });
 * ```
 *
 * Opens the database at the first call. Calls reject with `store_unavailable`, at the latest after 2.5 s;
 * a wrong option throws `configuration`.
 */
export function indexedDbStore(options: IndexedDbStoreOptions = {}): TokenStore {
  const { database } = checkOptions<IndexedDbStoreOptions, 'database'>('indexedDbStore()', indexedDbRules, options);
  const hints = createHints(database);
  const connection = connect(database, () => hints.hear());
  let latest = Number.NEGATIVE_INFINITY;
  let isClosed = false;
  const assertOpen = () => {
    if (isClosed)
      throw new ActOnTokenError('store_unavailable', 'This IndexedDB store is closed. Close it after the sessions that use it.');
  };
  // A wall clock that was set back stands still until it has caught up.
  const now = () => {
    latest = Math.max(latest, Date.now());
    return latest;
  };
  return {
    reach: 'origin',
    async read(key) {
      assertOpen();
      return { record: (await get<StoredRecord>(key, connection.use)) ?? null, now: now() };
    },
    async swap(key, expected, next) {
      assertOpen();
      const { ok, record } = await connection.use('readwrite', (records) => replace(records, key, expected, next));
      if (ok && !isClosed) hints.tell({ key, version: next.version });
      return { ok, record, now: now() };
    },
    watch(key, onChange) {
      assertOpen();
      return hints.watch(key, onChange);
    },
    async close() {
      isClosed = true;
      hints.close();
      connection.close();
    },
  };
}

/** Within one transaction: nobody else writes between the look and the put. */
async function replace(
  records: IDBObjectStore,
  key: string,
  expected: string | null,
  next: StoredRecord,
): Promise<Omit<SwapResult, 'now'>> {
  const held = (await promisifyRequest<StoredRecord | undefined>(records.get(key))) ?? null;
  if (held?.version === next.version) return { ok: true, record: held };
  if ((held?.version ?? null) !== expected) return { ok: false, record: held };
  const record = { version: next.version, value: next.value };
  records.put(record, key);
  return { ok: true, record };
}
