import { fileURLToPath } from 'node:url';
import { createBroker } from '@act-on-token/broker';
import { actOnEndpoint } from '@act-on-token/core';
import type { Emulator } from '@act-on-token/emulator';
import { memoryStore } from '@act-on-token/memory';
import { getRequestListener } from '@hono/node-server';
import { build } from 'esbuild';
import type {} from './page-program.ts';
import { sessionSecret } from './world.ts';

const sources = fileURLToPath(new URL('../../src/', import.meta.url));

/**
 * Answers the requests of a browser: the broker's routes, and at any other path a page that runs
 * page-program.ts.
 */
export async function browserApp(
  { client, url: baseUrl }: Pick<Emulator, 'client'> & { readonly url: string },
  origin: string,
): Promise<ReturnType<typeof getRequestListener>> {
  const { id: clientId, secret: clientSecret } = client;
  const endpoint = actOnEndpoint({ clientId, clientSecret, baseUrl });
  const redirectUri = `${origin}/auth/callback`;
  const broker = createBroker({ endpoint, store: memoryStore(), redirectUri, sessionSecret });
  const script = await bundle();
  const app = (request: Request): Response | Promise<Response> => {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/auth/')) return broker(request);
    const [body, type] =
      pathname === '/page.js'
        ? [script, 'text/javascript']
        : [
            '<!doctype html><body></body><script type="module" src="/page.js"></script>',
            'text/html',
          ];
    return new Response(body, { headers: { 'content-type': type } });
  };
  return getRequestListener(app, { overrideGlobalObjects: false });
}

async function bundle(): Promise<string> {
  const alias = {
    '@act-on-token/broker/client': `${sources}client.ts`,
    '@act-on-token/core': fileURLToPath(new URL('../../../core/src/index.ts', import.meta.url)),
  };
  const entry = fileURLToPath(new URL('page-program.ts', import.meta.url));
  const { outputFiles } = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    target: 'es2022',
    write: false,
    alias,
  });
  return outputFiles[0]?.text ?? '';
}

/** In a page: what it has left where scripts can read it. */
export async function leftovers(): Promise<object> {
  return {
    cookie: document.cookie,
    local: localStorage.length,
    session: sessionStorage.length,
    databases: (await indexedDB.databases()).length,
  };
}

/** In a page of another site: what comes of its requests to the app. */
export async function attempts(app: string): Promise<string[]> {
  const attempt = (path: string, init: RequestInit) =>
    fetch(`${app}/auth/${path}`, { credentials: 'include', ...init }).then(
      (response) => `${response.type} ${response.status}`,
      () => 'failed',
    );
  return [
    await attempt('session', {}),
    await attempt('session', { headers: { 'x-act-on-broker': '1' } }),
    await attempt('logout', { method: 'POST', mode: 'no-cors' }),
    await attempt('logout', { method: 'POST', headers: { 'x-act-on-broker': '1' } }),
  ];
}
