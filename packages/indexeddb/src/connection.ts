import { ActOnTokenError } from '@act-on-token/core';
import { promisifyRequest, type UseStore } from 'idb-keyval';

/** Longest wait for one transaction, in milliseconds: a browser may leave one pending for ever. A session allows 3 s. */
const deadline = 2_500;
const table = 'records';

/** By the name of the error. */
const remedies: ReadonlyArray<readonly [name: RegExp, remedy: string]> = [
  [
    /Security|InvalidState/,
    'The browser keeps no data for this page. Leave the private window, allow site data, or use @act-on-token/memory',
  ],
  [/Reference|Type/, 'There is no IndexedDB here. Use @act-on-token/memory'],
  [/Quota/, 'There is no room left. Free disk space, delete data of this site, or ask for navigator.storage.persist()'],
  [/Version|NotFound/, 'It belongs to another program or a newer version of this package. Choose another "database"'],
  [/Timeout/, 'It did not answer. Another tab may hold it open in an older version: close the other tabs of this site'],
  [/./, 'Reload the page'],
];

/**
 * idb-keyval's `UseStore` with what its own lacks: a call resolves when its transaction is complete and on the disk, and no
 * failure is kept, be it a database that did not open or a handle that died. `onLost`: it was closed from outside, and may be empty now.
 */
export function connect(database: string, onLost: () => void): { use: UseStore; close(): void } {
  let handle: Promise<IDBDatabase> | null = null;

  const forget = (old: Promise<IDBDatabase>) => {
    if (handle === old) handle = null;
    old.then((opened) => opened.close()).catch(() => {});
  };
  const open = () => {
    const opening = openDatabase(database);
    const drop = () => forget(opening);
    const lose = () => {
      drop();
      onLost();
    };
    // Browsers close a handle when site data are cleared, Safari at will; and another tab may want to delete the database.
    opening.then((opened) => Object.assign(opened, { onclose: lose, onversionchange: lose }), drop);
    return opening;
  };
  const attempt: UseStore = async (mode, callback) => {
    handle ??= open();
    const used = handle;
    const work = used.then((opened) => transact(opened, mode, callback));
    return inTime(work).catch((error: unknown) => {
      forget(used);
      throw error;
    });
  };
  const use: UseStore = async (mode, callback) =>
    // A handle may have died without telling, and versions make it safe to swap twice: so once more, on a new one.
    attempt(mode, callback)
      .catch((error: unknown) => (isLate(error) ? Promise.reject(error) : attempt(mode, callback)))
      .catch((error: unknown) => Promise.reject(unavailable(database, error)));
  return { use, close: () => handle && forget(handle) };
}

async function openDatabase(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(table);
  return promisifyRequest(request);
}

async function transact<T>(opened: IDBDatabase, mode: IDBTransactionMode, callback: (records: IDBObjectStore) => T | PromiseLike<T>) {
  const transaction = opened.transaction(table, mode, { durability: 'strict' });
  const complete = new Promise<unknown>((resolve, reject) => {
    transaction.oncomplete = resolve;
    // Not `onerror`: what fails in the end, for want of room, is told by the abort alone.
    transaction.onabort = () => reject(transaction.error);
  });
  const [answer] = await Promise.all([callback(transaction.objectStore(table)), complete]);
  return answer;
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject({ name: 'TimeoutError' }), deadline);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

const isLate = (error: unknown): boolean => Object(error).name === 'TimeoutError';

function unavailable(database: string, error: unknown): ActOnTokenError {
  const told = String(Object(error).name ?? 'AbortError');
  const name = /^[A-Z][A-Za-z]{1,40}Error$/.test(told) ? told : 'Error'; // Of a wrapper around IndexedDB it may be anything.
  const [, remedy] = remedies.find(([names]) => names.test(name)) ?? [];
  return new ActOnTokenError('store_unavailable', `The IndexedDB database "${database}" cannot be used (${name}). ${remedy}.`);
}
