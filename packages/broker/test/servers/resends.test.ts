import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createBroker } from '@act-on-token/broker';
import { actOnEndpoint } from '@act-on-token/core';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { memoryStore } from '@act-on-token/memory';
import { getRequestListener } from '@hono/node-server';
import { afterAll, afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type {} from '../../../../proof/resends/broker-client.ts';
import { browserNames, bundle, launch } from '../../../../proof/resends/clients.ts';
import { type BrokerRow, brokerTable } from '../../../../proof/resends/matrix.ts';
import { runtimes } from '../../../../proof/runtimes/runtimes.ts';
import { type FlakyProxy, startFlakyProxy } from '../../../../proof/support/tcp-proxy.ts';
import { close, listen } from '../support/act-on.ts';
import { createBrowser } from '../support/browser.ts';
import { httpHandler } from '../support/http-handler.ts';

describe('a broker that is asked twice for one refresh, because the answer to the first request got lost', {
  timeout: 120_000,
}, () => {
  let [server, link, emulator, origin, script]: [
    Server,
    FlakyProxy,
    ServedEmulator,
    string,
    string,
  ] = [] as never;

  beforeEach(async () => {
    server = createServer();
    await listen(server);
    link = await startFlakyProxy((server.address() as AddressInfo).port);
    origin = `http://localhost:${link.port}`;
    const redirectUri = `${origin}/auth/callback`;
    const user = { username: 'ada@example.test', password: "ada's password" };
    emulator = await serveEmulator({
      redirectUris: [redirectUri],
      users: [user],
      autoConsent: user.username,
    });
    const { id: clientId, secret: clientSecret } = emulator.client;
    const endpoint = actOnEndpoint({ clientId, clientSecret, baseUrl: emulator.url });
    const sessionSecret = 'Zm9yIHRlc3RzIG9ubHksIG5vdCBhIHNlY3JldCBhdCBhbGw';
    const options = { mode: 'token', session: { minRefreshInterval: 0 } } as const;
    const broker = createBroker({
      endpoint,
      store: memoryStore(),
      redirectUri,
      sessionSecret,
      ...options,
    });
    script = await bundle('broker-client.ts');
    const page = `<!doctype html><script type="module">${script}</script>`;
    const app = (request: Request): Response | Promise<Response> =>
      new URL(request.url).pathname.startsWith('/auth/')
        ? broker(request)
        : new Response(page, { headers: { 'content-type': 'text/html' } });
    server.on('request', getRequestListener(app, { overrideGlobalObjects: false }));
    // Only the second token is asked for in the place of another.
    link.loseAnswerTo('"rejected"');
  });
  afterEach(async () => {
    await link.close();
    await Promise.all([close(server), emulator.close()]);
  });

  const rows: BrokerRow[] = [];
  afterAll(() => console.log(brokerTable(rows)));

  const outcome = (client: string, hasAnother: boolean) => {
    const row = {
      client,
      byBroker: link.seen,
      byActOn: emulator.ledger.counters().grants.refresh_token.sent,
    };
    rows.push(row);
    return { ...row, hasAnother };
  };
  const answeredAlike = { hasAnother: true, byBroker: 2, byActOn: 1 };

  it('by Deno refreshes once', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'act-on-token-resends-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'client.mjs'), script);
    const browser = createBrowser(
      httpHandler(origin),
      (url) => fetch(url, { redirect: 'manual' }),
      origin,
    );
    await browser.open('/auth/login?returnTo=/lists');
    const cookie = [...browser.jar].map(([name, { value }]) => `${name}=${value}`).join('; ');
    const visit = JSON.stringify({ url: `${origin}/auth`, headers: { cookie, origin } });
    const { file = '', program = [] } = runtimes.find(({ name }) => name === 'Deno') ?? {};
    const env = { PATH: process.env.PATH, HOME: folder, NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' };
    const { stdout } = await promisify(execFile)(
      file,
      [...program, join(folder, 'client.mjs'), visit],
      { env },
    );
    expect(outcome('Deno', JSON.parse(stdout))).toMatchObject(answeredAlike);
  });

  it.each(browserNames())('by %s refreshes once', async (name) => {
    const browser = await launch(name);
    onTestFinished(() => browser.close());
    const page = await browser.newPage();
    await page.goto(`${origin}/auth/login?returnTo=/lists`);
    await page.waitForURL(`${origin}/lists`);
    await page.waitForFunction(() => 'refreshOnce' in globalThis);
    const hasAnother = await page.evaluate(() => refreshOnce({ url: '/auth', headers: {} }));
    expect(outcome(name, hasAnother)).toMatchObject(answeredAlike);
  });
});
