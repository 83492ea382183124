import { writeFileSync } from 'node:fs';
import { type File, startTests, type Task, type VitestRunner } from '@vitest/runner';

export interface SuiteOutcome {
  readonly passed: number;
  readonly skipped: number;
  /** The name of each test that failed, and why. */
  readonly failures: readonly string[];
}

/** Runs test files, each of which is imported by its name, and writes what came of it to a file. */
export async function runSuites(
  files: Readonly<Record<string, () => Promise<unknown>>>,
  to: string,
): Promise<void> {
  const outcome = { passed: 0, skipped: 0, failures: [] as string[] };
  const config = {
    root: '/',
    setupFiles: [],
    name: 'Windows',
    passWithNoTests: false,
    testNamePattern: undefined,
    allowOnly: false,
    sequence: { hooks: 'stack', setupFiles: 'list', seed: 0 },
    chaiConfig: undefined,
    maxConcurrency: 5,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    retry: 0,
    includeTaskLocation: false,
    tags: [],
    tagsFilter: undefined,
    strictTags: false,
  } satisfies VitestRunner['config'];
  const runner: VitestRunner = {
    config,
    importFile: (name) => files[name]?.(),
    // It only brings the setup files, of which there are none.
    onAfterRunFiles: (done?: File[]) => count(done ?? [], outcome),
  };
  await startTests(Object.keys(files), runner);
  writeFileSync(to, JSON.stringify(outcome satisfies SuiteOutcome));
  process.exit(0);
}

function count(
  tasks: readonly Task[],
  outcome: { passed: number; skipped: number; failures: string[] },
  path = '',
): void {
  for (const task of tasks) {
    const name = `${path}${task.name}`;
    const errors = task.result?.errors ?? [];
    if (errors.length > 0) outcome.failures.push(`${name}: ${errors[0]?.message}`);
    else if (task.type === 'test' && task.result?.state === 'pass') outcome.passed += 1;
    else if (task.type === 'test') outcome.skipped += 1;
    if (task.type === 'suite') count(task.tasks, outcome, `${name} > `);
  }
}
