import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createBroker } from '@act-on-token/broker';
import { actOnEndpoint } from '@act-on-token/core';
import type { ServedEmulator } from '@act-on-token/emulator';
import { memoryStore } from '@act-on-token/memory';
import { getRequestListener, type HttpBindings } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import { type SkippableClock, skippableClock } from '../../quick-start/skippable-clock.ts';
import { serveActOn } from './act-on.ts';
import { demoRoutes } from './demo-routes.ts';

export interface DemoServer {
  /** Where the app is: `http://localhost:<port>`. */
  readonly url: string;
  /** The Act-On behind it. */
  readonly actOn: ServedEmulator;
  close(): Promise<void>;
}

/**
 * Serves the app from the folder into which it was built, with its broker and an Act-On of its own,
 * on free ports of this machine.
 */
export async function serveDemo(
  folder: string,
  clock: SkippableClock = skippableClock(),
): Promise<DemoServer> {
  const server = createServer();
  // Its port must be known first: it is part of the redirect URI that Act-On knows.
  const url = `http://localhost:${await listen(server)}`;
  const redirectUri = `${url}/auth/callback`;
  const actOn = await serveActOn(redirectUri, clock);

  // From here to the handler of /auth is all that an app writes.
  const broker = createBroker({
    endpoint: actOnEndpoint({
      clientId: actOn.client.id,
      clientSecret: actOn.client.secret,
      baseUrl: actOn.url,
    }),
    store: memoryStore({ now: () => clock.now() }),
    redirectUri,
    sessionSecret: randomBytes(32).toString('base64'),
    clock,
  });
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.all('/auth/*', (context) => broker(context.req.raw));
  app.route('/demo', demoRoutes(actOn, clock));
  app.use(
    secureHeaders({
      contentSecurityPolicy,
      permissionsPolicy,
      xFrameOptions: 'DENY',
      strictTransportSecurity: false,
    }),
  );
  app.use(serveStatic({ root: folder }));

  server.on('request', getRequestListener(app.fetch, { overrideGlobalObjects: false }));
  return {
    url,
    actOn,
    async close() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
      await broker.close();
      await actOn.close();
    },
  };
}

/**
 * Nothing from elsewhere, nothing inline, and in no frame. Over https it also takes
 * `strictTransportSecurity`, which is the default.
 */
const contentSecurityPolicy = {
  defaultSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'self'"],
  frameAncestors: ["'none'"],
  objectSrc: ["'none'"],
};
const permissionsPolicy = { camera: [], geolocation: [], microphone: [], payment: [], usb: [] };

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
