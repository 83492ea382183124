import { asMarkdown } from '../../tooling/figures.ts';
import { browserFigures } from './browsers.ts';
import type { Exception } from './exceptions.ts';
import type { Result } from './results.ts';
import { runtimes } from './runtimes.ts';
import { suites } from './suites.ts';
import { tableOf } from './table.ts';

/** The figures of docs/measured/runtimes.md. */
export function figuresOf(
  remembered: readonly Result[],
  exceptions: readonly Exception[],
): Record<string, string> {
  const results = inOrder(remembered);
  const excepted = exceptions.map(({ runtimes, file, test, why }) => [
    runtimes.join(', '),
    file,
    test,
    why,
  ]);
  return {
    results: `Versions: ${versionsOf(results)}; ${daysOf(results)}.\n\n${asMarkdown(tableOf(results))}`,
    browsers: browserFigures(),
    excepted:
      excepted.length === 0
        ? 'None.'
        : asMarkdown([['runtime', 'file', 'test', 'why'], ...excepted]),
  };
}

/** As they run, whatever was run last. */
function inOrder(results: readonly Result[]): Result[] {
  const placeOf = ({ suite, runtime }: Result): number => {
    const column = runtimes.findIndex(({ name }) => name === runtime);
    return (
      // The command has a suite for Windows alone.
      ((suites.findIndex(({ name }) => name === suite) + suites.length + 1) % (suites.length + 1)) *
        100 +
      (column === -1 ? runtimes.length + (runtime === 'Windows' ? 1 : 0) : column)
    );
  };
  return [...results].sort((a, b) => placeOf(a) - placeOf(b));
}

function versionsOf(results: readonly Result[]): string {
  return [
    ...new Set(
      results.map(
        ({ runtime, version }) =>
          `${runtime === 'Windows' ? 'Node for Windows' : runtime.split(' ')[0]} ${version}`,
      ),
    ),
  ].join(', ');
}

function daysOf(results: readonly Result[]): string {
  const days = results.map(({ day }) => day).sort();
  return [...new Set([days[0], days.at(-1)])].join(' to ');
}
