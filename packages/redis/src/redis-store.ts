import {
  ActOnTokenError,
  checkOptions,
  type OptionRules,
  type ReadResult,
  type TokenStore,
} from '@act-on-token/core';
import type { Cluster, Redis } from 'ioredis';
import { type AnyRedisClient, driverFor } from './any-client.ts';
import { createHints } from './hints.ts';
import { runScript } from './run-script.ts';
import { storeOnDriver } from './store-on-driver.ts';
import { warnOfPlainText } from './warn-of-plain-text.ts';

export interface RedisStoreOptions {
  /** What the keys of the records, and their channels, begin with. Default: `act-on-token:`. */
  prefix?: string | undefined;
  /**
   * Milliseconds without a change until Redis drops a record, and the sign-in with it. Default:
   * never. A refresh token lives 30 days.
   */
  ttl?: number | undefined;
  /**
   * Milliseconds until Redis drops the record of an account that was signed out, a day at least.
   * Default: as `ttl`. A process that remembers the session from before may revive it once the record is
   * gone; after 30 days its refresh token is dead anyway.
   */
  tombstoneTtl?: number | undefined;
}

const aDay = 86_400_000;
const tenYears = 3_652 * aDay;

export const redisRules: OptionRules<RedisStoreOptions> = {
  prefix: ['text', 'act-on-token:'],
  ttl: [
    [1, tenYears, true],
    undefined,
    'a whole number of milliseconds, 1 at least; leave it out for never',
  ],
  tombstoneTtl: [
    [aDay, tenYears, true],
    undefined,
    'a whole number of milliseconds, 86400000 at least',
  ],
};

/** What an ioredis client can do, and other clients cannot or under other names. */
const abilities = [
  'evalsha',
  'eval',
  'info',
  'on',
  'duplicate',
  'defineCommand',
  'disconnect',
] as const;

function isIoRedis(redis: unknown): redis is Redis | Cluster {
  const client = Object(redis) as Partial<Record<string, unknown>>;
  return abilities.every((name) => typeof client[name] === 'function');
}

function unknownClient(redis: unknown): ActOnTokenError {
  const other = otherClient(Object(redis));
  const what = other === null ? '' : ` This is ${other}.`;
  return new ActOnTokenError(
    'configuration',
    `redisStore() takes a client: redisStore(new Redis(url)) of ioredis, a client of node-redis, Bun or Upstash, or an object whose function "command" sends a command.${what}`,
  );
}

/** Those that are taken for one another most. */
function otherClient(client: Partial<Record<string, unknown>>): string | null {
  if (typeof client.exec === 'function' && typeof client.length === 'number')
    return 'a pipeline or transaction of ioredis; give the client itself';
  if (typeof client.evalsha === 'function')
    return 'a client that speaks HTTP, or a wrapper that lacks some of its methods';
  return typeof client.then === 'function' ? 'a promise: await it' : null;
}

// ARGV of a swap: '=' and the expected version, or '' for none; the next version; the next value;
// the ttl or ''; the channel. A read has none. A swap that ioredis sends again, because its answer
// got lost, writes nothing and finds its own version. The time is asked for last: before Redis 5 a
// script could not write any more once it had. The clock is named by the server that runs the
// script, so the name is right behind a proxy, after a fail-over and while slots move, whatever the
// client knows of that.
const script = `local held = redis.call('HMGET', KEYS[1], 'version', 'value')
if not held[1] ~= not held[2] then return redis.error_reply('DAMAGED the record has lost a field') end
if ARGV[1] == (held[1] and '=' .. held[1] or '') then
  held = { ARGV[2], ARGV[3] }
  redis.call('HSET', KEYS[1], 'version', held[1], 'value', held[2])
  if ARGV[4] == '' then redis.call('PERSIST', KEYS[1]) else redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
  redis.call('PUBLISH', ARGV[5], held[1])
end
local time = redis.call('TIME')
local server = redis.pcall('INFO', 'server')
local clock = type(server) == 'string' and string.match(server, 'run_id:(%x+)')
return { time[1] * 1000 + math.floor(time[2] / 1000), held[1], held[2], clock }`;

/**
 * Keeps records in Redis, where any number of servers share them: a hash for each account, one
 * script for each call.
 *
 * ```ts const session = createSession({ endpoint, account: 'ada@example.com', store: redisStore(new
 * Redis(process.env.REDIS_URL)) }); ```
 *
 * The client stays yours: `close()` ends only the connection that the store makes to subscribe,
 * while something is watched. Calls reject with `store_unavailable`, at the latest after 2.5 s; wrong
 * options throw `configuration`.
 */
export function redisStore(redis: AnyRedisClient, options: RedisStoreOptions = {}): TokenStore {
  const {
    prefix,
    ttl,
    tombstoneTtl = ttl,
  } = checkOptions<RedisStoreOptions, 'prefix'>('redisStore()', redisRules, options);
  if (!isIoRedis(redis)) {
    const driver = driverFor(Object(redis));
    if (driver === null) throw unknownClient(redis);
    return storeOnDriver(driver, script, { prefix, ttl, tombstoneTtl });
  }
  let isClosed = false;
  let isChecked = false;
  let isWarned = false;
  const assertOpen = () => {
    if (isClosed)
      throw new ActOnTokenError(
        'store_unavailable',
        'This Redis store is closed. Close it after the sessions that use it.',
      );
  };
  const run = async (name: string, args: readonly string[] = []): Promise<ReadResult> => {
    assertOpen();
    const [now, version, value, server] = await runScript(redis, script, name, args);
    if (!isChecked) void warnOfEviction(redis, (ttl ?? tombstoneTtl) !== undefined);
    isChecked = true;
    if (value !== null && !isWarned) warnOfPlainText(redis, value);
    isWarned ||= value !== null;
    // Without the right to INFO no server of a Cluster has a name; then each key has a clock of its
    // own.
    const clock = server ?? (redis.isCluster ? name : null);
    const record = version === null || value === null ? null : { version, value };
    return { record, now: Number(now), ...(clock === null ? {} : { clock }) };
  };
  const hints = createHints(redis, run);
  return {
    reach: 'network',
    read: (key) => run(prefix + key),
    async swap(key, expected, next) {
      const condition = expected === null ? '' : `=${expected}`;
      const lifetime = String((next.signedOut ? tombstoneTtl : ttl) ?? '');
      const answer = await run(prefix + key, [
        condition,
        next.version,
        next.value,
        lifetime,
        prefix + key,
      ]);
      return { ok: answer.record?.version === next.version, ...answer };
    },
    watch(key, onChange) {
      assertOpen();
      return hints.watch(prefix + key, onChange);
    },
    async close() {
      isClosed = true;
      hints.stop();
    },
  };
}

/**
 * Asks once per store, after its first answer, and keeps nobody waiting. Who may not ask is told
 * nothing.
 */
async function warnOfEviction(redis: Redis | Cluster, isMortal: boolean): Promise<void> {
  const memory = await redis.info('memory').catch(() => '');
  const [, policy = ''] = /^maxmemory_policy:([\w-]+)/m.exec(memory) ?? [];
  if (!policy.startsWith('allkeys-') && !(policy.startsWith('volatile-') && isMortal)) return;
  const danger = `This Redis throws account records away when its memory is full (maxmemory-policy ${policy}), and sign-ins with them.`;
  console.warn(
    `[act-on-token] ${danger} Set it to noeviction, or give the records a Redis of their own.`,
  );
}
