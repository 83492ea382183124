import type { Session } from '@act-on-token/core';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { Redis } from 'ioredis';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Fleet, fleetOn, replaced } from './support/fleet.ts';
import { isRedisThere, type RedisServer, startRedis } from './support/redis-server.ts';
import { endpointOf } from './support/sessions.ts';

const timeout = 60_000;

describe.skipIf(!isRedisThere)('sessions whose Redis', { timeout }, () => {
  let server: RedisServer;
  let emulator: ServedEmulator;
  let fleet: Fleet;

  async function start(...args: string[]): Promise<void> {
    [server, emulator] = await Promise.all([
      startRedis(...args),
      serveEmulator({ grantLimit: null }),
    ]);
    fleet = fleetOn(() => new Redis(server.port), endpointOf(emulator));
  }
  afterEach(async () => {
    await fleet.disband();
    await Promise.all([server.stop(), emulator.close()]);
  });

  const sent = (): number =>
    Object.values(emulator.ledger.counters().grants).reduce((sum, grant) => sum + grant.sent, 0);

  it('restarts with an append-only file find their account as it was', async () => {
    await start('--appendonly', 'yes');
    const session = await fleet.signedIn(emulator.user);
    const token = await replaced(session);
    const before = await fleet.record(emulator.user);
    await server.kill();
    await server.restart();
    expect(await fleet.record(emulator.user)).toEqual(before);
    expect(await fleet.newcomer(emulator.user)).toBe(token);
    expect(sent()).toBe(2);
    expect(await replaced(session)).not.toBe(token);
  });

  describe('restarts with nothing in it', () => {
    beforeEach(() => start());

    it('write their account back at once if they watch it', async () => {
      const session = await fleet.signedIn(emulator.user);
      await replaced(session);
      const before = await fleet.record(emulator.user);
      session.subscribe(() => {});
      await server.kill();
      await server.restart();
      await vi.waitFor(async () => expect(await fleet.record(emulator.user)).toEqual(before), {
        timeout,
      });
      expect(await fleet.newcomer(emulator.user)).toBe(session.currentAccessToken());
      expect(sent()).toBe(2);
    });

    it('lose the account only if none of them lives on', async () => {
      const session = await fleet.signedIn(emulator.user);
      await session.close();
      await server.kill();
      await server.restart();
      await expect(fleet.newcomer(emulator.user)).rejects.toMatchObject({
        code: 'signed_out',
        needsGrant: true,
      });
    });
  });

  describe('is flushed', () => {
    beforeEach(() => start());
    const flush = async () => {
      const redis = new Redis(server.port);
      await redis.flushall();
      redis.disconnect();
      expect(await fleet.record(emulator.user)).toBeNull();
    };

    it('serve their token, and write back all they know when they next look: pair, grants, conflicts and blocks', async () => {
      const session = await fleet.signedIn(emulator.user);
      await meetTrouble(session);
      const before = await fleet.record(emulator.user);
      expect(before).toMatchObject({ lineage: 2, grants: { length: 3 }, conflicts: { length: 1 } });
      expect(before).toMatchObject({
        blocked: { refresh: expect.any(Number), grant: expect.any(Number) },
      });
      const requests = sent();
      await flush();
      expect(await session.getAccessToken()).toBe(session.currentAccessToken());
      // A refusal is looked up at most once a second.
      await vi.waitFor(
        async () => {
          await expect(session.getAccessToken({ minValidity: 3_600_000 })).rejects.toMatchObject({
            code: 'rate_limited',
          });
          expect(await fleet.record(emulator.user)).toEqual(before);
        },
        { timeout },
      );
      expect(await fleet.newcomer(emulator.user)).toBe(session.currentAccessToken());
      expect(sent()).toBe(requests);
    });

    it('write back a sign-out too', async () => {
      const [leaving, staying] = [
        await fleet.signedIn(emulator.user),
        fleet.session(emulator.user),
      ];
      await staying.ready();
      await leaving.signOut();
      await flush();
      await expect(leaving.getAccessToken()).rejects.toMatchObject({ code: 'signed_out' });
      expect(await fleet.record(emulator.user)).toMatchObject({
        ended: 'signed_out',
        grants: { length: 1 },
      });
      await expect(replaced(staying)).rejects.toMatchObject({ code: 'signed_out' });
    });

    it('keep the pair of a refresh that was under way', async () => {
      const session = await fleet.signedIn(emulator.user);
      const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
      const answer = replaced(session);
      await hold.reached();
      await flush();
      hold.release();
      const token = await answer;
      expect(await fleet.newcomer(emulator.user)).toBe(token);
      expect(await fleet.record(emulator.user)).toMatchObject({
        generation: 2,
        grants: { length: 1 },
      });
      expect(sent()).toBe(2);
    });
  });

  describe('is put back to an earlier moment', () => {
    beforeEach(() => start());

    /** As from a backup, or by a fail-over to a replica that was behind. */
    async function backup(): Promise<() => Promise<void>> {
      const redis = new Redis(server.port);
      const key = fleet.key(emulator.user);
      const kept = await redis.dumpBuffer(key);
      return async () => {
        await redis.restore(key, 0, kept, 'REPLACE');
        redis.disconnect();
        expect(await fleet.record(emulator.user)).toMatchObject({ generation: 1 });
      };
    }

    it('go on from the newest pair that one of them knows', async () => {
      const session = await fleet.signedIn(emulator.user);
      const putBack = await backup();
      await replaced(session);
      await replaced(session);
      await putBack();
      const token = await replaced(session);
      expect(await fleet.newcomer(emulator.user)).toBe(token);
      expect(await fleet.record(emulator.user)).toMatchObject({ generation: 4 });
      expect(emulator.ledger.counters().replays).toBe(0);
    });

    it('sign in once if they can, where no one who knew a newer pair lives on', async () => {
      const gone = await fleet.signedIn(emulator.user);
      const putBack = await backup();
      await replaced(gone);
      await gone.close();
      await putBack();
      const credentials = () => emulator.user;
      const heirs = [
        fleet.session(emulator.user, { credentials }),
        fleet.session(emulator.user, { credentials }),
      ];
      await Promise.all(heirs.map((each) => each.getAccessToken()));
      const tokens = await Promise.all(heirs.map(replaced));
      expect(new Set(tokens).size).toBe(1);
      expect(emulator.ledger.counters()).toMatchObject({
        grants: { password: { sent: 2 }, refresh_token: { sent: 2 } },
        replays: 1,
      });
    });
  });

  /**
   * A refresh token that somebody else killed, a second sign-in, and an Act-On that then wants to
   * be left alone.
   */
  async function meetTrouble(session: Session): Promise<void> {
    emulator.revoke({ user: emulator.user.username });
    await expect(replaced(session)).rejects.toMatchObject({ code: 'session_expired' });
    const grant = { type: 'password', ...emulator.user } as const;
    await session.authorize(grant);
    emulator.faults.arm({ route: 'token', kind: 'too_many_requests', retryAfter: 600, times: 2 });
    const refresh = () => session.getAccessToken({ minValidity: 3_600_000 });
    // Right after the sign-in its token may be too young to be replaced.
    await vi.waitFor(() => expect(refresh()).rejects.toMatchObject({ code: 'rate_limited' }), {
      timeout,
    });
    await expect(session.authorize(grant)).rejects.toMatchObject({ code: 'rate_limited' });
  }
});
