// Runs the store kit under Bun, with bun:sqlite on a file or with Bun.SQL on a server, and prints
// what came of it as JSON.
import { argv, exit } from 'node:process';
import { kitResults } from '../../../../proof/support/kit-results.ts';
import { mysqlStore, postgresStore, sqliteStore, sqlSchema } from '../../src/index.ts';

interface BunSql {
  unsafe(text: string, values: string[]): Promise<unknown[] & { affectedRows?: number }>;
}
const { Bun } = globalThis as unknown as { Bun: { SQL: new (url: string) => BunSql } };
const [, , kind, where = ''] = argv;
const interval = 20;

async function opener() {
  if (kind === 'sqlite') {
    // Only Bun knows it.
    const { Database } = await import(`bun:${kind}`);
    return () => {
      const database = new Database(where);
      database.run('PRAGMA busy_timeout = 2000');
      database.run('PRAGMA journal_mode = WAL');
      database.run(sqlSchema('sqlite'));
      return sqliteStore({ run: (text, values) => database.query(text).all(...values), interval });
    };
  }
  const sql = new Bun.SQL(where);
  const query = (text: string, values: string[]) => sql.unsafe(text, values);
  return kind === 'mysql'
    ? () => mysqlStore({ query, interval })
    : () => postgresStore({ query, interval });
}

console.log(JSON.stringify(await kitResults(await opener())));
exit();
