// A token store over SQLite, for all processes of one machine. docs/write-your-own-store.md is its
// guide.
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import {
  ActOnTokenError,
  pollingWatch,
  type StoredRecord,
  type TokenStore,
} from '@act-on-token/core';

export interface SqliteStoreOptions {
  /** Path of the database file. It is made if it is not there. */
  file: string;
  /**
   * Milliseconds from one look for changes to the next, while something is watched. Default: 250.
   */
  interval?: number;
  /**
   * The machine's clock in epoch milliseconds, for programs that move time themselves. Default:
   * `Date.now()`.
   */
  now?: () => number;
}

/**
 * Longest wait for another process's lock, in milliseconds: this process stands still meanwhile,
 * and a session waits 3 s for an answer.
 */
const patience = 2_000;

/**
 * Keeps records in a table of a SQLite database, which any number of processes of one machine may
 * open. Throws what `node:sqlite` throws if the file cannot be opened.
 */
export function sqliteStore({
  file,
  interval = 250,
  now = neverBack,
}: SqliteStoreOptions): TokenStore {
  const database = openDatabase(file);
  const find = database.prepare('SELECT version, value FROM act_on_token WHERE key = ?');
  const insert = database.prepare(
    'INSERT INTO act_on_token (key, version, value) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
  );
  const update = database.prepare(
    'UPDATE act_on_token SET version = ?, value = ? WHERE key = ? AND version = ?',
  );
  const stops = new Set<() => void>();

  const recordOf = (key: string): StoredRecord | null => {
    const row = find.get(key);
    return row === undefined ? null : { version: String(row.version), value: String(row.value) };
  };
  const read: TokenStore['read'] = async (key) => {
    assertOpen(database);
    return { record: recordOf(key), now: now() };
  };
  const swap: TokenStore['swap'] = async (key, expected, { version, value }) => {
    assertOpen(database);
    const record = inTransaction(database, () => {
      if (expected === null) insert.run(key, version, value);
      else update.run(version, value, key, expected);
      return recordOf(key);
    });
    return { ok: record?.version === version, record, now: now() };
  };
  const watch: TokenStore['watch'] = (key, onChange) => {
    assertOpen(database);
    const end = pollingWatch(() => read(key), onChange, { interval });
    const stop = () => {
      stops.delete(stop);
      end();
    };
    stops.add(stop);
    return stop;
  };
  const close: TokenStore['close'] = async () => {
    for (const stop of stops) stop();
    if (database.isOpen) database.close();
  };
  return { reach: 'machine', read, swap, watch, close };
}

function openDatabase(file: string): DatabaseSync {
  // Readable for its owner alone; SQLite gives the same rights to the files that it puts beside it.
  closeSync(openSync(file, 'a', 0o600));
  const database = new DatabaseSync(file, { timeout: patience });
  // In WAL mode readers wait for nobody. FULL: a pair that was swapped in is on the disk, for there
  // is no second one.
  patiently(() => database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL'));
  database.exec(
    'CREATE TABLE IF NOT EXISTS act_on_token (key TEXT PRIMARY KEY, version TEXT NOT NULL, value TEXT NOT NULL) STRICT',
  );
  return database;
}

/**
 * Who meets another one turning a new database to WAL is told "busy" at once, whatever `timeout`
 * says.
 */
function patiently<T>(work: () => T): T {
  for (const end = performance.now() + patience; ; ) {
    try {
      return work();
    } catch (error) {
      const isBusy = (Number((error as { errcode?: unknown }).errcode) & 0xff) === 5; // The rest tells which kind of busy.
      if (!isBusy || performance.now() > end) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5); // Everything here is synchronous, waiting as well.
    }
  }
}

/**
 * IMMEDIATE takes the lock for writing first, so that nothing changes between the comparison and
 * the answer.
 */
function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

const anHour = 3_600_000;
let latest = 0;

/**
 * All processes go by the clock of their machine. Set back by an hour at most, it stands still
 * until it has caught up.
 */
function neverBack(): number {
  const wall = Date.now();
  latest = latest - wall > anHour ? wall : Math.max(latest, wall);
  return latest;
}

function assertOpen({ isOpen }: DatabaseSync): void {
  if (!isOpen)
    throw new ActOnTokenError(
      'store_unavailable',
      'This SQLite store is closed. Close it after the sessions that use it.',
    );
}
