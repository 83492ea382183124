import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);
const main = fileURLToPath(new URL('main.ts', import.meta.url));

const perform = async (...args: string[]): Promise<string> =>
  (await run(process.execPath, [main, ...args])).stdout;
const lineOf = (output: string, label: string): string =>
  output
    .split('\n')
    .find((line) => line.includes(label))
    ?.trim() ?? '';

describe('the quick start', () => {
  it('signs in once, repairs what goes wrong, and the ledger proves it', async () => {
    const output = await perform();
    expect(lineOf(output, 'password grants')).toMatch(/ 1$/);
    expect(lineOf(output, 'refreshes sent / granted')).toMatch(/ 1\d \/ 6$/);
    expect(lineOf(output, 'refresh tokens sent twice')).toMatch(/ 1 \(the probe/);
    expect(lineOf(output, 'token requests at once')).toMatch(/ 1$/);
    expect(lineOf(output, 'secrets in URLs')).toMatch(/ 0$/);
    expect(output).toContain('1000 callers got 1 token');
    expect(output).toContain('hourly grants used: 1 of 5');
  });

  it('spends a second grant only on the verdict that the first session is dead', async () => {
    const output = await perform('--strict');
    expect(lineOf(output, 'password grants')).toMatch(/ 2$/);
    expect(output).toContain('only then was a grant spent');
  });
});
