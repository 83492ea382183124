import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sleep } from './sockets.ts';

/** A Redis that has every write on disk before it answers, so that being killed costs it nothing that it had said. */
export interface DurableRedis {
  /** A Unix socket: no port that somebody else could take while Redis is down. */
  readonly path: string;
  /** SIGKILL, and a start on the same file after `down` milliseconds. Resolves when it answers, rejects if it will not start. */
  restart(down: number): Promise<void>;
  /** Ends it, and removes what it kept. */
  stop(): Promise<void>;
}

/**
 * Ends Redis when the shell's own input ends, so that none outlives its tester, not even one that was killed. A signal that is
 * meant for the tester must not end the shell before.
 */
const untilInputEnds = 'trap "" HUP INT TERM; "$0" "$@" & exec >/dev/null; cat; kill -9 $!; wait';

/** Where there is one. It is a process that is killed here and not a machine, and a busy disk would be a fault that nobody armed. */
const memoryDisk = '/dev/shm';

export async function startDurableRedis(program: string): Promise<DurableRedis> {
  const directory = mkdtempSync(join(existsSync(memoryDisk) ? memoryDisk : tmpdir(), 'act-on-chaos-redis-'));
  const path = join(directory, 'redis.sock');
  const durable = ['--appendonly', 'yes', '--appendfsync', 'always', '--save', '', '--maxmemory-policy', 'noeviction'];
  const args = ['--port', '0', '--unixsocket', path, '--dir', directory, ...durable];
  let shell: ChildProcess | null = null;

  const kill = async (): Promise<void> => {
    const ending = shell;
    shell = null;
    if (ending === null || ending.exitCode !== null || ending.signalCode !== null) return;
    const gone = once(ending, 'exit');
    ending.stdin?.end();
    await gone;
  };
  const start = async (): Promise<void> => {
    shell = spawn('sh', ['-c', untilInputEnds, program, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
    const log = await logUntil(shell, 'ready to accept connections');
    if (log !== null) throw new Error(`Redis did not start in ${directory}. It said:\n${log}`);
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

/** Resolves with `null` when the words appear; with what was said instead if the program ends before. */
function logUntil({ stdout }: ChildProcess, words: string): Promise<string | null> {
  let log = '';
  return new Promise((resolve) => {
    stdout?.on('data', (text) => {
      log += text;
      if (log.toLowerCase().includes(words)) resolve(null);
    });
    stdout?.once('end', () => resolve(log));
  });
}
