import { accountKey, type TokenStore } from '@act-on-token/core';
import { fileStore } from '@act-on-token/file';
import { redisStore } from '@act-on-token/redis';
import { Redis } from 'ioredis';
import type { RecordView } from '../../judge/history.ts';
import { viewOf } from '../../judge/record-view.ts';
import { sleep } from './sockets.ts';

/** The records as they stand, read past all that is broken on the way of the workers. */
export interface Records {
  read(account: string): Promise<RecordView | null>;
  /** The claim that stands in a record; `null`: none, or the store is down for seconds. */
  claimOf(account: string): Promise<string | null>;
  /** Whose record lies under this key, prefixed or not. */
  accountOf(key: string): string;
  close(): Promise<void>;
}

export function openRecords(
  place: { redisPath: string } | { directory: string },
  endpoint: { baseUrl: string; clientId: string },
): Records {
  const redis = 'redisPath' in place ? new Redis(place.redisPath) : null;
  redis?.on('error', () => {});
  const store: TokenStore =
    redis === null ? fileStore(place as { directory: string }) : redisStore(redis);
  const read: Records['read'] = async (account) =>
    viewOf((await store.read(accountKey(endpoint.baseUrl, endpoint.clientId, account))).record);
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
    accountOf: (key) => JSON.parse(key.slice(key.indexOf('[')))[2],
    async close() {
      await store.close();
      redis?.disconnect();
    },
  };
}
