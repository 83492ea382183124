import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { sqlSchema } from '@act-on-token/sql';
import { Miniflare } from 'miniflare';
import mysql from 'mysql2/promise';
import pg from 'pg';
import { isRedisThere, startRedis } from '../../packages/redis/test/support/redis-server.ts';
import { bundleOf } from '../support/bundle.ts';
import {
  isMariaDbThere,
  isPostgresThere,
  startMariaDb,
  startPostgres,
} from '../support/sql-servers.ts';
import { startFlakyProxy } from '../support/tcp-proxy.ts';

/** A place that is up, as `runFleet()` wants it. */
export interface Place {
  readonly module: URL;
  readonly argument: unknown;
  readonly restart?: () => Promise<void>;
  readonly loseAnswer?: () => void;
  stop(): Promise<void>;
}

export interface PlaceKind {
  readonly name: string;
  /** Whether the programs that it needs are on this machine. */
  readonly isThere: boolean;
  start(): Promise<Place>;
}

const moduleOf = (name: string): URL => new URL(`./places/${name}.ts`, import.meta.url);

/** A server that forgets nothing when it is killed, and a proxy in front of it. */
async function server(
  name: string,
  swap: string,
  running: {
    readonly port: number;
    kill(): Promise<void>;
    restart(): Promise<void>;
    stop(): Promise<void>;
  },
): Promise<Place> {
  const proxy = await startFlakyProxy(running.port);
  return {
    module: moduleOf(name),
    argument: proxy.port,
    async restart() {
      await running.kill();
      await running.restart();
    },
    loseAnswer: () => proxy.loseAnswerTo(swap),
    async stop() {
      await proxy.close();
      await running.stop();
    },
  };
}

const freshFolder = (): string => mkdtempSync(join(tmpdir(), 'act-on-token-fleet-'));

export const placeKinds: readonly PlaceKind[] = [
  {
    name: 'PostgreSQL',
    isThere: isPostgresThere,
    async start() {
      const running = await startPostgres({ isDurable: true });
      const options = { host: '127.0.0.1', port: running.port, user: 'postgres' };
      const client = new pg.Client({ ...options, database: 'postgres' });
      await client.connect();
      await client.query(sqlSchema('postgres'));
      await client.end();
      return server('postgres', 'with swapped as', running);
    },
  },
  {
    name: 'MariaDB',
    isThere: isMariaDbThere,
    async start() {
      const running = await startMariaDb({ isDurable: true });
      const options = { host: '127.0.0.1', port: running.port, user: 'root', database: 'mysql' };
      const client = await mysql.createConnection(options);
      await client.query(sqlSchema('mysql'));
      await client.end();
      // What is prepared is sent again by its number, so the value marks it: "store-fleet" is in no
      // read. An execution is a command of its own kind.
      return server('mariadb', '\x17', running);
    },
  },
  {
    name: 'SQLite',
    isThere: true,
    async start() {
      const folder = freshFolder();
      const file = join(folder, 'records.db');
      const database = new DatabaseSync(file);
      database.exec('PRAGMA journal_mode = WAL');
      database.exec(sqlSchema('sqlite'));
      database.close();
      const stop = async () => rmSync(folder, { recursive: true });
      return { module: moduleOf('sqlite'), argument: file, stop };
    },
  },
  {
    name: 'Redis',
    isThere: isRedisThere,
    async start() {
      const running = await startRedis('--appendonly', 'yes', '--appendfsync', 'always');
      return server('redis', 'evalsha', running);
    },
  },
  {
    name: 'file',
    isThere: true,
    async start() {
      const folder = freshFolder();
      const stop = async () => rmSync(folder, { recursive: true });
      return { module: moduleOf('file'), argument: join(folder, 'records'), stop };
    },
  },
  {
    name: 'Durable Object',
    isThere: true,
    async start() {
      const folder = freshFolder();
      const options = {
        modules: true,
        script: await bundleOf(fileURLToPath(moduleOf('worker'))),
        compatibilityDate: '2026-07-01',
        durableObjects: { ACCOUNTS: { className: 'ActOnAccount', useSQLite: true } },
        durableObjectsPersist: folder,
        host: '127.0.0.1',
        port: 0,
      };
      const miniflare = new Miniflare(options);
      const origin = (await miniflare.ready).origin;
      return {
        module: moduleOf('durable-object'),
        argument: origin,
        async stop() {
          await miniflare.dispose();
          rmSync(folder, { recursive: true });
        },
      };
    },
  },
];
