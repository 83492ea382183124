import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { root } from '../bootstrap/paths.mjs';

it('keeps at least 99 of 100 lines of source within 100 columns', () => {
  const args = ['ls-files', '-z', '*.ts', '*.tsx', '*.mts', '*.mjs', '*.js'];
  const files = execFileSync('git', args, { cwd: root, encoding: 'utf8' }).split('\0');
  const lines = files
    .filter((file) => file !== '')
    .flatMap((file) => readFileSync(join(root, file), 'utf8').split('\n'));
  const wide = lines.filter((line) => line.length > 100);
  expect(lines.length).toBeGreaterThan(10_000);
  expect(wide.length / lines.length).toBeLessThanOrEqual(0.01);
});
