import { createServer, type RequestListener, type Server } from 'node:http';
import { type Broker, createBroker } from '@act-on-token/broker';
import { actOnEndpoint } from '@act-on-token/core';
import { createEmulator } from '@act-on-token/emulator';
import { memoryStore } from '@act-on-token/memory';
import { getRequestListener } from '@hono/node-server';
import express from 'express';
import { Hono } from 'hono';
import { afterEach, expect, it } from 'vitest';
import { close, listen } from '../support/act-on.ts';
import { createBrowser } from '../support/browser.ts';
import { httpHandler } from '../support/http-handler.ts';
import { ada, bob, sessionSecret } from '../support/world.ts';

const elsewhere = 'a page of the app';
const listener = (handle: Broker | ((request: Request) => Response | Promise<Response>)) =>
  getRequestListener(handle, { overrideGlobalObjects: false });

/** As the README mounts it. */
const servers: Record<string, (broker: Broker) => RequestListener> = {
  'node:http': (broker) => {
    const handle = listener(broker);
    return (request, response) => {
      if (request.url?.startsWith('/auth/')) void handle(request, response);
      else response.end(elsewhere);
    };
  },
  Hono: (broker) => {
    const app = new Hono();
    app.all('/auth/*', (context) => broker(context.req.raw));
    app.get('/*', (context) => context.text(elsewhere));
    return listener(app.fetch);
  },
  Express: (broker) => {
    const app = express();
    app.all('/auth/{*path}', listener(broker));
    app.use(express.json());
    app.get('/{*path}', (_, response) => void response.send(elsewhere));
    return app;
  },
};

let server: Server | undefined;
afterEach(async () => {
  if (server !== undefined) await close(server);
  server = undefined;
});

it.each(Object.entries(servers))(
  'under %s a browser signs in, uses Act-On and signs out',
  async (_, mount) => {
    server = createServer();
    const origin = await listen(server);
    const redirectUri = `${origin}/auth/callback`;
    const emulator = createEmulator({
      redirectUris: [redirectUri],
      users: [ada, bob],
      autoConsent: ada.username,
      apiLimits: null,
    });
    const { id: clientId, secret: clientSecret } = emulator.client;
    const endpoint = actOnEndpoint({ clientId, clientSecret, fetch: emulator.fetch });
    server.on(
      'request',
      mount(createBroker({ endpoint, store: memoryStore(), redirectUri, sessionSecret })),
    );
    const browser = createBrowser(
      httpHandler(origin),
      (url) => emulator.fetch(url, { redirect: 'manual' }),
      origin,
    );

    expect((await browser.send('/lists')).text).toBe(elsewhere);
    expect(await browser.open('/auth/login?returnTo=/lists')).toMatchObject({
      url: `${origin}/lists`,
    });
    const body = JSON.stringify({ 'E-mail Address': 'grace@example.test' });
    const headers = { 'content-type': 'application/json' };
    expect(
      (await browser.ask('/auth/api/api/1/list/l-0001/record', { method: 'POST', body, headers }))
        .status,
    ).toBe(200);
    expect(
      (await browser.ask('/auth/api/api/1/list/l-0001/record', { method: 'PUT', body, headers }))
        .status,
    ).toBeLessThan(500);
    expect((await browser.ask('/auth/api/api/1/list', { method: 'HEAD' })).text).toBe('');
    expect((await browser.send('/auth/logout', { method: 'POST' })).status).toBe(403);
    expect((await browser.ask('/auth/logout', { method: 'POST' })).status).toBe(204);
    expect(JSON.parse((await browser.ask('/auth/session')).text)).toMatchObject({ active: false });
  },
);
