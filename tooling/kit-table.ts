import type { Reporter, TestModule } from 'vitest/node';
import { asMarkdown, writeFigures } from './figures.ts';

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

/**
 * Prints, after all tests, how each store did that ran the store kit; with `KIT_TABLE=write` into
 * docs/measured/store-kit.md as well.
 */
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
    if (process.env.KIT_TABLE === 'write')
      writeFigures('store-kit', { kit: asMarkdown([head, ...sortedRows(results)]) });
  }
}

/** One line for each store, and below it the rules that it broke. */
export function kitTable(results: readonly KitResult[]): string {
  const rows = sortedRows(results);
  const width = Math.max(...rows.map(([store]) => store.length));
  return [head, ...rows]
    .map(([store, ...counts]) =>
      [` ${store.padEnd(width)}`, ...counts.map((count) => count.padStart(8))].join('').trimEnd(),
    )
    .join('\n');
}

type Row = readonly [store: string, ...counts: string[]];

const head: Row = ['store kit', 'passed', 'failed', 'skipped'];

const sortedRows = (results: readonly KitResult[]): Row[] =>
  [...results].sort((a, b) => a.store.localeCompare(b.store)).flatMap(rowsOf);

function rowsOf({ store, passed, failed, skipped }: KitResult): Row[] {
  return [
    [store, `${passed}`, `${failed.length}`, `${skipped}`],
    ...failed.map((name): Row => [`  broken: ${name}`]),
  ];
}
