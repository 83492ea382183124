import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, stamps } from './bootstrap/paths.mjs';
import { runAloud } from './bootstrap/processes.mjs';
import { ensureBuild } from './build/ensure-build.ts';
import { type Counts, closingLine } from './closing-reporter.ts';
import { ensureComponents } from './ensure-components.ts';

const vitest = join(root, 'node_modules', 'vitest', 'vitest.mjs');
const config = join(root, 'vitest.workspace.ts');
// Of this run alone: another one may be under way in the same folder.
const countsFile = join(stamps, `counts-${process.pid}.json`);

/**
 * Builds, runs all tests (or those that `args` names to vitest) and prints the closing line. It is
 * printed here and not by vitest, so that it stands last and is there even if vitest broke before
 * it could count.
 */
export async function runTests(args: readonly string[]): Promise<number> {
  const missing = await ensureComponents(args);
  const counts = await ensureBuild()
    .then(() => countTests(args))
    .catch(toFailure);
  for (const line of missing) console.log(line);
  console.log(closingLine(counts));
  return counts.failed > 0 ? 1 : 0;
}

async function countTests(args: readonly string[]): Promise<Counts> {
  const env = { ...process.env, ACT_ON_TOKEN_COUNTS: countsFile };
  const code = await runAloud(process.execPath, [vitest, 'run', '--config', config, ...args], {
    cwd: root,
    env,
  });
  const counts: Counts = existsSync(countsFile)
    ? JSON.parse(readFileSync(countsFile, 'utf8'))
    : { passed: 0, failed: 0, skipped: 0 };
  rmSync(countsFile, { force: true });
  // Vitest also fails for things that are no test: a threshold, a filter that matches nothing, a
  // crash.
  return code === 0 || counts.failed > 0 ? counts : { ...counts, failed: 1 };
}

function toFailure(error: unknown): Counts {
  console.error(error instanceof Error ? error.message : error);
  return { passed: 0, failed: 1, skipped: 0 };
}
