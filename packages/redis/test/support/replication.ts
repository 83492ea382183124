import { Redis } from 'ioredis';
import { vi } from 'vitest';

/**
 * For every server that may become a master: replicas come as a user of their own, so that a master
 * can send them away.
 */
export const replicationArgs: readonly string[] = [
  ...[
    '--user',
    'replica',
    'on',
    '>password',
    '+psync',
    '+replconf',
    '+ping',
    '--masteruser',
    'replica',
    '--masterauth',
    'password',
  ],
  // A copy begins at once, and is heard of within a second: a cluster does not count replicas that
  // were told nothing yet.
  ...['--repl-diskless-sync-delay', '0', '--repl-ping-replica-period', '1'],
];

const timeout = 60_000;

/** Resolves once this many replicas have everything that this master was told so far. */
export async function replicated(port: number, replicas: number): Promise<void> {
  const master = new Redis(port);
  const [, soFar] = /^master_repl_offset:(\d+)/m.exec(await master.info('replication')) ?? [];
  const haveAll = async () => {
    const offsets = (await master.info('replication')).matchAll(
      /^slave\d+:.*state=online,offset=(\d+)/gm,
    );
    return [...offsets].filter(([, offset]) => Number(offset) >= Number(soFar)).length >= replicas;
  };
  await vi.waitUntil(haveAll, { timeout });
  master.disconnect();
}

/**
 * What this master is told from now on it acknowledges, and no replica hears of it: the write that
 * a fail-over loses.
 */
export async function cutReplication(port: number): Promise<void> {
  const master = new Redis(port);
  await master.acl('SETUSER', 'replica', 'off');
  await master.client('KILL', 'TYPE', 'REPLICA');
  await vi.waitUntil(
    async () => (await master.info('replication')).includes('connected_slaves:0'),
    { timeout },
  );
  master.disconnect();
}
