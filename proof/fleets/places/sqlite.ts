import { DatabaseSync } from 'node:sqlite';
import type { TokenStore } from '@act-on-token/core';
import { sqliteStore } from '@act-on-token/sql';
import { closing } from './postgres.ts';

export function open(file: string): TokenStore {
  const database = new DatabaseSync(file, { timeout: 1_000 });
  database.exec('PRAGMA synchronous = FULL');
  const store = sqliteStore({
    run: (text, values) => database.prepare(text).all(...values),
    interval: 100,
  });
  return closing(store, () => database.close());
}
