import { actOnEndpoint, type ReadResult, type TokenStore } from '@act-on-token/core';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { redisStore } from '@act-on-token/redis';
import { Cluster, Redis } from 'ioredis';
import * as ioredis5 from 'ioredis-5';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClusterDeployment, startCluster } from './support/cluster.ts';
import { type Fleet, fleetOn, replaced } from './support/fleet.ts';
import { isReady, redisStoreOn } from './support/kit.ts';
import { isRedisThere, type RedisServer } from './support/redis-server.ts';
import { replicated } from './support/replication.ts';
import { isSkewThere, skewedBy } from './support/skew.ts';

// The two majors have the same methods and types that do not know each other.
const { Cluster: Cluster5 } = ioredis5 as unknown as { Cluster: typeof Cluster };

const timeout = 120_000;
/** By how much the clock of the first master is ahead of those of all others. */
const ahead = 40_000;
interface User {
  readonly username: string;
  readonly password: string;
}
const record = (value = 'a value') => ({ version: crypto.randomUUID(), value });

describe.skipIf(!isRedisThere || !isSkewThere)(
  'on a Cluster whose clocks differ by 40 seconds',
  { timeout },
  () => {
    let deployment: ClusterDeployment;
    let nodes: number[];
    let stores: TokenStore[];

    beforeAll(async () => {
      deployment = await startCluster([skewedBy(ahead)]);
      nodes = [...deployment.ports];
      stores = await Promise.all([
        redisStoreOn(new Cluster(nodes)),
        redisStoreOn(new Cluster5(nodes)),
      ]);
    }, timeout);
    afterAll(async () => {
      for (const store of stores ?? []) await store.close();
      await deployment?.stop();
    });

    const nameOf = (key: string) => `act-on-token:${key}`;
    /**
     * How far the time of an answer that has just come is ahead of this machine's, give or take
     * what it was under way.
     */
    const timed = ({ now, clock }: ReadResult) => ({
      clock,
      ahead: Math.round((now - Date.now()) / 20_000) * 20_000 + 0,
    });

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
      const [fast, ...others] = await Promise.all(
        nodes.slice(0, 3).map((port) => keyOn({ port } as RedisServer)),
      );
      const clocks = [];
      for (const key of [fast, ...others] as string[]) clocks.push(await clockOf(key));
      expect(new Set(clocks).size).toBe(3);
      for (const clock of clocks) expect(clock).toMatch(/^[0-9a-f]{40}$/);
      expect([await aheadOf(fast as string), await aheadOf(others[0] as string)]).toEqual([
        ahead,
        0,
      ]);
      // Another account of the same node shares its clock.
      expect(await clockOf(await keyOn({ port: nodes[0] } as RedisServer))).toBe(clocks[0]);
    });

    it('a key that moves to another node goes by the clock of that node, also for clients that do not know of the move', async () => {
      const [from, to] = nodes.map((port) => ({ port }) as RedisServer) as [
        RedisServer,
        RedisServer,
      ];
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
        new Cluster(nodes, {
          redisOptions: { username: 'deaf', password: 'password', enableReadyCheck: false },
        }),
      );
      const [one, other] = [await store.read('one'), await store.read('other')];
      expect(one.clock).toBeTypeOf('string');
      expect((await store.swap('one', null, record())).clock).toBe(one.clock);
      expect(other.clock).not.toBe(one.clock);
      await store.close();
      for (const admin of admins) admin.disconnect();
    });

    describe('sessions of one process, with accounts on both kinds of nodes,', () => {
      const users = Array.from({ length: 40 }, (_, i) => ({
        username: `user ${i}`,
        password: 'a password',
      }));
      let emulator: ServedEmulator;
      let fleet: Fleet;
      beforeAll(async () => {
        emulator = await serveEmulator({ grantLimit: null, users });
        const { client, url } = emulator;
        // A lease of half a minute: shorter than the clocks differ.
        const endpoint = actOnEndpoint({
          clientId: client.id,
          clientSecret: client.secret,
          baseUrl: url,
          requestTimeout: 10_000,
        });
        fleet = fleetOn(() => new Cluster(nodes), endpoint);
      });
      afterAll(async () => {
        await fleet?.disband();
        await emulator?.close();
      });

      it.each(['behind', 'ahead'] as const)(
        'take no claim for lapsed while another node answers: the claim on a node that is %s',
        async (where) => {
          const owners = await Promise.all(
            users.map((user) => deployment.ownerOf(fleet.key(user))),
          );
          const onFast = users.filter((_, i) => owners[i]?.port === nodes[0]);
          const onSlow = users.filter((_, i) => owners[i]?.port !== nodes[0]);
          const [[claimed], busy] = (
            where === 'ahead' ? [onFast, onSlow.slice(0, 4)] : [onSlow, onFast.slice(0, 4)]
          ) as [User[], User[]];
          const holder = await fleet.signedIn(claimed as User);
          await Promise.all(busy.map((user) => fleet.signedIn(user)));

          const client = new Cluster(nodes);
          await isReady(client);
          const [reads, store] = [new Map<string, number>(), redisStore(client)];
          const counted: TokenStore = {
            ...store,
            read(key) {
              reads.set(key, (reads.get(key) ?? 0) + 1);
              return store.read(key);
            },
          };
          const waiting = fleet.session(claimed as User, { store: counted, client });
          const others = busy.map((user) => fleet.session(user, { store: counted, client }));
          await Promise.all([waiting, ...others].map((session) => session.getAccessToken()));

          const sent = () =>
            emulator.ledger.entries.filter(
              (each) => each.user === claimed?.username && each.grantType === 'refresh_token',
            ).length;
          const before = sent();
          const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
          const held = replaced(holder);
          await hold.reached();
          const asked = replaced(waiting);
          const readsSoFar = () =>
            reads.get(fleet.key(claimed as User).slice('act-on-token:'.length)) ?? 0;
          const enough = readsSoFar() + 4;
          // Whatever this process hears of the claim, it has just heard the time of another node.
          while (readsSoFar() < enough) await Promise.all(others.map(replaced));
          expect(sent() - before).toBe(1);
          hold.release();
          expect(await asked).toBe(await held);
          expect(sent() - before).toBe(1);
          client.disconnect();
        },
      );
    });

    it('the replica that takes the place of a dead master goes by its own clock, and names it', async () => {
      const fast = await deployment.ownerOf(nameOf(await keyOn({ port: nodes[0] } as RedisServer)));
      const key = await keyOn(fast);
      const before = await clockOf(key);
      await replicated(fast.port, 1);
      await fast.kill();
      await deployment.elect(fast);
      await expect
        .poll(() => clockOf(key).catch(() => before), { timeout: 30_000 })
        .not.toBe(before);
      expect(await aheadOf(key)).toBe(0);
    });
  },
);
