import { peers } from '../clients/all.ts';
import type { Place, Tokens } from '../clients/client.ts';
import { floor } from '../clients/floor.ts';
import { ours } from '../clients/ours.ts';
import type { ActOn } from '../harness/act-on.ts';
import type { RedisServer } from '../harness/redis.ts';
import { figures as figuresOf, type Measurements, type Row } from '../harness/row.ts';

/** What rows are measured on. */
export interface Stage {
  readonly actOn: ActOn;
  readonly redis: RedisServer;
  /** Fewer processes and rounds. */
  readonly quick: boolean;
}

export type Group = (stage: Stage) => Promise<Row[]>;

export const everybody: readonly string[] = [
  ours.name,
  floor.name,
  ...peers.map(({ name }) => name),
];

export const figures = (measurements: Measurements): Pick<Row, 'ours' | 'floor' | 'peers'> =>
  figuresOf(measurements, ours.name, floor.name);

/** Accounts that signed in just now, with tokens that live or that count as lapsed. */
export async function accountsOf(
  { actOn }: Stage,
  count: number,
  age: 'live' | 'lapsed',
): Promise<{ place: Place; tokens: Tokens }[]> {
  const accounts: { place: Place; tokens: Tokens }[] = [];
  for (let user = 0; user < count; user += 1) {
    const place = actOn.place(user);
    accounts.push({
      place,
      tokens: await (age === 'live' ? actOn.signIn(place) : actOn.signInLapsed(place)),
    });
  }
  return accounts;
}

/**
 * Runs `measure` for every client, round after round, those that took longer than four seconds in
 * the first one only once.
 */
export async function inTurn<Result>(
  rounds: number,
  names: readonly string[],
  measure: (name: string) => Promise<Result | null>,
): Promise<Record<string, Result>[]> {
  const slow = new Set<string>();
  const results: Record<string, Result>[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const byName: Record<string, Result> = {};
    for (const name of names.filter((each) => !slow.has(each))) {
      const start = performance.now();
      const result = await measure(name);
      if (result === null || performance.now() - start > 4_000) slow.add(name);
      if (result !== null) byName[name] = result;
    }
    results.push(byName);
  }
  return results;
}

/** One number of each result. */
export const pick = <Result>(
  results: readonly Record<string, Result>[],
  one: (result: Result) => number,
): Measurements =>
  results.map((round) =>
    Object.fromEntries(Object.entries(round).map(([name, result]) => [name, one(result)])),
  );
