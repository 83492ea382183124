import type { Evidence } from '../judge/evidence.ts';
import { rules, type Violation } from '../judge/violation.ts';
import { commandOf, type SeedRange, type SimulationOptions, shownSeeds } from './options.ts';
import { safeguards } from './safeguards.ts';
import { storyOf } from './story.ts';
import type { Totals } from './totals.ts';

/** What is printed of all seeds together. `seconds`: the real ones. */
export function report(
  options: SimulationOptions,
  totals: Totals,
  print: string,
  seconds: number,
): string[] {
  const { weeks, processes, accounts, without, store } = options;
  const seeds = `seed${totals.seeds.length === 1 ? '' : 's'} ${shownSeeds(rangesOf(totals.seeds))}`;
  const control = store === null ? '' : `, with a store that is ${store}`;
  const broken =
    without === null ? control : `, without a safeguard: ${safeguards[without].what}${control}`;
  return [
    `simulation: ${seeds}, ${weeks} weeks each, ${processes} processes, ${accounts} accounts${broken}`,
    ...table(rows(totals, seconds)),
    `  print of the last seed: ${print}`,
  ];
}

function rows(totals: Totals, seconds: number): [string, string][] {
  return [
    ['account-years', totals.accountYears.toFixed(1)],
    ['account-years per minute', ((60 * totals.accountYears) / seconds).toFixed(1)],
    ['faults', number(sum(totals.faults))],
    ...sorted(totals.faults),
    ['calls for a token', number(totals.calls)],
    ['token requests', number(totals.requests)],
    ['refreshes', number(totals.refreshes)],
    ['probes: sends of a token whose outcome was unknown', number(totals.probes)],
    ['password grants, most in an hour', `${number(totals.grants)}, ${totals.mostGrants}`],
    ['longest wait for an answer', `${(totals.longestWait / 1_000).toFixed(1)} s`],
    ['looks at record and server at one moment', number(totals.looks)],
    ['sends explained by a pause past the lease, or by a hidden page', number(totals.excused)],
    ['checks of promises about time', number(sum(totals.checks))],
    ...sorted(totals.checks),
    ['violations', number(totals.violations)],
    ...sorted(totals.byRule),
  ];
}

const number = (value: number): string => value.toLocaleString('en');

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((all, count) => all + count, 0);

function sorted(counts: Readonly<Record<string, number>>): [string, string][] {
  const names = Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1));
  return names.map(([name, count]) => [`  ${name}`, number(count)]);
}

/** Neighbours in one. */
export function rangesOf(seeds: readonly number[]): SeedRange[] {
  const ranges: { from: number; to: number }[] = [];
  for (const seed of seeds) {
    const last = ranges.at(-1);
    if (last !== undefined && last.to === seed - 1) last.to = seed;
    else ranges.push({ from: seed, to: seed });
  }
  return ranges;
}

function table(lines: readonly [string, string][]): string[] {
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
}

/** How far back the story of a violation begins, and how many lines of it are told. */
const told = { before: 15 * 60_000, most: 40 };

/** A seed that broke a rule: which, what led to it, and how to see it again. */
export function complaint(
  options: SimulationOptions,
  seed: number,
  evidence: Evidence,
  violations: readonly Violation[],
): string[] {
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
