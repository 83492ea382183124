import { checkOptions, defineStore, type OptionRules, type TokenStore } from '@act-on-token/core';
import {
  codesOf,
  encoded,
  firstRow,
  placeAnswer,
  type Run,
  remedyFrom,
  StrangeAnswer,
} from './run.ts';
import { tableRule } from './sql-schema.ts';

export interface MysqlStoreOptions {
  /**
   * Runs one statement with `?` as parameters, and gives back its rows, or `{ affectedRows }`:
   * `async (text, values) => (await pool.execute(text, values))[0]`.
   */
  query: Run;
  /** The table, with its database if need be. Default: `act_on_token`. */
  table?: string | undefined;
  /**
   * Milliseconds from one look for changes to the next, while something is watched. Default: 1,000.
   */
  interval?: number | undefined;
}

export const mysqlRules: OptionRules<MysqlStoreOptions> = {
  query: ['function', null],
  table: tableRule,
  interval: [[1, 86_400_000], undefined],
};

/** Waits that ended without a write: a deadlock, a lock that came too late. */
const busy: readonly unknown[] = [1213, 1205, 'ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT'];
const duplicate: readonly unknown[] = [1062, 'ER_DUP_ENTRY'];

const noTable = "Make its table with the statement that sqlSchema('mysql') returns.";
const noRight = 'Grant this user SELECT, INSERT and UPDATE on the table.';
const readOnly = 'It is read only. Connect to the primary.';
const remedies: ReadonlyMap<unknown, string> = new Map<unknown, string>([
  [1146, noTable],
  ['ER_NO_SUCH_TABLE', noTable],
  [1142, noRight],
  ['ER_TABLEACCESS_DENIED_ERROR', noRight],
  [1290, readOnly],
  [1836, readOnly],
]);

/**
 * Keeps records in a table of MySQL or MariaDB, through the driver that the caller has. A read is
 * one statement, a swap two; leases go by the server's clock.
 *
 * ```ts
 * const query = async (text, values) => (await pool.execute(text, values))[0];
 * const store = mysqlStore({ query });
 * ```
 *
 * Make the table with `sqlSchema('mysql')`. The pool stays the caller's. Calls reject with
 * `store_unavailable`, at the latest after 2.5 s; wrong options throw `configuration`.
 */
export function mysqlStore(options: MysqlStoreOptions): TokenStore {
  const { query, table, interval } = checkOptions<MysqlStoreOptions, 'table'>(
    'mysqlStore()',
    mysqlRules,
    options,
  );
  const find = `SELECT held.version, held.value, CAST(TIMESTAMPDIFF(MICROSECOND, '1970-01-01', UTC_TIMESTAMP(3)) DIV 1000 AS CHAR) AS now FROM (SELECT 1) AS one LEFT JOIN ${table} AS held ON held.\`key\` = ?`;
  const insert = `INSERT INTO ${table} (\`key\`, version, value) VALUES (?, ?, ?)`;
  const update = `UPDATE ${table} SET version = ?, value = ? WHERE \`key\` = ? AND version = ?`;

  const read = async (key: string) => placeAnswer(firstRow(await query(find, [key])));
  const write = async (text: string, parameters: string[]): Promise<boolean> => {
    const { affectedRows } = Object(await query(text, parameters));
    if (typeof affectedRows !== 'number') throw new StrangeAnswer();
    return affectedRows === 1;
  };
  const isDuplicate = (error: unknown) => codesOf(error).some((code) => duplicate.includes(code));
  return defineStore({
    name: 'MySQL',
    reach: 'network',
    interval,
    read,
    async swap(key, expected, { version, value }) {
      // Whether this call wrote is said by the write alone: by the time of the look, another
      // program may have replaced what it wrote.
      const won = await (expected === null
        ? write(insert, [key, version, encoded(value)])
        : write(update, [version, encoded(value), key, expected])
      ).catch((error: unknown) => (isDuplicate(error) ? false : Promise.reject(error)));
      const answer = await read(key);
      return won ? { ...answer, won } : answer;
    },
    isBusy: (error) => codesOf(error).some((code) => busy.includes(code)),
    remedy: remedyFrom(remedies),
  });
}
