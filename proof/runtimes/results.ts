import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../../tooling/bootstrap/paths.mjs';
import type { Outcome } from './suites.ts';

/** What the page is made of, so that a part can be run again by itself. */
const file = join(root, 'proof', 'runtimes', 'results.json');

/** The last run of a suite under a runtime, if nothing failed. */
export interface Result extends Outcome {
  readonly version: string;
  /** `2026-11-22`. */
  readonly day: string;
}

const isOf = (result: Result, { suite, runtime }: Outcome): boolean =>
  result.suite === suite && result.runtime === runtime;

/** Takes the place of what was known of it; one that failed leaves nothing to tell. */
export function remember(
  outcome: Outcome,
  version: string,
  day = new Date().toISOString().slice(0, 10),
): void {
  const others = readResults().filter((result) => !isOf(result, outcome));
  const results =
    outcome.failures.length === 0
      ? [...others, { ...outcome, seconds: Math.round(outcome.seconds), version, day }]
      : others;
  writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
}

export function readResults(): Result[] {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}
