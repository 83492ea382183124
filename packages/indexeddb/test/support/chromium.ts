import { once } from 'node:events';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build, type Plugin } from 'esbuild';
import { type BrowserContext, chromium, type Page } from 'playwright-core';
import { component } from '../../../../tooling/component.ts';

const executablePath = component('chromium');
export const isChromiumThere: boolean = executablePath !== undefined;

/** Pages of one origin that run page-program.ts. */
export interface Chromium {
  readonly origin: string;
  /** Another profile: its pages share no data with those of others. */
  openProfile(): Promise<BrowserContext>;
  openPage(profile: BrowserContext): Promise<Page>;
  close(): Promise<void>;
}

export async function startChromium(): Promise<Chromium> {
  const [site, browser] = await Promise.all([
    serve(await bundle()),
    // As root Chromium has no sandbox; the rest keeps it from talking to anyone.
    chromium.launch({
      ...(executablePath === undefined ? {} : { executablePath }),
      args: ['--no-sandbox', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-quic'],
    }),
  ]);
  return {
    origin: site.origin,
    openProfile: () => browser.newContext(),
    async openPage(profile) {
      const page = await profile.newPage();
      await page.goto(site.origin);
      return page;
    },
    async close() {
      await browser.close();
      await site.close();
    },
  };
}

async function serve(program: string): Promise<{ origin: string; close(): Promise<unknown> }> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/html').end(`<!doctype html><script type="module">${program}</script>`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { origin: `http://127.0.0.1:${port}`, close: () => once(server.close(), 'close') };
}

/** Our packages come from their sources, as in every test. */
const fromSource: Plugin = {
  name: 'from-source',
  setup({ onResolve }) {
    const packages = fileURLToPath(new URL('../../../', import.meta.url));
    onResolve({ filter: /^@act-on-token\/[^/]+$/ }, ({ path }) => ({ path: `${packages}${path.split('/')[1]}/src/index.ts` }));
  },
};

async function bundle(): Promise<string> {
  const entryPoints = [fileURLToPath(new URL('page-program.ts', import.meta.url))];
  const { outputFiles } = await build({
    entryPoints,
    bundle: true,
    format: 'esm',
    write: false,
    plugins: [fromSource],
    logLevel: 'silent',
  });
  return outputFiles[0]?.text ?? '';
}
