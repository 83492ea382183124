import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesUnder } from '../../tooling/bootstrap/fingerprint.mjs';
import { root } from '../../tooling/bootstrap/paths.mjs';
import { bundleSuites } from './bundle.ts';
import type { SuiteOutcome } from './run-suites.ts';
import { type Windows, windowsPath } from './wine.ts';

/** Runs the tests of a package in Windows' Node. `folder` is empty. */
export async function runWindowsSuites(
  windows: Windows,
  name: string,
  folder: string,
): Promise<SuiteOutcome> {
  const program = await bundleSuites(testsOf(name), folder);
  const outcome = join(folder, 'outcome.json');
  const { exit, stderr } = await windows.run([program, windowsPath(outcome)]);
  if (exit !== 0) throw new Error(`The tests of ${name} broke off: ${stderr}`);
  return JSON.parse(readFileSync(outcome, 'utf8'));
}

/**
 * Not those that explore every order of steps: they are long, and a machine that has no platform in
 * it does not learn anything from another one. Nor those that replace modules, which only vitest
 * itself can.
 */
function testsOf(name: string): string[] {
  return filesUnder(join(root, 'packages', name, 'test')).filter(
    (file) =>
      file.endsWith('.test.ts') &&
      !/exploration|interleavings/.test(file) &&
      !/\bvi\.(mock|hoisted)\(/.test(readFileSync(file, 'utf8')),
  );
}
