import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { root } from '../../tooling/bootstrap/paths.mjs';

/**
 * What one more account may cost, its tokens and its name included. Far above what is measured, as
 * collectors differ.
 */
const mostBytes = 1_500;

it('a pool holds 100,000 accounts with one timer', async () => {
  const program = [
    '--expose-gc',
    '--import',
    './tooling/from-source.ts',
    join('bench', 'pool-at-scale.ts'),
    '100000',
  ];
  const { stdout } = await promisify(execFile)(process.execPath, program, { cwd: root });
  const { accounts, timers, bytesPerAccount } = JSON.parse(stdout);
  console.log(
    `a pool of ${accounts} accounts: ${bytesPerAccount} bytes of heap for each, ${timers} timer`,
  );
  expect({ accounts, timers }).toEqual({ accounts: 100_000, timers: 1 });
  expect(bytesPerAccount).toBeLessThan(mostBytes);
});
