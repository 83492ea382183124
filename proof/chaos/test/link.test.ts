import type { TokenStore } from '@act-on-token/core';
import { redisStore } from '@act-on-token/redis';
import { postgresStore } from '@act-on-token/sql';
import { Redis } from 'ioredis';
import pg from 'pg';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isRedisThere } from '../../../packages/redis/test/support/redis-server.ts';
import { listenWith } from '../../../packages/sql/test/support/listen-with.ts';
import { isPostgresThere } from '../../support/sql-servers.ts';
import type { Target } from '../../support/tcp-proxy.ts';
import { type Fate, type Link, startLinks } from '../stage/link.ts';
import { postgresAt, startPostgresServer } from '../stage/postgres-server.ts';
import { startRedisServer } from '../stage/redis-server.ts';
import type { StoreServer } from '../stage/store-server.ts';
import type { Swap } from '../stage/swap.ts';

interface Client {
  readonly store: TokenStore;
  end(): unknown;
}

function openRedis(target: Target): Client {
  const redis = typeof target === 'number' ? new Redis(target, '127.0.0.1') : new Redis(target);
  redis.on('error', () => {});
  return { store: redisStore(redis), end: () => redis.disconnect() };
}

function openPg(target: Target): Client {
  const pool = new pg.Pool({ ...postgresAt(Number(target)), max: 2 });
  pool.on('error', () => {});
  const query = (text: string, values: string[]) => pool.query(text, values);
  return {
    store: postgresStore({ query, listen: listenWith(pool) }),
    end: () => pool.end(),
  };
}

function openPostgresJs(target: Target): Client {
  const options = { fetch_types: false, backoff: () => 0.05, max: 2, onnotice() {} };
  const sql = postgres({ ...postgresAt(Number(target)), ...options });
  return {
    store: postgresStore({
      query: (text, values) => sql.unsafe(text, values),
      listen: async (channel, hear) => (await sql.listen(channel, hear)).unlisten,
    }),
    end: () => sql.end({ timeout: 0 }),
  };
}

const kinds = [
  { name: 'Redis', isThere: isRedisThere, start: startRedisServer, open: openRedis },
  { name: 'PostgreSQL by pg', isThere: isPostgresThere, start: startPostgresServer, open: openPg },
  {
    name: 'PostgreSQL by postgres.js',
    isThere: isPostgresThere,
    start: startPostgresServer,
    open: openPostgresJs,
  },
];

describe.each(kinds)('the link between a worker and $name', { timeout: 60_000 }, (kind) => {
  if (!kind.isThere) return void it.skip('needs its server', () => {});
  let server: StoreServer;
  let links: Link[];
  let client: Client;
  let store: TokenStore;
  let key = 0;
  beforeAll(async () => {
    server = await kind.start();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    key += 1;
    links = await startLinks(server, 2);
    client = kind.open(links[0]?.port ?? 0);
    store = client.store;
  });
  afterEach(async () => {
    await store.close();
    await client.end();
    await Promise.all(links.map((link) => link.close()));
  });

  const value = (claim: string | null): string => {
    const held = claim && { id: claim, purpose: 'refresh', at: 1, until: 2 };
    return JSON.stringify({
      schema: 1,
      lineage: 1,
      generation: 1,
      pair: null,
      ended: null,
      suspect: false,
      claim: held,
    });
  };
  const swap = (expected: string | null, version: string, claim: string | null = null) =>
    store.swap(`key ${key}`, expected, { version, value: value(claim) });
  /** Strikes the next swap of the first link; resolves with it. */
  const struck = (fate: Fate, matches: (swap: Swap) => boolean = () => true): Promise<Swap> =>
    new Promise((resolve) => {
      links[0]?.arm({
        matches,
        strike(each) {
          resolve(each);
          return fate;
        },
      });
    });

  it('passes on what both sides say', async () => {
    expect(await swap(null, 'a')).toMatchObject({ ok: true });
    expect((await store.read(`key ${key}`)).record).toEqual({ version: 'a', value: value(null) });
    const changed = new Promise<void>((resolve) => store.watch(`key ${key}`, resolve));
    expect(await swap('a', 'b')).toMatchObject({ ok: true });
    await changed;
  });

  it.each(['lost', 'cut'] as const)(
    'lets a swap be carried out whose answer is %s',
    async (fate) => {
      const strike = struck(fate);
      // Made once more, as a session does, or by the client itself.
      const answer = swap(null, 'a').catch(() => swap(null, 'a'));
      expect(await strike).toMatchObject({ version: 'a' });
      expect(await answer).toMatchObject({ ok: true, record: { version: 'a' } });
    },
  );

  it('strikes no swap that was not carried out, and waits for the next', async () => {
    await swap(null, 'a');
    const strike = struck('whole');
    expect(await swap('another', 'b')).toMatchObject({ ok: false });
    expect(await swap('a', 'c')).toMatchObject({ ok: true });
    expect(await strike).toMatchObject({ version: 'c' });
  });

  it('knows a new claim from one that stood there before', async () => {
    const strike = struck('whole', ({ isClaim }) => isClaim);
    await swap(null, 'a');
    await swap('a', 'b', 'claim');
    expect(await strike).toMatchObject({ version: 'b', isClaim: true });
    const next = struck('whole', ({ isClaim }) => isClaim);
    await swap('b', 'c', 'claim');
    await swap('c', 'd', 'another claim');
    expect(await next).toMatchObject({ version: 'd' });
  });

  it('takes a trap away that no one met', async () => {
    const disarm = links[0]?.arm({
      matches: () => true,
      strike() {
        throw new Error('It was taken away.');
      },
    });
    disarm?.();
    expect(await swap(null, 'a')).toMatchObject({ ok: true });
  });

  it('lets nothing through while it is frozen', async () => {
    const thaw = links[0]?.freeze();
    let isAnswered = false;
    const answer = store.read(`key ${key}`).finally(() => {
      isAnswered = true;
    });
    const other = kind.open(links[1]?.port ?? 0);
    await other.store.read('another key');
    await other.store.close();
    await other.end();
    expect(isAnswered).toBe(false);
    thaw?.();
    expect(await answer).toMatchObject({ record: null });
  });

  it('keeps every answered write of a server that is killed', async () => {
    await swap(null, 'a');
    await server.restart(0);
    const direct = kind.open(server.target);
    expect((await direct.store.read(`key ${key}`)).record?.version).toBe('a');
    await direct.store.close();
    await direct.end();
  });
});
