import type { TokenStore } from '@act-on-token/core';
import { redisStore } from '@act-on-token/redis';
import { Redis } from 'ioredis';
import { closing } from './postgres.ts';

export function open(port: number): TokenStore {
  const redis = new Redis(port, { retryStrategy: () => 50 }).on('error', () => {});
  return closing(redisStore(redis), () => redis.disconnect());
}
