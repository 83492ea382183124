import { median } from './statistics.ts';

/** Something that is measured beside others. */
export interface Contestant {
  readonly name: string;
  /** One measurement. */
  run(): Promise<number>;
}

/** Measurements by name, one for each round. */
export type Rounds = ReadonlyMap<string, readonly number[]>;

/**
 * All in turn, round after round, each round in another order: what else goes on in the machine
 * strikes all of them alike. The first round only warms up.
 */
export async function interleave(
  contestants: readonly Contestant[],
  rounds: number,
): Promise<Rounds> {
  const values = new Map<string, number[]>(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, run } of rotated(contestants, round)) {
      const value = await run();
      if (round > 0) values.get(name)?.push(value);
    }
  }
  return values;
}

function rotated<T>(list: readonly T[], by: number): T[] {
  const first = by % list.length;
  return [...list.slice(first), ...list.slice(0, first)];
}

/**
 * For each contestant the median over the rounds of its measurement divided by the base's in the
 * same round.
 */
export function ratios(rounds: Rounds, base: string): Record<string, number> {
  const bases = rounds.get(base) ?? [];
  const ratio = (values: readonly number[]): number =>
    median(values.map((value, round) => value / (bases[round] ?? Number.NaN)));
  return mapped(rounds, ratio);
}

export const medians = (rounds: Rounds): Record<string, number> => mapped(rounds, median);

function mapped(
  rounds: Rounds,
  change: (values: readonly number[]) => number,
): Record<string, number> {
  return Object.fromEntries([...rounds].map(([name, values]) => [name, change(values)]));
}
