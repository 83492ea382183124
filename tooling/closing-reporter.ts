import { writeFileSync } from 'node:fs';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** `3 passed, 0 failed`, and `, 1 skipped` if any were. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}

/**
 * Leaves the counts where ACT_ON_TOKEN_COUNTS says. A file that does not load and an error outside
 * any test count as one failure each.
 */
export default class ClosingReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const file = process.env.ACT_ON_TOKEN_COUNTS;
    const states = modules.flatMap((module) =>
      [...module.children.allTests()].map((test) => test.result().state),
    );
    const countOf = (state: string) => states.filter((other) => other === state).length;
    const outside =
      errors.length + modules.reduce((sum, module) => sum + module.errors().length, 0);
    // A run that was broken off leaves tests pending; nobody knows that they would have passed.
    const counts: Counts = {
      passed: countOf('passed'),
      failed: countOf('failed') + countOf('pending') + outside,
      skipped: countOf('skipped'),
    };
    if (file !== undefined) writeFileSync(file, JSON.stringify(counts));
  }
}
