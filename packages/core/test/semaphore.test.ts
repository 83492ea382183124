import { describe, expect, it } from 'vitest';
import { actOnEndpoint, createSessionPool } from '../src/index.ts';
import { Semaphore } from '../src/semaphore.ts';
import { manualClock } from './support/manual-clock.ts';
import { world } from './support/world.ts';

const wanted = (): boolean => true;

/** A semaphore, and whether a wait for one of its places has ended, and how. */
function places(count: number) {
  const clock = manualClock();
  const semaphore = new Semaphore(count, clock);
  const acquire = (patience = 60_000, use = 10_000, isWanted = wanted) => {
    const wait = { end: 'waits' as 'waits' | 'has a place' | 'has none', release: () => {} };
    void semaphore.acquire(patience, use, isWanted).then((release) => {
      wait.end = release === null ? 'has none' : 'has a place';
      wait.release = release ?? (() => {});
    });
    return wait;
  };
  return { clock, semaphore, acquire };
}

describe('a place in a pool', () => {
  it('goes to the one who has waited longest', async () => {
    const { clock, acquire } = places(1);
    const [first, second, third] = [acquire(), acquire(), acquire()];
    await clock.advance(0);
    expect([first.end, second.end, third.end]).toEqual(['has a place', 'waits', 'waits']);
    first.release();
    await clock.advance(0);
    expect([second.end, third.end]).toEqual(['has a place', 'waits']);
  });

  it('is waited for no longer than the patience of the one who waits', async () => {
    const { clock, acquire } = places(1);
    acquire(60_000, 100_000);
    const waiting = acquire(5_000);
    await clock.advance(4_999);
    expect(waiting.end).toBe('waits');
    await clock.advance(1);
    expect(waiting.end).toBe('has none');
    expect(clock.timers.all).toBe(0);
  });

  it('is taken back from a holder who does not give it back in time', async () => {
    const { clock, acquire } = places(1);
    acquire(60_000, 10_000);
    const waiting = acquire();
    await clock.advance(9_999);
    expect(waiting.end).toBe('waits');
    await clock.advance(1);
    expect(waiting.end).toBe('has a place');
  });

  it('is not handed on by a holder who gives it back after it was taken back', async () => {
    const { clock, acquire } = places(1);
    const late = acquire(60_000, 10_000);
    const second = acquire(60_000, 100_000);
    const third = acquire(60_000, 100_000);
    await clock.advance(10_000);
    expect([second.end, third.end]).toEqual(['has a place', 'waits']);
    late.release();
    await clock.advance(0);
    expect(third.end).toBe('waits');
    second.release();
    await clock.advance(0);
    expect(third.end).toBe('has a place');
  });

  it('is given to no one who has left', async () => {
    const { clock, acquire } = places(1);
    const first = acquire();
    let isThere = true;
    const second = acquire(60_000, 10_000, () => isThere);
    const third = acquire();
    await clock.advance(0);
    isThere = false;
    first.release();
    await clock.advance(0);
    expect([second.end, third.end]).toEqual(['has none', 'has a place']);
  });

  it('is no longer waited for by a session that is closed, and no timer is left of its wait', async () => {
    const { clock, emulator, store } = world();
    const pool = createSessionPool({
      endpoint: actOnEndpoint({
        clientId: emulator.client.id,
        clientSecret: emulator.client.secret,
        fetch: () => new Promise(() => {}),
      }),
      store: store.open(),
      clock,
      maxConcurrent: 1,
      credentials: (username) => ({ username, password: 'a password' }),
    });
    void pool
      .get('ann')
      .getAccessToken()
      .catch(() => {});
    await clock.advance(100);
    const before = clock.timers.keepAlive;
    const call = pool
      .get('bob')
      .getAccessToken()
      .catch((error: unknown) => error);
    await clock.advance(100);
    expect(clock.timers.keepAlive).toBeGreaterThan(before);
    await clock.settle(pool.get('bob').close());
    await clock.advance(0);
    expect(await call).toMatchObject({ code: 'closed' });
    expect(clock.timers.keepAlive).toBe(before);
    void pool.close();
  });
});
