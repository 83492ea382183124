import type { Random } from '../../support/random.ts';

/** When a program asks for tokens of an account. Times in milliseconds. */
export type Rhythm =
  /** All day and night. */
  | { readonly type: 'steady'; readonly every: number }
  /** From nine to five, Monday to Friday. */
  | { readonly type: 'office'; readonly every: number }
  /** On the hour, with many calls at once: as every other such program does. */
  | { readonly type: 'cron'; readonly every: number; readonly burst: number }
  /** Hours apart. */
  | { readonly type: 'seldom'; readonly every: number };

const aMinute = 60_000;
const anHour = 60 * aMinute;
const aDay = 24 * anHour;

export function drawRhythm(random: Random): Rhythm {
  const die = random.below(10);
  if (die < 2) return { type: 'steady', every: random.between(10, 40) * aMinute };
  if (die < 5) return { type: 'office', every: random.between(5, 30) * aMinute };
  if (die < 8)
    return {
      type: 'cron',
      every: random.pick([1, 6, 12, 24]) * anHour,
      burst: random.between(1, 12),
    };
  return { type: 'seldom', every: random.between(1, 20) * anHour };
}

/** When the next call comes after `now`, and how many come with it. */
export function nextCall(
  rhythm: Rhythm,
  now: number,
  random: Random,
): { at: number; calls: number } {
  if (rhythm.type === 'cron') {
    const hour = Math.floor(now / rhythm.every + 1) * rhythm.every;
    return { at: hour + random.below(2_000), calls: rhythm.burst };
  }
  const at = now + random.between(rhythm.every / 2, (3 * rhythm.every) / 2);
  return { at: rhythm.type === 'office' ? officeTime(at, random) : at, calls: 1 };
}

/** The epoch began on a Thursday. */
function officeTime(at: number, random: Random): number {
  const day = Math.floor(at / aDay);
  const weekday = (day + 3) % 7;
  const opensIn = weekday < 5 && at % aDay < 17 * anHour ? 0 : weekday >= 4 ? 7 - weekday : 1;
  const opens = (day + opensIn) * aDay + 9 * anHour;
  return at >= opens ? at : opens + random.below(10 * aMinute);
}
