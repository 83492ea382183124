import type { TokenStore } from '@act-on-token/core';
import type { Setup } from './setup.ts';

/** The store as a program opens it, and what ends the client that was made for it. */
interface Opened {
  readonly store: TokenStore;
  disconnect(): unknown;
}

/** Only the client that is needed is loaded. */
export async function openStore(setup: Setup['store']): Promise<Opened> {
  if (setup.type === 'file') {
    const { fileStore } = await import('@act-on-token/file');
    return { store: fileStore({ directory: setup.directory }), disconnect() {} };
  }
  if (setup.type === 'redis') return openRedis(setup.port);
  return setup.post % 2 === 0 ? openPg(setup.port) : openPostgresJs(setup.port);
}

async function openRedis(port: number): Promise<Opened> {
  const [{ Redis }, { redisStore }] = await Promise.all([
    import('ioredis'),
    import('@act-on-token/redis'),
  ]);
  const redis = new Redis(port, '127.0.0.1');
  redis.on('error', () => {}); // The store says it better, as store_unavailable.
  return { store: redisStore(redis), disconnect: () => redis.disconnect() };
}

async function openPg(port: number): Promise<Opened> {
  const [{ default: pg }, { postgresStore }] = await Promise.all([
    import('pg'),
    import('@act-on-token/sql'),
  ]);
  const pool = new pg.Pool({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' });
  pool.on('error', () => {}); // An idle connection broke; the next statement takes another one.
  const store = postgresStore({
    query: (text, values) => pool.query(text, values),
    async listen(channel, hear, lost) {
      const client = await pool.connect();
      client.on('notification', ({ payload }) => hear(payload ?? ''));
      client.on('error', lost);
      client.query(`LISTEN ${channel}`).catch(lost);
      return () => client.release(true);
    },
  });
  return { store, disconnect: () => pool.end() };
}

async function openPostgresJs(port: number): Promise<Opened> {
  const [{ default: postgres }, { postgresStore }] = await Promise.all([
    import('postgres'),
    import('@act-on-token/sql'),
  ]);
  const place = { host: '127.0.0.1', port, user: 'postgres', database: 'postgres' };
  // As the README says: without these options, a connection that breaks while it opens ends the
  // process, and the driver rests up to 20 s before the next one.
  const sql = postgres({ ...place, fetch_types: false, backoff: () => 0.2, onnotice() {} });
  const store = postgresStore({
    query: (text, values) => sql.unsafe(text, values),
    listen: async (channel, hear) => (await sql.listen(channel, hear)).unlisten,
  });
  return { store, disconnect: () => sql.end() };
}
