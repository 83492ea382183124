import { fileURLToPath } from 'node:url';
import { createBroker } from '@act-on-token/broker';
import { actOnEndpoint } from '@act-on-token/core';
import type { Emulator } from '@act-on-token/emulator';
import { memoryStore } from '@act-on-token/memory';
import { getRequestListener } from '@hono/node-server';
import { bundleOf } from '../../../../proof/support/bundle.ts';
import type {} from './page-program.ts';
import { sessionSecret } from './world.ts';

/**
 * Answers the requests of a browser: the broker's routes, and at any other path a page that runs the
 * program.
 */
export async function browserApp(
  { client, url: baseUrl }: Pick<Emulator, 'client'> & { readonly url: string },
  origin: string,
  program: 'page-program.ts' | 'picker-program.tsx' = 'page-program.ts',
): Promise<ReturnType<typeof getRequestListener>> {
  const { id: clientId, secret: clientSecret } = client;
  const endpoint = actOnEndpoint({ clientId, clientSecret, baseUrl });
  const redirectUri = `${origin}/auth/callback`;
  const broker = createBroker({ endpoint, store: memoryStore(), redirectUri, sessionSecret });
  const script = await bundleOf(fileURLToPath(new URL(program, import.meta.url)));
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
