import type { TokenStore } from '@act-on-token/core';
import { postgresStore } from '@act-on-token/sql';
import pg from 'pg';

export function open(port: number): TokenStore {
  const host = '127.0.0.1';
  const pool = new pg.Pool({ host, port, user: 'postgres', database: 'postgres', max: 4 });
  pool.on('error', () => {}); // The server went away; the next query says so.
  const store = postgresStore({ query: (text, values) => pool.query(text, values), interval: 100 });
  return closing(store, () => pool.end());
}

/** The store, and with it the client that was made for it. */
export function closing(store: TokenStore, end: () => unknown): TokenStore {
  const close = async () => {
    await store.close();
    await end();
  };
  return { ...store, close };
}
