import { ActOnTokenError } from '@act-on-token/core';
import { promisifyRequest } from 'idb-keyval';

/**
 * Longest wait for one transaction, in milliseconds: a browser may leave one pending for ever. A
 * session allows 3 s.
 */
const deadline = 2_500;
const table = 'records';

/** By the name of the error. */
const remedies: ReadonlyArray<readonly [name: RegExp, remedy: string]> = [
  [
    /Security|InvalidState/,
    'The browser keeps no data for this page. Leave the private window, allow site data, or use @act-on-token/memory',
  ],
  [/Reference|Type/, 'There is no IndexedDB here. Use @act-on-token/memory'],
  [
    /Quota/,
    'There is no room left. Free disk space, delete data of this site, or ask for navigator.storage.persist()',
  ],
  [
    /Version|NotFound/,
    'It belongs to another program or a newer version of this package. Choose another "database"',
  ],
  [
    /Damaged/,
    'Another program wrote the record. Clear the data of this site, or choose another "database"',
  ],
  [
    /Timeout/,
    'It did not answer. Another tab may hold it open in an older version: close the other tabs of this site',
  ],
  [/./, 'Reload the page'],
];

/**
 * What a call is for. A change is on the disk when it resolves. A look also writes (the time), but
 * goes without if there is no room.
 */
type Purpose = 'change' | 'look';
type Work<T> = (records: IDBObjectStore) => Promise<T>;

export interface Connection {
  /** Does this in one transaction. Resolves when that is complete. */
  use<T>(purpose: Purpose, work: Work<T>): Promise<T>;
  close(): void;
}

/**
 * Keeps one handle on the database. No failure is kept, be it a database that did not open or a
 * handle that died. `onLost`: it was closed from outside, and may be empty now.
 */
export function connect(database: string, onLost: () => void): Connection {
  let handle: Promise<IDBDatabase> | null = null;

  const forget = (old: Promise<IDBDatabase>) => {
    // Stryker disable next-line ConditionalExpression: to forget a newer handle as well costs no more than to open it once more.
    if (handle === old) handle = null;
    old.then((opened) => opened.close()).catch(() => {});
  };
  const open = () => {
    const opening = openDatabase(database);
    const lose = () => {
      forget(opening);
      onLost();
    };
    // Browsers close a handle when site data are cleared, Safari at will; and another tab may want
    // to delete the database. A failure is that of the calls which wait for the handle.
    opening.then(
      (opened) => Object.assign(opened, { onclose: lose, onversionchange: lose }),
      () => {},
    );
    return opening;
  };
  const attempt = async <T>(
    mode: IDBTransactionMode,
    purpose: Purpose,
    work: Work<T>,
  ): Promise<T> => {
    handle ??= open();
    const used = handle;
    const done = used.then((opened) => transact(opened, mode, purpose, work));
    return inTime(done).catch((error: unknown) => {
      forget(used);
      throw error;
    });
  };
  const use: Connection['use'] = (purpose, work) =>
    // A handle may have died without telling, and versions make it safe to swap twice: so once
    // more, on a new one.
    attempt('readwrite', purpose, work)
      .catch((error: unknown) => {
        if (/Timeout|Damaged/.test(nameOf(error))) throw error;
        return attempt(
          purpose === 'look' && /Quota/.test(nameOf(error)) ? 'readonly' : 'readwrite',
          purpose,
          work,
        );
      })
      .catch((error: unknown) => Promise.reject(unavailable(database, error)));
  return { use, close: () => handle && forget(handle) };
}

async function openDatabase(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(table);
  return promisifyRequest(request);
}

async function transact<T>(
  opened: IDBDatabase,
  mode: IDBTransactionMode,
  purpose: Purpose,
  work: Work<T>,
): Promise<T> {
  const transaction = opened.transaction(table, mode, {
    durability: purpose === 'change' ? 'strict' : 'relaxed',
  });
  const complete = new Promise<unknown>((resolve, reject) => {
    transaction.oncomplete = resolve;
    // Not `onerror`: what fails in the end, for lack of room, shows in the abort alone.
    transaction.onabort = () => reject(transaction.error);
  });
  const [answer] = await Promise.all([work(transaction.objectStore(table)), complete]);
  return answer;
}

async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject({ name: 'TimeoutError' }), deadline);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

const nameOf = (error: unknown): string => String(Object(error).name ?? 'AbortError');

function unavailable(database: string, error: unknown): ActOnTokenError {
  const found = nameOf(error);
  const name = /^[A-Z][A-Za-z]{1,40}Error$/.test(found) ? found : 'Error'; // Of a wrapper around IndexedDB it may be anything.
  // Stryker disable next-line ArrayDeclaration: the last remedy is for every name.
  const [, remedy] = remedies.find(([names]) => names.test(name)) ?? [];
  return new ActOnTokenError(
    'store_unavailable',
    `The IndexedDB database "${database}" cannot be used (${name}). ${remedy}.`,
  );
}
