import { describe, expect, it } from 'vitest';
import { sameSnapshot, unknownSnapshot } from '../src/client/snapshots.ts';

const at = (expiresAt: number | null, nextAt: number | null = null) => ({
  ...unknownSnapshot,
  expiresAt,
  grants: { ...unknownSnapshot.grants, nextAt },
});
const now = 1_767_225_600_000;

describe('two snapshots of a page', () => {
  it('say the same where their times differ by a round trip, wherever in a second they are', () => {
    for (let first = now; first < now + 4_000; first += 100) {
      const same = [50, 1_900, 2_100].map((by) => [
        sameSnapshot(at(first) as never, at(first + by) as never),
        sameSnapshot(at(now, first) as never, at(now, first + by) as never),
      ]);
      expect(same).toEqual([
        [true, true],
        [true, true],
        [false, false],
      ]);
    }
  });

  it('do not say the same where one of them has no time', () => {
    expect(sameSnapshot(at(null) as never, at(now) as never)).toBe(false);
    expect(sameSnapshot(at(now) as never, at(now, now) as never)).toBe(false);
  });
});
