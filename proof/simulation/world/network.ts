import type { Random } from '../../support/random.ts';

/** One way, in milliseconds: mostly a few, now and then many. */
export function latency(random: Random): number {
  const die = random.below(64);
  if (die === 0) return random.between(50, 900);
  return die < 8 ? random.between(5, 60) : random.between(1, 8);
}

/** A time between `least` and `most` of which each order of magnitude is as likely as another. */
export function anyScale(random: Random, least: number, most: number): number {
  return Math.round(least * (most / least) ** (random.below(1_000_001) / 1_000_000));
}
