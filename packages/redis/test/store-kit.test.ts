import { Redis } from 'ioredis';
import * as ioredis5 from 'ioredis-5';
import { afterAll, beforeAll, describe } from 'vitest';
import { passesTheKit, redisStoreOn } from './support/kit.ts';
import { isRedisThere, startRedis } from './support/redis-server.ts';

// The two majors have the same methods and types that do not know each other.
const { Redis: Redis5 } = ioredis5 as unknown as { Redis: typeof Redis };

describe.skipIf(!isRedisThere)('on a single node', () => {
  let port = 0;
  let stop = async () => {};
  beforeAll(async () => {
    ({ port, stop } = await startRedis());
  });
  afterAll(() => stop());

  passesTheKit('redisStore', () => redisStoreOn(new Redis(port)));
  passesTheKit('redisStore with a prefix and a ttl', () =>
    redisStoreOn(new Redis(port), { prefix: 'ä {b}:*:', ttl: 60_000 }),
  );
  passesTheKit('redisStore on a client with keyPrefix', () =>
    redisStoreOn(new Redis(port, { keyPrefix: 'app:' })),
  );
  passesTheKit('redisStore on ioredis 5', () => redisStoreOn(new Redis5(port)));
});
