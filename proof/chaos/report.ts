import type { Figures } from '../judge/figures.ts';
import type { Verdict } from '../judge/judge.ts';
import { type Rule, rules } from '../judge/violation.ts';
import type { ChaosOptions } from './options.ts';

/** What is printed of a run, line by line. */
export function report(options: ChaosOptions, figures: Figures, verdict: Verdict): string[] {
  const { store, processes, accounts, seconds, seed, grants, breakStore } = options;
  const limit = grants === 'true' ? ', five grants an hour' : '';
  const broken = breakStore ? ', with a store that does not compare versions' : '';
  return [
    `chaos over ${store}: ${processes} processes, ${accounts} accounts, ${seconds} s, seed ${seed}${limit}${broken}`,
    ...table(rows(store === 'postgres' ? 'PostgreSQL' : 'Redis', figures, verdict)),
    ...violationLines(verdict),
  ];
}

function rows(
  server: string,
  { faults, ...figures }: Figures,
  { violations, excused }: Verdict,
): [string, string][] {
  const count = (rule: Rule): string =>
    number(violations.filter((each) => each.rule === rule).length);
  const fault = (type: keyof typeof faults): string => number(faults[type] ?? 0);
  const { grants, lostReplies, accountsAtEnd } = figures;
  return [
    ['refreshes', number(figures.refreshes)],
    ['kill -9 of a holder, of others', `${fault('kill_holder')}, ${fault('kill_other')}`],
    [
      'pauses past the lease of a holder, of others',
      `${fault('pause_holder')}, ${fault('pause_other')}`,
    ],
    [`${server} killed and started again`, fault('store_restart')],
    [
      `replies lost on the HTTP side, on the ${server} side`,
      `${number(lostReplies.http)}, ${number(lostReplies.store)}`,
    ],
    [
      'HTTP: refused, cut within the answer, slow',
      `${fault('http_refused')}, ${fault('http_answer_cut')}, ${fault('http_slow')}`,
    ],
    [
      `${server}: answer cut, connection cut, slow, frozen`,
      `${fault('store_answer_cut')}, ${fault('store_cut')}, ${fault('store_slow')}, ${fault('store_frozen')}`,
    ],
    ['probes: sends of a token whose outcome was unknown', number(figures.probes)],
    ['sends of a token whose outcome was known', count('neverKnowingly')],
    ['two requests of an account under way', count('oneAtATime')],
    ['of either, explained by a pause past the lease', number(excused)],
    ['requests that a runtime sent twice', number(figures.resends)],
    [
      'pairs lost silently',
      number(
        violations.filter(({ rule }) => rule === 'noSilentLoss' || rule === 'noPairDropped').length,
      ),
    ],
    [
      'grants, most of an account, most in a window',
      `${number(grants.sent)}, ${number(grants.mostPerAccount)}, ${number(grants.mostPerWindow)}`,
    ],
    ['calls for a token', number(figures.calls)],
    ['longest wait for an answer', `${(figures.longestWait / 1_000).toFixed(1)} s`],
    ['share of time with a usable token', `${(100 * figures.usableShare).toFixed(1)} %`],
    ['accounts usable at the end', `${accountsAtEnd.usable} of ${accountsAtEnd.all}`],
    ['violations', number(violations.length)],
  ];
}

const number = (value: number): string => value.toLocaleString('en');

function table(lines: readonly [string, string][]): string[] {
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`);
}

const mostStories = 10;

/** By rule, with the first stories of each. */
function violationLines({ violations }: Verdict): string[] {
  const names = Object.keys(rules) as Rule[];
  return names.flatMap((rule) => {
    const broken = violations.filter((each) => each.rule === rule);
    if (broken.length === 0) return [];
    const stories = broken
      .slice(0, mostStories)
      .map(
        ({ at, account, story }) => `    ${new Date(at).toISOString()} ${account ?? ''} ${story}`,
      );
    return [`  broken ${broken.length} times: ${rules[rule]}`, ...stories];
  });
}
