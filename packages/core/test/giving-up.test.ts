import { describe, expect, it } from 'vitest';
import { actOnEndpoint, type Clock, type Fetch } from '../src/index.ts';
import type { ManualClock } from './support/manual-clock.ts';
import { anHour, world } from './support/world.ts';

/**
 * Sessions of one account whose Act-On is silent from now on: each request with the signal that
 * would end it.
 */
async function silent() {
  const place = world();
  const { clock, emulator, session, signedIn } = place;
  await signedIn();
  await clock.advance(anHour + 1);
  const requests: { readonly at: number; readonly signal: AbortSignal }[] = [];
  const fetch: Fetch = (_, init) => {
    requests.push({ at: clock.monotonic(), signal: init?.signal as AbortSignal });
    return new Promise(() => {});
  };
  const endpoint = actOnEndpoint({
    clientId: emulator.client.id,
    clientSecret: emulator.client.secret,
    fetch,
  });
  return { ...place, requests, endpoint, open: () => session({ endpoint }) };
}

describe('a request without an answer', () => {
  it('is ended when what is left of its lease is needed to commit, and not before', async () => {
    const { clock, requests, open } = await silent();
    void open()
      .getAccessToken()
      .catch(() => {});
    await clock.advance(24_900);
    expect(requests.map(({ signal }) => signal.aborted)).toEqual([false]);
    await clock.advance(100);
    expect(requests.map(({ signal }) => signal.aborted)).toEqual([true]);
  });

  it('is over before any process sends the next one', async () => {
    const { clock, requests, open } = await silent();
    const sessions = [open(), open(), open()];
    for (let round = 0; round < 30; round += 1) {
      for (const each of sessions) void each.getAccessToken().catch(() => {});
      await clock.advance(10_000);
      expect(requests.filter(({ signal }) => !signal.aborted).length).toBeLessThanOrEqual(1);
    }
    expect(requests.length).toBeGreaterThan(2);
  });

  it('is ended in time in a page whose timers ring once a minute, if anything else happens there', async () => {
    const { clock, session, endpoint, requests } = await silent();
    const hidden = {
      ...clock,
      setTimeout: (ring: () => void, delay: number, keep: boolean) =>
        clock.setTimeout(ring, Math.max(delay, 60_000), keep),
    };
    const each = session({ endpoint, clock: hidden });
    void each.getAccessToken().catch(() => {});
    await clock.advance(24_000);
    void each.getAccessToken().catch(() => {});
    await clock.advance(2_000);
    expect(requests.map(({ signal }) => signal.aborted)).toEqual([false]);
    void each.getAccessToken().catch(() => {});
    await clock.advance(0);
    expect(requests.map(({ signal }) => signal.aborted)).toEqual([true]);
  });

  it('leaves no timer when it has ended', async () => {
    const { clock, open } = await silent();
    await clock.settle(
      open()
        .getAccessToken()
        .catch(() => {}),
    );
    await clock.advance(anHour);
    expect(clock.timers.all).toBe(0);
  });
});

describe('a process that was stopped beyond the time of its request', () => {
  interface Pending {
    readonly at: number;
    readonly ring: () => void;
    readonly keepAlive: boolean;
    handle: unknown;
  }

  /**
   * The clock of a process that can be stopped: while it is, time passes for all, and its timers
   * ring when it goes on.
   */
  function stoppable(clock: ManualClock) {
    const pending = new Set<Pending>();
    let slept = 0;
    const monotonic = (): number => clock.monotonic() + slept;
    const arm = (timer: Pending): void => {
      const ring = (): void => {
        pending.delete(timer);
        timer.ring();
      };
      timer.handle = clock.setTimeout(ring, Math.max(0, timer.at - monotonic()), timer.keepAlive);
    };
    const own: Clock = {
      now: clock.now,
      monotonic,
      setTimeout: (ring, delay, keepAlive) => {
        const timer: Pending = { at: monotonic() + delay, ring, keepAlive, handle: null };
        pending.add(timer);
        arm(timer);
        return timer;
      },
      clearTimeout: (timer) => {
        pending.delete(timer as Pending);
        clock.clearTimeout((timer as Pending).handle);
      },
    };
    const stopFor = (ms: number): void => {
      clock.jump(ms);
      slept += ms;
      for (const timer of pending) {
        clock.clearTimeout(timer.handle);
        arm(timer);
      }
    };
    return { own, stopFor };
  }

  it('reads what came meanwhile', async () => {
    const { clock, emulator, session, signedIn, sent } = world();
    await signedIn();
    await clock.advance(anHour + 1);
    const { own, stopFor } = stoppable(clock);
    const each = session({ clock: own });
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold', when: 'after' });
    const token = each.getAccessToken();
    await hold.reached();
    await clock.advance(15_000);
    stopFor(14_000);
    await clock.advance(0);
    hold.release();
    expect(await clock.settle(token)).toBeTypeOf('string');
    expect(sent('refresh_token')).toBe(1);
  });

  it('waits no longer than a moment for it', async () => {
    const { clock, session, endpoint, requests } = await silent();
    const { own, stopFor } = stoppable(clock);
    const each = session({ endpoint, clock: own });
    void each.getAccessToken().catch(() => {});
    await clock.advance(15_000);
    stopFor(14_000);
    await clock.advance(200);
    expect(requests[0]?.signal.aborted).toBe(false);
    await clock.advance(100);
    expect(requests[0]?.signal.aborted).toBe(true);
  });
});

describe('an endpoint that rejects, which it promises not to', () => {
  it('counts as one that does not answer', async () => {
    const { clock, session, endpoint } = await silent();
    const each = session({
      endpoint: { ...endpoint, send: () => Promise.reject(new Error('secret')) },
    });
    const refusal = await clock.settle(
      each.getAccessToken({ maxWait: 1_000 }).catch((error: unknown) => error),
    );
    expect(refusal).toMatchObject({ code: 'timeout' });
    expect(each.getSnapshot()).toMatchObject({
      status: 'refreshing',
      error: { code: 'outcome_unknown' },
    });
  });
});

describe('a request with an answer', () => {
  it('leaves no timer, and its signal lets go of what it held', async () => {
    const { clock, emulator, session, signedIn } = world();
    await signedIn();
    await clock.advance(anHour + 1);
    const signals: AbortSignal[] = [];
    const fetch: Fetch = (input, init) => {
      signals.push(init?.signal as AbortSignal);
      return emulator.fetch(input, init);
    };
    const endpoint = actOnEndpoint({
      clientId: emulator.client.id,
      clientSecret: emulator.client.secret,
      fetch,
    });
    await clock.settle(session({ endpoint }).getAccessToken());
    expect(clock.timers.all).toBe(0);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  });
});
