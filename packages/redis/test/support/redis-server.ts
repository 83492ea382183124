import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { vi } from 'vitest';
import { component } from '../../../../tooling/component.ts';

/** A Redis of its own, on a free port of the loopback, that keeps nothing. */
export interface RedisServer {
  readonly port: number;
  stop(): Promise<void>;
}

export const isRedisThere: boolean = component('redis-server') !== undefined;

/** A shell that ends Redis when its own input ends, so that none outlives the tests, not even if they are killed. */
const untilInputEnds = '"$0" "$@" & exec >/dev/null; cat; kill -9 $!; wait';

/** Starts a Redis with these arguments besides those that every test needs. */
export async function startRedis(...args: string[]): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'act-on-token-redis-'));
  const port = await freePort();
  const own = ['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
  const program = component('redis-server') ?? 'redis-server';
  const shell = spawn('sh', ['-c', untilInputEnds, program, ...own, ...args], { stdio: ['pipe', 'pipe', 'ignore'] });
  const stop = async () => {
    shell.stdin.end();
    await once(shell, 'exit');
    rmSync(folder, { recursive: true, force: true });
  };
  if (await isReady(shell)) return { port, stop };
  // Between the search for a port and the start somebody else has taken it.
  await stop();
  return startRedis(...args);
}

/** Three masters that share the slots. Resolves once all of them know that they do. */
export async function startCluster(): Promise<{ ports: number[]; stop(): Promise<void> }> {
  const start = () => startRedis('--cluster-enabled', 'yes', '--cluster-node-timeout', '1000');
  const nodes = await Promise.all([start(), start(), start()]);
  const ports = nodes.map(({ port }) => port);
  const clients = ports.map((port) => new Redis(port));
  const bounds = [0, 5461, 10_923, 16_384];
  await Promise.all(clients.map((client, i) => client.cluster('ADDSLOTS', ...range(bounds[i] ?? 0, bounds[i + 1] ?? 0))));
  await Promise.all(clients.map((client, i) => client.cluster('SET-CONFIG-EPOCH', i + 1)));
  for (const port of ports) await clients[0]?.cluster('MEET', '127.0.0.1', port);
  const isOk = async (client: Redis) => String(await client.cluster('INFO')).includes('cluster_state:ok');
  await vi.waitUntil(async () => (await Promise.all(clients.map(isOk))).every(Boolean), { timeout: 20_000 });
  for (const client of clients) client.disconnect();
  return { ports, stop: async () => void (await Promise.all(nodes.map((node) => node.stop()))) };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** The nodes of a cluster talk to each other on a port 10,000 above their own. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return port > 0 && port <= 55_535 ? port : freePort();
}

async function isReady({ stdout }: ChildProcess): Promise<boolean> {
  let log = '';
  for await (const text of stdout ?? []) {
    log += text;
    if (log.includes('Ready to accept connections')) return true;
  }
  return false;
}
