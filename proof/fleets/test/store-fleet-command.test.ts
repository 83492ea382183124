import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const command = fileURLToPath(
  new URL('../../../packages/store-kit/dist/store-fleet.js', import.meta.url),
);
const folder = mkdtempSync(join(tmpdir(), 'store-fleet-'));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function storeFleet(...args: string[]): Promise<{ code: unknown; said: string }> {
  return new Promise((resolve) =>
    execFile(process.execPath, [command, ...args], (error, stdout, stderr) =>
      resolve({ code: error?.code ?? 0, said: stdout + stderr }),
    ),
  );
}

describe('store-fleet', () => {
  it('names a module that is not there, and one that does not export what it needs', async () => {
    const missing = join(folder, 'missing.mjs');
    expect(await storeFleet(missing)).toMatchObject({
      code: 2,
      said: expect.stringContaining(`${missing} could not be imported`),
    });
    const empty = join(folder, 'empty.mjs');
    writeFileSync(empty, 'setInterval(() => {}, 1_000);');
    const { code, said } = await storeFleet(empty);
    expect([code, said.trim()]).toEqual([
      2,
      `store-fleet: ${empty} must export the function open(), which opens one more handle on the store.`,
    ]);
  });

  it('says how it is called', async () => {
    expect(await storeFleet('--help')).toMatchObject({
      code: 0,
      said: expect.stringContaining('--processes 8'),
    });
  });
});
