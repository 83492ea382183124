import type { TokenStore } from '@act-on-token/core';
import { type Listen, postgresStore, sqlSchema } from '@act-on-token/sql';
import pg from 'pg';
import postgres from 'postgres';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  isPostgresThere,
  type SqlServer,
  startPostgres,
} from '../../../proof/support/sql-servers.ts';
import { type FlakyProxy, startFlakyProxy } from '../../../proof/support/tcp-proxy.ts';
import { listenWith } from './support/listen-with.ts';

/** So long that no look can be what calls a watcher. */
const interval = 3_600_000;
const swap = (store: TokenStore, key: string, expected: string | null, version: string) =>
  store.swap(key, expected, { version, value: version });

describe.skipIf(!isPostgresThere)('a PostgreSQL store that listens', () => {
  let server: SqlServer;
  let proxy: FlakyProxy;
  let writer: pg.Pool;
  beforeEach(async () => {
    server = await startPostgres();
    proxy = await startFlakyProxy(server.port);
    writer = new pg.Pool({ ...placeAt(server.port), max: 2 });
    writer.on('error', () => {});
    await writer.query(sqlSchema('postgres'));
  });
  afterEach(async () => {
    await writer.end();
    await proxy.close();
    await server.stop();
  });

  const placeAt = (port: number) => ({
    host: '127.0.0.1',
    port,
    user: 'postgres',
    database: 'postgres',
  });
  const overPg = (max: number): TokenStore => {
    const pool = new pg.Pool({ ...placeAt(proxy.port), max });
    pool.on('error', () => {});
    const query = (text: string, values: string[]) => pool.query(text, values);
    return closing(postgresStore({ query, interval, listen: listenWith(pool) }), () => pool.end());
  };
  const overPostgresJs = (max: number): TokenStore => {
    const options = { fetch_types: false, backoff: () => 0.05, onnotice() {} };
    const sql = postgres({ ...placeAt(proxy.port), max, ...options });
    const query = (text: string, values: string[]) => sql.unsafe(text, values);
    const listen: Listen = async (channel, hear) => (await sql.listen(channel, hear)).unlisten;
    return closing(postgresStore({ query, interval, listen }), () => sql.end({ timeout: 0 }));
  };
  function closing(store: TokenStore, end: () => Promise<unknown>): TokenStore {
    onTestFinished(async () => {
      await store.close();
      await end();
    });
    return store;
  }
  /** Another program's. It notifies, and does not listen itself. */
  const other = () =>
    postgresStore({
      query: (text, values) => writer.query(text, values),
      listen: () => undefined,
      interval,
    });
  const listeners = async (): Promise<number> => {
    const text = "SELECT count(*) FROM pg_stat_activity WHERE query ILIKE 'listen %'";
    return Number((await writer.query(text)).rows[0].count);
  };

  it('answers while more accounts are watched than its pool has connections', async () => {
    const store = overPg(2);
    const heard = Array.from({ length: 30 }, (_, index) => {
      const called = vi.fn();
      store.watch(`account ${index}`, called);
      return called;
    });
    await vi.waitFor(async () => expect(await listeners()).toBe(1), 10_000);
    for (const index of heard.keys()) {
      expect(await swap(store, `account ${index}`, null, 'a')).toMatchObject({ ok: true });
    }
    await vi.waitFor(() => {
      for (const called of heard) expect(called).toHaveBeenCalled();
    }, 10_000);
  });

  it('listens no longer than something is watched', async () => {
    const store = overPg(2);
    const stops = ['ada', 'bob'].map((key) => store.watch(key, () => {}));
    await vi.waitFor(async () => expect(await listeners()).toBe(1), 10_000);
    stops[0]?.();
    await store.read('ada');
    expect(await listeners()).toBe(1);
    stops[1]?.();
    await vi.waitFor(async () => expect(await listeners()).toBe(0), 10_000);
  });

  describe.each([
    ['pg', overPg],
    ['postgres.js', overPostgresJs],
  ] as const)('with %s', (_, open) => {
    it.each([
      [
        'its connections broke',
        async () => {
          proxy.cut();
          proxy.restore();
        },
      ],
      [
        'the server was killed and started again',
        async () => {
          await server.kill();
          await server.restart();
        },
      ],
    ] as const)('hears of changes again after %s', async (_, happen) => {
      const store = open(4);
      const writes = other();
      const called = vi.fn();
      store.watch('ada', called);
      await vi.waitFor(async () => expect(await listeners()).toBe(1), 10_000);
      await swap(writes, 'ada', null, 'v0');
      await vi.waitFor(() => expect(called).toHaveBeenCalled(), 10_000);
      await happen();
      // Any answer shows that the server is there.
      await vi.waitFor(async () => {
        await store.read('bob');
        expect(await listeners()).toBe(1);
      }, 20_000);
      await vi.waitFor(() => swap(writes, 'ada', 'v0', 'v1'), 10_000);
      called.mockClear();
      await swap(writes, 'ada', 'v1', 'v2');
      await vi.waitFor(() => expect(called).toHaveBeenCalled(), 10_000);
    });
  });
});

describe('the listener of a PostgreSQL store', () => {
  const rows = [{ version: null, value: null, now: '1' }];
  interface Heard {
    hear(payload: string): void;
    lost(): void;
    readonly end: ReturnType<typeof vi.fn>;
  }
  let begun: Heard[];
  let time = 1_000;
  beforeEach(() => {
    begun = [];
    vi.spyOn(performance, 'now').mockImplementation(() => time);
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });
  const open = (how: (end: () => void) => unknown): TokenStore =>
    postgresStore({
      query: async () => rows,
      interval,
      async listen(_, hear, lost) {
        const end = vi.fn();
        begun.push({ hear, lost, end });
        await how(end);
        return end;
      },
    });
  const read = (store: TokenStore) => store.read('another');
  const begins = (count: number) => vi.waitFor(() => expect(begun).toHaveLength(count));

  it('is ended once, and begins again with the next answer, but not at once', async () => {
    const store = open(() => {});
    const called = vi.fn();
    store.watch('ada', called);
    await begins(1);
    begun[0]?.lost();
    begun[0]?.lost();
    await vi.waitFor(() => expect(begun[0]?.end).toHaveBeenCalledTimes(1));
    await read(store);
    expect(begun).toHaveLength(1);
    time += 1_001;
    await read(store);
    await begins(2);
    // Something may have changed while no one listened.
    await vi.waitFor(() => expect(called).toHaveBeenCalledTimes(1));
    begun[0]?.lost();
    await store.close();
    await vi.waitFor(() => expect(begun[1]?.end).toHaveBeenCalledTimes(1));
    expect(begun[0]?.end).toHaveBeenCalledTimes(1);
  });

  it('is ended where it was lost before it was handed over', async () => {
    const store = open(() => begun[0]?.lost());
    store.watch('ada', () => {});
    await begins(1);
    await vi.waitFor(() => expect(begun[0]?.end).toHaveBeenCalledTimes(1));
  });

  it.each([
    ['rejects', () => Promise.reject(new Error('There is no free connection.'))],
    [
      'throws',
      () => {
        throw new Error('There is no free connection.');
      },
    ],
  ])('begins again where listen %s', async (_, how) => {
    const store = open(how);
    store.watch('ada', () => {});
    await begins(1);
    await read(store);
    time += 1_001;
    await read(store);
    await begins(2);
  });

  it('is given up where listen does not come to an end, and ended when it does after all', async () => {
    let arrive = (): void => {};
    const promise = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    const store = open(() => (begun.length > 1 ? undefined : promise));
    store.watch('ada', () => {});
    await begins(1);
    time += 9_000;
    await read(store);
    time += 2_000;
    await read(store);
    time += 1_001;
    await read(store);
    await begins(2);
    arrive();
    await vi.waitFor(() => expect(begun[0]?.end).toHaveBeenCalledTimes(1));
    expect(begun[1]?.end).not.toHaveBeenCalled();
  });

  it('does not begin while nothing is watched', async () => {
    const store = open(() => {});
    const stop = store.watch('ada', () => {});
    await begins(1);
    begun[0]?.lost();
    stop();
    time += 60_000;
    await read(store);
    expect(begun).toHaveLength(1);
    store.watch('bob', () => {});
    await begins(2);
  });
});
