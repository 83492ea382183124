import 'reflect-metadata';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Broker, RequestLike } from '@act-on-token/broker';
import { getRequestListener } from '@hono/node-server';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { Elysia } from 'elysia';
import express from 'express';
import Fastify, { type FastifyInstance } from 'fastify';
import { H3 } from 'h3';
import { toNodeHandler } from 'h3/node';
import { Hono } from 'hono';
import Koa from 'koa';
import { createRequestHandler, type ServerBuild } from 'react-router';
import { nextApp } from './next-mount.ts';

type Handle = Broker | ((request: Request) => Response | Promise<Response>);

export const listener = (handle: Handle): ReturnType<typeof getRequestListener> =>
  getRequestListener(handle, { overrideGlobalObjects: false });

const elsewhere = 'a page of the app';

/** `GET /me`: what the app's own server code learns, with the headers to send on. */
async function me(
  broker: Broker,
  request: RequestLike,
): Promise<{ body: string; headers: Headers }> {
  const { session, headers } = await broker.session(request);
  const answer = await session?.fetch('/api/1/account');
  const { user_email = null } = ((await answer?.json()) ?? {}) as { user_email?: string };
  headers.set('content-type', 'application/json');
  return { body: JSON.stringify({ email: user_email }), headers };
}

const respond = async (broker: Broker, request: Request): Promise<Response> => {
  const { body, headers } = await me(broker, request);
  return new Response(body, { headers });
};

/** For frameworks over Node's own response. */
async function send(broker: Broker, request: RequestLike, response: ServerResponse): Promise<void> {
  const { body, headers } = await me(broker, request);
  for (const [name, value] of headers) response.appendHeader(name, value);
  response.end(body);
}

const isOurs = (path: string | undefined): boolean => path?.startsWith('/auth/') === true;

/** One way to mount a broker. What is not there cannot be done wrong in that framework. */
export interface Mount {
  /** As the README has it. */
  readonly right: (broker: Broker) => RequestListener | Promise<RequestListener>;
  /** Behind something that reads bodies. */
  readonly parsed?: Mount['right'];
  /** So that the prefix is gone when the broker is asked. */
  readonly stripped?: Mount['right'];
  /** A framework that takes slashes away unless it adds them: set to add them. */
  readonly slashing?: Mount['right'];
}

async function nest(
  use: (app: NestExpressApplication) => void,
  bodyParser: boolean,
): Promise<RequestListener> {
  class App {}
  Module({})(App);
  const app = await NestFactory.create<NestExpressApplication>(App, { bodyParser, logger: false });
  use(app);
  await app.init();
  return app.getHttpAdapter().getInstance() as RequestListener;
}

const reactRouter = (
  routes: Record<
    string,
    [path: string, handle: (request: Request) => Response | Promise<Response>]
  >,
): RequestListener => {
  const build = {
    entry: { module: { default: () => new Response(elsewhere) } },
    routes: Object.fromEntries(
      Object.entries(routes).map(([id, [path, handle]]) => [
        id,
        {
          id,
          path,
          module: {
            loader: ({ request }: { request: Request }) => handle(request),
            action: ({ request }: { request: Request }) => handle(request),
          },
        },
      ]),
    ),
    assets: { entry: { imports: [], module: '' }, routes: {}, url: '', version: '' },
    publicPath: '/',
    assetsBuildDirectory: '',
    future: {},
    ssr: true,
    isSpaMode: false,
    prerender: [],
    routeDiscovery: { mode: 'initial', manifestPath: '/__manifest' },
  } as unknown as ServerBuild;
  const handle = createRequestHandler(build, 'production');
  return listener((request: Request) => handle(request));
};

async function fastify(
  scoped: boolean,
  mount: (raw: IncomingMessage) => void,
  broker: Broker,
): Promise<RequestListener> {
  const app = Fastify();
  const handle = listener(broker);
  await app.register(async (scope: FastifyInstance) => {
    if (scoped) {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', (_request, _body, done) => done(null));
    }
    scope.all('/auth/*', (request, reply) => {
      reply.hijack();
      mount(request.raw);
      return handle(request.raw, reply.raw);
    });
  });
  app.get('/me', async (request, reply) => {
    const { body, headers } = await me(broker, request);
    return reply.headers(Object.fromEntries(headers)).send(body);
  });
  app.get('/*', () => elsewhere);
  await app.ready();
  return (request, response) => app.routing(request, response);
}

/** With `auth` in `app/auth/[...path]/route.ts`. */
const nextMount =
  (auth: (broker: Broker) => Handle, env: Record<string, string> = {}): Mount['right'] =>
  (broker) =>
    nextApp(env, {
      auth: auth(broker),
      me: (request) => respond(broker, request),
      rest: () => new Response(elsewhere),
    });

const without = (incoming: { url?: string | undefined }): void => {
  incoming.url = incoming.url?.replace('/auth', '') ?? '';
};

export const mounts: Readonly<Record<string, Mount>> = {
  'node:http': {
    right: (broker) => {
      const handle = listener(broker);
      return (request, response) => {
        if (isOurs(request.url)) void handle(request, response);
        else if (request.url === '/me') void send(broker, request, response);
        else response.end(elsewhere);
      };
    },
    parsed: (broker) => {
      const handle = listener(broker);
      return async (request, response) => {
        for await (const _ of request);
        await handle(request, response);
      };
    },
    stripped: (broker) => {
      const handle = listener(broker);
      return (request, response) => {
        without(request);
        void handle(request, response);
      };
    },
  },
  Hono: {
    right: (broker) => {
      const app = new Hono();
      app.all('/auth/*', (context) => broker(context.req.raw));
      app.get('/me', (context) => respond(broker, context.req.raw));
      app.get('/*', (context) => context.text(elsewhere));
      return listener(app.fetch);
    },
    parsed: (broker) => {
      const app = new Hono();
      app.use(async (context, next) => {
        await context.req.text();
        await next();
      });
      app.all('/auth/*', (context) => broker(context.req.raw));
      return listener(app.fetch);
    },
    stripped: (broker) => listener(new Hono().mount('/auth', (request) => broker(request)).fetch),
  },
  Express: {
    right: (broker) => {
      const app = express();
      app.all('/auth/{*path}', listener(broker));
      app.use(express.json());
      app.get('/me', (request, response) => send(broker, request, response));
      app.get('/{*path}', (_, response) => void response.send(elsewhere));
      return app;
    },
    parsed: (broker) => {
      const app = express();
      app.use(express.json());
      app.all('/auth/{*path}', listener(broker));
      return app;
    },
    stripped: (broker) => express().use('/auth', listener(broker)),
  },
  Fastify: {
    right: (broker) => fastify(true, () => {}, broker),
    parsed: (broker) => fastify(false, () => {}, broker),
    stripped: (broker) => fastify(true, without, broker),
  },
  Koa: {
    right: (broker) => {
      const app = new Koa();
      const handle = listener(broker);
      app.use(async (context, next) => {
        if (!isOurs(context.path)) return next();
        context.respond = false;
        await handle(context.req, context.res);
      });
      app.use(async (context) => {
        if (context.path !== '/me') {
          context.body = elsewhere;
          return;
        }
        const { body, headers } = await me(broker, context.req);
        context.set(Object.fromEntries(headers));
        context.body = body;
      });
      return app.callback();
    },
    parsed: (broker) => {
      const app = new Koa();
      const handle = listener(broker);
      app.use(async (context) => {
        for await (const _ of context.req);
        context.respond = false;
        await handle(context.req, context.res);
      });
      return app.callback();
    },
    stripped: (broker) => {
      const app = new Koa();
      const handle = listener(broker);
      app.use(async (context) => {
        context.url = context.url.replace('/auth', '');
        context.respond = false;
        await handle(context.req, context.res);
      });
      return app.callback();
    },
  },
  h3: {
    right: (broker) => {
      const app = new H3();
      app.all('/auth/**', (event) => broker(event.req));
      app.get('/me', (event) => respond(broker, event.req));
      app.get('/**', () => elsewhere);
      return toNodeHandler(app) as RequestListener;
    },
    parsed: (broker) => {
      const app = new H3();
      app.use(async (event) => {
        await event.req.text();
      });
      app.all('/auth/**', (event) => broker(event.req));
      return toNodeHandler(app) as RequestListener;
    },
    stripped: (broker) =>
      toNodeHandler(
        new H3().mount('/auth', (request: Request) => broker(request)),
      ) as RequestListener,
  },
  Nest: {
    right: (broker) =>
      nest((app) => {
        const handle = listener(broker);
        app.use((request: IncomingMessage, response: ServerResponse, next: () => void) => {
          if (isOurs(request.url)) void handle(request, response);
          else next();
        });
        app.useBodyParser('json');
        app
          .getHttpAdapter()
          .get('/me', ((request: IncomingMessage, response: ServerResponse) =>
            send(broker, request, response)) as never);
        app
          .getHttpAdapter()
          .get(
            '/{*path}',
            ((_: IncomingMessage, response: ServerResponse) =>
              void response.end(elsewhere)) as never,
          );
      }, false),
    parsed: (broker) =>
      nest((app) => {
        const handle = listener(broker);
        app.useBodyParser('json');
        app.use(
          (request: IncomingMessage, response: ServerResponse) => void handle(request, response),
        );
      }, true),
    stripped: (broker) => nest((app) => void app.use('/auth', listener(broker)), false),
  },
  'React Router': {
    right: (broker) =>
      reactRouter({
        auth: ['auth/*', broker],
        me: ['me', (request: Request) => respond(broker, request)],
        all: ['*', () => new Response(elsewhere)],
      }),
    parsed: (broker) =>
      reactRouter({
        auth: [
          'auth/*',
          async (request: Request) => {
            await request.text();
            return broker(request);
          },
        ],
      }),
  },
  Elysia: {
    right: (broker) =>
      listener(
        new Elysia()
          .all('/auth/*', ({ request }) => broker(request), { parse: 'none' })
          // A path of one method goes before those of all methods, however general it is.
          .get('/auth/*', ({ request }) => broker(request))
          .get('/me', ({ request }) => respond(broker, request))
          .get('/*', () => elsewhere).fetch,
      ),
    parsed: (broker) =>
      listener(new Elysia().all('/auth/*', ({ request, body: _ }) => broker(request)).fetch),
    stripped: (broker) =>
      listener(new Elysia().mount('/auth', (request: Request) => broker(request)).fetch),
  },
  'Next.js': {
    right: nextMount((broker) => broker),
    slashing: nextMount((broker) => broker, { TRAILING_SLASH: '1' }),
    parsed: nextMount((broker) => async (request: Request) => {
      await request.text();
      return broker(request);
    }),
    stripped: (broker) => {
      const rest = (request: Request) => broker(request);
      return nextApp({ BASE_PATH: '/auth' }, { auth: rest, me: rest, rest });
    },
  },
};
