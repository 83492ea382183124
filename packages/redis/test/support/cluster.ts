import { Redis } from 'ioredis';
import { vi } from 'vitest';
import { type RedisServer, startRedisIn } from './redis-server.ts';
import { replicationArgs } from './replication.ts';

export interface ClusterDeployment {
  /** For the client: where to ask for the others. */
  readonly ports: readonly number[];
  /** The master that keeps this key. */
  ownerOf(key: string): Promise<RedisServer>;
  /** Moves the slot of this key, with all that is in it, to this master. */
  reshard(key: string, to: RedisServer): Promise<void>;
  /**
   * The others lose patience with a master that was killed. Resolves once its replica has taken its
   * place for all of them.
   */
  elect(dead: RedisServer): Promise<void>;
  stop(): Promise<void>;
}

const timeout = 90_000;
/**
 * Milliseconds until a node takes a silent one for dead. On a busy machine one that lives is silent
 * for a while too.
 */
const patience = { usual: 60_000, inFailOver: 1_000 };
/** Where the slots of the three masters begin, and where they end. */
const bounds = [0, 5461, 10_923, 16_384];

/**
 * Three masters that share the slots, each with a replica. Resolves once all of them know that they
 * do. `envs`: what the environments of the first of them are, if not that of the tests.
 */
export async function startCluster(
  envs: readonly NodeJS.ProcessEnv[] = [],
): Promise<ClusterDeployment> {
  const args = [
    '--cluster-enabled',
    'yes',
    '--cluster-node-timeout',
    `${patience.inFailOver}`,
    '--cluster-replica-validity-factor',
    '0',
  ];
  const servers = await Promise.all(
    Array.from({ length: 6 }, (_, i) =>
      startRedisIn(envs[i] ?? process.env, ...replicationArgs, ...args),
    ),
  );
  const clients = servers.map(({ port }) => new Redis(port).on('error', () => {}));
  const wait = (ms: number, nodes = clients) =>
    Promise.all(nodes.map((client) => client.config('SET', 'cluster-node-timeout', ms)));
  const [masters, replicas] = [clients.slice(0, 3), clients.slice(3)];
  await Promise.all(
    masters.map((master, i) =>
      master.cluster('ADDSLOTS', ...range(bounds[i] ?? 0, bounds[i + 1] ?? 0)),
    ),
  );
  await Promise.all(clients.map((client, i) => client.cluster('SET-CONFIG-EPOCH', i + 1)));
  for (const { port } of servers) await clients[0]?.cluster('MEET', '127.0.0.1', port);
  await everyone(clients, async (client) =>
    (await infoOf(client)).includes('cluster_known_nodes:6'),
  );
  await Promise.all(
    replicas.map(async (replica, i) =>
      replica.cluster('REPLICATE', String(await masters[i]?.cluster('MYID'))),
    ),
  );
  await everyone(clients, async (client) =>
    (await slotsOf(client)).every(([, , ...nodes]) => nodes.length === 2),
  );
  await everyone(clients, async (client) => (await infoOf(client)).includes('cluster_state:ok'));
  await wait(patience.usual);

  return {
    ports: servers.map(({ port }) => port),
    async ownerOf(key) {
      const [client] = clients as [Redis];
      const slot = Number(await client.cluster('KEYSLOT', key));
      const owner = ownerIn(await slotsOf(client), slot);
      return servers.find(({ port }) => port === owner) as RedisServer;
    },
    async reshard(key, to) {
      const [first] = clients as [Redis];
      const slot = Number(await first.cluster('KEYSLOT', key));
      const owner = ownerIn(await slotsOf(first), slot);
      const [source, target] = [owner, to.port].map((port) =>
        clients.find(({ options }) => options.port === port),
      ) as [Redis, Redis];
      const [fromId, toId] = [
        String(await source.cluster('MYID')),
        String(await target.cluster('MYID')),
      ];
      await target.cluster('SETSLOT', slot, 'IMPORTING', fromId);
      await source.cluster('SETSLOT', slot, 'MIGRATING', toId);
      for (const each of (await source.cluster('GETKEYSINSLOT', slot, 100)) as unknown as string[])
        await source.call('MIGRATE', '127.0.0.1', to.port, each, 0, 5_000);
      for (const client of clients.slice(0, 3)) await client.cluster('SETSLOT', slot, 'NODE', toId);
      await everyone(clients, async (client) => ownerIn(await slotsOf(client), slot) === to.port);
    },
    async elect(dead) {
      const living = clients.filter(({ options }) => options.port !== dead.port);
      await wait(patience.inFailOver, living);
      const isWithout = async (client: Redis) =>
        (await slotsOf(client)).every(([, , [, port]]) => port !== dead.port);
      await everyone(
        living,
        async (client) =>
          (await isWithout(client)) && (await infoOf(client)).includes('cluster_state:ok'),
      );
      await wait(patience.usual, living);
    },
    async stop() {
      for (const client of clients) client.disconnect();
      await Promise.all(servers.map((each) => each.stop()));
    },
  };
}

/** Slots from and to, then who has them: the master first. */
type Slots = [
  from: number,
  to: number,
  ...nodes: [[host: string, port: number], ...[host: string, port: number][]],
];

/** The port of the master that has this slot. */
const ownerIn = (slots: readonly Slots[], slot: number): number | undefined =>
  slots.find(([from, to]) => from <= slot && slot <= to)?.[2][1];
const slotsOf = async (client: Redis): Promise<Slots[]> =>
  (await client.cluster('SLOTS')) as unknown as Slots[];
const infoOf = async (client: Redis): Promise<string> => String(await client.cluster('INFO'));
const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, i) => from + i);

/** Resolves once this is so for each of them. */
async function everyone(
  clients: readonly Redis[],
  is: (client: Redis) => Promise<boolean>,
): Promise<void> {
  await vi.waitUntil(async () => (await Promise.all(clients.map(is))).every(Boolean), {
    timeout,
    interval: 50,
  });
}
