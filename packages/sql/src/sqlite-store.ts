import { checkOptions, defineStore, type OptionRules, type TokenStore } from '@act-on-token/core';
import { codesOf, encoded, firstRow, placeAnswer, type Run, remedyFrom } from './run.ts';
import { tableRule } from './sql-schema.ts';

export interface SqliteStoreOptions {
  /**
   * Runs one statement with `?` as parameters and gives back its rows:
   * `(text, values) => database.prepare(text).all(...values)`.
   */
  run: Run;
  /** The table. Default: `act_on_token`. */
  table?: string | undefined;
  /**
   * Who can use the database: the programs of one machine, or servers through a service such as D1
   * or Turso. Default: `machine`.
   */
  reach?: 'machine' | 'network' | undefined;
  /**
   * Milliseconds from one look for changes to the next, while something is watched. Default: 1,000.
   */
  interval?: number | undefined;
}

export const sqliteRules: OptionRules<SqliteStoreOptions> = {
  run: ['function', null],
  table: tableRule,
  reach: [['machine', 'network'], 'machine'],
  interval: [[1, 86_400_000], undefined],
};

const remedies: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  ['SQLITE_READONLY', 'Give this user the right to write the file and its folder.'],
  ['SQLITE_CANTOPEN', 'Give this user the right to write the file and its folder.'],
  ['SQLITE_FULL', 'The disk is full. Free some space.'],
  ['SQLITE_CORRUPT', 'The file is damaged. Restore it, or delete it and sign in again.'],
]);

/**
 * Keeps records in a table of SQLite, through the driver that the caller has: a file that all
 * processes of a machine open, or a service such as D1. One statement for each call.
 *
 * ```ts
 * const run = (text, values) => database.prepare(text).all(...values);
 * const store = sqliteStore({ run });
 * ```
 *
 * Make the table with `sqlSchema('sqlite')`. The database stays the caller's. A database that is
 * locked is asked again. Calls reject with `store_unavailable`, at the latest after 2.5 s; wrong
 * options throw `configuration`.
 */
export function sqliteStore(options: SqliteStoreOptions): TokenStore {
  const { run, table, reach, interval } = checkOptions<SqliteStoreOptions, 'table' | 'reach'>(
    'sqliteStore()',
    sqliteRules,
    options,
  );
  const { find, insert, update } = statements(table);
  const ask = async (text: string, parameters: string[]) =>
    placeAnswer(firstRow(await run(text, parameters)));
  return defineStore({
    name: 'SQLite',
    reach,
    interval,
    read: (key) => ask(find, [key]),
    async swap(key, expected, { version, value }) {
      const text = encoded(value);
      const row = firstRow(
        await (expected === null
          ? run(insert, [key, version, text])
          : run(update, [expected, text, expected, version, key])),
      );
      // Without a row there was nothing to replace.
      return row === undefined ? ask(find, [key]) : placeAnswer(row);
    },
    isBusy: (error) => codesOf(error).some(isBusy) || /database is locked/.test(String(error)),
    remedy: (error) =>
      /no such table/.test(String(error))
        ? "Make its table with the statement that sqlSchema('sqlite') returns."
        : remedyFrom(remedies)(error),
  });
}

/** 5 and 6, and what says more precisely which kind of busy. */
const isBusy = (code: unknown): boolean =>
  typeof code === 'number'
    ? (code & 0xff) === 5 || (code & 0xff) === 6
    : /^SQLITE_(BUSY|LOCKED)/.test(String(code));

// As in PostgreSQL the row itself comes back, as it is after the swap. The time is the machine's. A
// clock that was set back by an hour at most stands still until it has caught up with the time that
// the row was written at.
function statements(table: string) {
  const clock = "CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER)";
  const now = `CASE WHEN at BETWEEN ${clock} AND ${clock} + 3600000 THEN at ELSE ${clock} END`;
  const answer = 'RETURNING version, value, CAST(at AS TEXT) AS now';
  return {
    find: `SELECT version, value, CAST(${now} AS TEXT) AS now FROM (SELECT 1) LEFT JOIN ${table} ON key = ?`,
    insert: `INSERT INTO ${table} (key, version, value, at) VALUES (?, ?, ?, ${clock}) ON CONFLICT (key) DO UPDATE SET at = ${now} ${answer}`,
    update: `UPDATE ${table} SET value = CASE WHEN version = ? THEN ? ELSE value END, version = CASE WHEN version = ? THEN ? ELSE version END, at = ${now} WHERE key = ? ${answer}`,
  };
}
