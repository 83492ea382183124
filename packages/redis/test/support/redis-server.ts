import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort as anyFreePort } from '../../../../proof/support/listen.ts';
import { component } from '../../../../tooling/component.ts';

/**
 * A Redis of its own, on a free port of the loopback, that keeps nothing unless its arguments say
 * so.
 */
export interface RedisServer {
  readonly port: number;
  /**
   * Ends at once, as a machine does that loses power: nothing is said to anybody, connections
   * break.
   */
  kill(): Promise<void>;
  /**
   * Runs again after `kill`, at the same port and in the same folder, with these arguments besides
   * its first ones.
   */
  restart(...more: string[]): Promise<void>;
  /** From now on nothing is answered, and no connection breaks, until `resume`. */
  pause(): void;
  resume(): void;
  /** Ends for good, its folder with it. */
  stop(): Promise<void>;
}

export const isRedisThere: boolean = component('redis-server') !== undefined;

/**
 * A shell that ends Redis when its own input ends, so that none outlives the tests, not even if
 * they are killed. A signal to the tests must not end the shell before.
 */
const untilInputEnds =
  'trap "" HUP INT TERM; "$0" "$@" & echo "process $!"; exec >/dev/null; cat; kill -9 $!; wait';

/** Starts a Redis with these arguments besides those that every test needs. */
export function startRedis(...args: string[]): Promise<RedisServer> {
  return startRedisIn(process.env, ...args);
}

/** The same in this environment. */
export async function startRedisIn(
  env: NodeJS.ProcessEnv,
  ...args: string[]
): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'act-on-token-redis-'));
  const port = await freePort();
  const own = [
    '--port',
    `${port}`,
    '--bind',
    '127.0.0.1',
    '--dir',
    folder,
    '--save',
    '',
    '--appendonly',
    'no',
    ...args,
  ];
  let running = await launch(own, env).catch(() => null);
  const kill = async () => running?.end();
  const stop = async () => {
    await kill();
    rmSync(folder, { recursive: true, force: true });
  };
  if (running === null) {
    // Between the search for a port and the start somebody else has taken it.
    await stop();
    return startRedisIn(env, ...args);
  }
  return {
    port,
    kill,
    stop,
    async restart(...more) {
      running = await launch([...own, ...more], env);
    },
    pause: () => void running?.signal('SIGSTOP'),
    resume: () => void running?.signal('SIGCONT'),
  };
}

export interface Running {
  signal(signal: NodeJS.Signals): void;
  end(): Promise<void>;
}

/**
 * Runs the program with these arguments. Resolves once it serves; rejects with its log if it ends
 * instead.
 */
export async function launch(
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<Running> {
  const shell = spawn(
    'sh',
    ['-c', untilInputEnds, component('redis-server') ?? 'redis-server', ...args],
    {
      stdio: ['pipe', 'pipe', 'ignore'],
      env,
    },
  );
  const exit = once(shell, 'exit');
  const end = async () => {
    shell.stdin.end();
    await exit;
  };
  const pid = await isServing(shell).catch(async (error: unknown) => {
    await end();
    throw error;
  });
  return { signal: (signal) => void process.kill(pid, signal), end };
}

/**
 * The id of the process, once it says that it serves, as a Redis or as a Sentinel. Rejects if it
 * ends before that.
 */
async function isServing({ stdout }: ChildProcess): Promise<number> {
  let log = '';
  for await (const text of stdout ?? []) {
    log += text;
    const [, pid] = /^process (\d+)$/m.exec(log) ?? [];
    if (pid !== undefined && /Ready to accept connections|\+monitor master/i.test(log))
      return Number(pid);
  }
  throw new Error(`Redis did not start. It printed:\n${log}`);
}

/**
 * Below the ports that systems give to outgoing connections, so that a server that is restarted
 * finds its own still free. The nodes of a cluster talk to each other on a port 10,000 above, which
 * is below them too.
 */
export const freePort = (): Promise<number> => anyFreePort(12_000, 22_000);
