import { isActOnTokenError } from '@act-on-token/core';
import { Cluster, Redis } from 'ioredis';
import { afterAll, describe, expect, it } from 'vitest';
import { redisStore } from '../src/index.ts';

// They connect at their first command, and there is none.
const redis = new Redis({ lazyConnect: true });
const cluster = new Cluster([{ host: '127.0.0.1', port: 1 }], { lazyConnect: true });
const nothing = async (): Promise<null> => null;
const functions = (...names: string[]): object =>
  Object.fromEntries(names.map((name) => [name, nothing]));

/** What is taken for an ioredis client, and by what its author may see that it is none. */
const others: readonly (readonly [string, unknown, RegExp])[] = [
  ['nothing', undefined, /takes a client/],
  ['null', null, /takes a client/],
  ['a URL', 'redis://user:canary@127.0.0.1', /new Redis\(url\)/],
  ['options of ioredis', { host: '127.0.0.1', password: 'canary' }, /new Redis\(url\)/],
  ['the class', Redis, /new Redis\(url\)/],
  ['a function that makes one', () => redis, /new Redis\(url\)/],
  ['a promise of one', Promise.resolve(redis), /await it/],
  ['a pipeline', redis.pipeline(), /pipeline.*client itself/],
  ['a client over HTTP', functions('eval', 'evalsha', 'get', 'set', 'publish'), /HTTP/],
];

describe('redisStore', () => {
  afterAll(() => {
    redis.disconnect();
    cluster.disconnect();
  });

  it('takes a client and a cluster of ioredis, before they connect', () => {
    for (const client of [redis, cluster]) expect(redisStore(client).reach).toBe('network');
  });

  it.each(others)('refuses %s when it is made, and says what to give', (_, client, says) => {
    try {
      redisStore(client as Redis);
    } catch (error) {
      if (!isActOnTokenError(error, 'configuration')) throw error;
      expect(error.message).toMatch(
        /^redisStore\(\) takes a client: redisStore\(new Redis\(url\)\) of ioredis, /,
      );
      expect(error.message).toMatch(says);
      expect(error.message).not.toContain('canary');
      return;
    }
    throw new Error('it was taken');
  });
});
