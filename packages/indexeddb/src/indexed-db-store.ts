import {
  ActOnTokenError,
  checkOptions,
  type OptionRules,
  type ReadResult,
  type StoredRecord,
  type SwapResult,
  type TokenStore,
} from '@act-on-token/core';
import { promisifyRequest } from 'idb-keyval';
import { tick } from './clock.ts';
import { connect } from './connection.ts';
import { createHints } from './hints.ts';

export interface IndexedDbStoreOptions {
  /**
   * The name of the database: stores of one origin with the same name share their records. Default:
   * `act-on-token`.
   */
  database?: string | undefined;
}

export const indexedDbRules: OptionRules<IndexedDbStoreOptions> = {
  database: ['text', 'act-on-token'],
};

/**
 * Keeps records in IndexedDB, where all tabs and workers of one origin share them. The browser may
 * clear it: then the user signs in again.
 *
 * ```ts
 * const session = createSession({ endpoint, account: 'ada@example.com', store: indexedDbStore() });
 * ```
 *
 * Opens the database at the first call. Calls reject with `store_unavailable`, at the latest after
 * 2.5 s; a wrong option throws `configuration`.
 */
export function indexedDbStore(options: IndexedDbStoreOptions = {}): TokenStore {
  const { database } = checkOptions<IndexedDbStoreOptions, 'database'>(
    'indexedDbStore()',
    indexedDbRules,
    options,
  );
  const hints = createHints(database);
  const connection = connect(database, () => hints.hear());
  let isClosed = false;
  const assertOpen = () => {
    if (isClosed)
      throw new ActOnTokenError(
        'store_unavailable',
        'This IndexedDB store is closed. Close it after the sessions that use it.',
      );
  };
  return {
    reach: 'origin',
    async read(key) {
      assertOpen();
      return connection.use('look', (records) => find(records, key));
    },
    async swap(key, expected, next) {
      assertOpen();
      const result = await connection.use('change', (records) =>
        replace(records, key, expected, next),
      );
      if (result.ok && !isClosed) hints.announce({ key, version: next.version });
      return result;
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

/** Within one transaction, like all that follows: no other tab writes in between. */
async function find(records: IDBObjectStore, key: string): Promise<ReadResult> {
  const [held, now] = await Promise.all([
    promisifyRequest<unknown>(records.get(key)),
    tick(records),
  ]);
  const { version, value } = Object(held);
  const isRecord = typeof version === 'string' && typeof value === 'string';
  if (held !== undefined && !isRecord) throw { name: 'DamagedError' };
  return { record: isRecord ? { version, value } : null, now };
}

async function replace(
  records: IDBObjectStore,
  key: string,
  expected: string | null,
  next: StoredRecord,
): Promise<SwapResult> {
  const held = await find(records, key);
  if (held.record?.version === next.version) return { ok: true, ...held };
  if ((held.record?.version ?? null) !== expected) return { ok: false, ...held };
  const record = { version: next.version, value: next.value };
  records.put(record, key);
  return { ok: true, record, now: held.now };
}
