import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

/**
 * A folder for the tests of one file or suite; gone after them. Not to be called in a test, which
 * is too late to say what follows it.
 */
export function freshFolder(parent: string = tmpdir()): string {
  const folder = mkdtempSync(join(parent, 'act-on-token-file-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
