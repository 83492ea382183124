import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../bootstrap/paths.mjs';
import { sizeOf } from '../size.ts';

interface Budget {
  readonly pkg: string;
  /** Default: `index`. */
  readonly entry?: string;
  readonly names: readonly string[];
  readonly beside?: readonly string[];
  /** Default: `production`. */
  readonly mode?: 'development';
  readonly limit: number;
}

const core = '@act-on-token/core';

/**
 * What an import may weigh, in bytes after minifying and brotli, in a page that has the packages
 * `beside` already.
 */
const budgets: readonly Budget[] = [
  { pkg: 'core', names: ['createSession', 'actOnEndpoint'], limit: 22_300 },
  { pkg: 'core', names: ['sealedStore'], limit: 2_800 },
  { pkg: 'core', names: ['pollingWatch'], limit: 2_000 },
  { pkg: 'memory', names: ['memoryStore'], limit: 1_600 },
  { pkg: 'indexeddb', names: ['indexedDbStore'], beside: [core], limit: 1_800 },
  {
    pkg: 'react',
    names: ['ActOnTokenProvider', 'useActOnToken', 'useActOnTokenSelector'],
    beside: ['react', core],
    limit: 1_060,
  },
  {
    pkg: 'react',
    names: ['useActOnTokenReady', 'ActOnTokenSuspense'],
    beside: ['react', core],
    limit: 1_350,
  },
  {
    pkg: 'react',
    names: ['useActOnCallback', 'expectCallback'],
    beside: ['react', core],
    limit: 1_650,
  },
  // In production it is a function that returns null.
  {
    pkg: 'react',
    entry: 'devtools',
    names: ['ActOnTokenDevtools'],
    beside: ['react', core],
    limit: 110,
  },
  {
    pkg: 'react',
    entry: 'devtools',
    names: ['ActOnTokenDevtools'],
    beside: ['react', core],
    mode: 'development',
    limit: 6_500,
  },
  { pkg: 'ky', names: ['actOnKy'], beside: ['ky', core], limit: 900 },
  // p-queue is more than half of it.
  { pkg: 'ky', names: ['actOnKy', 'createRateLimit'], beside: ['ky', core], limit: 5_700 },
  // openapi-fetch is two fifths of it, the table of what operations take and answer 770 bytes.
  { pkg: 'api', names: ['createActOnApi'], beside: [core], limit: 6_000 },
  { pkg: 'api', names: ['createActOnApi', 'pages', 'job'], beside: [core], limit: 8_000 },
  { pkg: 'broker', entry: 'client', names: ['createBrokerSession'], limit: 7_700 },
];

describe('an import stays small', () => {
  it.for(budgets)(
    '$names of $pkg: at most $limit bytes',
    async ({ pkg, entry = 'index', names, beside, mode, limit }) => {
      expect(exported(pkg, entry)).toEqual(expect.arrayContaining([...names]));
      const { minified, brotli } = await sizeOf(pkg, names, beside, entry, mode);
      console.log(
        `{ ${names.join(', ')} } of ${pkg}: ${brotli} bytes brotli (limit ${limit}), ${minified} minified`,
      );
      expect(brotli).toBeLessThanOrEqual(limit);
    },
  );
});

function exported(pkg: string, entry: string): string[] {
  const code = readFileSync(join(root, 'packages', pkg, 'dist', `${entry}.js`), 'utf8');
  // What two entries share is exported from a file of its own.
  const lists = [...code.matchAll(/export \{([^}]*)\}/g)].map(([, list = '']) => list);
  return lists
    .join(',')
    .split(',')
    .map((name) => name.trim().replace(/^.* as /, ''));
}
