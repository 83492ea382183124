import { fileURLToPath } from 'node:url';
import { postgresStore, sqlSchema } from '@act-on-token/sql';
import { PGlite } from '@electric-sql/pglite';
import { drizzle } from 'drizzle-orm/node-postgres';
import { CompiledQuery, Kysely, PostgresDialect } from 'kysely';
import pg from 'pg';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { fromSource, plainEnv } from '../../../proof/support/processes.ts';
import {
  isPgBouncerThere,
  isPostgresThere,
  type SqlServer,
  startPgBouncer,
  startPostgres,
} from '../../../proof/support/sql-servers.ts';
import {
  passesTheKit,
  passesTheKitElsewhere,
  printedResults,
} from '../../../proof/support/store-kit.ts';
import { listenWith } from './support/listen-with.ts';

const interval = 20;
const urlOf = (server: SqlServer) => `postgres://postgres@127.0.0.1:${server.port}/postgres`;

describe.skipIf(!isPostgresThere)('on PostgreSQL', () => {
  let server: SqlServer;
  const ends: (() => unknown)[] = [];
  let pool: pg.Pool;
  let sql: postgres.Sql;
  beforeAll(async () => {
    server = await startPostgres();
    pool = new pg.Pool({ connectionString: urlOf(server), max: 12 });
    sql = postgres(urlOf(server), { max: 12 });
    ends.push(
      () => pool.end(),
      () => sql.end(),
    );
    await pool.query(sqlSchema('postgres'));
  });
  afterAll(async () => {
    await Promise.all(ends.map((end) => end()));
    await server?.stop();
  });

  passesTheKit('postgresStore with pg', () =>
    postgresStore({ query: (text, values) => pool.query(text, values), interval }),
  );

  passesTheKit('postgresStore with pg, listening', () =>
    postgresStore({
      query: (text, values) => pool.query(text, values),
      listen: listenWith(pool),
    }),
  );

  passesTheKit('postgresStore with postgres.js', () =>
    postgresStore({ query: (text, values) => sql.unsafe(text, values), interval }),
  );

  passesTheKit('postgresStore with postgres.js, listening', () =>
    postgresStore({
      query: (text, values) => sql.unsafe(text, values),
      listen: async (channel, onMessage) => (await sql.listen(channel, onMessage)).unlisten,
    }),
  );

  passesTheKit('postgresStore with Kysely', () => {
    const db = new Kysely({ dialect: new PostgresDialect({ pool }) });
    const query = (text: string, values: string[]) =>
      db.executeQuery(CompiledQuery.raw(text, values));
    return postgresStore({ query, interval });
  });

  passesTheKit('postgresStore with Drizzle', () => {
    const db = drizzle(pool);
    return postgresStore({ query: (text, values) => db.$client.query(text, values), interval });
  });

  const bunKit = fileURLToPath(new URL('./support/bun-kit.ts', import.meta.url));
  passesTheKitElsewhere("postgresStore with Bun's client", () =>
    printedResults([...fromSource('Bun'), bunKit, 'postgres', urlOf(server)], plainEnv('/tmp')),
  );

  it('makes its table once, although many programs do so at once', async () => {
    for (let round = 0; round < 40; round += 1) {
      const statement = sqlSchema('postgres', `made_at_once_${round}`);
      await Promise.all(Array.from({ length: 12 }, () => pool.query(statement)));
      await pool.query(statement);
    }
  });

  it('says what to do where there is no table, and nothing of the record', async () => {
    const query = (text: string, values: string[]) => pool.query(text, values);
    const store = postgresStore({ query, table: 'missing' });
    const reason = await store
      .swap('ada', null, { version: 'a', value: 'canary' })
      .catch((error: unknown) => error);
    expect(reason).toMatchObject({
      code: 'store_unavailable',
      message:
        "PostgreSQL did not answer the store (error 42P01). Make its table with the statement that sqlSchema('postgres') returns.",
    });
  });

  it.each(['repeatable read', 'serializable'])(
    'loses no increment where transactions are %s',
    async (isolation) => {
      const strict = new pg.Pool({
        connectionString: urlOf(server),
        max: 8,
        options: `-c default_transaction_isolation=${isolation.replace(' ', '\\ ')}`,
      });
      onTestFinished(() => strict.end());
      const store = postgresStore({ query: (text, values) => strict.query(text, values) });
      const key = crypto.randomUUID();
      const raise = async (): Promise<void> => {
        const { record } = await store.read(key);
        const next = {
          version: crypto.randomUUID(),
          value: String(Number(record?.value ?? 0) + 1),
        };
        const { ok } = await store.swap(key, record?.version ?? null, next);
        if (!ok) return raise();
      };
      await Promise.all(
        Array.from({ length: 8 }, async () => {
          for (let i = 0; i < 10; i += 1) await raise();
        }),
      );
      expect((await store.read(key)).record?.value).toBe('80');
    },
  );
});

describe.skipIf(!isPgBouncerThere)('behind PgBouncer', () => {
  let server: SqlServer;
  let bouncer: SqlServer;
  let pool: pg.Pool;
  beforeAll(async () => {
    server = await startPostgres();
    bouncer = await startPgBouncer(server.port);
    pool = new pg.Pool({ connectionString: urlOf(bouncer), max: 12 });
    await pool.query(sqlSchema('postgres'));
  });
  afterAll(async () => {
    await pool?.end();
    await bouncer?.stop();
    await server?.stop();
  });

  passesTheKit('postgresStore with pg behind PgBouncer', () =>
    postgresStore({ query: (text, values) => pool.query(text, values), interval }),
  );
});

describe('in this process', () => {
  let db: PGlite;
  beforeAll(async () => {
    db = await PGlite.create();
    await db.exec(sqlSchema('postgres'));
  });
  afterAll(() => db?.close());

  passesTheKit('postgresStore with PGlite', () =>
    postgresStore({
      query: (text, values) => db.query(text, values),
      listen: (channel, onMessage) => db.listen(channel, onMessage),
    }),
  );
});
