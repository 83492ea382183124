import type { Session, SessionEvent } from '@act-on-token/core';
import { serveEmulator } from '@act-on-token/emulator';
import { Redis } from 'ioredis';
import { describe, it, type TestContext, vi } from 'vitest';
import { manualClock } from '../../core/test/support/manual-clock.ts';
import { another, eventually, fleetOn, replaced } from './support/fleet.ts';
import { isRedisThere, startRedis } from './support/redis-server.ts';
import { endpointOf, requestTimeout } from './support/sessions.ts';

const timeout = 60_000;
const other = { username: 'somebody else', password: 'a password' };

/**
 * It answers nobody and no connection breaks, as when its machine swaps or the network swallows
 * what is sent.
 */
describe.skipIf(!isRedisThere).concurrent('sessions whose Redis is paused', { timeout }, () => {
  it('serve valid tokens, send nothing that they cannot claim, and say that the store is unavailable', async (test) => {
    const { server, emulator, fleet, sent } = await world(test);
    const [session, stranger] = [await fleet.signedIn(emulator.user), fleet.session(other)];
    await stranger.ready();
    const token = await session.getAccessToken();
    const before = sent();
    server.pause();
    test.expect(await session.getAccessToken()).toBe(token);
    const refusals = [
      another(session),
      stranger.authorize({ type: 'password', ...other }),
      fleet.session(emulator.user).ready(),
    ];
    const refused = { status: 'rejected', reason: { code: 'store_unavailable' } };
    test.expect(await Promise.allSettled(refusals)).toMatchObject([refused, refused, refused]);
    test.expect(await session.getAccessToken()).toBe(token);
    test
      .expect(session.getSnapshot())
      .toMatchObject({ usable: true, saved: true, error: { code: 'store_unavailable' } });
    test.expect(sent()).toBe(before);
    server.resume();
    test.expect(await replaced(session)).not.toBe(token);
    await eventually(() => stranger.authorize({ type: 'password', ...other }));
    test.expect(sent() - before).toBe(2);
    test.expect(emulator.ledger.counters().replays).toBe(0);
  });

  it('while a pair is committed serve it from memory, say so, and save it as soon as Redis goes on', async (test) => {
    const { server, emulator, fleet, sent } = await world(test);
    const session = await fleet.signedIn(emulator.user);
    const events = eventsOf(session);
    const answer = await underWay(emulator, session);
    server.pause();
    answer.release();
    const token = await answer.token;
    test.expect(session.getSnapshot()).toMatchObject({ usable: true, saved: false });
    test.expect(await session.getAccessToken()).toBe(token);
    test.expect(events).toContainEqual({ type: 'unsaved', lost: false });
    server.resume();
    await vi.waitFor(
      () => test.expect(events.filter(({ type }) => type === 'saved')).toHaveLength(1),
      { timeout },
    );
    test.expect(session.getSnapshot()).toMatchObject({ saved: true });
    test.expect(await fleet.newcomer(emulator.user)).toBe(token);
    test.expect(sent()).toBe(2);
  });

  it('say at close which pair is lost', async (test) => {
    const { server, emulator, fleet } = await world(test);
    const clock = manualClock();
    const session = await fleet.signedIn(emulator.user, { clock });
    const events = eventsOf(session);
    const answer = await underWay(emulator, session);
    server.pause();
    answer.release();
    await answer.token;
    const closed = session.close();
    await clock.advance(requestTimeout + 20_000); // the lease
    await closed;
    test
      .expect(
        events
          .filter(({ type }) => type === 'unsaved')
          .map((event) => 'lost' in event && event.lost),
      )
      .toEqual([false, true]);
  });
});

async function world({ onTestFinished }: TestContext) {
  const [server, emulator] = await Promise.all([
    startRedis(),
    serveEmulator({ grantLimit: null, users: [other] }),
  ]);
  const fleet = fleetOn(() => new Redis(server.port), endpointOf(emulator));
  onTestFinished(async () => {
    server.resume();
    await fleet.disband();
    await Promise.all([server.stop(), emulator.close()]);
  });
  const sent = (): number =>
    Object.values(emulator.ledger.counters().grants).reduce((sum, grant) => sum + grant.sent, 0);
  return { server, emulator, fleet, sent };
}

/** A refresh that Act-On has received and not answered yet. */
async function underWay(emulator: Awaited<ReturnType<typeof serveEmulator>>, session: Session) {
  const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
  const token = replaced(session);
  await hold.reached();
  return { token, release: () => hold.release() };
}

function eventsOf(session: Session): SessionEvent[] {
  const events: SessionEvent[] = [];
  session.on((event) => events.push(event));
  return events;
}
