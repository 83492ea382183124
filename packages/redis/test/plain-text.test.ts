import { sealedStore, type TokenStore } from '@act-on-token/core';
import { type RedisStoreOptions, redisStore } from '@act-on-token/redis';
import type { Redis } from 'ioredis';
import { Redis as Client, Cluster, type RedisOptions } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';

let warnings: string[];
beforeEach(() => {
  warnings = [];
  vi.spyOn(console, 'warn').mockImplementation((text: string) => void warnings.push(text));
});
afterEach(() => vi.restoreAllMocks());

type Options = Omit<RedisOptions, 'replyMapping'>;
/** A client that is set up like this and answers without a server. */
function clientOf(options: Options | string): Redis {
  const lazy = { lazyConnect: true };
  return offline(
    typeof options === 'string' ? new Client(options, lazy) : new Client({ ...options, ...lazy }),
  );
}

function offline<C extends Redis | Cluster>(client: C): C {
  let held: [string | null, string | null] = [null, null];
  const evalsha = async (_digest: string, _keys: number, _key: string, ...args: string[]) => {
    if (args.length > 0) held = [args[1] ?? null, args[2] ?? null];
    return [1_800_000_000_000, ...held];
  };
  return Object.assign(client, { evalsha, info: async () => '' });
}

async function use(store: TokenStore): Promise<void> {
  await store.read('key');
  await store.swap('key', null, { version: 'a', value: 'a token' });
  await store.swap('key', 'a', { version: 'b', value: 'another token' });
  await store.read('key');
}

const options: RedisStoreOptions = {};

describe('a store warns once that tokens cross the network in clear text', () => {
  it.each<[string, Options | string]>([
    ['a name', { host: 'redis.internal.example' }],
    ['an address', 'redis://10.0.0.7:6379/0'],
    ['an address of version 6', { host: 'fd00::7' }],
    ['a name that begins like this machine', 'redis://localhost.example:6379'],
    ['a name that ends like it', 'redis://127.0.0.1.example:6379'],
    ['a password in the URL', 'redis://user:HUNTER2@redis.example:6379'],
    [
      'Sentinels',
      {
        sentinels: [
          { host: '127.0.0.1', port: 1 },
          { host: 'sentinel.example', port: 2 },
        ],
        name: 'mymaster',
      },
    ],
  ])('to another machine: %s', async (_, client) => {
    await use(redisStore(clientOf(client), options));
    expect(warnings).toEqual([
      expect.stringMatching(
        /^\[act-on-token\] Tokens go to [\w.:-]+ in clear text.* Use TLS \(rediss:\/\/\), or at least sealedStore\(\)/,
      ),
    ]);
    expect(warnings.join()).not.toContain('HUNTER2');
  });

  it.each([[[{ host: 'node.example', port: 1 }]], [['redis://node.example:1']]])(
    'to the nodes of a Cluster: %j',
    async (nodes) => {
      const cluster = offline(new Cluster(nodes, { lazyConnect: true }));
      await use(redisStore(cluster));
      expect(warnings).toEqual([
        expect.stringContaining('Tokens go to node.example in clear text'),
      ]);
    },
  );
});

describe('a store has nothing to warn of', () => {
  it.each<[string, Options | string]>([
    ['no place', {}],
    ['this machine', { host: 'localhost' }],
    ['its address', 'redis://127.0.0.1:6379'],
    ['its other address', { host: '::1' }],
    ['a socket', '/run/redis.sock'],
    ['TLS', 'rediss://redis.example:6380'],
    ['TLS by its option', { host: 'redis.example', tls: {} }],
    ['Sentinels here', { sentinels: [{ host: '127.0.0.1', port: 1 }], name: 'mymaster' }],
  ])('with %s', async (_, client) => {
    await use(redisStore(clientOf(client), options));
    expect(warnings).toEqual([]);
  });

  it.each([
    [[{ host: 'node.example', port: 1 }], { redisOptions: { tls: {} } }],
    [['rediss://node.example:1'], {}],
    [[7_000], {}],
  ])('with a Cluster of %j and %j', async (nodes, more) => {
    await use(redisStore(offline(new Cluster(nodes, { lazyConnect: true, ...more }))));
    expect(warnings).toEqual([]);
  });

  it('where what it carries is sealed', async () => {
    await use(
      sealedStore(redisStore(clientOf({ host: 'redis.example' })), {
        current: crypto.getRandomValues(new Uint8Array(32)),
      }),
    );
    expect(warnings).toEqual([]);
  });

  it('where a client shows nothing of its place', async () => {
    const evalsha = async () => [1_800_000_000_000, 'a', 'a token'];
    const nothing = () => {};
    const others = {
      eval: evalsha,
      on: nothing,
      duplicate: nothing,
      defineCommand: nothing,
      disconnect: nothing,
    };
    const client = { evalsha, info: async () => '', ...others };
    await redisStore(client as unknown as Redis).read('key');
    expect(warnings).toEqual([]);
  });
});
