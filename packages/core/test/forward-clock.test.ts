import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { forwardClock } from '../src/index.ts';

const anHour = 3_600_000;

describe('a clock that only goes forward', () => {
  it('never goes back by less than an hour, whatever its machine and other processes say', () => {
    const time = fc.integer({ min: 0, max: anHour });
    const steps = fc.array(fc.tuple(time, fc.option(time, { nil: undefined })));
    fc.assert(
      fc.property(steps, (all) => {
        let wall = 0;
        const now = forwardClock(() => wall);
        let before = Number.NEGATIVE_INFINITY;
        for (const [next, recorded] of all) {
          wall = next;
          const answer = now(recorded);
          expect(answer).toBe(Math.max(before, wall, recorded ?? before));
          before = answer;
        }
      }),
    );
  });

  it('goes by its machine again where a time was more than an hour ahead', () => {
    let wall = 10 * anHour;
    const now = forwardClock(() => wall);
    expect(now()).toBe(wall);
    wall -= anHour + 1;
    expect(now()).toBe(wall);
    expect(now(wall + anHour + 1)).toBe(wall);
    expect(now(wall + anHour)).toBe(wall + anHour);
  });

  it('looks up Date.now at each call', () => {
    const now = forwardClock();
    const later = Date.now() + 5_000;
    vi.spyOn(Date, 'now').mockReturnValue(later);
    expect(now()).toBe(later);
    vi.restoreAllMocks();
  });
});
