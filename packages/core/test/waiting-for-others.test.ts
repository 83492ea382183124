import { describe, expect, it } from 'vitest';
import type { ReadResult, SessionOptions, TokenStore } from '../src/index.ts';
import { anHour, eventsOf, world } from './support/world.ts';

/**
 * A session that waits for the request of another, with a store whose reads and watches are seen
 * and can be changed.
 */
async function waiting({
  hints = true,
  ...options
}: Partial<SessionOptions> & { hints?: boolean } = {}) {
  const place = world();
  const { clock, emulator, store, session, signedIn } = place;
  const other = await signedIn();
  const inner = store.open();
  const own = {
    reads: [] as number[],
    watches: 0,
    watching: 0,
    read: (call: () => Promise<ReadResult>): Promise<ReadResult> => call(),
  };
  const handle: TokenStore = {
    ...inner,
    read: (key) => {
      own.reads.push(clock.monotonic());
      return own.read(() => inner.read(key));
    },
    watch: (key, onChange) => {
      own.watches += 1;
      own.watching += 1;
      const stop = hints ? inner.watch(key, onChange) : () => {};
      return () => {
        own.watching -= 1;
        stop();
      };
    },
  };
  const each = session({ store: handle, ...options });
  await clock.settle(each.ready());
  await clock.advance(anHour + 1);
  const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
  const theirs = other.getAccessToken();
  theirs.catch(() => {});
  await hold.reached();
  own.reads.length = 0;
  return { ...place, other, own, each, hold, theirs };
}

/** When a promise settled. */
function timed<T>(clock: { monotonic(): number }, promise: Promise<T>): { at: number | null } {
  const end: { at: number | null } = { at: null };
  const done = (): void => {
    end.at = clock.monotonic();
  };
  promise.then(done, done);
  return end;
}

describe('one who waits for another process', () => {
  it('goes on at once when the store says that the record changed', async () => {
    const { clock, each, hold, theirs } = await waiting();
    const token = each.getAccessToken();
    await clock.advance(5_500);
    const [mine, other] = [timed(clock, token), timed(clock, theirs)];
    hold.release();
    await clock.settle(token);
    expect(mine.at).toBe(other.at);
    expect(await token).toBe(await theirs);
  });

  it('relies on no hint: it looks after 100 ms, and less and less often, but once a second', async () => {
    const { clock, own, each, hold, theirs } = await waiting({ hints: false });
    const began = clock.monotonic();
    const token = each.getAccessToken();
    await clock.advance(10_000);
    const looks = own.reads.map((at) => at - began);
    expect(looks).toEqual([
      0, 100, 300, 700, 1_500, 2_500, 3_500, 4_500, 5_500, 6_500, 7_500, 8_500, 9_500,
    ]);
    hold.release();
    const before = clock.monotonic();
    expect(await clock.settle(token)).toBe(await theirs);
    expect(clock.monotonic() - before).toBeLessThanOrEqual(1_000);
  });

  it('sends at the very end of a claim whose holder died, hint or no hint', async () => {
    const { clock, each, emulator, sent } = await waiting({ hints: false });
    const began = clock.monotonic();
    emulator.faults.arm({ route: 'token', kind: 'hold' });
    void each.getAccessToken({ maxWait: 40_000 }).catch(() => {});
    await clock.advance(29_900);
    const before = sent('refresh_token');
    await clock.advance(200);
    expect(clock.monotonic() - began).toBe(30_100);
    expect(sent('refresh_token')).toBe(before + 1);
  });

  it('goes on at once when a person of the same process has signed in, hint or no hint', async () => {
    const { clock, emulator, store, session } = world();
    const each = session({ store: { ...store.open(), watch: () => () => {} } });
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const signIn = each.authorize({ type: 'password', ...emulator.user });
    await hold.reached();
    const token = each.getAccessToken();
    await clock.advance(5_500);
    const [mine, theirs] = [timed(clock, token), timed(clock, signIn)];
    hold.release();
    await clock.settle(Promise.all([token, signIn]));
    expect(mine.at).toBe(theirs.at);
  });

  it('has the store watched once, however many wait, and no longer than they do', async () => {
    const { clock, own, each, hold } = await waiting();
    const tokens = Array.from({ length: 50 }, () => each.getAccessToken());
    await clock.advance(500);
    expect([own.watches, own.watching]).toEqual([1, 1]);
    hold.release();
    await clock.settle(Promise.all(tokens));
    expect(own.watching).toBe(0);
  });

  it('stops watching when it leaves', async () => {
    const { clock, own, each } = await waiting();
    const leaving = new AbortController();
    const token = each.getAccessToken({ signal: leaving.signal });
    await clock.advance(500);
    expect(own.watching).toBe(1);
    leaving.abort(new Error('left'));
    await expect(clock.settle(token)).rejects.toThrow('left');
    expect(own.watching).toBe(0);
  });

  it('is ended by close() at once', async () => {
    const { clock, each } = await waiting({ hints: false });
    const token = each.getAccessToken();
    token.catch(() => {});
    await clock.advance(5_500);
    const end = timed(clock, token);
    const before = clock.monotonic();
    const closing = each.close();
    await clock.advance(0);
    expect(end.at).toBe(before);
    await clock.settle(closing);
    await expect(token).rejects.toMatchObject({ code: 'closed' });
  });
});

describe('one who listens', () => {
  it('learns of a change that comes while it reads for the one before it', async () => {
    const { clock, own, each, other, hold, theirs } = await waiting();
    each.subscribe(() => {});
    await clock.advance(0);
    let release = (): void => {};
    const late = new Promise<void>((resolve) => {
      release = resolve;
    });
    own.read = async (call) => {
      const answer = await call();
      await late;
      return answer;
    };
    hold.release();
    await clock.settle(theirs);
    await clock.advance(0);
    await clock.settle(other.signOut());
    own.read = (call) => call();
    release();
    await clock.advance(10);
    expect(each.getSnapshot().status).toBe('idle');
  });

  it('learns that the store failed when it looked for what had changed, and that it is back', async () => {
    const { clock, own, each, hold, theirs } = await waiting();
    const events = eventsOf(each);
    each.subscribe(() => {});
    await clock.advance(0);
    own.read = () => Promise.reject(new Error('down'));
    hold.release();
    await clock.settle(theirs);
    await clock.advance(10);
    expect(each.getSnapshot().error).toMatchObject({ code: 'store_unavailable' });
    expect(events.map(({ type }) => type)).toContain('store_failed');
    own.read = (call) => call();
    await clock.advance(5_000);
    expect(each.getSnapshot()).toMatchObject({ status: 'authorized', error: null });
  });

  it('has a store that is down asked after 1, 2, 4 … seconds, at most a minute', async () => {
    const { clock, own, each, hold, theirs } = await waiting();
    hold.release();
    await clock.settle(theirs);
    await clock.settle(each.getAccessToken());
    await clock.advance(60_000);
    own.read = () => Promise.reject(new Error('down'));
    each.subscribe(() => {});
    await clock.advance(0);
    own.reads.length = 0;
    const began = clock.monotonic();
    await clock.advance(6 * 60_000);
    // Each look makes its call twice.
    const looks = [...new Set(own.reads)].map((at) => Math.round((at - began) / 1_000));
    expect(looks).toEqual([1, 3, 7, 15, 31, 63, 123, 183, 243, 303]);
  });

  it('to a closed session has nothing watched, and no timer', async () => {
    const { clock, own, each, hold, theirs } = await waiting();
    hold.release();
    await clock.settle(theirs);
    await clock.settle(each.close());
    each.subscribe(() => {});
    await clock.advance(anHour);
    expect([own.watching, own.reads.length, clock.timers.all]).toEqual([0, 0, 0]);
  });

  it('may stop more than once, and another goes on listening', async () => {
    const { clock, own, each, other, hold, theirs } = await waiting();
    const stop = each.subscribe(() => {});
    each.subscribe(() => {});
    await clock.advance(0);
    stop();
    stop();
    expect(own.watching).toBe(1);
    hold.release();
    await clock.settle(theirs);
    await clock.settle(other.signOut());
    await clock.advance(10);
    expect(each.getSnapshot().status).toBe('idle');
  });

  it('sees that the time of a claim is over although no hint says so', async () => {
    const { clock, each } = await waiting({ hints: false });
    each.subscribe(() => {});
    await clock.advance(0);
    expect(each.getSnapshot().status).toBe('refreshing');
    await clock.advance(31_000);
    expect(each.getSnapshot().status).not.toBe('refreshing');
  });

  it('sees what came of a claim whose end came without a hint', async () => {
    const { clock, each, hold, theirs } = await waiting({ hints: false });
    each.subscribe(() => {});
    await clock.advance(0);
    expect(each.getSnapshot().status).toBe('refreshing');
    hold.release();
    await clock.settle(theirs);
    await clock.advance(35_000);
    expect(each.getSnapshot().status).toBe('authorized');
  });
});
