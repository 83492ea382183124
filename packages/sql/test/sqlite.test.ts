import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { sqliteStore, sqlSchema } from '@act-on-token/sql';
import { createClient } from '@libsql/client';
import Database from 'better-sqlite3';
import { Miniflare } from 'miniflare';
import { afterAll, beforeAll, describe } from 'vitest';
import { fromSource, plainEnv } from '../../../proof/support/processes.ts';
import {
  passesTheKit,
  passesTheKitElsewhere,
  printedResults,
} from '../../../proof/support/store-kit.ts';

const interval = 20;
const folder = mkdtempSync(join(tmpdir(), 'act-on-token-sqlite-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Every handle is a connection of its own, as another process would have one. */
passesTheKit('sqliteStore with node:sqlite', () => {
  const database = new DatabaseSync(join(folder, 'node.db'), { timeout: 2_000 });
  database.exec('PRAGMA journal_mode = WAL');
  database.exec(sqlSchema('sqlite'));
  return sqliteStore({ run: (text, values) => database.prepare(text).all(...values), interval });
});

passesTheKit('sqliteStore with better-sqlite3', () => {
  const database = new Database(join(folder, 'better.db'), { timeout: 2_000 });
  database.pragma('journal_mode = WAL');
  database.exec(sqlSchema('sqlite'));
  return sqliteStore({ run: (text, values) => database.prepare(text).all(...values), interval });
});

passesTheKit('sqliteStore with libsql', async () => {
  const client = createClient({ url: `file:${join(folder, 'libsql.db')}` });
  await client.execute(sqlSchema('sqlite'));
  return sqliteStore({
    run: (text, values) => client.execute({ sql: text, args: values }),
    interval,
  });
});

const bunKit = fileURLToPath(new URL('./support/bun-kit.ts', import.meta.url));
passesTheKitElsewhere('sqliteStore with bun:sqlite', () =>
  printedResults(
    [...fromSource('Bun'), bunKit, 'sqlite', join(folder, 'bun.db')],
    plainEnv(join(folder, 'home')),
  ),
);

describe('in workerd', () => {
  let miniflare: Miniflare;
  let database: Awaited<ReturnType<Miniflare['getD1Database']>>;
  beforeAll(async () => {
    miniflare = new Miniflare({
      modules: true,
      script: 'export default {}',
      compatibilityDate: '2026-07-01',
      d1Databases: ['DB'],
    });
    database = await miniflare.getD1Database('DB');
    await database.prepare(sqlSchema('sqlite')).run();
  });
  afterAll(() => miniflare?.dispose());

  passesTheKit('sqliteStore with Cloudflare D1', () =>
    sqliteStore({
      run: async (text, values) =>
        (
          await database
            .prepare(text)
            .bind(...values)
            .all()
        ).results,
      reach: 'network',
      interval,
    }),
  );
});
