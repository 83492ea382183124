import { cp, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ServedEmulator } from '@act-on-token/emulator';
import react from '@vitejs/plugin-react';
import { createServer, type ViteDevServer } from 'vite';
import { actOnFor } from './act-on.ts';
import { reacts } from './reacts.ts';

/** A Vite dev server on a copy of the program, which may be edited. */
export interface HotSite {
  readonly origin: string;
  readonly emulator: ServedEmulator;
  edit(file: string, change: (text: string) => string): Promise<void>;
  close(): Promise<void>;
}

const program = fileURLToPath(new URL('../program', import.meta.url));

export async function serveHot(version: '18' | '19'): Promise<HotSite> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'act-on-token-hot-')));
  await cp(program, folder, { recursive: true });
  const server = await startVite(folder, version);
  const origin = server.resolvedUrls?.local[0]?.replace(/\/$/, '') ?? '';
  const { emulator, script } = await actOnFor(origin);
  const head = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,"><script>${script}</script>`;
  await writeFile(
    join(folder, 'index.html'),
    `${head}<div id="root"></div><script type="module" src="/start.tsx"></script>`,
  );
  return {
    origin,
    emulator,
    async edit(name, change) {
      const file = join(folder, name);
      await writeFile(file, change(await readFile(file, 'utf8')));
    },
    async close() {
      await emulator.close();
      await server.close();
      await rm(folder, { recursive: true });
    },
  };
}

async function startVite(root: string, version: '18' | '19'): Promise<ViteDevServer> {
  const packages = fileURLToPath(new URL('../../../../', import.meta.url));
  const server = await createServer({
    root,
    configFile: false,
    cacheDir: join(root, '.vite'),
    logLevel: 'silent',
    plugins: [react()],
    resolve: {
      // Our packages come from their sources, as in every test.
      alias: [
        { find: /^@act-on-token\/([^/]+)$/, replacement: `${packages}$1/src/index.ts` },
        ...Object.entries(reacts[version]).map(([find, replacement]) => ({
          find: new RegExp(`^${find}(?=/|$)`),
          replacement,
        })),
      ],
    },
    server: { host: '127.0.0.1', port: 0, fs: { strict: false } },
    // Found out while a page loads they would make it load again.
    optimizeDeps: { include: ['react', 'react/jsx-dev-runtime', 'react-dom/client'] },
  });
  return server.listen();
}
