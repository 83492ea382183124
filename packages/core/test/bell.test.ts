import { afterEach, describe, expect, it, vi } from 'vitest';
import { Bell, endsWithRequests, Flight } from '../src/bell.ts';
import { onAbort } from '../src/on-abort.ts';
import { manualClock } from './support/manual-clock.ts';

const inAWorker = (): void => void vi.stubGlobal('navigator', { userAgent: 'Cloudflare-Workers' });

/** Rests until what goes on needs time to pass. */
async function rung(wait: Promise<void>): Promise<{ isOver: boolean }> {
  const state = { isOver: false };
  void wait.then(() => {
    state.isOver = true;
  });
  return state;
}

describe.each([
  ['where promises outlive requests', () => vi.stubGlobal('navigator', { userAgent: 'any' }), 0],
  ['where there is no navigator', () => vi.stubGlobal('navigator', undefined), 0],
  ['in a Worker', inAWorker, 20],
] as const)('a bell, %s,', (_, setUp, latest) => {
  afterEach(() => vi.unstubAllGlobals());

  it('wakes all who wait when it rings, and no one after that', async () => {
    setUp();
    const clock = manualClock();
    const bell = new Bell(clock);
    const waits = await Promise.all([rung(bell.wait(10_000)), rung(bell.wait(10_000))]);
    await clock.advance(0);
    expect(waits).toEqual([{ isOver: false }, { isOver: false }]);
    bell.ring();
    await clock.advance(latest);
    expect(waits).toEqual([{ isOver: true }, { isOver: true }]);
    const later = await rung(bell.wait(10_000));
    await clock.advance(9_999);
    expect(later.isOver).toBe(false);
    await clock.advance(1);
    expect(later.isOver).toBe(true);
    expect(clock.timers.all).toBe(0);
  });

  it('wakes after the delay if it does not ring, also where none is left', async () => {
    setUp();
    const clock = manualClock();
    const wait = await rung(new Bell(clock).wait(500));
    await clock.advance(499);
    expect(wait.isOver).toBe(false);
    await clock.advance(1);
    expect(wait.isOver).toBe(true);
    const [none, below] = [
      await rung(new Bell(clock).wait(0)),
      await rung(new Bell(clock).wait(-5)),
    ];
    await clock.advance(0);
    expect([none.isOver, below.isOver]).toEqual([true, true]);
  });

  it('wakes when any of the signals aborts, and does not wait where one has', async () => {
    setUp();
    const clock = manualClock();
    const bell = new Bell(clock);
    const [one, other] = [new AbortController(), new AbortController()];
    const wait = await rung(bell.wait(10_000, [one.signal, other.signal]));
    await clock.advance(latest);
    expect(wait.isOver).toBe(false);
    other.abort();
    await clock.advance(30);
    expect(wait.isOver).toBe(true);
    const late = await rung(bell.wait(10_000, [one.signal, other.signal]));
    expect(clock.timers.all).toBe(0);
    await clock.advance(0);
    expect(late.isOver).toBe(true);
  });

  it('keeps a process alive only where it is asked to', async () => {
    setUp();
    const clock = manualClock();
    const bell = new Bell(clock);
    void bell.wait(100, [], false);
    await clock.advance(0);
    expect(clock.timers).toMatchObject({ all: 1, keepAlive: 0 });
    void bell.wait(100);
    await clock.advance(0);
    expect(clock.timers).toMatchObject({ all: 2, keepAlive: 1 });
  });
});

describe('a bell in a Worker', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('is looked at after 20 ms, less often with time, and at least once a second', async () => {
    inAWorker();
    const clock = manualClock();
    const looks: number[] = [];
    const began = clock.monotonic();
    const bell = new Bell({
      ...clock,
      now: clock.now,
      monotonic: clock.monotonic,
      setTimeout: (callback, delay, keepAlive) =>
        clock.setTimeout(
          () => {
            looks.push(clock.monotonic() - began);
            callback();
          },
          delay,
          keepAlive,
        ),
    });
    await clock.settle(bell.wait(10_000));
    const pauses = looks.map((at, index) => at - (looks[index - 1] ?? 0));
    expect(pauses.slice(0, 5)).toEqual([20, 20, 20, 20, 20]);
    expect([...pauses.slice(0, -1)].sort((a, b) => a - b)).toEqual(pauses.slice(0, -1));
    expect(Math.max(...pauses)).toBe(1_000);
    expect(looks.at(-1)).toBe(10_000);
    expect(looks.length).toBeLessThan(30);
  });

  it('is told from all others by the name that the platform gives itself', () => {
    for (const [userAgent, expected] of [
      ['Cloudflare-Workers', true],
      ['Mozilla/5.0', false],
      ['', false],
    ] as const) {
      vi.stubGlobal('navigator', { userAgent });
      expect(endsWithRequests()).toBe(expected);
    }
    vi.stubGlobal('navigator', undefined);
    expect(endsWithRequests()).toBe(false);
  });
});

describe('a flight', () => {
  it('is over with its work, wakes who waits, and passes on what the work threw', async () => {
    const clock = manualClock();
    const thrown = new Error('of the work');
    let fail = (_: Error): void => {};
    const flight = new Flight(clock, 1_000, (own) => {
      expect(own.isRunning).toBe(true);
      return new Promise((_, reject) => {
        fail = reject;
      });
    });
    const settled = await rung(flight.settled());
    await clock.advance(999);
    expect([flight.isOver, flight.isRunning, flight.remaining, settled.isOver]).toEqual([
      false,
      true,
      1,
      false,
    ]);
    flight.throwIfFailed();
    fail(thrown);
    await clock.advance(0);
    expect([flight.isOver, flight.isRunning, flight.remaining, settled.isOver]).toEqual([
      true,
      false,
      0,
      true,
    ]);
    expect(() => flight.throwIfFailed()).toThrow(thrown);
    await expect(flight.done).resolves.toBeUndefined();
  });

  it('counts for nothing after its bound, unless it was given more time', async () => {
    const clock = manualClock();
    const flight = new Flight(clock, 1_000, () => new Promise(() => {}));
    const settled = await rung(flight.settled());
    await clock.advance(600);
    flight.extend(1_000);
    await clock.advance(999);
    expect([flight.isRunning, flight.remaining, settled.isOver]).toEqual([true, 1, false]);
    await clock.advance(1);
    expect([flight.isRunning, flight.remaining, settled.isOver]).toEqual([false, 0, true]);
    expect(flight.isOver).toBe(false);
    flight.throwIfFailed();
  });

  it('begins its work later, so that the work may ask for the flight that it is', async () => {
    const clock = manualClock();
    let own: Flight | undefined;
    const flight: Flight = new Flight(clock, 1_000, async (given) => {
      own = given;
      expect(flight).toBe(given);
    });
    expect(own).toBeUndefined();
    await clock.advance(0);
    expect(own).toBe(flight);
    flight.throwIfFailed();
  });
});

describe('an abort signal that many wait for', () => {
  const heardOf = (signal: AbortSignal) => ({
    added: vi.spyOn(signal, 'addEventListener'),
    removed: vi.spyOn(signal, 'removeEventListener'),
  });

  it('has one listener, as long as anyone waits', () => {
    const { signal } = new AbortController();
    const { added, removed } = heardOf(signal);
    const [first, second] = [onAbort(signal, () => {}), onAbort(signal, () => {})];
    expect(added).toHaveBeenCalledTimes(1);
    expect(added).toHaveBeenCalledWith('abort', expect.any(Function), { once: true });
    first();
    first();
    expect(removed).not.toHaveBeenCalled();
    second();
    expect(removed).toHaveBeenCalledTimes(1);
    expect(removed).toHaveBeenCalledWith('abort', added.mock.calls[0]?.[1]);
  });

  it('is listened to again after all had left, and who left before takes nothing away', () => {
    const controller = new AbortController();
    const { added, removed } = heardOf(controller.signal);
    const heard: string[] = [];
    const first = onAbort(controller.signal, () => heard.push('first'));
    first();
    const second = onAbort(controller.signal, () => heard.push('second'));
    first();
    expect([added.mock.calls.length, removed.mock.calls.length]).toEqual([2, 1]);
    controller.abort();
    expect(heard).toEqual(['second']);
    second();
  });

  it('calls back all who wait, also if one of them leaves another in doing so', () => {
    const controller = new AbortController();
    const heard: string[] = [];
    const leave: (() => void)[] = [];
    for (const name of ['one', 'two', 'three'])
      leave.push(
        onAbort(controller.signal, () => {
          heard.push(name);
          for (const each of leave) each();
        }),
      );
    controller.abort();
    expect(heard).toEqual(['one', 'two', 'three']);
  });
});
