import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { freshFolder } from './support/fresh-folder.ts';
import { runProgram, runtimes } from './support/runtimes.ts';

const folder = freshFolder();

/** What a program printed that raised the number in this directory by one. */
function attempt(command: readonly string[], directory: string) {
  return runProgram(command, 'attempt.ts', [directory], join(folder, 'home'));
}

describe.each(runtimes)('under $name', { timeout: 60_000 }, ({ name, command }) => {
  const rights = command([folder]);

  it('programs find what others left, have nothing to warn of, and end although they watch', async () => {
    const directory = join(folder, 'shared by all', 'below');
    const number = runtimes.findIndex((each) => each.name === name) + 1;
    expect(await attempt(rights, directory)).toEqual({ stdout: `${number}\n`, stderr: '' });
  });

  it.runIf(process.platform !== 'win32')(
    'a directory that every user may write to is refused, or warned of once if it is sticky',
    async () => {
      const directory = join(folder, `open under ${name}`);
      mkdirSync(directory);
      chmodSync(directory, 0o777);
      expect((await attempt(rights, directory)).stdout).toContain(
        '(FOREIGN). Every user of this machine may write to it.',
      );
      expect(readdirSync(directory)).toEqual([]);
      chmodSync(directory, 0o1777);
      const { stdout, stderr } = await attempt(rights, directory);
      const warnings = stderr.split('\n').filter((line) => line.includes('ACT_ON_TOKEN_DIRECTORY'));
      expect({ stdout, warnings }).toEqual({
        stdout: '1\n',
        warnings: [
          expect.stringMatching(
            /ActOnTokenWarning: A file store keeps its records in ".*". Every user of this machine may write/,
          ),
        ],
      });
    },
  );
});

describe('under Deno', () => {
  it('a program that may not touch the directory is told which rights it needs', {
    timeout: 60_000,
  }, async () => {
    const deno = runtimes.find(({ name }) => name === 'Deno');
    const { stdout } = await attempt(deno?.command([]) ?? [], join(folder, 'forbidden'));
    expect(stdout).toMatch(
      /forbidden" cannot be used \(NotCapable\)\. Allow Deno to: --allow-read and --allow-write/,
    );
  });
});
