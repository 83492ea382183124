import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { Cluster, Redis } from 'ioredis';
import * as ioredis5 from 'ioredis-5';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ClusterDeployment, startCluster } from './support/cluster.ts';
import { type Fleet, fleetOn, replaced } from './support/fleet.ts';
import { passesTheKit, redisStoreOn } from './support/kit.ts';
import { isRedisThere } from './support/redis-server.ts';
import { cutReplication, replicated } from './support/replication.ts';
import { refused, rightsOf, usesTheStore } from './support/rights.ts';
import { endpointOf } from './support/sessions.ts';

// The two majors have the same methods and types that do not know each other.
const { Cluster: Cluster5 } = ioredis5 as unknown as { Cluster: typeof Cluster };

const timeout = 120_000;
const users = Array.from({ length: 60 }, (_, i) => ({
  username: `user ${i}`,
  password: 'a password',
}));
type User = (typeof users)[number];

describe.skipIf(!isRedisThere)('on a Cluster', { timeout }, () => {
  let deployment: ClusterDeployment;
  let emulator: ServedEmulator;
  let nodes: number[];

  beforeAll(async () => {
    [deployment, emulator] = await Promise.all([
      startCluster(),
      serveEmulator({ grantLimit: null, users }),
    ]);
    nodes = [...deployment.ports];
  }, timeout);
  afterAll(async () => {
    await Promise.all([deployment?.stop(), emulator?.close()]);
  });

  passesTheKit('redisStore on a cluster', () => redisStoreOn(new Cluster(nodes)));
  passesTheKit('redisStore on a cluster, ioredis 5', () => redisStoreOn(new Cluster5(nodes)));

  it('accounts on several nodes are served at once by a client that pipelines by itself', async () => {
    const store = await redisStoreOn(new Cluster(nodes, { enableAutoPipelining: true }));
    const answers = await Promise.all(users.map(({ username }) => store.read(username)));
    expect(answers.map(({ record }) => record)).toEqual(users.map(() => null));
    await store.close();
  });

  it('a user with the rights that the README lists can do all that a store does', async () => {
    const admins = nodes.map((port) => new Redis(port));
    const rights = [...rightsOf('every node'), ...rightsOf('every node of a Cluster, in addition')];
    for (const admin of admins) await admin.acl('SETUSER', 'user', ...rights);
    await usesTheStore(
      new Cluster(nodes, { redisOptions: { username: 'user', password: 'password' } }),
    );
    await usesTheStore(
      new Cluster5(nodes, { redisOptions: { username: 'user', password: 'password' } }),
    );
    expect((await Promise.all(admins.map((admin) => refused(admin, 'user')))).flat()).toEqual([]);
    for (const admin of admins) admin.disconnect();
  });

  it('sessions go on when the master that owns their account dies, and write back what it had not copied', async () => {
    const fleet = fleetOn(() => new Cluster(nodes), endpointOf(emulator));
    const { neighbours, stranger, master } = await grouped(fleet);
    const [copied, lost] = neighbours;
    const [one, two, three] = await Promise.all([
      fleet.signedIn(copied),
      fleet.signedIn(lost),
      fleet.signedIn(stranger),
    ]);
    await replicated(master.port, 1);
    await cutReplication(master.port);
    const newest = await replaced(two);
    const { grants, replays } = emulator.ledger.counters();

    await master.kill();
    expect(await two.getAccessToken()).toBe(newest);
    const elsewhere = await replaced(three);
    const asked = replaced(one);
    await deployment.elect(master);
    const here = await asked;
    expect(await fleet.record(lost)).toMatchObject({ generation: 1 });
    const repaired = await replaced(two);

    const tokens = [copied, lost, stranger].map((user) => fleet.newcomer(user));
    expect(await Promise.all(tokens)).toEqual([here, repaired, elsewhere]);
    expect(await fleet.record(lost)).toMatchObject({ generation: 3 });
    const after = emulator.ledger.counters();
    expect(after.grants.refresh_token.sent - grants.refresh_token.sent).toBe(3);
    expect(after.replays).toBe(replays);
    await fleet.disband();
  });

  /**
   * Two accounts that one master owns, and one that another does. Which, depends on the emulator's
   * port.
   */
  async function grouped(fleet: Fleet) {
    const [copied, ...others] = users as [User, ...User[]];
    const owner = (user: User) => deployment.ownerOf(fleet.key(user));
    const master = await owner(copied);
    const owned = await Promise.all(
      others.map(async (user) => ({ user, isHere: (await owner(user)).port === master.port })),
    );
    const [lost, stranger] = [true, false].map(
      (isHere) => owned.find((each) => each.isHere === isHere)?.user,
    ) as [User, User];
    return { neighbours: [copied, lost] as const, stranger, master };
  }
});
