import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { Redis } from 'ioredis';
import * as ioredis5 from 'ioredis-5';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually, type Fleet, fleetOn, replaced } from './support/fleet.ts';
import { passesTheKit, redisStoreOn } from './support/kit.ts';
import { isRedisThere } from './support/redis-server.ts';
import { cutReplication } from './support/replication.ts';
import { refused, rightsOf, usesTheStore } from './support/rights.ts';
import { type SentinelDeployment, startSentinels } from './support/sentinel.ts';
import { endpointOf } from './support/sessions.ts';

// The two majors have the same methods and types that do not know each other.
const { Redis: Redis5 } = ioredis5 as unknown as { Redis: typeof Redis };

const timeout = 120_000;
const userOf = (username: string) => ({ username, password: 'a password' });
const refreshed = userOf('has a newer pair');
const watched = userOf('has a newer pair and subscribers');
const signedOut = userOf('has signed out');
const underWay = userOf('has a refresh under way');
const detecting = userOf('listens to Sentinels');
const impatient = userOf('listens to nobody for long');
const users = [refreshed, watched, signedOut, underWay, detecting, impatient];

describe.skipIf(!isRedisThere)('behind Sentinel', { timeout }, () => {
  let deployment: SentinelDeployment;
  let emulator: ServedEmulator;
  let fleet: Fleet;

  beforeAll(async () => {
    [deployment, emulator] = await Promise.all([
      startSentinels(),
      serveEmulator({ grantLimit: null, users }),
    ]);
  }, timeout);
  afterAll(async () => {
    await Promise.all([deployment?.stop(), emulator?.close()]);
  });

  passesTheKit('redisStore with Sentinel', () => redisStoreOn(new Redis(deployment.options)));
  passesTheKit('redisStore with Sentinel, ioredis 5', () =>
    redisStoreOn(new Redis5(deployment.options)),
  );

  describe('sessions', () => {
    beforeEach(() => {
      fleet = fleetOn(() => new Redis(deployment.options), endpointOf(emulator));
    });
    afterEach(async () => {
      await fleet.disband();
      await deployment.rejoin();
    }, timeout);

    const sent = (): number => emulator.ledger.counters().grants.refresh_token.sent;

    it('go on when the master dies: the current token serves, and one refresh is enough for all who need another', async () => {
      const one = await fleet.signedIn(emulator.user);
      const two = fleet.session(emulator.user);
      const first = await two.getAccessToken();
      const before = sent();
      await (await deployment.master()).kill();
      expect(await one.getAccessToken()).toBe(first);
      const asked = [one, two].map(replaced);
      await deployment.elect();
      const [token, same] = await Promise.all(asked);
      expect(token).not.toBe(first);
      expect(same).toBe(token);
      expect(sent() - before).toBe(1);
    });

    it('write back what the fail-over lost, and send no token that they know to be spent', async () => {
      const replays = emulator.ledger.counters().replays;
      const [asking, watching] = [await fleet.signedIn(refreshed), await fleet.signedIn(watched)];
      const [leaving, sending] = [await fleet.signedIn(signedOut), await fleet.signedIn(underWay)];
      const master = await deployment.master();
      await cutReplication(master.port);
      const lost = await replaced(asking);
      watching.subscribe(() => {});
      await replaced(watching);
      const newest = await fleet.record(watched);
      await leaving.signOut();
      const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
      const answer = replaced(sending);
      await hold.reached();
      await master.kill();
      await deployment.elect();

      // The store went back: a pair, a sign-out and a claim are gone.
      expect(await fleet.record(refreshed)).toMatchObject({ generation: 1 });
      expect(await fleet.record(signedOut)).toMatchObject({ generation: 1, ended: null });
      expect(await fleet.record(underWay)).toMatchObject({ generation: 1, claim: null });

      // Whoever watches hears of the fail-over and repairs at once, others when they next look.
      await vi.waitFor(async () => expect(await fleet.record(watched)).toEqual(newest), {
        timeout,
      });
      expect(await asking.getAccessToken()).toBe(lost);
      const next = await replaced(asking);
      expect(await fleet.newcomer(refreshed)).toBe(next);
      await expect(eventually(() => leaving.getAccessToken())).rejects.toMatchObject({
        code: 'signed_out',
      });
      await expect(fleet.newcomer(signedOut)).rejects.toMatchObject({ code: 'signed_out' });
      hold.release();
      const kept = await answer;
      expect(await fleet.newcomer(underWay)).toBe(kept);
      expect(emulator.ledger.counters().replays).toBe(replays);
    });

    it('leave a master that hangs, where ioredis is told how to notice it', async () => {
      const sessions = await Promise.all([
        fleet.signedIn(detecting, {
          client: new Redis({ ...deployment.options, failoverDetector: true }),
        }),
        fleet.signedIn(impatient, {
          client: new Redis({ ...deployment.options, socketTimeout: 1_000 }),
        }),
      ]);
      const first = sessions.map((session) => session.currentAccessToken());
      const before = sent();
      (await deployment.master()).pause();
      const asked = sessions.map(replaced);
      await deployment.elect();
      for (const token of await Promise.all(asked)) expect(first).not.toContain(token);
      expect(sent() - before).toBe(2);
    });
  });

  it('a user with the rights that the README lists, on nodes and Sentinels, can do all that a store does', async () => {
    const admins = deployment.ports.map((port) => new Redis(port));
    const [nodes, sentinels] = [admins.slice(0, 2), admins.slice(2)];
    for (const node of nodes) await node.acl('SETUSER', 'user', ...rightsOf('every node'));
    for (const sentinel of sentinels)
      await sentinel.acl('SETUSER', 'asker', ...rightsOf('every Sentinel'));
    const [users, askers] = [
      { username: 'user', password: 'password' },
      { sentinelUsername: 'asker', sentinelPassword: 'password' },
    ];
    await usesTheStore(
      new Redis({ ...deployment.options, ...users, ...askers, failoverDetector: true }),
    );
    expect((await Promise.all(admins.map((admin) => refused(admin, 'user')))).flat()).toEqual([]);
    expect((await Promise.all(admins.map((admin) => refused(admin, 'asker')))).flat()).toEqual([]);
    for (const admin of admins) admin.disconnect();
  });
});
