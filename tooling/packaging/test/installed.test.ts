import { copyFileSync, mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { build as esbuild } from 'esbuild';
import { type Browser, chromium } from 'playwright-core';
import { build as vite } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../bootstrap/paths.mjs';
import { component } from '../../component.ts';
import { type Consumer, createConsumer } from '../consumer.ts';
import { packedPackages } from '../pack.ts';
import { type Registry, serveRegistry } from '../registry.ts';
import { installedShelf, shelfOf } from '../shelves.ts';
import type { Tarball } from '../tarball.ts';

const program = component('chromium');
const quickStart = ['main.ts', 'stage.ts', 'skippable-clock.ts'];
const stage = ['untouched.mjs', 'page.ts', 'server.ts'];
const beside = ['ky@2.1.0', 'ioredis@6.0.0', 'react@19.3.1', 'react-dom@19.3.1'];

// Nothing of the workspace is in reach here: an empty folder, an empty home, and the packages as
// they are uploaded.
describe('the packed packages, installed with npm into an empty folder', () => {
  let registry: Registry;
  let consumer: Consumer;
  let tarballs: readonly Tarball[];

  beforeAll(async () => {
    tarballs = await packedPackages();
    registry = await serveRegistry([shelfOf(tarballs), installedShelf()]);
    consumer = createConsumer(registry.url);
    consumer.write(
      'package.json',
      JSON.stringify({ name: 'somebody', private: true, type: 'module' }),
    );
    await consumer.run('npm', 'install', ...tarballs.map(({ path }) => path), ...beside);
    for (const file of quickStart)
      copyFileSync(join(root, 'examples', 'quick-start', file), join(consumer.folder, file));
    for (const file of stage)
      copyFileSync(join(root, 'tooling', 'packaging', 'stage', file), join(consumer.folder, file));
  }, 180_000);
  afterAll(async () => {
    consumer?.remove();
    await registry?.close();
  });

  it('need nothing that the registry has not', () => {
    expect([...registry.missing]).toEqual([]);
  });

  it('run the quick start', async () => {
    expectTheStory(await consumer.run('node', 'main.ts'));
  });

  it('change nothing by being imported', async () => {
    const names = tarballs.flatMap(({ manifest: { name, exports = {} } }) =>
      Object.keys(exports as object).map((path) => name + path.slice(1)),
    );
    expect(names).toContain('@act-on-token/broker/client');
    expect(JSON.parse(await consumer.run('node', 'untouched.mjs', ...names))).toEqual([]);
  });

  it('start their commands', async () => {
    expect(await consumer.run('npx', 'act-on-token', '--help')).toContain('login');
    expect(await consumer.run('npx', 'act-on-emulator', '--help')).toContain('--port');
  });

  it('serve from one file that esbuild made', async () => {
    const outfile = join(alone('esbuild'), 'server.mjs');
    await esbuild({
      ...forNode,
      absWorkingDir: consumer.folder,
      entryPoints: ['server.ts'],
      outfile,
    });
    expect(await consumer.run('node', outfile)).toBe(served);
  });

  it('serve from what Vite made', async () => {
    const outDir = alone('vite');
    await vite({
      ...quiet,
      root: consumer.folder,
      ssr: { noExternal: true },
      build: { ssr: 'server.ts', outDir, target: 'node22' },
    });
    expect(await consumer.run('node', join(outDir, 'server.js'))).toBe(served);
  });

  describe.skipIf(program === undefined)('and bundled for a page, in Chromium', () => {
    let browser: Browser;
    beforeAll(async () => {
      const args = [
        '--no-sandbox',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-quic',
      ];
      browser = await chromium.launch({ executablePath: program ?? '', args, timeout: 90_000 });
    }, 120_000);
    afterAll(() => browser?.close());

    it('work as esbuild made it', async () => {
      const { outputFiles } = await esbuild({
        ...forPages,
        absWorkingDir: consumer.folder,
        entryPoints: ['page.ts'],
      });
      expect(await shownBy(outputFiles[0]?.text ?? '')).toMatch(/^authorized, 3 lists, /);
    });

    it('work as Vite made it', async () => {
      const input = join(consumer.folder, 'page.ts');
      const made = await vite({
        ...quiet,
        root: consumer.folder,
        build: { write: false, target: 'es2022', rollupOptions: { input } },
      });
      const [output] = [made].flat();
      if (output === undefined || !('output' in output)) throw new Error('Vite made nothing.');
      expect(await shownBy(output.output[0].code)).toMatch(/^authorized, 3 lists, /);
    });

    async function shownBy(code: string): Promise<string | null> {
      const server = await serve(code);
      const page = await browser.newPage();
      try {
        await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
        return await page.locator('#shown').textContent();
      } finally {
        await page.close();
        server.closeAllConnections();
        server.close();
      }
    }
  });

  /** A folder without node_modules, there or above: a bundle must need none. */
  function alone(name: string): string {
    const folder = join(consumer.folder, '..', name);
    mkdirSync(folder);
    return folder;
  }
});

// What is CommonJS in a bundle of modules (ioredis) requires Node's own modules.
const banner = {
  js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
};
const forNode = {
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node22',
  banner,
  logLevel: 'silent',
} as const;
const forPages = {
  bundle: true,
  platform: 'browser',
  format: 'esm',
  target: 'es2022',
  write: false,
  logLevel: 'silent',
} as const;
const quiet = { configFile: false, logLevel: 'silent' } as const;

const served = 'authorized, 3 lists; the broker says 200; Redis is wait; 1 sign-in\n';

function expectTheStory(printed: string): void {
  expect(printed).toContain('1000 callers got 1 token');
  expect(printed).toMatch(/password grants +1$/m);
}

function serve(code: string): Promise<Server> {
  const server = createServer((request, response) => {
    const isPage = request.url === '/';
    response.setHeader('content-type', isPage ? 'text/html' : 'text/javascript');
    response.end(
      isPage
        ? '<!doctype html><meta charset="utf-8"><body><script type="module" src="/page.js"></script>'
        : code,
    );
  });
  return new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(server)));
}
