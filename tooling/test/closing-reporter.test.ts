import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from '../bootstrap/paths.mjs';
import { runQuietly } from '../bootstrap/processes.mjs';
import { closingLine } from '../closing-reporter.ts';

const folder = mkdtempSync(join(tmpdir(), 'closing-reporter-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the closing line', () => {
  it('counts what was skipped only if anything was', () => {
    expect(closingLine({ passed: 3, failed: 0, skipped: 0 })).toBe('3 passed, 0 failed');
    expect(closingLine({ passed: 3, failed: 1, skipped: 2 })).toBe('3 passed, 1 failed, 2 skipped');
  });

  it('counts a file that does not load and an error outside any test as failures', async () => {
    const vitest = `import { describe, it } from '${join(root, 'node_modules/vitest/dist/index.js')}';\n`;
    writeFileSync(
      join(folder, 'mixed.test.js'),
      `${vitest} it('a', () => {}); it('b', () => { throw 1 }); it.skip('c', () => {}); it.todo('d');`,
    );
    writeFileSync(join(folder, 'broken.test.js'), 'throw new Error("does not load");');
    writeFileSync(
      join(folder, 'stray.test.js'),
      `${vitest} it('e', () => { setTimeout(() => { throw new Error('stray') }); return new Promise((r) => setTimeout(r, 5)) });`,
    );
    expect(await countsOf(folder)).toEqual({ passed: 2, failed: 3, skipped: 2 });
  });
});

async function countsOf(tests: string): Promise<unknown> {
  const file = join(tests, 'counts.json');
  const args = [
    join(root, 'node_modules/vitest/vitest.mjs'),
    'run',
    '--root',
    tests,
    '--reporter',
    join(root, 'tooling/closing-reporter.ts'),
  ];
  await runQuietly(process.execPath, args, {
    cwd: tests,
    env: { ...process.env, ACT_ON_TOKEN_COUNTS: file },
  }).catch(() => {});
  return JSON.parse(readFileSync(file, 'utf8'));
}
