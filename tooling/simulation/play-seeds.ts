import { judge, type Verdict } from '../chaos/check/judge.ts';
import { errorOf } from './crash.ts';
import type { SimulationOptions } from './options.ts';
import { complaint, report } from './report.ts';
import { simulate } from './simulate.ts';
import { add, nothing } from './totals.ts';

export interface Played {
  /** The figures, line by line. */
  readonly lines: readonly string[];
  /** The story of the first seed that broke a rule; nothing is played after it. */
  readonly complaints: readonly string[];
}

/** Plays seed after seed until time is over, or until one breaks a rule. */
export async function playSeeds(options: SimulationOptions): Promise<Played> {
  const began = process.hrtime.bigint();
  const passed = (): number => Number(process.hrtime.bigint() - began) / 1e9;
  let totals = nothing;
  for (let seed = options.seed; ; seed += 1) {
    const { evidence, print, crashes } = await simulate({ ...options, seed });
    const verdict: Verdict = judge(evidence);
    totals = add(totals, evidence, verdict);
    const complaints = complaint(options, seed, evidence, verdict.violations);
    const isOver = passed() >= options.seconds || complaints.length > 0;
    if (isOver) return { lines: report(options, totals, print, passed()), complaints: [...complaints, ...[...crashes].map(errorOf)] };
  }
}
