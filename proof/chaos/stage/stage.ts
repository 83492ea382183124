import { join } from 'node:path';
import { isRedisThere } from '../../../packages/redis/test/support/redis-server.ts';
import type { Evidence } from '../../judge/evidence.ts';
import { isPostgresThere } from '../../support/sql-servers.ts';
import type { ChaosOptions } from '../options.ts';
import { type AccountOptions, booksOf, startActOn } from './act-on.ts';
import type { Battlefield } from './battlefield.ts';
import { Fleet, type Post } from './fleet.ts';
import { type Link, startLinks } from './link.ts';
import { startPostgresServer } from './postgres-server.ts';
import { openRecords, type Records } from './records.ts';
import { startRedisServer } from './redis-server.ts';
import { runtimesOf } from './runtimes.ts';
import type { StoreServer } from './store-server.ts';
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
 * Starts a store, an Act-On, what stands between, and the workers. Rejects if the store's
 * server is not on this machine.
 */
export async function setStage(options: ChaosOptions, folder: string): Promise<Stage> {
  const { server, links, directory } = await openStore(options, folder);
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
  const records = openRecords(
    { store: options.store, directory, target: server?.target ?? 0 },
    endpoint,
    users,
  );
  const limited = { ...session, grantLimit: { ...grantLimit, reserve: 1 } };
  const setup = {
    endpoint,
    accounts: users,
    isStoreBroken: options.breakStore,
    session: limited,
    pause,
  };
  const fleet = new Fleet(postsOf(options, links, directory), setup, folder);
  return {
    ...{ fleet, wire, server, links, records },
    accounts: users.map(({ username }) => username),
    accountOf: records.accountOf,
    claimOf: records.claimOf,
    books: () => booksOf(actOn),
    async close() {
      await records.close();
      await Promise.all(links.map((link) => link.close()));
      await server?.stop();
      await wire.close();
      await actOn.close();
    },
  };
}

interface OpenStore {
  readonly server: StoreServer | null;
  readonly links: readonly Link[];
  readonly directory: string;
}

const servers = {
  redis: { isThere: isRedisThere, start: startRedisServer, program: 'redis-server' },
  postgres: { isThere: isPostgresThere, start: startPostgresServer, program: 'postgres' },
};

async function openStore({ store, processes }: ChaosOptions, folder: string): Promise<OpenStore> {
  const directory = join(folder, 'store');
  if (store === 'file') return { server: null, links: [], directory };
  const { isThere, start, program } = servers[store];
  if (!isThere)
    throw new Error(`There is no ${program} on the PATH. Install it, or take --store file.`);
  const server = await start();
  return { server, links: await startLinks(server, processes), directory };
}

function usersOf(count: number): AccountOptions[] {
  return Array.from({ length: count }, (_, index) => {
    const name = `account-${String(index + 1).padStart(2, '0')}`;
    return { username: `${name}@chaos.test`, password: `password of ${name}` };
  });
}

function postsOf(
  { processes, store }: ChaosOptions,
  links: readonly Link[],
  directory: string,
): Post[] {
  return runtimesOf(processes).map(({ name, command }, post) => {
    const port = links[post]?.port ?? 0;
    return {
      name: `${name}-${post + 1}`,
      command,
      store: store === 'file' ? { type: store, directory } : { type: store, port, post },
    };
  });
}
