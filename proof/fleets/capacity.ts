// `npm run capacity`: what an account costs a store, and what that means for ten million of them.
import { execFileSync } from 'node:child_process';
import { parseArgs } from 'node:util';
import { accountKey, actOnEndpoint, createSession, type TokenStore } from '@act-on-token/core';
import { serveEmulator } from '@act-on-token/emulator';
import { redisStore } from '@act-on-token/redis';
import { postgresStore, sqlSchema } from '@act-on-token/sql';
import { Cluster, Redis } from 'ioredis';
import pg from 'pg';
import { startRedis } from '../../packages/redis/test/support/redis-server.ts';
import { asMarkdown, writeFigures } from '../../tooling/figures.ts';
import { startPostgres } from '../support/sql-servers.ts';

const { values } = parseArgs({
  options: {
    accounts: { type: 'string', default: '20000' },
    write: { type: 'boolean', default: false },
  },
});
const accounts = Number(values.accounts);
const goal = 10_000_000;
/** Milliseconds from one refresh of an account to the next: an hour less the ten minutes ahead. */
const rhythm = 3_000_000;
const tokenLength = 2_000;

interface Place {
  readonly name: string;
  readonly store: TokenStore;
  /** How many statements or commands the store has sent. */
  sent(): number;
  /** What the place takes for its records, in bytes. */
  bytes(): Promise<number>;
  stop(): Promise<void>;
}

/** A record as a session writes it, with an access token of that length. */
let template = '';

async function countCalls({ store, sent }: Place) {
  const emulator = await serveEmulator({ grantLimit: null });
  const { client, user, url } = emulator;
  const endpoint = actOnEndpoint({
    baseUrl: url,
    clientId: client.id,
    clientSecret: client.secret,
  });
  const session = () =>
    createSession({ endpoint, account: user.username, store, minRefreshInterval: 0 });
  const counted = async (work: () => Promise<unknown>): Promise<number> => {
    const before = sent();
    await work();
    return sent() - before;
  };
  const warm = session();
  const other = session();
  // Every node of a Cluster learns the script.
  for (let i = 0; i < 30; i += 1) await store.read(`warm ${i}`);
  try {
    await warm.authorize({ type: 'password', ...user });
    const cold = await counted(() => other.getAccessToken());
    const again = await counted(() => other.getAccessToken());
    const rejected = warm.currentAccessToken() ?? '';
    // A token that is a few milliseconds old may be too young to be replaced.
    await new Promise((resolve) => setTimeout(resolve, 50));
    const refresh = await counted(() => warm.getAccessToken({ rejected }));
    const key = accountKey(endpoint.issuer, endpoint.clientId, user.username);
    const record = JSON.parse((await store.read(key)).record?.value ?? '{}');
    // At random, as a signature is: a database that packs texts finds nothing to pack.
    const random = crypto.getRandomValues(new Uint8Array((tokenLength * 3) / 4));
    record.pair.accessToken = Buffer.from(random).toString('base64');
    template = JSON.stringify(record);
    return { cold, again, refresh };
  } finally {
    await Promise.all([warm.close(), other.close()]);
    await emulator.close();
  }
}

/** Fills the place with accounts; then changes each of them as refreshes do. */
async function fill({ store, bytes }: Place) {
  const empty = await bytes();
  const versions: string[] = [];
  await eachAccount(async (i) => {
    const next = { version: crypto.randomUUID().replaceAll('-', ''), value: template };
    versions[i] = next.version;
    await store.swap(`account ${i}`, null, next);
  });
  const perAccount = ((await bytes()) - empty) / accounts;
  const began = performance.now();
  await eachAccount(async (i) => {
    const next = { version: crypto.randomUUID().replaceAll('-', ''), value: template };
    await store.swap(`account ${i}`, versions[i] ?? null, next);
  });
  const swapsPerSecond = (accounts / (performance.now() - began)) * 1_000;
  return { perAccount, swapsPerSecond, after: ((await bytes()) - empty) / accounts };
}

/** 32 at once, as that many servers might. */
async function eachAccount(work: (i: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < accounts) {
      const i = next;
      next += 1;
      await work(i);
    }
  };
  await Promise.all(Array.from({ length: 32 }, worker));
}

async function redisPlace(): Promise<Place> {
  const server = await startRedis('--appendonly', 'yes', '--appendfsync', 'everysec');
  const redis = new Redis(server.port);
  const counted = counting(redis);
  return {
    name: 'one Redis, `appendfsync everysec`',
    store: redisStore(redis),
    ...counted,
    bytes: () => usedMemory(redis),
    async stop() {
      redis.disconnect();
      await server.stop();
    },
  };
}

async function clusterPlace(): Promise<Place> {
  const servers = await Promise.all(
    Array.from({ length: 3 }, () =>
      startRedis('--cluster-enabled', 'yes', '--appendonly', 'yes', '--appendfsync', 'everysec'),
    ),
  );
  const nodes = servers.map(({ port }) => `127.0.0.1:${port}`);
  execFileSync('redis-cli', ['--cluster', 'create', ...nodes, '--cluster-yes']);
  const cluster = new Cluster(servers.map(({ port }) => ({ host: '127.0.0.1', port })));
  await new Promise((resolve) => cluster.once('ready', resolve));
  const clients = servers.map(({ port }) => new Redis(port));
  return {
    name: 'a Redis Cluster of three, `appendfsync everysec`',
    store: redisStore(cluster),
    ...counting(cluster),
    bytes: async () => (await Promise.all(clients.map(usedMemory))).reduce((a, b) => a + b, 0),
    async stop() {
      for (const client of [cluster, ...clients]) client.disconnect();
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}

/** Counts the scripts that a client runs: the store sends nothing else for a read or a swap. */
function counting(redis: Redis | Cluster): Pick<Place, 'sent'> {
  let count = 0;
  for (const name of ['evalsha', 'eval'] as const) {
    const original = (redis[name] as (...args: unknown[]) => Promise<unknown>).bind(redis);
    Object.assign(redis, {
      [name]: (...args: unknown[]) => {
        count += 1;
        return original(...args);
      },
    });
  }
  return { sent: () => count };
}

const usedMemory = async (redis: Redis): Promise<number> =>
  Number(/^used_memory:(\d+)/m.exec(await redis.info('memory'))?.[1]);

async function postgresPlace(): Promise<Place> {
  const server = await startPostgres({ isDurable: true });
  const options = { host: '127.0.0.1', port: server.port, user: 'postgres', database: 'postgres' };
  const pool = new pg.Pool({ ...options, max: 32 });
  await pool.query(sqlSchema('postgres'));
  let count = 0;
  const store = postgresStore({
    query(text, parameters) {
      count += 1;
      return pool.query(text, parameters);
    },
  });
  return {
    name: 'one PostgreSQL, each commit on the disk',
    store,
    sent: () => count,
    async bytes() {
      const { rows } = await pool.query("SELECT pg_total_relation_size('act_on_token') AS size");
      return Number(rows[0].size);
    },
    async stop() {
      await pool.end();
      await server.stop();
    },
  };
}

const number = (value: number): string => Math.round(value).toLocaleString('en');
const calls: string[][] = [];
const sizes: string[][] = [];
const sums: string[][] = [];
for (const start of [redisPlace, clusterPlace, postgresPlace]) {
  const place = await start();
  try {
    const { cold, again, refresh } = await countCalls(place);
    calls.push([place.name, `${cold}`, `${again}`, `${refresh}`]);
    const { perAccount, swapsPerSecond, after } = await fill(place);
    sizes.push([place.name, number(perAccount), number(after), number(swapsPerSecond)]);
    const needed = (goal / rhythm) * 1_000 * 2;
    sums.push([
      place.name,
      `${number(goal)} × ${number(after)} B = ${number((goal * after) / 1e9)} GB`,
      `${number(needed)} swaps/s wanted, ${number(swapsPerSecond)} measured`,
      `${number((swapsPerSecond / 2) * (rhythm / 1_000))} accounts`,
    ]);
    console.log(calls.at(-1), sizes.at(-1), sums.at(-1));
  } finally {
    await place.store.close();
    await place.stop();
  }
}
const blocks = {
  calls: asMarkdown([['store', 'cold read', 'warm read', 'refresh'], ...calls]),
  sizes: asMarkdown([
    [
      'store',
      'bytes an account, written once',
      'after a refresh of each',
      'swaps a second, 32 at once',
    ],
    ...sizes,
  ]),
  sums: asMarkdown([['store', 'space', 'rate', 'what that rate holds, all in use'], ...sums]),
};
console.log(Object.values(blocks).join('\n\n'));
if (values.write) writeFigures('capacity', blocks);
