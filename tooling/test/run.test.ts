import { join } from 'node:path';
import { expect, it } from 'vitest';
import { oldestNode } from '../../proof/runtimes/runtimes.ts';
import { root } from '../bootstrap/paths.mjs';
import { runQuietly } from '../bootstrap/processes.mjs';

it('starts the commands under Node 20, and runs them in the Node that the lock file pins', async () => {
  expect(await runQuietly(oldestNode, ['--version'])).toMatch(/^v20\./);
  const run = (...args: string[]) =>
    runQuietly(oldestNode, [join(root, 'tooling', 'run.mjs'), ...args], { cwd: root });
  await expect(run('runtimes', '--help')).resolves.toContain('Runtimes: Node 22, Node 24,');
  await expect(run('no-such-command')).rejects.toThrow('There is no command "no-such-command".');
});
