// A token store over SQLite, for all processes of one machine. docs/write-your-own-store.md is its
// guide.
import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { defineStore, type TokenStore } from '@act-on-token/core';

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

/** Longest wait for another process's lock, in milliseconds: this process is blocked meanwhile. */
const patience = 500;

/**
 * Keeps records in a table of a SQLite database, which any number of processes of one machine may
 * open. Throws what `node:sqlite` throws if the file cannot be opened.
 */
export function sqliteStore({ file, interval = 250, now }: SqliteStoreOptions): TokenStore {
  const database = openDatabase(file);
  const find = database.prepare('SELECT version, value FROM act_on_token WHERE key = ?');
  const insert = database.prepare(
    'INSERT INTO act_on_token (key, version, value) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET version = version RETURNING version, value',
  );
  const update = database.prepare(
    'UPDATE act_on_token SET value = iif(version = ?, ?, value), version = iif(version = ?, ?, version) WHERE key = ? RETURNING version, value',
  );
  const answer = (row: unknown) => ({ record: (row ?? null) as Row | null, now: now?.() });
  return defineStore({
    name: 'SQLite',
    reach: 'machine',
    read: async (key) => answer(find.get(key)),
    swap: async (key, expected, { version, value }) =>
      expected === null
        ? answer(insert.get(key, version, value))
        : answer(update.get(expected, value, expected, version, key)),
    isBusy: (error) => isBusy(error),
    close: () => database.close(),
    interval,
  });
}

interface Row {
  readonly version: string;
  readonly value: string;
}

function openDatabase(file: string): DatabaseSync {
  // Readable for its owner alone; SQLite gives the same rights to the files that it puts next to it.
  closeSync(openSync(file, 'a', 0o600));
  const database = new DatabaseSync(file, { timeout: patience });
  // In WAL mode readers wait for no writer. FULL: a pair that was swapped in is on the disk, because
  // there is no second one.
  patiently(() => database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL'));
  database.exec(
    'CREATE TABLE IF NOT EXISTS act_on_token (key TEXT PRIMARY KEY, version TEXT NOT NULL, value TEXT NOT NULL) STRICT',
  );
  return database;
}

/** "Busy"; the other bits say which kind. */
const isBusy = (error: unknown): boolean => (Number(Object(error).errcode) & 0xff) === 5;

/** A process that meets another one turning a new database to WAL is told "busy" at once. */
function patiently<T>(work: () => T): T {
  for (const end = performance.now() + 2_000; ; ) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error) || performance.now() > end) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5); // Everything here is synchronous, waiting as well.
    }
  }
}
