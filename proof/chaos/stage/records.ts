import { createHash } from 'node:crypto';
import { accountKey, type TokenStore } from '@act-on-token/core';
import { fileStore } from '@act-on-token/file';
import { redisStore } from '@act-on-token/redis';
import { postgresStore } from '@act-on-token/sql';
import { Redis } from 'ioredis';
import pg from 'pg';
import type { RecordView } from '../../judge/history.ts';
import { viewOf } from '../../judge/record-view.ts';
import type { Target } from '../../support/tcp-proxy.ts';
import type { StoreName } from '../options.ts';
import { postgresAt } from './postgres-server.ts';
import { sleep } from './sockets.ts';

/** The records as they stand, read past all that is broken on the way of the workers. */
export interface Records {
  read(account: string): Promise<RecordView | null>;
  /** The claim that stands in a record; `null`: none, or the store is down for seconds. */
  claimOf(account: string): Promise<string | null>;
  /** Whose record is under this key, as the store sends it: with a prefix, or as its SHA-256. */
  accountOf(key: string): string;
  close(): Promise<void>;
}

interface Opened {
  readonly store: TokenStore;
  disconnect(): unknown;
}

export interface RecordPlace {
  readonly store: StoreName;
  readonly directory: string;
  readonly target: Target;
}

function open({ store, directory, target }: RecordPlace): Opened {
  if (store === 'file') return { store: fileStore({ directory }), disconnect() {} };
  if (store === 'redis') {
    const redis = new Redis(String(target));
    redis.on('error', () => {});
    return { store: redisStore(redis), disconnect: () => redis.disconnect() };
  }
  const pool = new pg.Pool({ ...postgresAt(Number(target)), max: 4 });
  pool.on('error', () => {});
  const query = (text: string, values: string[]) => pool.query(text, values);
  return { store: postgresStore({ query }), disconnect: () => pool.end() };
}

export function openRecords(
  place: RecordPlace,
  endpoint: { baseUrl: string; clientId: string },
  users: readonly { readonly username: string }[],
): Records {
  const { store, disconnect } = open(place);
  const keyOf = (account: string): string =>
    accountKey(endpoint.baseUrl, endpoint.clientId, account);
  const byDigest = new Map(users.map(({ username }) => [sha256(keyOf(username)), username]));
  const read: Records['read'] = async (account) =>
    viewOf((await store.read(keyOf(account))).record);
  return {
    read,
    async claimOf(account) {
      for (let attempt = 0; attempt < 10; attempt += 1) {
        const record = await read(account).catch(() => undefined);
        if (record !== undefined) return record?.claim?.id ?? null;
        await sleep(300);
      }
      return null;
    },
    accountOf: (key) => byDigest.get(key) ?? JSON.parse(key.slice(key.indexOf('[')))[2],
    async close() {
      await store.close();
      await disconnect();
    },
  };
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
