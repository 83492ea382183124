import { inspect } from 'node:util';
import type { StoredRecord, TokenStore } from '@act-on-token/core';
import { type RedisStoreOptions, redisStore } from '@act-on-token/redis';
import { Redis, type RedisOptions } from 'ioredis';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FlakyProxy, startFlakyProxy } from '../../../proof/support/tcp-proxy.ts';
import { commandsDuring } from './support/commands.ts';
import { isRedisThere, type RedisServer, startRedis } from './support/redis-server.ts';
import { refused, rightsOf, usesTheStore } from './support/rights.ts';

const until = (check: () => unknown): Promise<unknown> =>
  vi.waitFor(check, { timeout: 10_000, interval: 5 });
const record = (value = 'a value'): StoredRecord => ({ version: crypto.randomUUID(), value });
const names = (commands: readonly string[][]): string[] =>
  commands.map(([name = '']) => name).filter((name) => name !== 'info');

describe.skipIf(!isRedisThere)('redisStore', () => {
  let server: RedisServer;
  let link: FlakyProxy;
  let redis: Redis;
  let key: string;
  let clients: Redis[];
  let stores: TokenStore[];

  beforeAll(async () => {
    server = await startRedis();
    link = await startFlakyProxy(server.port);
  });
  afterAll(async () => {
    await link?.close();
    await server?.stop();
  });
  beforeEach(() => {
    clients = [];
    stores = [];
    redis = client(server.port);
    key = `key-${crypto.randomUUID()}`;
  });
  afterEach(async () => {
    vi.useRealTimers();
    vi.restoreAllMocks();
    link.restore();
    await redis.config('SET', 'maxmemory-policy', 'noeviction');
    for (const limit of ['maxmemory', 'min-replicas-to-write'])
      await redis.config('SET', limit, '0');
    for (const store of stores) await store.close();
    for (const each of clients) each.disconnect();
  });

  function client(port: number, options: Omit<RedisOptions, 'replyMapping'> = {}): Redis {
    const made = new Redis({ port, retryStrategy: () => 20, ...options });
    made.on('error', () => {});
    clients.push(made);
    return made;
  }

  function storeOn(made: Redis, options?: RedisStoreOptions): TokenStore {
    const store = redisStore(made, options);
    stores.push(store);
    return store;
  }

  /** How many connections have this name; the one that a store makes has that of its client. */
  async function connections(name: string): Promise<number> {
    const clients = String(await redis.client('LIST')).split('\n');
    return clients.filter((line) => line.includes(` name=${name} `)).length;
  }

  const channels = async (): Promise<number> =>
    ((await redis.pubsub('CHANNELS', `*${key}*`)) as string[]).length;

  describe('keeps a record', () => {
    it('in one hash, under its prefix and key, for ever', async () => {
      const first = record();
      await storeOn(redis).swap(key, null, first);
      expect(await redis.hgetall(`act-on-token:${key}`)).toEqual(first);
      expect(await redis.pttl(`act-on-token:${key}`)).toBe(-1);
    });

    it('under the prefix that it was given', async () => {
      const first = record();
      await storeOn(redis, { prefix: 'mine:' }).swap(key, null, first);
      expect(await redis.hgetall(`mine:${key}`)).toEqual(first);
    });

    it('for the ttl, counted from the last change', async () => {
      const [first, second] = [record(), record()];
      await storeOn(redis, { ttl: 60_000 }).swap(key, null, first);
      expect(await redis.pttl(`act-on-token:${key}`)).toBeGreaterThan(50_000);
      await storeOn(redis, { ttl: 90_000 }).swap(key, first.version, second);
      expect(await redis.pttl(`act-on-token:${key}`)).toBeGreaterThan(80_000);
    });

    it('for ever again once it is changed by a store without a ttl', async () => {
      const [first, second] = [record(), record()];
      await storeOn(redis, { ttl: 60_000 }).swap(key, null, first);
      await storeOn(redis).swap(key, first.version, second);
      expect(await redis.pttl(`act-on-token:${key}`)).toBe(-1);
    });

    it('and tells the time of Redis, not of this machine', async () => {
      vi.spyOn(Date, 'now').mockReturnValue(42);
      const [seconds = 0, microseconds = 0] = await redis.time();
      const { now } = await storeOn(redis).read(key);
      expect(now).toBeGreaterThanOrEqual(Math.floor(seconds * 1_000 + microseconds / 1_000));
      expect(now).toBeLessThan(seconds * 1_000 + 10_000);
    });

    it('and names the clock in every answer, another one for each server', async () => {
      const [store, first] = [storeOn(redis), record()];
      const answers = [
        await store.read(key),
        await store.swap(key, null, first),
        await store.swap(key, null, record()),
      ];
      const [, runId] = /^run_id:(\w+)/m.exec(await redis.info('server')) ?? [];
      expect(answers.map(({ clock }) => clock)).toEqual([runId, runId, runId]);
      const other = await startRedis();
      expect((await storeOn(client(other.port)).read(key)).clock).not.toBe(runId);
      await other.stop();
    });

    it('and names no clock where it may not ask for the name, since a single node has one', async () => {
      await redis.acl('SETUSER', 'nameless', 'on', '>password', '~*', '&*', '+@all', '-info');
      const nameless = storeOn(
        client(server.port, {
          username: 'nameless',
          password: 'password',
          enableReadyCheck: false,
        }),
      );
      expect(await nameless.read(key)).toEqual({ record: null, now: expect.any(Number) });
      expect((await nameless.swap(key, null, record())).ok).toBe(true);
    });

    it('for a client that gives numbers as text', async () => {
      expect(
        (await storeOn(client(server.port, { stringNumbers: true })).read(key)).now,
      ).toBeTypeOf('number');
    });
  });

  describe('uses one command', () => {
    it('for a read and one for a swap', async () => {
      const store = storeOn(redis);
      await store.read(key);
      expect(names(await commandsDuring(redis, () => store.read(key)))).toEqual(['evalsha']);
      expect(names(await commandsDuring(redis, () => store.swap(key, null, record())))).toEqual([
        'evalsha',
      ]);
    });

    it('more where Redis does not know the script, and only once', async () => {
      const [store, first] = [storeOn(redis), record()];
      await redis.script('FLUSH');
      expect(names(await commandsDuring(redis, () => store.swap(key, null, first)))).toEqual([
        'evalsha',
        'eval',
      ]);
      expect(names(await commandsDuring(redis, () => store.read(key)))).toEqual(['evalsha']);
      expect((await store.read(key)).record).toEqual(first);
    });

    it('more once per store, to learn whether records may be evicted', async () => {
      const store = storeOn(redis);
      const twice = async () => [await store.read(key), await store.read(key)];
      expect(
        (await commandsDuring(redis, twice)).filter(
          ([name, section]) => name === 'info' && section === 'memory',
        ),
      ).toHaveLength(1);
    });
  });

  describe('on a bad network', () => {
    it('answers ok to a swap that ioredis sent again because its answer was lost', async () => {
      const [first, second] = [record('first'), record('second')];
      const store = storeOn(client(link.port));
      await store.swap(key, null, first);
      const commands = await commandsDuring(redis, async () => {
        link.loseAnswerTo('evalsha');
        const answer = await store.swap(key, first.version, second);
        expect(answer).toMatchObject({ ok: true, record: second });
      });
      expect(names(commands).filter((name) => name === 'evalsha')).toHaveLength(2);
      expect((await store.read(key)).record).toEqual(second);
    });

    it('rejects after 2.5 seconds when no answer comes, and works again when the network does', async () => {
      const store = storeOn(client(link.port));
      await store.read(key);
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      link.freeze();
      const refusal = expect(store.read(key)).rejects.toThrow(
        'Redis gave no answer (Command timed out). Check that it runs',
      );
      await vi.advanceTimersByTimeAsync(2_500);
      await refusal;
      vi.useRealTimers();
      link.cut();
      link.restore();
      expect((await store.read(key)).record).toBeNull();
    });

    it('leaves no timer behind when an answer comes', async () => {
      const store = storeOn(redis);
      await store.read(key);
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      await store.read(key);
      expect(vi.getTimerCount()).toBe(0);
    });

    it('tells watchers of a change that was made while their connection was broken', async () => {
      const [store, other, first] = [storeOn(client(link.port)), storeOn(redis), record()];
      const onChange = vi.fn();
      store.watch(key, onChange);
      await store.read(key);
      await until(async () => expect(await channels()).toBe(1));
      link.cut();
      await until(async () => expect(await channels()).toBe(0));
      await other.swap(key, null, first);
      link.restore();
      await until(() => expect(onChange).toHaveBeenCalledTimes(1));
      await other.swap(key, first.version, record());
      await until(() => expect(onChange).toHaveBeenCalledTimes(2));
    });

    it('tells watchers of nothing where a connection broke and nothing was changed', async () => {
      const [store, other, onChange] = [storeOn(client(link.port)), storeOn(redis), vi.fn()];
      store.watch(key, onChange);
      await store.read(key);
      for (let times = 0; times < 3; times += 1) {
        await until(async () => expect(await channels()).toBe(1));
        link.cut();
        await until(async () => expect(await channels()).toBe(0));
        link.restore();
      }
      await until(async () => expect(await channels()).toBe(1));
      let version: string | null = null;
      for (let times = 1; times <= 3; times += 1) {
        const next = record();
        await other.swap(key, version, next);
        version = next.version;
        await until(() => expect(onChange.mock.calls.length).toBeGreaterThanOrEqual(times));
      }
      expect(onChange).toHaveBeenCalledTimes(3);
    });
  });

  describe('subscribes', () => {
    it('with one connection for all that is watched, and only while it is', async () => {
      const store = storeOn(client(server.port, { connectionName: key }));
      await store.read(key);
      expect(await connections(key)).toBe(1);
      const stops = [key, key, `${key}-2`].map((each) => store.watch(each, () => {}));
      await until(async () => expect(await channels()).toBe(2));
      stops.push(store.watch(`${key}-3`, () => {}));
      await until(async () => expect(await channels()).toBe(3));
      expect(await connections(key)).toBe(2);
      stops.pop()?.();
      stops.shift()?.();
      await until(async () => expect(await channels()).toBe(2));
      for (const stop of stops) stop();
      await until(async () => expect(await connections(key)).toBe(1));
    });

    it('again after everybody had stopped', async () => {
      const [store, onChange] = [storeOn(redis), vi.fn()];
      store.watch(key, () => {})();
      store.watch(key, onChange);
      await until(async () => expect(await channels()).toBe(1));
      await storeOn(redis).swap(key, null, record());
      await until(() => expect(onChange).toHaveBeenCalled());
    });

    it('and misses no change that is made while the connection is still being made', async () => {
      const [store, onChange, subscriber] = [
        storeOn(redis),
        vi.fn(),
        redis.duplicate({ lazyConnect: true, autoResubscribe: false }),
      ];
      vi.spyOn(redis, 'duplicate').mockReturnValue(subscriber);
      store.watch(key, onChange);
      await store.swap(key, null, record());
      expect(onChange).not.toHaveBeenCalled();
      await subscriber.connect();
      await until(() => expect(onChange).toHaveBeenCalledTimes(1));
    });

    it('and tells nobody who stopped because somebody else was told', async () => {
      const [store, told] = [storeOn(redis), [] as string[]];
      const stops = ['first', 'second'].map((name) =>
        store.watch(key, () => {
          told.push(name);
          for (const stop of stops) stop();
        }),
      );
      await store.swap(key, null, record());
      await until(() => expect(told).toEqual(['first']));
      await new Promise(setImmediate);
      expect(told).toEqual(['first']);
    });

    it('also through a client that connects late, queues nothing and times out', async () => {
      const careful = client(server.port, {
        lazyConnect: true,
        enableOfflineQueue: false,
        maxRetriesPerRequest: 1,
        commandTimeout: 500,
      });
      await careful.connect();
      const [store, onChange] = [storeOn(careful), vi.fn()];
      store.watch(key, onChange);
      await until(async () => expect(await channels()).toBe(1));
      await storeOn(redis).swap(key, null, record());
      await until(() => expect(onChange).toHaveBeenCalled());
    });

    it('and prints nothing where Redis cannot be reached', async () => {
      const printed = vi.spyOn(console, 'error').mockImplementation(() => {});
      const gone = client(1, { lazyConnect: true });
      const duplicate = vi.spyOn(gone, 'duplicate');
      storeOn(gone).watch(key, () => {});
      await new Promise<void>((resolve) =>
        duplicate.mock.results[0]?.value.once('reconnecting', resolve),
      );
      expect(printed).not.toHaveBeenCalled();
    });

    it('and tells versions, never what the record holds', async () => {
      const [store, first, messages] = [storeOn(redis), record('secret'), [] as string[]];
      const listener = client(server.port).on('pmessage', (...message: string[]) =>
        messages.push(...message),
      );
      await listener.psubscribe('*');
      await store.swap(key, null, first);
      await until(() => expect(messages).toEqual(['*', `act-on-token:${key}`, first.version]));
    });
  });

  describe('warns on the console', () => {
    const policyOf = async (policy: string, options?: RedisStoreOptions, made = redis) => {
      const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
      await redis.config('SET', 'maxmemory-policy', policy);
      const store = storeOn(made, options);
      await store.read(key);
      await store.read(key);
      await made.echo('whatever was asked before has been answered');
      await new Promise(setImmediate);
      return warn.mock.calls.flat();
    };

    it.each(['allkeys-lru', 'allkeys-random'])(
      'once, when records may be evicted under %s',
      async (policy) => {
        expect(await policyOf(policy)).toEqual([
          expect.stringContaining(`(maxmemory-policy ${policy})`),
        ]);
      },
    );

    it('when records with a ttl may be evicted under volatile-lru', async () => {
      expect(await policyOf('volatile-lru', { ttl: 60_000 })).toEqual([
        expect.stringContaining('noeviction'),
      ]);
    });

    it.each(['noeviction', 'volatile-lru'])(
      'of nothing under %s, where records stay',
      async (policy) => {
        expect(await policyOf(policy)).toEqual([]);
      },
    );

    it('of nothing when it may not ask', async () => {
      await redis.acl('SETUSER', 'deaf', 'on', '>password', '~*', '&*', '+@all', '-info');
      const deaf = client(server.port, {
        username: 'deaf',
        password: 'password',
        enableReadyCheck: false,
      });
      expect(await policyOf('allkeys-lru', {}, deaf)).toEqual([]);
    });
  });

  describe('fails', () => {
    const canary = 'canary-4711';
    const written = { version: `${canary}-version`, value: `${canary}-value` };
    const keyed = () => `${key}-${canary}`;

    /**
     * The error that a swap with canaries in each argument gives; without any of them, and with a
     * code.
     */
    async function refusalOf(store: TokenStore): Promise<string> {
      const error = await store
        .swap(keyed(), `${canary}-expected`, written)
        .catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: 'store_unavailable' });
      const shown =
        inspect(error, { depth: 10, showHidden: true }) +
        JSON.stringify(error) +
        String((error as Error).stack);
      expect(shown).not.toContain(canary);
      return (error as Error).message;
    }

    it('with a remedy and without the record where something else lies under its key', async () => {
      await redis.set(`act-on-token:${keyed()}`, 'something else');
      expect(await refusalOf(storeOn(redis))).toBe(
        'Redis answered WRONGTYPE: something else lies under the key of the record, so choose another "prefix".',
      );
    });

    describe.each(['version', 'value'])(
      'with a remedy, and changes nothing, where the record has lost its %s:',
      (field) => {
        const damaged = async () => {
          await redis.hset(`act-on-token:${keyed()}`, written);
          await redis.hdel(`act-on-token:${keyed()}`, field);
          return redis.hgetall(`act-on-token:${keyed()}`);
        };
        const message =
          'Redis answered DAMAGED: the hash of the record has lost its "version" or its "value", so restore it, or delete its key.';

        it('a read', async () => {
          await damaged();
          await expect(storeOn(redis).read(keyed())).rejects.toMatchObject({
            code: 'store_unavailable',
            message,
          });
        });

        it('a swap, whatever it expects, and its replay', async () => {
          const left = await damaged();
          for (const expected of [null, '', written.version, 'another'])
            for (const next of [written, record()]) {
              const swap = storeOn(redis).swap(keyed(), expected, next);
              await expect(swap).rejects.toMatchObject({ code: 'store_unavailable', message });
            }
          expect(await redis.hgetall(`act-on-token:${keyed()}`)).toEqual(left);
        });

        it('until it is whole again, or gone', async () => {
          await damaged();
          await redis.hset(`act-on-token:${keyed()}`, written);
          expect((await storeOn(redis).read(keyed())).record).toEqual(written);
          await damaged();
          await redis.del(`act-on-token:${keyed()}`);
          expect(await storeOn(redis).swap(keyed(), null, written)).toMatchObject({
            ok: true,
            record: written,
          });
        });
      },
    );

    it('with a remedy and without the record where the user lacks rights', async () => {
      await redis.acl(
        'SETUSER',
        'reader',
        'on',
        '>password',
        '~*',
        '&*',
        '+@all',
        '-evalsha',
        '-eval',
      );
      const reader = client(server.port, { username: 'reader', password: 'password' });
      expect(await refusalOf(storeOn(reader))).toMatch(
        /^Redis answered NOPERM: give the ACL user the rights that the README/,
      );
    });

    it.each([
      ['memory is full', 'maxmemory', 'OOM: its memory is full'],
      [
        'replicas are missing',
        'min-replicas-to-write',
        'NOREPLICAS: it has fewer replicas than min-replicas-to-write asks for',
      ],
    ])('with a remedy where %s', async (_, setting, message) => {
      await redis.config('SET', setting, '1');
      const swap = storeOn(redis).swap(keyed(), null, written);
      await expect(swap).rejects.toThrow(`Redis answered ${message}`);
      await expect(swap).rejects.not.toThrow(canary);
    });

    it('without the record where the command is unknown, although Redis repeats its arguments then', async () => {
      const renamed = await startRedis('--rename-command', 'EVALSHA', '""');
      expect(await refusalOf(storeOn(client(renamed.port)))).toBe(
        'Redis answered ERR: its log may say more.',
      );
      await renamed.stop();
    });

    it('with a remedy and without the record where Redis is gone', async () => {
      const gone = client(link.port, { maxRetriesPerRequest: 0, retryStrategy: () => 5 });
      link.cut();
      expect(await refusalOf(storeOn(gone))).toBe(
        'Redis gave no answer (MaxRetriesPerRequestError). Check that it runs and that this client can reach it.',
      );
    });

    it('with a remedy and without the record where the client was closed', async () => {
      const closed = client(server.port);
      closed.disconnect();
      expect(await refusalOf(storeOn(closed))).toMatch(
        /^Redis gave no answer \(Connection is closed\)/,
      );
    });

    it('at once with options that cannot work', () => {
      expect(() => redisStore(undefined as unknown as Redis)).toThrow(
        'redisStore() takes a client: redisStore(new Redis(url))',
      );
      for (const ttl of [0, -1, 1.5, Number.NaN])
        expect(() => redisStore(redis, { ttl })).toThrow('"ttl" must be a whole number');
      const tooShort = () => redisStore(redis, { tombstoneTtl: 86_399_999 });
      expect(tooShort).toThrow(
        '"tombstoneTtl" must be a whole number of milliseconds, 86400000 at least.',
      );
    });
  });

  it('works with the rights that the README lists, and uses each of them', async () => {
    const rights = rightsOf('every node');
    await redis.acl('SETUSER', 'user', ...rights);
    await redis.script('FLUSH');
    const work = () =>
      usesTheStore(client(server.port, { username: 'user', password: 'password' }));
    const commands = new Set(
      (await commandsDuring(redis, work, { inScripts: true })).map(([name = '']) =>
        name.toLowerCase(),
      ),
    );
    expect(await refused(redis, 'user')).toEqual([]);
    const granted = rights.filter((right) => right.startsWith('+')).map((right) => right.slice(1));
    expect(granted.filter((command) => !commands.has(command))).toEqual([]);
  });

  it('leaves the client that it was given open', async () => {
    const given = client(server.port, { connectionName: key });
    const store = redisStore(given);
    store.watch(key, () => {});
    await until(async () => expect(await connections(key)).toBe(2));
    await store.close();
    await until(async () => expect(await connections(key)).toBe(1));
    expect(await given.ping()).toBe('PONG');
    await expect(store.read(key)).rejects.toMatchObject({ code: 'store_unavailable' });
    expect(() => store.watch(key, () => {})).toThrow('is closed');
  });
});
