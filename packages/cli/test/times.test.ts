import { expect, it } from 'vitest';
import { fromNow, localTime } from '../src/times.ts';

const minutes = 60_000;
const hours = 60 * minutes;

it.each([
  [30_000, 'in 30 seconds'],
  [89_000, 'in 89 seconds'],
  [52 * minutes, 'in 52 minutes'],
  [-2 * hours, '2 hours ago'],
  [35 * hours, 'in 35 hours'],
  [-30 * 24 * hours, '30 days ago'],
])('says of %i ms from now: %s', (distance, words) =>
  expect(fromNow(1_700_000_000_000 + distance, 1_700_000_000_000)).toBe(words),
);

it('tells a moment by the clock on the wall', () => {
  expect(localTime(new Date(2026, 10, 2, 4, 3, 9).getTime())).toBe('2026-11-02 04:03:09');
});
