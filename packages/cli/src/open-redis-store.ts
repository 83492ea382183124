import type { TokenStore } from '@act-on-token/core';
import { redisStore } from '@act-on-token/redis';
import { Redis } from 'ioredis';
import { wrongUse } from './command-error.ts';

/** A command does not outlive an outage: it reports it, and its caller decides. */
const impatience = {
  connectTimeout: 2_000,
  maxRetriesPerRequest: 1,
  retryStrategy: (times: number) => (times > 2 ? null : 100),
};

/** A store whose `close()` also ends the connection. */
export function openRedisStore(url: string): TokenStore {
  if (!URL.canParse(url))
    throw wrongUse('ACT_ON_STORE begins as a redis:// URL does, and then is none.');
  const redis = new Redis(url, impatience);
  redis.on('error', () => {}); // The store says it better, as store_unavailable.
  const store = redisStore(redis);
  return {
    ...store,
    async close() {
      await store.close();
      redis.disconnect();
    },
  };
}
