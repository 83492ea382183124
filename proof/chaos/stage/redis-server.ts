import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, type Running } from '../../../packages/redis/test/support/redis-server.ts';
import { redisReader } from './redis-protocol.ts';
import { oneAtATime, type StoreServer } from './store-server.ts';

/**
 * Where there is one. It is a process that is killed here and not a machine, and a busy disk would
 * be a fault that nobody armed.
 */
const memoryDisk = '/dev/shm';

/**
 * A Redis that has every write on disk before it answers. Its socket is a file: not a port that
 * another program could take while Redis is down.
 */
export async function startRedisServer(): Promise<StoreServer> {
  const directory = mkdtempSync(
    join(existsSync(memoryDisk) ? memoryDisk : tmpdir(), 'act-on-chaos-redis-'),
  );
  const path = join(directory, 'redis.sock');
  const durable = [
    '--appendonly',
    'yes',
    '--appendfsync',
    'always',
    '--save',
    '',
    '--maxmemory-policy',
    'noeviction',
  ];
  const args = ['--port', '0', '--unixsocket', path, '--dir', directory, ...durable];
  let running: Running | null = null;

  const kill = async (): Promise<void> => {
    const ending = running;
    running = null;
    await ending?.end();
  };
  const start = async (): Promise<void> => {
    running = await launch(args);
  };
  await start();
  const remove = () => rmSync(directory, { recursive: true, force: true });
  return { target: path, reader: redisReader, ...oneAtATime(kill, start, remove) };
}
