import type { Evidence, FaultType } from '../judge/evidence.ts';
import { figuresOf } from '../judge/figures.ts';
import type { Verdict } from '../judge/judge.ts';

/** What any number of simulations come to. Times in milliseconds. */
export interface Totals {
  readonly seeds: readonly number[];
  /** Accounts times simulated time, in years. */
  readonly accountYears: number;
  readonly faults: Readonly<Partial<Record<FaultType, number>>>;
  readonly requests: number;
  readonly refreshes: number;
  readonly probes: number;
  readonly grants: number;
  readonly mostGrants: number;
  readonly calls: number;
  readonly longestWait: number;
  readonly looks: number;
  readonly excused: number;
  readonly violations: number;
  /** Violations by rule, and checks of promises about time by kind. */
  readonly byRule: Readonly<Record<string, number>>;
  readonly checks: Readonly<Record<string, number>>;
}

export const nothing: Totals = {
  ...{
    seeds: [],
    byRule: {},
    checks: {},
    accountYears: 0,
    faults: {},
    requests: 0,
    refreshes: 0,
    probes: 0,
    grants: 0,
    mostGrants: 0,
  },
  ...{ calls: 0, longestWait: 0, looks: 0, excused: 0, violations: 0 },
};

const aYear = 365.25 * 86_400_000;

export function add(
  totals: Totals,
  seed: number,
  evidence: Evidence,
  { violations, excused }: Verdict,
): Totals {
  const figures = figuresOf(evidence);
  const { from, to } = evidence.terms;
  const accounts = Object.keys(evidence.records).length;
  return {
    seeds: [...totals.seeds, seed],
    accountYears: totals.accountYears + (accounts * (to - from)) / aYear,
    faults: addCounts(totals.faults, figures.faults),
    byRule: addCounts(totals.byRule, countRules(violations)),
    checks: addCounts(totals.checks, evidence.checks ?? {}),
    requests: totals.requests + evidence.exchanges.length,
    refreshes: totals.refreshes + figures.refreshes,
    probes: totals.probes + figures.probes,
    grants: totals.grants + figures.grants.sent,
    mostGrants: Math.max(totals.mostGrants, figures.grants.mostPerWindow),
    calls: totals.calls + figures.calls,
    longestWait: Math.max(totals.longestWait, figures.longestWait),
    looks: totals.looks + (evidence.looks?.length ?? 0),
    excused: totals.excused + excused,
    violations: totals.violations + violations.length,
  };
}

type Counts = Readonly<Record<string, number>>;

function addCounts(a: Counts, b: Counts): Counts {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.fromEntries(names.map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)]));
}

function countRules(violations: Verdict['violations']): Counts {
  const counts: Record<string, number> = {};
  for (const { rule } of violations) counts[rule] = (counts[rule] ?? 0) + 1;
  return counts;
}
