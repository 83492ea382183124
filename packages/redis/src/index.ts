export type {
  AnyRedisClient,
  BunRedisClient,
  IoRedisClient,
  NodeRedisClient,
  RedisDriver,
  UpstashRedisClient,
} from './any-client.ts';
export { type RedisStoreOptions, redisStore } from './redis-store.ts';
