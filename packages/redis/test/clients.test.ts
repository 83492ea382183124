import { fileURLToPath } from 'node:url';
import { Redis as Upstash } from '@upstash/redis';
import { Redis } from 'ioredis';
import { Redis as Valkey } from 'iovalkey';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Listening } from '../../../proof/support/listen.ts';
import { fromSource, plainEnv } from '../../../proof/support/processes.ts';
import { passesTheKitElsewhere, printedResults } from '../../../proof/support/store-kit.ts';
import { redisStore } from '../src/index.ts';
import { passesTheKit, redisStoreOn } from './support/kit.ts';
import { isRedisThere, type RedisServer, startRedis } from './support/redis-server.ts';
import { startRestServer } from './support/rest-server.ts';

describe.skipIf(!isRedisThere)('on a single node', () => {
  let server: RedisServer;
  let redis: Redis;
  let rest: Listening;
  const token = 'a token';
  beforeAll(async () => {
    server = await startRedis();
    redis = new Redis(server.port);
    rest = await startRestServer(redis, token);
  });
  afterAll(async () => {
    await rest?.close();
    redis?.disconnect();
    await server?.stop();
  });

  const nodeRedis = async () => {
    const client = createClient({ url: `redis://127.0.0.1:${server.port}` });
    client.on('error', () => {});
    return client.connect();
  };

  passesTheKit('redisStore with iovalkey', () =>
    redisStoreOn(new Valkey(server.port) as unknown as Redis),
  );

  passesTheKit('redisStore with node-redis', async () => {
    const client = await nodeRedis();
    const store = redisStore(client);
    let isOpen = true;
    const close = async () => {
      await store.close();
      if (isOpen) client.destroy();
      isOpen = false;
    };
    return { ...store, close };
  });

  passesTheKit('redisStore with Upstash over HTTP', () =>
    redisStore(new Upstash({ url: `http://127.0.0.1:${rest.port}`, token })),
  );

  passesTheKit('redisStore with a driver of one function', () =>
    redisStore({ command: ([word = '', ...args]) => redis.call(word, ...args) }),
  );

  passesTheKitElsewhere('redisStore with the client of Bun', () =>
    printedResults(
      [
        ...fromSource('Bun'),
        fileURLToPath(new URL('./support/bun-kit.ts', import.meta.url)),
        `redis://127.0.0.1:${server.port}`,
      ],
      plainEnv('/tmp'),
    ),
  );

  it('finds with one client what another one wrote, whichever they are', async () => {
    const client = await nodeRedis();
    onTestFinished(() => client.destroy());
    const stores = [
      redisStore(redis),
      redisStore(client),
      redisStore(new Upstash({ url: `http://127.0.0.1:${rest.port}`, token })),
      redisStore({ command: ([word = '', ...args]) => redis.call(word, ...args) }),
    ];
    const key = crypto.randomUUID();
    let expected: string | null = null;
    for (const writer of stores) {
      const next = { version: crypto.randomUUID(), value: '{"a": "record"}' };
      expect((await writer.swap(key, expected, next)).ok).toBe(true);
      const answers = await Promise.all(stores.map((store) => store.read(key)));
      expect(answers.map(({ record }) => record)).toEqual(stores.map(() => next));
      expect(new Set(answers.map(({ clock }) => clock)).size).toBe(1);
      expected = next.version;
    }
  });

  it.each(['WRONGTYPE', 'DAMAGED'])('says of %s what to do, with node-redis', async (word) => {
    const client = await nodeRedis();
    onTestFinished(() => client.destroy());
    const key = crypto.randomUUID();
    if (word === 'WRONGTYPE') await redis.set(`act-on-token:${key}`, 'canary');
    else await redis.hset(`act-on-token:${key}`, 'value', 'canary');
    await expect(redisStore(client).read(key)).rejects.toThrow(
      new RegExp(`^Redis did not answer the store \\(\\w+\\)\\. Redis answered ${word}: .+\\.$`),
    );
  });
});
