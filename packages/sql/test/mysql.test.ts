import { mysqlStore, sqlSchema } from '@act-on-token/sql';
import * as mariadb from 'mariadb';
import mysql from 'mysql2/promise';
import { afterAll, beforeAll, describe } from 'vitest';
import {
  isMariaDbThere,
  type SqlServer,
  startMariaDb,
} from '../../../proof/support/sql-servers.ts';
import { passesTheKit } from '../../../proof/support/store-kit.ts';

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
});
