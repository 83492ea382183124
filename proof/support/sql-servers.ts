import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { component } from '../../tooling/component.ts';
import { freePort } from './listen.ts';

/** A server on a free port of the loopback, with a folder of its own. */
export interface SqlServer {
  readonly port: number;
  /** Ends at once, as a machine does that loses power. */
  kill(): Promise<void>;
  /** Runs again after `kill`, at the same port and in the same folder. */
  restart(): Promise<void>;
  /** Ends for good, its folder with it. */
  stop(): Promise<void>;
}

export const isPostgresThere: boolean = component('postgresql') !== undefined;
export const isPgBouncerThere: boolean = isPostgresThere && component('pgbouncer') !== undefined;
export const isMariaDbThere: boolean = component('mariadb-server') !== undefined;

/**
 * A PostgreSQL whose user `postgres` needs no password. With `isDurable` a commit waits for the
 * disk, as it does by default; without it tests are quicker.
 */
export async function startPostgres({ isDurable = false } = {}): Promise<SqlServer> {
  const user = userFor('postgres');
  const folder = ownFolder('postgres', user);
  const bin = dirname(component('postgresql') ?? '');
  execFileSync(
    join(bin, 'initdb'),
    ['-D', folder, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { ...user, stdio: 'ignore', cwd: folder },
  );
  const quick = isDurable ? [] : ['-c', 'fsync=off', '-c', 'full_page_writes=off'];
  return start({
    user,
    folder,
    ready: 'database system is ready to accept connections',
    signal: 'QUIT',
    program: (port) => [
      join(bin, 'postgres'),
      ...['-D', folder, '-p', `${port}`, '-h', '127.0.0.1', '-k', folder],
      ...['-c', 'max_connections=300', '-c', 'shared_buffers=32MB', ...quick],
    ],
  });
}

/** PgBouncer in front of a PostgreSQL; a connection is a client's for one transaction. */
export async function startPgBouncer(postgresPort: number): Promise<SqlServer> {
  const user = userFor('postgres');
  const folder = ownFolder('pgbouncer', user);
  const file = join(folder, 'pgbouncer.ini');
  return start({
    user,
    folder,
    ready: 'process up',
    program: (port) => {
      const settings = [
        '[databases]',
        `* = host=127.0.0.1 port=${postgresPort} user=postgres`,
        '[pgbouncer]',
        `listen_addr = 127.0.0.1\nlisten_port = ${port}\nunix_socket_dir =`,
        'auth_type = any\npool_mode = transaction\nmax_client_conn = 500\ndefault_pool_size = 20',
      ];
      writeFileSync(file, settings.join('\n'));
      return [component('pgbouncer') ?? '', file];
    },
  });
}

/** A MariaDB whose user `root` needs no password, with the databases `mysql` and `test`. */
export async function startMariaDb({ isDurable = false } = {}): Promise<SqlServer> {
  const user = userFor('mysql');
  const folder = ownFolder('mariadb', user);
  execFileSync(
    'mariadb-install-db',
    [
      ...['--no-defaults', `--datadir=${folder}/data`, '--auth-root-authentication-method=normal'],
      ...['--innodb-log-file-size=8M', '--skip-name-resolve'],
    ],
    { ...user, stdio: 'ignore', cwd: folder },
  );
  return start({
    user,
    folder,
    ready: 'ready for connections',
    program: (port) => [
      component('mariadb-server') ?? '',
      ...['--no-defaults', `--datadir=${folder}/data`, `--socket=${folder}/socket`],
      ...['--bind-address=127.0.0.1', `--port=${port}`, '--skip-name-resolve'],
      ...['--innodb-buffer-pool-size=32M', '--innodb-log-file-size=8M', '--max-connections=500'],
      `--innodb-flush-log-at-trx-commit=${isDurable ? 1 : 0}`,
      `--pid-file=${folder}/pid`,
    ],
  });
}

/** These servers refuse to run as root, so root runs them as the user that Debian made for them. */
function userFor(name: string): { readonly uid?: number; readonly gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const ask = (option: string) => Number(execFileSync('id', [option, name], { encoding: 'utf8' }));
  return { uid: ask('-u'), gid: ask('-g') };
}

function ownFolder(name: string, { uid, gid }: { uid?: number; gid?: number }): string {
  const folder = mkdtempSync(join(tmpdir(), `act-on-token-${name}-`));
  if (uid !== undefined && gid !== undefined) chownSync(folder, uid, gid);
  return folder;
}

interface Plan {
  readonly user: { readonly uid?: number; readonly gid?: number };
  readonly folder: string;
  /** What the server prints once it serves. */
  readonly ready: string;
  /**
   * How it is ended at once: for PostgreSQL not by KILL, which its other processes would survive.
   * QUIT writes nothing either, and the next start recovers as after a loss of power.
   */
  readonly signal?: 'KILL' | 'QUIT';
  program(port: number): readonly string[];
}

async function start({ user, folder, ready, signal = 'KILL', program }: Plan): Promise<SqlServer> {
  // Below the ports that systems give to outgoing connections, so that it stays free meanwhile.
  const port = await freePort(12_000, 22_000);
  const command = program(port);
  const run = () => launch(command, user, folder, ready, signal);
  let running: Running | null = await run();
  const kill = async (): Promise<void> => {
    await running?.end();
    running = null;
  };
  return {
    port,
    kill,
    async restart() {
      running = await run();
    },
    async stop() {
      await kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * A shell that ends the server when its own input ends, so that none outlives the tests, not even
 * if they are killed. The server is a group of its own, and all of it ends.
 */
const untilInputEnds =
  'trap "" HUP INT TERM; "$0" "$@" 2>&1 & cat >/dev/null; kill -$SIGNAL $!; wait $! 2>/dev/null';

interface Running {
  end(): Promise<void>;
}

async function launch(
  [file = '', ...args]: readonly string[],
  user: Plan['user'],
  folder: string,
  ready: string,
  signal: string,
): Promise<Running> {
  const shell = spawn('sh', ['-c', untilInputEnds, file, ...args], {
    ...user,
    cwd: folder,
    env: { ...process.env, SIGNAL: signal },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const exit = once(shell, 'exit');
  const end = async (): Promise<void> => {
    shell.stdin.end();
    await exit;
  };
  await isReady(shell, ready).catch(async (error: unknown) => {
    await end();
    throw error;
  });
  return { end };
}

/** Rejects with the log if the server ends before it serves. */
function isReady({ stdout, stderr }: ChildProcess, ready: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let log = '';
    const hear = (text: unknown): void => {
      if (log.length < 100_000) log += text;
      if (log.includes(ready)) resolve();
    };
    stderr?.on('data', hear);
    stdout
      ?.on('data', hear)
      .on('end', () => reject(new Error(`A server did not start. It printed:\n${log}`)));
  });
}
