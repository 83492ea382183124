import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build as esbuild } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runtimes } from '../../../proof/runtimes/runtimes.ts';
import { root } from '../../bootstrap/paths.mjs';
import { type Consumer, createConsumer } from '../consumer.ts';
import { packedPackages } from '../pack.ts';
import { type Registry, serveRegistry } from '../registry.ts';
import { installedShelf, shelfOf } from '../shelves.ts';
import type { Tarball } from '../tarball.ts';

const page = readFileSync(join(root, 'docs', 'reference', 'es-modules.md'), 'utf8');
/** The files of the page, as it says them. */
const files = Object.fromEntries(
  [...page.matchAll(/^`([\w./-]+)`:\n\n```text\n([\s\S]*?)\n```$/gm)].map(([, name, code]) => [
    name,
    `${code}\n`,
  ]),
);
const nodes = runtimes.filter(({ name }) => name.startsWith('Node '));
const compilers = [
  ['TypeScript 7', join(root, 'node_modules', 'typescript', 'bin', 'tsc')],
  ['TypeScript 6', join(root, 'node_modules', '@typescript', 'typescript6', 'bin', 'tsc6')],
] as const;

describe('the packed packages, as the page about ES modules says', { timeout: 120_000 }, () => {
  let registry: Registry;
  let consumer: Consumer;
  let tarballs: readonly Tarball[];
  beforeAll(async () => {
    tarballs = await packedPackages();
    registry = await serveRegistry([shelfOf(tarballs), installedShelf()]);
    consumer = createConsumer(registry.url);
    // No "type": every .js and .ts file of this project is CommonJS.
    consumer.write('package.json', JSON.stringify({ name: 'somebody', private: true }));
    const beside = ['ky@2.1.0', 'ioredis@6.0.0', 'react@19.3.1', 'react-dom@19.3.1'];
    await consumer.run('npm', 'install', ...tarballs.map(({ path }) => path), ...beside);
    for (const [name, code] of Object.entries(files)) consumer.write(name, String(code));
  }, 180_000);
  afterAll(async () => {
    consumer?.remove();
    await registry?.close();
  });

  it('have all files of the page tried', () => {
    expect(Object.keys(files)).toEqual([
      'session.cjs',
      'before-22.12.cjs',
      'src/session.cts',
      'src/node16.cts',
      'session.test.mjs',
    ]);
  });

  describe.each(nodes)('in a CommonJS project under $name', ({ file }) => {
    it('are required', async () => {
      expect(await consumer.run(file, 'session.cjs')).toBe('idle\n');
    });

    it('are all there, each of them once however it is loaded', async () => {
      const names = tarballs.flatMap(({ manifest: { name, exports = {} } }) =>
        Object.keys(exports as object).map((path) => name + path.slice(1)),
      );
      expect(names).toContain('@act-on-token/broker/client');
      consumer.write(
        'both.cjs',
        `const names = ${JSON.stringify(names)};
        Promise.all(names.map(async (name) => {
          const [one, other] = [require(name), await import(name)];
          const [first] = Object.keys(other);
          if (first !== undefined && one[first] !== other[first]) console.log(name, first);
        }));`,
      );
      expect(await consumer.run(file, 'both.cjs')).toBe('');
    });
  });

  it('are imported where Node cannot require ES modules', async () => {
    const without = '--no-experimental-require-module';
    await expect(consumer.run('node', without, 'session.cjs')).rejects.toThrow('ERR_REQUIRE_ESM');
    expect(await consumer.run('node', without, 'before-22.12.cjs')).toBe('idle\n');
  });

  describe.each(compilers)('compiled by %s', (_, tsc) => {
    const compile = (file: string, options: object) => {
      const base = {
        strict: true,
        target: 'es2022',
        types: [],
        skipLibCheck: false,
        outDir: 'out',
      };
      consumer.write(
        'tsconfig.json',
        JSON.stringify({
          compilerOptions: { ...base, lib: ['es2022', 'dom'], rootDir: 'src', ...options },
          files: [file],
        }),
      );
      return consumer.run('node', tsc, '-p', 'tsconfig.json');
    };

    it('to CommonJS that requires them, with nodenext', async () => {
      await compile('src/session.cts', { module: 'nodenext' });
      expect(await consumer.run('node', 'out/session.cjs')).toBe('idle\n');
    });

    it('to CommonJS that imports them, with node16', async () => {
      await compile('src/node16.cts', { module: 'node16' });
      expect(await consumer.run('node', 'out/node16.cjs')).toBe('idle\n');
    });

    it('are refused in CommonJS with node16, by an error of its own', async () => {
      await expect(compile('src/session.cts', { module: 'node16' })).rejects.toThrow('TS1479');
    });

    it('to an ES module, with node16', async () => {
      consumer.write('src/session.mts', files['src/session.cts'] ?? '');
      await compile('src/session.mts', { module: 'node16' });
      expect(await consumer.run('node', 'out/session.mjs')).toBe('idle\n');
    });
  });

  it('are not found by node10, which TypeScript 6 still has', async () => {
    const [, tsc] = compilers[1];
    const options = {
      strict: true,
      module: 'commonjs',
      moduleResolution: 'node10',
      ignoreDeprecations: '6.0',
      types: [],
      noEmit: true,
    };
    consumer.write(
      'src/node10.ts',
      "import '@act-on-token/core';\nexport { createSession } from '@act-on-token/core';\n",
    );
    consumer.write(
      'tsconfig.json',
      JSON.stringify({ compilerOptions: options, files: ['src/node10.ts'] }),
    );
    await expect(consumer.run('node', tsc, '-p', 'tsconfig.json')).rejects.toThrow(
      "Cannot find module '@act-on-token/core'",
    );
  });

  it('are tested by Jest', async () => {
    const configuration = { testMatch: ['**/*.test.mjs'], transform: {} };
    consumer.write('jest.config.json', JSON.stringify(configuration));
    const jest = join(root, 'tooling', 'packaging', 'node_modules', 'jest', 'bin', 'jest.js');
    const run = (...flags: string[]) =>
      consumer.run(
        'node',
        ...flags,
        jest,
        '--rootDir',
        consumer.folder,
        '--config',
        'jest.config.json',
      );
    expect(await run('--experimental-vm-modules')).toMatch(/Tests: +1 passed, 1 total/);
    await expect(run()).rejects.toThrow(/Must use import to load ES Module|outside a module/);
  });

  it('are bundled into CommonJS', async () => {
    const { outputFiles } = await esbuild({
      absWorkingDir: consumer.folder,
      entryPoints: ['session.cjs'],
      bundle: true,
      platform: 'node',
      format: 'cjs',
      write: false,
      logLevel: 'silent',
    });
    consumer.write('../alone/bundle.cjs', outputFiles[0]?.text ?? '');
    expect(await consumer.run('node', '../alone/bundle.cjs')).toBe('idle\n');
  });
});
