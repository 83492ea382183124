import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import { beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../bootstrap/paths.mjs';
import { runQuietly } from '../../bootstrap/processes.mjs';
import { promisedFiles } from '../../build/promised-files.ts';
import { type Manifest, workspacePackages } from '../../build/workspace-packages.ts';
import { familyVersion } from '../family-version.ts';
import { packedPackages } from '../pack.ts';
import type { Tarball } from '../tarball.ts';

const home = 'https://github.com/act-on-token/act-on-token';
const attw = join(
  root,
  'tooling',
  'packaging',
  'node_modules',
  '@arethetypeswrong',
  'cli',
  'dist',
  'index.js',
);
let packed: readonly Tarball[];

beforeAll(async () => {
  packed = await packedPackages();
}, 120_000);

describe.each(workspacePackages())(
  '$manifest.name as it is uploaded',
  ({ folder, path, manifest }) => {
    it('holds what it promises, what that needs, and nothing else', () => {
      const { files } = tarball();
      const { scripts, types } = promisedFiles(manifest);
      const promised = [
        ...scripts.flatMap((name) => [`${name}.js`, `${name}.js.map`]),
        ...types.map((name) => `${name}.d.ts`),
      ];
      const expected = [
        ...promised.map((name) => `dist/${name}`),
        'LICENSE',
        'README.md',
        'package.json',
      ];
      expect(expected.filter((name) => !files.has(name))).toEqual([]);
      // Beyond that only what rollup shared between two of them.
      const shared = /^dist\/[\w-]+-[\w-]{8}\.js(\.map)?$/;
      expect(
        [...files.keys()].filter((name) => !expected.includes(name) && !shared.test(name)),
      ).toEqual([]);
      expect(text('LICENSE')).toBe(readFileSync(join(root, 'LICENSE'), 'utf8'));
    });

    it('holds every file that its files import', () => {
      const { files } = tarball();
      const scripts = [...files].filter(([name]) => name.endsWith('.js') || name.endsWith('.d.ts'));
      const imports = scripts.flatMap(([, code]) => [
        ...code.toString().matchAll(/(?:from|import)\s*\(?\s*['"]\.\/([^'"]+)['"]/g),
      ]);
      const asked = imports.map(([, name = '']) => `dist/${name}`);
      expect(
        asked.filter((name) => !files.has(name) && !files.has(name.replace(/\.js$/, '.d.ts'))),
      ).toEqual([]);
    });

    it('asks for published versions only', () => {
      const { dependencies, peerDependencies } = tarball().manifest as Pick<
        Manifest,
        'dependencies' | 'peerDependencies'
      >;
      const asked = Object.entries<string>({ ...dependencies, ...peerDependencies });
      expect(asked.filter(([, range]) => !/^(\^?\d+(\.\d+){0,2}( \|\| )?)+$/.test(range))).toEqual(
        [],
      );
      const family = asked
        .filter(([name]) => name.startsWith('@act-on-token/'))
        .map(([, range]) => range);
      expect(family).toEqual(family.map(() => `^${familyVersion()}`));
    });

    it('runs nothing when it is installed', () => {
      expect(tarball().manifest).not.toHaveProperty('scripts');
      expect([...tarball().files.keys()].filter((name) => /\.gyp$|\.node$/.test(name))).toEqual([]);
    });

    it('says what it is, where it comes from and what it needs', () => {
      expect(tarball().manifest).toMatchObject({
        version: familyVersion(),
        description: expect.stringMatching(/^.{30,}\.$/),
        license: 'MIT',
        type: 'module',
        // commander, which the command needs, asks for more than the others.
        engines: { node: folder === 'cli' ? '>=22.12' : '>=22' },
        homepage: `${home}/tree/main/packages/${folder}#readme`,
        bugs: `${home}/issues`,
        repository: { type: 'git', url: `git+${home}.git`, directory: `packages/${folder}` },
        publishConfig: { access: 'public', provenance: true },
        keywords: expect.arrayContaining(['act-on', 'oauth2']),
      });
      // A package that is nothing but a command is imported by nobody.
      if (manifest.exports !== undefined)
        expect(tarball().manifest).toMatchObject({ sideEffects: false });
    });

    it('brings the sources that its source maps point to', () => {
      const maps = [...tarball().files]
        .filter(([name]) => name.endsWith('.map'))
        .map(([, map]) => JSON.parse(map.toString()));
      for (const { sources, sourcesContent } of maps) {
        expect(sourcesContent).toHaveLength(sources.length);
        expect(sourcesContent.every((source: unknown) => typeof source === 'string')).toBe(true);
      }
    });

    it('names no folder of the machine that built it', () => {
      const telling = [...tarball().files].filter(
        ([, content]) => content.includes(root) || content.includes('file://'),
      );
      expect(telling.map(([name]) => name)).toEqual([]);
    });

    it('pleases publint', async () => {
      const { bytes } = tarball();
      const { messages, pkg } = await publint({
        pack: { tarball: Uint8Array.from(bytes).buffer },
        strict: true,
      });
      expect(messages.map((message) => formatMessage(message, pkg, { color: false }))).toEqual([]);
    });

    if (existsSync(join(path, 'jsr.json'))) {
      it('is asked to JSR as it is asked to npm', () => {
        const jsr = JSON.parse(readFileSync(join(path, 'jsr.json'), 'utf8'));
        const { name, version, license } = tarball().manifest;
        expect(jsr).toMatchObject({ name, version, license });
      });
    }

    function tarball(): Tarball {
      const found = packed.find((each) => each.manifest.name === manifest.name);
      if (found === undefined) throw new Error(`${manifest.name} was not packed.`);
      return found;
    }

    function text(name: string): string | undefined {
      return tarball().files.get(name)?.toString();
    }
  },
);

// A command has no types to be wrong.
describe('the types', () => {
  const typed = workspacePackages().filter(({ manifest }) => manifest.exports !== undefined);
  it.concurrent.each(typed)('of $manifest.name please attw', async ({ manifest: { name } }) => {
    const file = packed.find(({ manifest }) => manifest.name === name)?.path ?? name;
    const args = [
      attw,
      file,
      '--profile',
      'esm-only',
      '--no-color',
      '--no-emoji',
      '--format',
      'ascii',
    ];
    expect(await complaint(args)).toBe('');
  });
});

describe('the family', () => {
  it('is packed whole', () => {
    expect(packed.map(({ manifest }) => manifest.name).sort()).toEqual(names());
  });

  it('is released in one version', () => {
    const { fixed } = JSON.parse(readFileSync(join(root, '.changeset', 'config.json'), 'utf8'));
    expect(fixed).toEqual([names()]);
  });

  function names(): string[] {
    return workspacePackages()
      .map(({ manifest }) => manifest.name)
      .sort();
  }
});

function complaint(args: readonly string[]): Promise<string> {
  return runQuietly(process.execPath, args, { cwd: root }).then(
    () => '',
    (error: Error) => error.message,
  );
}
