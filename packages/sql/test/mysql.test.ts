import { fileURLToPath } from 'node:url';
import { mysqlStore, sqlSchema } from '@act-on-token/sql';
import * as mariadb from 'mariadb';
import mysql from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fromSource, plainEnv } from '../../../proof/support/processes.ts';
import {
  isMariaDbThere,
  type SqlServer,
  startMariaDb,
} from '../../../proof/support/sql-servers.ts';
import {
  passesTheKit,
  passesTheKitElsewhere,
  printedResults,
} from '../../../proof/support/store-kit.ts';

const interval = 20;

describe.skipIf(!isMariaDbThere)('on MariaDB', () => {
  let server: SqlServer;
  let pool: mysql.Pool;
  let other: mariadb.Pool;
  beforeAll(async () => {
    server = await startMariaDb();
    const options = { host: '127.0.0.1', port: server.port, user: 'root', database: 'test' };
    const first = await mysql.createConnection({ ...options, database: 'mysql' });
    await first.query('CREATE DATABASE IF NOT EXISTS test');
    await first.end();
    pool = mysql.createPool({ ...options, connectionLimit: 12 });
    other = mariadb.createPool({ ...options, connectionLimit: 12 });
    await pool.query(sqlSchema('mysql'));
  });
  afterAll(async () => {
    await Promise.all([pool?.end(), other?.end()]);
    await server?.stop();
  });

  passesTheKit('mysqlStore with mysql2', () =>
    mysqlStore({
      query: async (text, values) => (await pool.execute(text, values))[0],
      interval,
    }),
  );

  passesTheKit('mysqlStore with mariadb', () =>
    mysqlStore({ query: (text, values) => other.query(text, values), interval }),
  );

  const bunKit = fileURLToPath(new URL('./support/bun-kit.ts', import.meta.url));
  passesTheKitElsewhere("mysqlStore with Bun's client", () => {
    const url = `mysql://root@127.0.0.1:${server.port}/test`;
    return printedResults([...fromSource('Bun'), bunKit, 'mysql', url], plainEnv('/tmp'));
  });

  it('says what to do where there is no table, and nothing of the record', async () => {
    const query = async (text: string, values: string[]) => (await pool.execute(text, values))[0];
    const store = mysqlStore({ query, table: 'missing' });
    await expect(store.swap('ada', null, { version: 'a', value: 'canary' })).rejects.toThrow(
      "MySQL did not answer the store (Error ER_NO_SUCH_TABLE 1146). Make its table with the statement that sqlSchema('mysql') returns.",
    );
  });
});
