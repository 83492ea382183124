import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launch, type Running } from '../../../packages/redis/test/support/redis-server.ts';
import { sleep } from './sockets.ts';

/**
 * A Redis that has every write on disk before it answers, so that being killed costs it nothing
 * that it had said.
 */
export interface DurableRedis {
  /** A Unix socket: no port that somebody else could take while Redis is down. */
  readonly path: string;
  /**
   * SIGKILL, and a start on the same file after `down` milliseconds. Resolves when it answers,
   * rejects if it will not start.
   */
  restart(down: number): Promise<void>;
  /** Ends it, and removes what it kept. */
  stop(): Promise<void>;
}

/**
 * Where there is one. It is a process that is killed here and not a machine, and a busy disk would
 * be a fault that nobody armed.
 */
const memoryDisk = '/dev/shm';

export async function startDurableRedis(): Promise<DurableRedis> {
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
  let last = Promise.resolve();
  const restart = (down: number): Promise<void> => {
    // One at a time: two servers on one file would ruin it.
    last = last
      .then(kill)
      .then(() => sleep(down))
      .then(start);
    return last;
  };
  const stop = async (): Promise<void> => {
    await last.then(kill);
    rmSync(directory, { recursive: true, force: true });
  };
  return { path, restart, stop };
}
