import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Traffic, turnAt, withCall } from '../src/pace.ts';
import { retryAfter } from '../src/retry-after.ts';

const pace = { limit: 3, interval: 100 };
const idle: Traffic = { gone: [], heldUntil: Number.NEGATIVE_INFINITY };

describe('the turn of a call', () => {
  it('is now while fewer went than may', () => {
    expect(turnAt(pace, idle, 0, 1_000)).toBe(1_000);
    expect(turnAt(pace, { ...idle, gone: [990, 995] }, 0, 1_000)).toBe(1_000);
  });

  it('is one interval after the call that it takes the place of', () => {
    expect(
      [0, 1, 2, 3, 6].map((ahead) =>
        turnAt(pace, { ...idle, gone: [950, 960, 970] }, ahead, 1_000),
      ),
    ).toEqual([1_050, 1_060, 1_070, 1_150, 1_250]);
  });

  it('is not before the end of a hold', () => {
    expect(turnAt(pace, { gone: [], heldUntil: 5_000 }, 0, 1_000)).toBe(5_000);
    expect(turnAt(pace, { gone: [], heldUntil: 5_000 }, 3, 1_000)).toBe(5_100);
  });

  it('never lets more go in any interval than may, and no call wait without a reason', () => {
    const calls = fc.array(
      fc.record({ pause: fc.nat(150), hold: fc.option(fc.nat(300), { freq: 5 }) }),
      { maxLength: 40 },
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), calls, (limit, steps) => {
        const tight = { limit, interval: 100 };
        const went: number[] = [];
        let traffic = idle;
        let now = 0;
        for (const { pause, hold } of steps) {
          now += pause;
          if (hold !== null)
            traffic = { ...traffic, heldUntil: Math.max(traffic.heldUntil, now + hold) };
          const at = turnAt(tight, traffic, 0, now);
          const reasons = [
            now,
            traffic.heldUntil,
            (went.at(-limit) ?? Number.NEGATIVE_INFINITY) + 100,
          ];
          expect(at).toBe(Math.max(...reasons));
          now = at;
          went.push(now);
          traffic = withCall(tight, traffic, now);
        }
        for (const at of went)
          expect(
            went.filter((other) => other >= at && other < at + 100).length,
          ).toBeLessThanOrEqual(limit);
      }),
    );
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-03-01T12:00:00Z');
  const read = (value: string, date?: string): number | null =>
    retryAfter(new Headers({ 'retry-after': value, ...(date === undefined ? {} : { date }) }), now);

  it('is seconds or an HTTP-date in any of its three forms', () => {
    expect(read('20')).toBe(20_000);
    expect(read('0')).toBe(0);
    expect(read('Sun, 01 Mar 2026 12:00:20 GMT')).toBe(20_000);
    expect(read('Sunday, 01-Mar-26 12:00:20 GMT')).toBe(20_000);
  });

  it('is taken against the clock of the server', () => {
    expect(read('Sun, 01 Mar 2026 15:00:20 GMT', 'Sun, 01 Mar 2026 15:00:00 GMT')).toBe(20_000);
    expect(read('Sun, 01 Mar 2026 12:00:20 GMT', 'yesterday')).toBe(20_000);
  });

  it('is never negative, and a day at most', () => {
    expect(read('Sun, 01 Mar 2026 11:00:00 GMT')).toBe(0);
    expect(read('999999999999')).toBe(86_400_000);
  });

  it.each([
    '',
    'soon',
    '-5',
    '1.5',
    '1e3',
    '5 seconds',
    '0x10',
    '20, 30',
    'Sun, 99 Mar 2026 99:99:99 GMT',
  ])('says nothing as %o', (value) => {
    expect(read(value)).toBeNull();
  });

  it('says nothing where it is missing', () => {
    expect(retryAfter(new Headers(), now)).toBeNull();
  });
});
