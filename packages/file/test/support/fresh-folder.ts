import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/** A folder for the tests of one file or suite; gone after them. */
export function freshFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'act-on-token-file-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
