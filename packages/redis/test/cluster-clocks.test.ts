import type { ReadResult, TokenStore } from '@act-on-token/core';
import { Cluster, Redis } from 'ioredis';
import * as ioredis5 from 'ioredis-5';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClusterDeployment, startCluster } from './support/cluster.ts';
import { redisStoreOn } from './support/kit.ts';
import { isRedisThere, type RedisServer } from './support/redis-server.ts';
import { replicated } from './support/replication.ts';
import { isSkewThere, skewedBy } from './support/skew.ts';

// The two majors have the same methods and types that do not know each other.
const { Cluster: Cluster5 } = ioredis5 as unknown as { Cluster: typeof Cluster };

const timeout = 120_000;
/** By how much the clock of the first master is ahead of those of all others. */
const ahead = 40_000;
const record = (value = 'a value') => ({ version: crypto.randomUUID(), value });

describe.skipIf(!isRedisThere || !isSkewThere)('on a Cluster whose clocks differ by 40 seconds', { timeout }, () => {
  let deployment: ClusterDeployment;
  let nodes: number[];
  let stores: TokenStore[];

  beforeAll(async () => {
    deployment = await startCluster([skewedBy(ahead)]);
    nodes = [...deployment.ports];
    stores = await Promise.all([redisStoreOn(new Cluster(nodes)), redisStoreOn(new Cluster5(nodes))]);
  }, timeout);
  afterAll(async () => {
    for (const store of stores ?? []) await store.close();
    await deployment?.stop();
  });

  const nameOf = (key: string) => `act-on-token:${key}`;
  /** How far the time of an answer that has just come is ahead of this machine's, give or take what it was under way. */
  const timed = ({ now, clock }: ReadResult) => ({ clock, ahead: Math.round((now - Date.now()) / 20_000) * 20_000 + 0 });

  /** A new key that this master owns. */
  async function keyOn({ port }: RedisServer): Promise<string> {
    for (;;) {
      const key = crypto.randomUUID();
      if ((await deployment.ownerOf(nameOf(key))).port === port) return key;
    }
  }

  /** By which clock all kinds of answers about this key go, through all stores. */
  async function clocksOf(key: string) {
    const clocks: ReturnType<typeof timed>[] = [];
    for (const store of stores) {
      const read = await store.read(key);
      clocks.push(timed(read));
      const [expected, next] = [read.record?.version ?? null, record()];
      const swaps = [
        [expected, next, true],
        [expected, next, true],
        ['another', record(), false],
      ] as const;
      for (const [version, draft, ok] of swaps) {
        const answer = await store.swap(key, version, draft);
        clocks.push(timed(answer));
        expect(answer.ok).toBe(ok);
      }
    }
    return clocks;
  }

  const only = <T>(values: readonly T[]): T => {
    expect(new Set(values).size).toBe(1);
    return values[0] as T;
  };
  const clockOf = async (key: string) => only((await clocksOf(key)).map(({ clock }) => clock));
  const aheadOf = async (key: string) => only((await clocksOf(key)).map((each) => each.ahead));

  it('every answer about a key names the one clock that it goes by, in every process and on ioredis 5 and 6', async () => {
    const [fast, ...others] = await Promise.all(nodes.slice(0, 3).map((port) => keyOn({ port } as RedisServer)));
    const clocks = [];
    for (const key of [fast, ...others] as string[]) clocks.push(await clockOf(key));
    expect(new Set(clocks).size).toBe(3);
    for (const clock of clocks) expect(clock).toMatch(/^[0-9a-f]{40}$/);
    expect([await aheadOf(fast as string), await aheadOf(others[0] as string)]).toEqual([ahead, 0]);
    // Another account of the same node shares its clock.
    expect(await clockOf(await keyOn({ port: nodes[0] } as RedisServer))).toBe(clocks[0]);
  });

  it('a key that moves to another node goes by the clock of that node, also for clients that do not know of the move', async () => {
    const [from, to] = nodes.map((port) => ({ port }) as RedisServer) as [RedisServer, RedisServer];
    const [key, neighbour] = [await keyOn(from), await keyOn(to)];
    const before = await clockOf(key);
    await deployment.reshard(nameOf(key), to);
    const after = await clockOf(key);
    expect(after).not.toBe(before);
    expect(after).toBe(await clockOf(neighbour));
    expect(await aheadOf(key)).toBe(0);
  });

  it('a user without the right to INFO has a clock for each key, which no other key shares', async () => {
    const rights = ['reset', 'on', '>password', '~*', '&*', '+@all', '-info'];
    const admins = nodes.map((port) => new Redis(port));
    for (const admin of admins) await admin.acl('SETUSER', 'deaf', ...rights);
    const store = await redisStoreOn(
      new Cluster(nodes, { redisOptions: { username: 'deaf', password: 'password', enableReadyCheck: false } }),
    );
    const [one, other] = [await store.read('one'), await store.read('other')];
    expect(one.clock).toBeTypeOf('string');
    expect((await store.swap('one', null, record())).clock).toBe(one.clock);
    expect(other.clock).not.toBe(one.clock);
    await store.close();
    for (const admin of admins) admin.disconnect();
  });

  it('the replica that takes the place of a dead master goes by its own clock, and names it', async () => {
    const fast = await deployment.ownerOf(nameOf(await keyOn({ port: nodes[0] } as RedisServer)));
    const key = await keyOn(fast);
    const before = await clockOf(key);
    await replicated(fast.port, 1);
    await fast.kill();
    await deployment.elect(fast);
    await expect.poll(() => clockOf(key).catch(() => before), { timeout: 30_000 }).not.toBe(before);
    expect(await aheadOf(key)).toBe(0);
  });
});
