import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { run } from '../support/command.ts';

it('explains itself on stdout where it is asked to', async () => {
  const { exit, stdout, stderr } = await run(['--help']);
  expect({ exit, stderr }).toEqual({ exit: 0, stderr: '' });
  expect(stdout).toMatch(
    /^Usage: act-on-token [\s\S]*login[\s\S]*ACT_ON_CLIENT_SECRET[\s\S]*Exit codes:/,
  );
  expect(await run(['help', 'fetch'])).toMatchObject({
    exit: 0,
    stdout: expect.stringMatching(/--header <line>[\s\S]*curl --fail-with-body/),
  });
});

it('explains itself on stderr where it is told nothing', async () => {
  expect(await run([])).toEqual({
    exit: 2,
    stdout: '',
    stderr: expect.stringMatching(/^Usage: act-on-token /),
  });
});

it('tells its version', async () => {
  const { version } = JSON.parse(
    readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
  );
  expect(await run(['--version'])).toEqual({ exit: 0, stdout: `${version}\n`, stderr: '' });
});

it('prints a script for the shell', async () => {
  expect(await run(['completion', 'bash'])).toMatchObject({
    exit: 0,
    stdout: expect.stringMatching(/complete .* act-on-token\n$/),
    stderr: '',
  });
});
