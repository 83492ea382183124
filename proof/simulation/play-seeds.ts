import { judge, type Verdict } from '../judge/judge.ts';
import { errorOf } from './crash.ts';
import type { SeedRange, SimulationOptions } from './options.ts';
import { complaint, report } from './report.ts';
import { simulate } from './simulate.ts';
import { readState, writeState } from './state-file.ts';
import { add, nothing } from './totals.ts';

export interface Played {
  /** The figures, line by line. */
  readonly lines: readonly string[];
  /**
   * The stories of the seeds that broke a rule; nothing is played after the first, unless it is to
   * go on.
   */
  readonly complaints: readonly string[];
}

/** Plays seed after seed until all are played, until time is over, or until one breaks a rule. */
export async function playSeeds(options: SimulationOptions): Promise<Played> {
  const began = process.hrtime.bigint();
  const passed = (): number => Number(process.hrtime.bigint() - began) / 1e9;
  const complaints: string[] = [];
  let totals = nothing;
  let last = '';
  for (const { seed, note } of seedsOf(options)) {
    const { evidence, print, crashes } = await simulate({ ...options, seed });
    const verdict: Verdict = judge(evidence);
    totals = add(totals, seed, evidence, verdict);
    last = print;
    const found = complaint(options, seed, evidence, verdict.violations);
    complaints.push(...found, ...[...crashes].map(errorOf));
    note(found.length > 0);
    if (passed() >= options.seconds || (complaints.length > 0 && !options.goOn)) break;
  }
  return { lines: report(options, totals, last, passed()), complaints };
}

/** Each with a function that notes what became of it. */
function* seedsOf({
  seeds,
  state: file,
}: SimulationOptions): Generator<{ seed: number; note: (isBroken: boolean) => void }> {
  if (file === null) {
    for (const seed of numbersOf(seeds)) yield { seed, note: () => {} };
    return;
  }
  let state = readState(file, seeds[0]?.from ?? 1);
  const noteOf = (seed: number) => (isBroken: boolean) => {
    const others = state.broken.filter((each) => each !== seed);
    state = { next: Math.max(state.next, seed + 1), broken: isBroken ? [...others, seed] : others };
    writeState(file, state);
  };
  for (const seed of [...state.broken]) yield { seed, note: noteOf(seed) };
  for (const seed of numbersOf([{ from: state.next, to: Number.POSITIVE_INFINITY }]))
    yield { seed, note: noteOf(seed) };
}

/** None twice. */
function* numbersOf(ranges: readonly SeedRange[]): Generator<number> {
  const seen = new Set<number>();
  for (const { from, to } of ranges) {
    for (let seed = from; seed <= to; seed += 1) {
      if (seen.has(seed)) continue;
      seen.add(seed);
      yield seed;
    }
  }
}
