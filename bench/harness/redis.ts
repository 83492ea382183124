import { Redis } from 'ioredis';
import {
  isRedisThere,
  type RedisServer,
  startRedis,
} from '../../packages/redis/test/support/redis-server.ts';

export { type RedisServer, startRedis };

/** Throws where there is no Redis to measure. */
export function requireRedis(): void {
  if (!isRedisThere)
    throw new Error(
      'The benchmark needs redis-server on the PATH: apt-get install redis-server, or brew install redis.',
    );
}

/**
 * Commands that a client of this Redis sent while `work` ran, those within scripts not counted, nor
 * those that make a connection.
 */
export async function commandsDuring(port: number, work: () => Promise<unknown>): Promise<number> {
  const observer = new Redis({ port });
  const before = await commandsSoFar(observer);
  await work();
  const after = await commandsSoFar(observer);
  observer.disconnect();
  return after - before;
}

/**
 * Of `INFO commandstats`; what a script calls is counted there too, so scripts count and nothing
 * that ours call within them.
 */
async function commandsSoFar(observer: Redis): Promise<number> {
  const stats = await observer.info('commandstats');
  const calls = [...stats.matchAll(/^cmdstat_([\w|]+):calls=(\d+)/gm)].map(
    ([, name = '', count]) => ({ name, count: Number(count) }),
  );
  const fromScripts = new Set(['hmget', 'hset', 'time', 'persist', 'pexpire', 'publish']);
  const ignored = (name: string): boolean =>
    fromScripts.has(name) || /^(info|client|config|hello|select|command|script)/.test(name);
  return calls.filter(({ name }) => !ignored(name)).reduce((sum, { count }) => sum + count, 0);
}
