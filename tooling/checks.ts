import { join } from 'node:path';
import { root, stamps } from './bootstrap/paths.mjs';

interface Check {
  /** Completes the sentence "the repository …". */
  readonly claim: string;
  readonly file: string;
  readonly args: readonly string[];
}

// The files behind node_modules/.bin, started by this very Node: no shell shims, the same on every
// platform.
const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
const cspell = join(root, 'node_modules', 'cspell', 'bin.mjs');
const remark = join(root, 'node_modules', 'remark-cli', 'cli.js');
// What they learned about unchanged files is kept between runs.
const memory = ['--incremental', '--tsBuildInfoFile', join(stamps, 'types.tsbuildinfo')];
const spelt = [
  '--cache',
  '--cache-strategy',
  'content',
  '--cache-location',
  join(stamps, 'spelling'),
];

/**
 * What can be said about the source without running it. `npm run check` runs these alone; in `npm
 * test` each of them is a test.
 */
export const checks: readonly Check[] = [
  {
    claim: 'is formatted and free of lint',
    file: process.execPath,
    args: [biome, 'check', '--error-on-warnings', '.'],
  },
  {
    claim: 'type-checks',
    file: process.execPath,
    args: [tsc, '-p', join(root, 'tsconfig.json'), ...memory],
  },
  // Pages, comments and messages, as cspell.json says; words.txt has the words that no dictionary
  // knows.
  {
    claim: 'has no misspelt word',
    file: process.execPath,
    args: [cspell, 'lint', '--no-progress', '--no-summary', ...spelt],
  },
  {
    claim: 'has no broken link',
    file: process.execPath,
    args: [remark, '--frail', '--quiet', '--no-stdout', '.'],
  },
];

/** Formats every file and repairs what lint can repair safely. */
export const format: Omit<Check, 'claim'> = {
  file: process.execPath,
  args: [biome, 'check', '--write', '.'],
};
