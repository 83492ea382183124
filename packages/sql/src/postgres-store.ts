import { checkOptions, defineStore, type OptionRules, type TokenStore } from '@act-on-token/core';
import { createListener, type Listen } from './listener.ts';
import { codesOf, encoded, firstRow, placeAnswer, type Run, remedyFrom } from './run.ts';
import { tableRule } from './sql-schema.ts';

export interface PostgresStoreOptions {
  /** Runs one statement with `$1`, `$2` … as parameters: `(text, values) => pool.query(text, values)`. */
  query: Run;
  /**
   * Listens on a channel, over a connection that stays open: calls `onMessage` with the payload of
   * each notification, and `onLost` once that connection has ended; then the store listens again.
   * Returns a function that ends it, or a promise of one. The store calls it once for all that it
   * watches. Without it the store looks once a second while something is watched. All programs that
   * share a table give it, or none: a store that listens also notifies.
   */
  listen?: Listen | undefined;
  /** The table, with its schema if need be. Default: `act_on_token`. */
  table?: string | undefined;
  /**
   * Milliseconds from one look for changes to the next, while something is watched. Default: 1,000;
   * 5,000 with `listen`.
   */
  interval?: number | undefined;
}

export const postgresRules: OptionRules<PostgresStoreOptions> = {
  query: ['function', null],
  listen: ['function', undefined],
  table: tableRule,
  interval: [[1, 86_400_000], undefined],
};

/**
 * Two programs changed the row, or wait for each other; the server is about to be there. Nothing
 * was written.
 */
const busy = ['40001', '40P01', '55P03', '57P03'];

const remedies: ReadonlyMap<unknown, string> = new Map([
  ['42P01', "Make its table with the statement that sqlSchema('postgres') returns."],
  ['42703', "Its table lacks a column. Make another one with sqlSchema('postgres')."],
  ['42501', 'Grant this user SELECT, INSERT and UPDATE on the table.'],
  ['25006', 'This is a replica. Connect to the primary.'],
  ['53300', 'It has no free connection. Raise max_connections, or lower the size of the pools.'],
]);

/**
 * Keeps records in a table of PostgreSQL, through the driver that the caller has. One statement for
 * each call; leases go by the server's clock.
 *
 * ```ts
 * const store = postgresStore({ query: (text, values) => pool.query(text, values) });
 * ```
 *
 * Make the table with `sqlSchema('postgres')`. The pool stays the caller's. Calls reject with
 * `store_unavailable`, at the latest after 2.5 s; wrong options throw `configuration`.
 */
export function postgresStore(options: PostgresStoreOptions): TokenStore {
  const { query, listen, table, interval } = checkOptions<PostgresStoreOptions, 'table'>(
    'postgresStore()',
    postgresRules,
    options,
  );
  const { find, insert, update } = statements(table, listen !== undefined);
  const listener = listen && createListener(listen, channelOf(table));
  const ask = async (text: string, parameters: string[]) => {
    const answer = placeAnswer(firstRow(await query(text, parameters)));
    listener?.onAnswer();
    return answer;
  };
  return defineStore({
    name: 'PostgreSQL',
    reach: 'network',
    interval,
    read: (key) => ask(find, [key]),
    swap: (key, expected, { version, value }) =>
      expected === null
        ? ask(insert, [key, version, encoded(value)])
        : ask(update, [key, version, encoded(value), expected]),
    watch: listener?.watch,
    isBusy: (error) => codesOf(error).some((code) => busy.includes(String(code))),
    remedy: remedyFrom(remedies),
  });
}

/** One that needs no quotes. */
const channelOf = (table: string): string => table.toLowerCase().replace('.', '_').slice(-63);

// A swap makes the row itself come back, as it is after the swap. A SELECT in the same statement
// would see the row as it was when the statement began, before it waited for another one: it would
// lose and answer with the record it expected. So both statements write a row also where they lose:
// they write it as it is. `clock_timestamp()` is read after that, not when the statement began.
function statements(table: string, isHeard: boolean) {
  const now = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint::text AS now';
  const heard = isHeard
    ? `, CASE WHEN swapped.version = $2 THEN pg_notify('${channelOf(table)}', $1) END`
    : '';
  const answer = (swap: string) =>
    `WITH swapped AS (${swap} RETURNING held.version, held.value) SELECT swapped.version, swapped.value, ${now}${heard} FROM (VALUES (1)) AS one LEFT JOIN swapped ON true`;
  return {
    find: `SELECT held.version, held.value, ${now} FROM (VALUES ($1::text)) AS one (key) LEFT JOIN ${table} AS held USING (key)`,
    insert: answer(
      `INSERT INTO ${table} AS held (key, version, value) VALUES ($1::text, $2::text, $3::text) ON CONFLICT (key) DO UPDATE SET version = held.version`,
    ),
    update: answer(
      `UPDATE ${table} AS held SET version = CASE WHEN held.version = $4::text THEN $2::text ELSE held.version END, value = CASE WHEN held.version = $4::text THEN $3::text ELSE held.value END WHERE held.key = $1::text`,
    ),
  };
}
