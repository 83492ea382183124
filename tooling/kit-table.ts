import type { Reporter, TestModule } from 'vitest/node';

/** How the cases of the store kit went with one store. */
export interface KitResult {
  readonly store: string;
  readonly passed: number;
  readonly skipped: number;
  /** The names of the cases. */
  readonly failed: readonly string[];
}

/** Tests name a suite so, to have a line in the table. */
const suiteName = /^(.+) passes the store kit: it$/;

/** Prints, after all tests, how each store did that ran the store kit. */
export default class KitTable implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const suites = modules.flatMap((module) => [...module.children.allSuites()]);
    const results = suites.flatMap((suite) => {
      const [, store] = suiteName.exec(suite.name) ?? [];
      if (store === undefined) return [];
      const cases = [...suite.children.allTests()].map((test) => ({
        name: test.name,
        state: test.result().state,
      }));
      const namesOf = (state: string) =>
        cases.filter((each) => each.state === state).map(({ name }) => name);
      return {
        store,
        passed: namesOf('passed').length,
        skipped: namesOf('skipped').length,
        failed: namesOf('failed'),
      };
    });
    if (results.length > 0) console.log(`\n${kitTable(results)}\n`);
  }
}

/** One line for each store, and below it the rules that it broke. */
export function kitTable(results: readonly KitResult[]): string {
  const rows = [...results].sort((a, b) => a.store.localeCompare(b.store)).flatMap(rowsOf);
  const width = Math.max(...rows.map(([store]) => store.length));
  return [['store kit', 'passed', 'failed', 'skipped'] as const, ...rows]
    .map(([store, ...counts]) =>
      [` ${store.padEnd(width)}`, ...counts.map((count) => count.padStart(8))].join('').trimEnd(),
    )
    .join('\n');
}

type Row = readonly [store: string, ...counts: string[]];

function rowsOf({ store, passed, failed, skipped }: KitResult): Row[] {
  return [
    [store, `${passed}`, `${failed.length}`, `${skipped}`],
    ...failed.map((name): Row => [`  broken: ${name}`]),
  ];
}
