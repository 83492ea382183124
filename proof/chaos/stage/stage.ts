import { join } from 'node:path';
import { isRedisThere } from '../../../packages/redis/test/support/redis-server.ts';
import type { Evidence } from '../../judge/evidence.ts';
import type { ChaosOptions } from '../options.ts';
import { type AccountOptions, booksOf, startActOn } from './act-on.ts';
import type { Battlefield } from './battlefield.ts';
import { Fleet, type Post } from './fleet.ts';
import { type Link, startLinks } from './link.ts';
import { openRecords, type Records } from './records.ts';
import { type DurableRedis, startDurableRedis } from './redis-server.ts';
import { runtimesOf } from './runtimes.ts';
import { grantLimits, lifetime, pause, requestTimeout, session } from './terms.ts';
import { startWire } from './wire.ts';

/** Everything that takes part in a run. */
export interface Stage extends Battlefield {
  readonly records: Records;
  readonly accounts: readonly string[];
  books(): Evidence['server'];
  close(): Promise<void>;
}

/**
 * Starts a store, an Act-On, what stands between, and the workers. Rejects if there is no Redis to
 * start.
 */
export async function setStage(options: ChaosOptions, folder: string): Promise<Stage> {
  const { redis, links, directory } = await openStore(options, folder);
  const users = usersOf(options.accounts);
  const grantLimit = grantLimits[options.grants];
  const actOn = await startActOn(users, lifetime, grantLimit);
  const wire = await startWire(actOn.url);
  const endpoint = {
    baseUrl: wire.url,
    clientId: actOn.client.id,
    clientSecret: actOn.client.secret,
    requestTimeout,
  };
  const records = openRecords(redis === null ? { directory } : { redisPath: redis.path }, endpoint);
  const limited = { ...session, grantLimit: { ...grantLimit, reserve: 1 } };
  const setup = {
    endpoint,
    accounts: users,
    isStoreBroken: options.breakStore,
    session: limited,
    pause,
  };
  const fleet = new Fleet(postsOf(options.processes, links, directory), setup, folder);
  return {
    ...{ fleet, wire, redis, links, records },
    accounts: users.map(({ username }) => username),
    accountOf: records.accountOf,
    claimOf: records.claimOf,
    books: () => booksOf(actOn),
    async close() {
      await records.close();
      await Promise.all(links.map((link) => link.close()));
      await redis?.stop();
      await wire.close();
      await actOn.close();
    },
  };
}

interface OpenStore {
  readonly redis: DurableRedis | null;
  readonly links: readonly Link[];
  readonly directory: string;
}

async function openStore({ store, processes }: ChaosOptions, folder: string): Promise<OpenStore> {
  const directory = join(folder, 'store');
  if (store === 'file') return { redis: null, links: [], directory };
  if (!isRedisThere)
    throw new Error('There is no redis-server on the PATH. Install it, or take --store file.');
  const redis = await startDurableRedis();
  return { redis, links: await startLinks(redis.path, processes), directory };
}

function usersOf(count: number): AccountOptions[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `account-${String(index + 1).padStart(2, '0')}`;
    return { username: `${name}@chaos.test`, password: `password of ${name}` };
  });
}

function postsOf(processes: number, links: readonly Link[], directory: string): Post[] {
  return runtimesOf(processes).map(({ name, command }, post) => {
    const port = links[post]?.port;
    return {
      name: `${name}-${post + 1}`,
      command,
      store: port === undefined ? { type: 'file', directory } : { type: 'redis', port },
    };
  });
}
