import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { foldersIn } from '../bootstrap/fingerprint.mjs';
import { root } from '../bootstrap/paths.mjs';
import { runQuietly } from '../bootstrap/processes.mjs';

const consumers = join(root, 'tooling', 'consumer-types');
const folders = foldersIn(consumers).filter((name) => name !== 'node_modules');
// Users compile with either.
const compilers = [
  ['TypeScript 7', join(root, 'node_modules', 'typescript', 'bin', 'tsc')],
  ['TypeScript 6', join(root, 'node_modules', '@typescript', 'typescript6', 'bin', 'tsc6')],
] as const;

// Against the built .d.ts files, found through each package.json, and with those files checked too:
// what a user's compiler sees.
describe.each(compilers)('the built types serve a consumer of %s', (_, tsc) => {
  it.each(folders)('with %s types only', async (name) => {
    const complaint = await runQuietly(process.execPath, [tsc, '-p', join(consumers, name)]).then(
      () => '',
      (error: Error) => error.message,
    );
    expect(complaint).toBe('');
  });
});
