import { describe, expect, it } from 'vitest';
import { root } from '../bootstrap/paths.mjs';
import { runQuietly } from '../bootstrap/processes.mjs';
import { checks } from '../checks.ts';

describe('the repository', () => {
  it.each(checks)('$claim', async ({ file, args }) => {
    const complaint = await runQuietly(file, args, { cwd: root }).then(
      () => '',
      (error: Error) => error.message,
    );
    expect(complaint).toBe('');
  });
});
