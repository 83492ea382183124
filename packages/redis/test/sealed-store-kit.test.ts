import { sealedStore } from '@act-on-token/core';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe } from 'vitest';
import { passesTheKit, redisStoreOn } from './support/kit.ts';
import { isRedisThere, startRedis } from './support/redis-server.ts';

const keys = { current: crypto.getRandomValues(new Uint8Array(32)) };

describe.skipIf(!isRedisThere)('on a single node', () => {
  let port = 0;
  let stop = async () => {};
  beforeAll(async () => {
    ({ port, stop } = await startRedis());
  });
  afterAll(() => stop());

  passesTheKit('sealedStore over redisStore', async () =>
    sealedStore(await redisStoreOn(new Redis(port)), keys),
  );
});
