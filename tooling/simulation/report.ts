import { rules, type Violation } from '../chaos/check/violation.ts';
import type { Evidence } from '../chaos/evidence.ts';
import { commandOf, type SimulationOptions } from './options.ts';
import { storyOf } from './story.ts';
import type { Totals } from './totals.ts';
import { safeguards } from './without.ts';

/** What is printed of all seeds together. `seconds`: the real ones. */
export function report(options: SimulationOptions, totals: Totals, print: string, seconds: number): string[] {
  const { seed, weeks, processes, accounts, without } = options;
  const seeds = totals.seeds === 1 ? `seed ${seed}` : `seeds ${seed} to ${seed + totals.seeds - 1}`;
  const broken = without === null ? '' : `, without a safeguard: ${safeguards[without].what}`;
  return [
    `simulation: ${seeds}, ${weeks} weeks each, ${processes} processes, ${accounts} accounts${broken}`,
    ...table(rows(totals, seconds)),
    `  print of the last seed: ${print}`,
  ];
}

function rows(totals: Totals, seconds: number): [string, string][] {
  const faults = Object.entries(totals.faults).sort(([a], [b]) => (a < b ? -1 : 1));
  return [
    ['account-years', totals.accountYears.toFixed(1)],
    ['account-years per minute', ((60 * totals.accountYears) / seconds).toFixed(1)],
    ['faults', number(faults.reduce((sum, [, count]) => sum + count, 0))],
    ...faults.map(([name, count]): [string, string] => [`  ${name}`, number(count)]),
    ['calls for a token', number(totals.calls)],
    ['token requests', number(totals.requests)],
    ['refreshes', number(totals.refreshes)],
    ['probes: sends of a token whose outcome was unknown', number(totals.probes)],
    ['password grants, most in an hour', `${number(totals.grants)}, ${totals.mostGrants}`],
    ['longest wait for an answer', `${(totals.longestWait / 1_000).toFixed(1)} s`],
    ['looks at record and server at one moment', number(totals.looks)],
    ['sends explained by a pause past the lease', number(totals.excused)],
    ['violations', number(totals.violations)],
  ];
}

const number = (value: number): string => value.toLocaleString('en');

function table(lines: readonly [string, string][]): string[] {
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
}

/** How far back the story of a violation begins, and how many lines of it are told. */
const told = { before: 15 * 60_000, most: 40 };

/** A seed that broke a rule: which, what led to it, and how to see it again. */
export function complaint(options: SimulationOptions, seed: number, evidence: Evidence, violations: readonly Violation[]): string[] {
  const [first] = violations;
  if (first === undefined) return [];
  const { rule, account, at, story } = first;
  return [
    `seed ${seed} broke ${violations.length === 1 ? 'a rule' : `rules ${violations.length} times; the first`}: ${rules[rule]}`,
    `  ${new Date(at).toISOString()} ${account ?? ''} ${story}`,
    '  what led to it:',
    ...storyOf(evidence, first, told.before, told.most).map((line) => `    ${line}`),
    `  again: ${commandOf(options, seed)}`,
  ];
}
