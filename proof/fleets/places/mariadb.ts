import type { TokenStore } from '@act-on-token/core';
import { mysqlStore } from '@act-on-token/sql';
import mysql from 'mysql2/promise';
import { closing } from './postgres.ts';

export function open(port: number): TokenStore {
  const host = '127.0.0.1';
  const options = { host, port, user: 'root', database: 'mysql', connectionLimit: 4 };
  const pool = mysql.createPool(options);
  const query = async (text: string, values: string[]) => (await pool.execute(text, values))[0];
  return closing(mysqlStore({ query, interval: 100 }), () => pool.end());
}
