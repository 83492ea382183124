import type { TokenStore } from '@act-on-token/core';
import { redisStore } from '@act-on-token/redis';
import { storeCases } from '@act-on-token/store-kit';
import { Cluster, Redis } from 'ioredis';
import * as ioredis5 from 'ioredis-5';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { isRedisThere, startCluster, startRedis } from './support/redis-server.ts';

// The two majors have the same methods and types that do not know each other.
const { Redis: Redis5, Cluster: Cluster5 } = ioredis5 as unknown as { Redis: typeof Redis; Cluster: typeof Cluster };

describe.skipIf(!isRedisThere)('on a single node', () => {
  let port = 0;
  let stop = async () => {};
  beforeAll(async () => {
    ({ port, stop } = await startRedis());
  });
  afterAll(() => stop());

  passesTheKit('redisStore', () => redisStoreOn(new Redis(port)));
  passesTheKit('redisStore with a prefix and a ttl', () => redisStoreOn(new Redis(port), { prefix: 'ä {b}:*:', ttl: 60_000 }));
  passesTheKit('redisStore on a client with keyPrefix', () => redisStoreOn(new Redis(port, { keyPrefix: 'app:' })));
  passesTheKit('redisStore on ioredis 5', () => redisStoreOn(new Redis5(port)));
});

describe.skipIf(!isRedisThere)('on a cluster of three', () => {
  let nodes: number[] = [];
  let stop = async () => {};
  beforeAll(async () => {
    ({ ports: nodes, stop } = await startCluster());
  });
  afterAll(() => stop());

  passesTheKit('redisStore on a cluster', () => redisStoreOn(new Cluster(nodes)));
  passesTheKit('redisStore on a cluster, ioredis 5', () => redisStoreOn(new Cluster5(nodes)));
});

/** The name is what the table of the kit's results shows. */
function passesTheKit(store: string, open: () => TokenStore): void {
  describe(`${store} passes the store kit: it`, () => {
    for (const { name, run } of storeCases) it(name, () => run(open));
  });
}

/** A handle with a connection of its own, as another process would have one. */
function redisStoreOn(client: Redis | Cluster, options?: Parameters<typeof redisStore>[1]): TokenStore {
  const store = redisStore(client, options);
  const close = async () => {
    await store.close();
    client.disconnect();
  };
  return { ...store, close };
}
