import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { root } from '../bootstrap/paths.mjs';
import { runQuietly } from '../bootstrap/processes.mjs';
import { kitTable } from '../kit-table.ts';

const folder = mkdtempSync(join(tmpdir(), 'kit-table-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the table of the store kit', () => {
  it('has a line for each store, and names the rules that it broke', () => {
    const table = kitTable([
      { store: 'redisStore', passed: 40, skipped: 1, failed: ['refuses a swap', 'closes twice'] },
      { store: 'memoryStore', passed: 43, skipped: 0, failed: [] },
    ]);
    expect(table.split('\n')).toEqual([
      ' store kit                 passed  failed skipped',
      ' memoryStore                   43       0       0',
      ' redisStore                    40       2       1',
      '   broken: refuses a swap',
      '   broken: closes twice',
    ]);
  });

  it('shows what happened in the suites that are named for it, and no others', async () => {
    const suite = `import { describe, it } from '${join(root, 'node_modules/vitest/dist/index.js')}';
      describe('aStore passes the store kit: it', () => { it('a', () => {}); it('b', () => { throw 1 }); it.skip('c', () => {}); });
      describe('aStore', () => it('d', () => {}));`;
    writeFileSync(join(folder, 'kit.test.js'), suite);
    const args = [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--root',
      folder,
      '--reporter',
      join(root, 'tooling/kit-table.ts'),
    ];
    const output = await runQuietly(process.execPath, args, { cwd: folder }).catch(
      (error: Error) => error.message,
    );
    expect(output).toMatch(
      /^ store kit +passed +failed +skipped\n aStore +1 +1 +1\n {3}broken: b$/m,
    );
  });
});
