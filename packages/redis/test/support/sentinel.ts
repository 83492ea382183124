import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { vi } from 'vitest';
import { freePort, launch, type RedisServer, startRedis } from './redis-server.ts';
import { replicated, replicationArgs } from './replication.ts';

export interface SentinelDeployment {
  /** For the client: whom to ask, and after whom. */
  readonly options: { readonly sentinels: { host: string; port: number }[]; readonly name: string };
  /** Every server and every Sentinel. */
  readonly ports: readonly number[];
  /** The master, once its replica has copied all of it. */
  master(): Promise<RedisServer>;
  /**
   * The Sentinels lose patience with a master that was killed or paused. Resolves once all of them
   * name its replica.
   */
  elect(): Promise<void>;
  /**
   * The server that was lost comes back as a replica. Resolves once it could become the master
   * again.
   */
  rejoin(): Promise<void>;
  stop(): Promise<void>;
}

const name = 'accounts';
const timeout = 90_000;
/**
 * Milliseconds until a Sentinel takes a silent master for dead. On a busy machine one that lives is
 * silent for a while too.
 */
const patience = { usual: 60_000, inFailOver: 500 };

/** A master, its replica and three Sentinels. */
export async function startSentinels(): Promise<SentinelDeployment> {
  const first = await startRedis(...replicationArgs);
  const second = await startRedis(...replicationArgs, '--replicaof', '127.0.0.1', `${first.port}`);
  // A Sentinel asks a master for its replicas when it meets it, and then only every ten seconds.
  await replicated(first.port, 1);
  const sentinels = await Promise.all([1, 2, 3].map(() => startSentinel(first.port)));
  const clients = sentinels.map(({ port }) => new Redis(port));
  /** Resolves once this is so by the word of all Sentinels, of the master or of its replica. */
  const agree = (what: 'MASTER' | 'REPLICAS', is: (state: Record<string, string>) => boolean) => {
    const state = async (client: Redis) =>
      pairs(((await client.call('SENTINEL', what, name)) as unknown[]).flat() as string[]);
    return vi.waitUntil(async () => (await Promise.all(clients.map(state))).every(is), {
      timeout,
      interval: 50,
    });
  };
  const wait = (ms: number) =>
    Promise.all(
      clients.map((client) => client.call('SENTINEL', 'SET', name, 'down-after-milliseconds', ms)),
    );
  await agree(
    'MASTER',
    (master) => master['num-slaves'] === '1' && master['num-other-sentinels'] === '2',
  );
  let [master, other] = [first, second];
  return {
    options: { sentinels: sentinels.map(({ port }) => ({ host: '127.0.0.1', port })), name },
    ports: [first, second, ...sentinels].map(({ port }) => port),
    async master() {
      await replicated(master.port, 1);
      return master;
    },
    async elect() {
      [master, other] = [other, master];
      await wait(patience.inFailOver);
      await agree('MASTER', ({ port }) => port === `${master.port}`);
      await wait(patience.usual);
    },
    async rejoin() {
      await other.kill();
      await other.restart('--replicaof', '127.0.0.1', `${master.port}`);
      await agree(
        'REPLICAS',
        ({ flags, ...replica }) => flags === 'slave' && replica['master-link-status'] === 'ok',
      );
    },
    async stop() {
      for (const client of clients) client.disconnect();
      await Promise.all([...sentinels, first, second].map((each) => each.stop()));
    },
  };
}

async function startSentinel(
  master: number,
): Promise<{ readonly port: number; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'act-on-token-sentinel-'));
  const file = join(folder, 'sentinel.conf');
  const port = await freePort();
  const own = [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir ${folder}`,
    `sentinel monitor ${name} 127.0.0.1 ${master} 2`,
  ];
  const settings = { 'down-after-milliseconds': patience.usual, 'failover-timeout': 3_000 };
  const lines = Object.entries(settings).map(
    ([setting, value]) => `sentinel ${setting} ${name} ${value}`,
  );
  writeFileSync(file, [...own, ...lines].join('\n'));
  const running = await launch([file, '--sentinel']).catch(() => null);
  const stop = async () => {
    await running?.end();
    rmSync(folder, { recursive: true, force: true });
  };
  if (running !== null) return { port, stop };
  await stop();
  return startSentinel(master);
}

/** Names and values as a Sentinel lists them: in turn. */
function pairs(flat: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    flat.flatMap((word, i) => (i % 2 === 0 ? [[word, flat[i + 1] ?? '']] : [])),
  );
}
