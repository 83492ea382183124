import type { Outcome } from './suites.ts';

/** Suites down, runtimes across: passed, what did not, and seconds. */
export function tableOf(outcomes: readonly Outcome[]): string[][] {
  const namesOf = (part: 'suite' | 'runtime'): string[] => [
    ...new Set(outcomes.map((each) => each[part])),
  ];
  const runtimes = namesOf('runtime');
  const rows = namesOf('suite').map((suite) => {
    const cells = runtimes.map((runtime) =>
      outcomes.find((each) => each.suite === suite && each.runtime === runtime),
    );
    return [suite, ...cells.map((outcome) => (outcome === undefined ? '' : cellOf(outcome)))];
  });
  return [['', ...runtimes], ...rows];
}

/** `120 passed, 1 skipped, 4 s`. */
export function cellOf({ passed, failures, excepted, skipped, seconds }: Outcome): string {
  const counts = [
    [passed, 'passed'],
    [failures.length, 'failed'],
    [excepted, 'excepted'],
    [skipped, 'skipped'],
  ] as const;
  const told = counts
    .filter(([count, name]) => count > 0 || name === 'passed')
    .map(([count, name]) => `${count} ${name}`);
  return [...told, `${Math.round(seconds)} s`].join(', ');
}
