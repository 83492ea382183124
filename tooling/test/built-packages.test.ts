import { readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { describe, expect, it } from 'vitest';
import { filesUnder } from '../bootstrap/fingerprint.mjs';
import { promisedFiles } from '../build/promised-files.ts';
import { workspacePackages } from '../build/workspace-packages.ts';

describe.each(workspacePackages())('$manifest.name as it is published', ({ path, manifest }) => {
  const { scripts, types, commands } = promisedFiles(manifest);
  const built = filesUnder(join(path, 'dist')).map((file) => relative(join(path, 'dist'), file));

  it('has what its package.json promises, and parts of that', () => {
    const promised = [
      ...scripts.map((name) => `${name}.js`),
      ...types.map((name) => `${name}.d.ts`),
    ];
    const isPart = (file: string) =>
      file.endsWith('.map') ||
      built.some((other) => !other.endsWith('.map') && read(other).includes(`'./${file}'`));
    expect(promised.filter((file) => !built.includes(file))).toEqual([]);
    expect(built.filter((file) => !promised.includes(file) && !isPart(file))).toEqual([]);
  });

  it('has types for all that it exports', () => {
    expect(scripts.filter((name) => !commands.includes(name) && !types.includes(name))).toEqual([]);
  });

  if (commands.length > 0) {
    it('has commands that a shell can start', () => {
      for (const name of commands) {
        expect(read(`${name}.js`)).toMatch(/^#!\/usr\/bin\/env node\n(?!#!)/);
        expect(statSync(join(path, 'dist', `${name}.js`)).mode & 0o111).toBe(0o111);
      }
    });
  }

  it('says in a README what it is', () => {
    expect(readFileSync(join(path, 'README.md'), 'utf8')).toContain(`# ${manifest.name}\n`);
  });

  it('pleases publint', async () => {
    const { messages, pkg } = await publint({
      pkgDir: path,
      pack: { files: publishedFiles(path, manifest.files ?? []) },
      strict: true,
    });
    expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
  });

  function read(file: string): string {
    return readFileSync(join(path, 'dist', file), 'utf8');
  }
});

/**
 * What the package manager would put into the package: it would take a second each to say so
 * itself.
 */
function publishedFiles(path: string, files: readonly string[]): { name: string; data: string }[] {
  const published = [
    join(path, 'package.json'),
    ...files.flatMap((name) => filesUnder(join(path, name))),
  ];
  return published.map((name) => ({ name, data: readFileSync(name, 'utf8') }));
}
