import { createServer } from 'node:http';
import { createBroker } from '@act-on-token/broker';
import { actOnEndpoint } from '@act-on-token/core';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { memoryStore } from '@act-on-token/memory';
import { getRequestListener } from '@hono/node-server';
import { listen } from '../../../../../proof/support/listen.ts';
import type { DevtoolsSettings } from '../program/devtools.tsx';
import { bundleOfPage } from './bundles.ts';

/** A site with an app and its devtools: `/` has a session of its own, `/broker` one of a broker. */
export interface DevtoolsSite {
  readonly origin: string;
  readonly emulator: ServedEmulator;
  /** Lets time pass for the broker and for Act-On, and not for the page. */
  pass(ms: number): void;
  close(): Promise<void>;
}

/** What a page may have that is not production: styles of its own, and no script from elsewhere. */
const policy = "default-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self' http:";

export async function serveDevtools(
  react: '18' | '19',
  mode: 'proxy' | 'token',
): Promise<DevtoolsSite> {
  const script = await bundleOfPage(react, 'devtools.tsx');
  let passed = 0;
  const now = (): number => Date.now() + passed;
  let answer = (_: Request): Response | Promise<Response> => new Response(null, { status: 503 });
  const server = createServer(
    getRequestListener((request) => answer(request), { overrideGlobalObjects: false }),
  );
  const { port, close } = await listen(server);
  const origin = `http://localhost:${port}`;
  const redirectUri = `${origin}/auth/callback`;
  const emulator = await serveEmulator({
    now,
    grantLimit: null,
    cors: [origin],
    redirectUris: [redirectUri],
    autoConsent: 'marketer@example.test',
  });
  const { client, url: baseUrl, user } = emulator;
  const broker = createBroker({
    endpoint: actOnEndpoint({ clientId: client.id, clientSecret: client.secret, baseUrl }),
    store: memoryStore({ now }),
    redirectUri,
    sessionSecret: 'Zm9yIHRlc3RzIG9ubHksIG5vdCBhIHNlY3JldCBhdCBhbGw',
    mode,
    clock: {
      now,
      monotonic: () => performance.now() + passed,
      setTimeout: (callback, delay) => setTimeout(callback, delay),
      clearTimeout: (timer) => clearTimeout(timer as number),
    },
  });
  const settings: DevtoolsSettings = {
    clientId: client.id,
    clientSecret: client.secret,
    baseUrl,
    ...user,
    mode,
  };
  answer = (request) => {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/auth/')) return broker(request);
    if (pathname === '/page.js')
      return content(`globalThis.settings = ${JSON.stringify(settings)};\n${script}`, 'javascript');
    return content(page, 'html');
  };
  return {
    origin,
    emulator,
    pass: (ms) => {
      passed += ms;
    },
    async close() {
      await emulator.close();
      await close();
    },
  };
}

function content(text: string, type: 'html' | 'javascript'): Response {
  return new Response(text, {
    headers: { 'content-type': `text/${type}; charset=utf-8`, 'content-security-policy': policy },
  });
}

/** With rules of an app that would spoil the panel if they reached it. */
const page = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Contact lists</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="/icon">
<style>
  :root { color-scheme: light dark; font-family: system-ui, sans-serif; }
  main { margin: 24px; }
  body button { text-transform: uppercase; letter-spacing: 4px; }
  h2, h3, p, li, dt { color: yellow; font-size: 30px; }
  main :is(h1, p) { color: CanvasText; font-size: 16px; }
</style></head><body><div id="root"></div><script type="module" src="/page.js"></script></body></html>`;
