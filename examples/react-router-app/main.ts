// Serves what `npm run build` made.
import { once } from 'node:events';
import type { Server } from 'node:http';
import { serve } from '@hono/node-server';
import { serveStatic } from '@hono/node-server/serve-static';
import { Hono } from 'hono';
import { createRequestHandler, type ServerBuild } from 'react-router';

const built = new URL('build/server/index.js', import.meta.url);
const handle = createRequestHandler((await import(built.href)) as ServerBuild, 'production');

const app = new Hono();
app.use('/assets/*', serveStatic({ root: 'build/client' }));
app.all('*', ({ req }) => handle(req.raw));

const server = serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 3000) }, () =>
  console.log(`${process.env.APP_URL} shows the app.`),
) as Server;
await Promise.race([once(process, 'SIGTERM'), once(process, 'SIGINT')]);
server.close();
server.closeIdleConnections();
