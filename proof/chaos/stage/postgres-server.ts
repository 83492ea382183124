import { sqlSchema } from '@act-on-token/sql';
import pg from 'pg';
import { startPostgres } from '../../support/sql-servers.ts';
import { postgresReader } from './postgres-protocol.ts';
import { oneAtATime, type StoreServer } from './store-server.ts';

/** Where to find a PostgreSQL of {@link startPostgresServer}, or a link to one. */
export const postgresAt = (
  port: number,
): { host: string; port: number; user: string; database: string } => ({
  host: '127.0.0.1',
  port,
  user: 'postgres',
  database: 'postgres',
});

/**
 * A PostgreSQL that has handed every write to the system before it answers. It is a process that is
 * killed here and not a machine, so it need not wait for a disk.
 */
export async function startPostgresServer(): Promise<StoreServer> {
  const { port, kill, restart, stop } = await startPostgres();
  const client = new pg.Client(postgresAt(port));
  await client.connect();
  await client.query(sqlSchema('postgres'));
  await client.end();
  return { target: port, reader: postgresReader, ...oneAtATime(kill, restart, stop) };
}
