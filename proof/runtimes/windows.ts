import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../tooling/bootstrap/paths.mjs';
import { runQuietly } from '../../tooling/bootstrap/processes.mjs';
import { runWindowsSuites } from '../windows/suites.ts';
import { startWindows } from '../windows/wine.ts';
import type { Report } from './judge.ts';
import type { Outcome } from './suites.ts';

/** Suites whose tests run in Windows' Node themselves. */
const inside = ['core', 'memory', 'store-kit'];
/** Suites of `proof/windows/test`, which start programs there, by words in the names of the tests. */
const outside: Readonly<Record<string, string>> = {
  file: 'passes the store kit|processes of Windows',
  cli: 'the command|Node guide',
};

export const windowsSuites: readonly string[] = [...inside, ...Object.keys(outside)];

/** Runs a suite in Windows' own Node, under Wine. */
export async function runInWindows(suite: string): Promise<Outcome> {
  const started = performance.now();
  const folder = mkdtempSync(join(tmpdir(), 'act-on-token-windows-'));
  try {
    const { passed, skipped, failures } = inside.includes(suite)
      ? await runInside(suite, folder)
      : await runOutside(outside[suite] ?? '', folder);
    const seconds = (performance.now() - started) / 1000;
    return { suite, runtime: 'Windows', seconds, passed, skipped, excepted: 0, failures };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function runInside(suite: string, folder: string) {
  const windows = await startWindows(folder);
  try {
    const place = join(folder, suite);
    mkdirSync(place);
    return await runWindowsSuites(windows, suite, place);
  } finally {
    await windows.close();
  }
}

async function runOutside(words: string, folder: string) {
  const report = join(folder, 'report.json');
  const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
  const options = ['run', '--config', 'vitest.workspace.ts', '--reporter=json', '--outputFile'];
  const args = [vitest, ...options, report, 'proof/windows', '-t', words];
  await runQuietly(process.execPath, args, { cwd: root }).catch(() => {});
  const { testResults } = JSON.parse(readFileSync(report, 'utf8')) as Report;
  const tests = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ fullName }) => new RegExp(words).test(fullName));
  const failed = tests.filter(({ status }) => status !== 'passed');
  return {
    passed: tests.length - failed.length,
    skipped: 0,
    failures: failed.map(({ fullName }) => fullName),
  };
}
