// Stands in for `next dev`, which takes longer than all other pages together: mounts the route
// handler and renders the page, bundled from the reader's own files. `examples/next-app` is built
// and driven by the real one.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { getRequestListener } from '@hono/node-server';

const { build } = createRequire(`${process.env.DOCS_ROOT}package.json`)('esbuild');
process.loadEnvFile('.env');

async function load(file) {
  const outfile = join(process.cwd(), 'node_modules', `${file.replaceAll(/\W/g, '-')}.mjs`);
  await build({
    entryPoints: [file],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
    jsx: 'automatic',
    logLevel: 'error',
  });
  return import(pathToFileURL(outfile).href);
}

const page = `export { createElement } from 'react';\nexport { renderToReadableStream } from 'react-dom/server';`;
const [route, { default: Page }, { default: Layout }] = await Promise.all(
  ['app/auth/[...path]/route.ts', 'app/page.tsx', 'app/layout.tsx'].map(load),
);
const { writeFileSync } = await import('node:fs');
writeFileSync('node_modules/render.mjs', page);
const { createElement, renderToReadableStream } = await import(
  pathToFileURL(join(process.cwd(), 'node_modules/render.mjs')).href
);

async function answer(request) {
  if (new URL(request.url).pathname.startsWith('/auth/')) return route[request.method](request);
  const html = await renderToReadableStream(createElement(Layout, null, createElement(Page)), {
    onError: () => {},
  });
  return new Response(html, { headers: { 'content-type': 'text/html' } });
}

const port = Number(process.argv[process.argv.indexOf('--port') + 1]);
createServer(getRequestListener(answer, { overrideGlobalObjects: false })).listen(port);
