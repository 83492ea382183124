import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../tooling/bootstrap/paths.mjs';
import { runQuietly } from '../../tooling/bootstrap/processes.mjs';
import { judge, type Report, type Verdict } from './judge.ts';
import type { Runtime, RuntimeName } from './runtimes.ts';

/**
 * Test files by their paths: those that contain one of these, less those that fit one of the globs.
 */
export interface Suite {
  readonly name: string;
  readonly filters: readonly string[];
  readonly without?: readonly string[];
}

const explorations = ['packages/core/test/exploration', 'packages/core/test/interleavings'];
const packageSuite = (name: string): Suite => ({ name, filters: [`packages/${name}/test/`] });

/**
 * What is true of pure functions in one JavaScript is true in all; these take minutes each, so they
 * run only if they are asked for.
 */
export const slowSuite: Suite = { name: 'core, every interleaving', filters: explorations };

/** A bit of everything: sessions, the wire, and the store kit on each store. */
export const shortSuite: Suite = {
  name: 'short',
  filters: [
    ...['many-sessions', 'getting-a-token', 'lost-replies', 'signing-in', 'wire/endpoint'].map(
      (file) => `packages/core/test/${file}`,
    ),
    ...['packages/memory/test/', 'packages/redis/test/store-kit', 'packages/file/test/file-store'],
  ],
};

export const suites: readonly Suite[] = [
  { ...packageSuite('core'), without: explorations.map((folder) => `${folder}/**`) },
  ...['memory', 'file', 'redis', 'store-kit', 'ky', 'broker', 'emulator'].map(packageSuite),
];

/** How a suite went under a runtime. */
export interface Outcome extends Verdict {
  readonly suite: string;
  readonly runtime: RuntimeName | 'workerd' | 'Windows';
  readonly seconds: number;
}

/** Runs vitest in this runtime, and the suite's tests with it. */
export async function runSuite(suite: Suite, runtime: Runtime): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), 'act-on-token-runtimes-'));
  const report = join(folder, 'report.json');
  const started = performance.now();
  try {
    const trouble = await runVitest(suite, runtime, report).then(
      () => null,
      (error: Error) => error.message,
    );
    const results = existsSync(report)
      ? (JSON.parse(readFileSync(report, 'utf8')) as Report)
      : null;
    const seconds = (performance.now() - started) / 1000;
    return {
      suite: suite.name,
      runtime: runtime.name,
      seconds,
      ...judge(runtime.name, results, trouble),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runVitest(
  { filters, without = [] }: Suite,
  { file, vitest }: Runtime,
  report: string,
): Promise<string> {
  const config = join('proof', 'runtimes', 'vitest.config.ts');
  const options = [
    'run',
    '--root',
    '.',
    '--config',
    config,
    '--reporter',
    'json',
    '--outputFile',
    report,
  ];
  const excluded = without.flatMap((glob) => ['--exclude', glob]);
  const env = { ...process.env, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' };
  return runQuietly(file, [...vitest, ...options, ...excluded, ...filters], { cwd: root, env });
}
