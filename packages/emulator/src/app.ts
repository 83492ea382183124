import { type Context, Hono } from 'hono';
import { cors } from 'hono/cors';
import { getAccount } from './api/account.ts';
import { type ApiCall, guard } from './api/guard.ts';
import { getList, getLists } from './api/lists.ts';
import { sendMessage } from './api/messages.ts';
import { insertRecord, upsertRecord } from './api/records.ts';
import { decideConsent, signIn, startAuthorization } from './authorize/authorize.ts';
import type { EmulatedActOn } from './emulated-act-on.ts';
import { gatewayError } from './gateway.ts';
import type { ReceivedRequest } from './received-request.ts';
import { answerToken } from './token/token-endpoint.ts';

type Env = { Bindings: { readonly received: ReceivedRequest } };
export type App = Hono<Env>;

/** Act-On's routes. What goes wrong on the way to them is not known here. */
export function createApp(actOn: EmulatedActOn): App {
  const app: App = new Hono<Env>();
  const answersCors = cors({
    origin: (origin) => (actOn.switches.cors.includes(origin) ? origin : null),
    allowHeaders: ['authorization', 'content-type'],
  });
  // Never on /authorize: RFC 9700 §2.6.
  for (const path of ['/token', '/api/*']) {
    app.use(path, (context, next) =>
      actOn.switches.cors.length > 0 ? answersCors(context, next) : next(),
    );
  }
  app.all('/token', (context) => answerToken(actOn, context.env.received));
  app.get('/authorize', (context) => startAuthorization(actOn, context.env.received));
  app.post('/authorize/login', (context) => signIn(actOn, context.env.received));
  app.post('/authorize/consent', (context) => decideConsent(actOn, context.env.received));
  addApi(app, actOn);
  app.notFound(() => gatewayError(actOn, 404, 'No resources match requested URI'));
  // A failure of the emulator itself must not look like one of Act-On's.
  app.onError((error) => {
    throw error;
  });
  return app;
}

function addApi(app: App, actOn: EmulatedActOn): void {
  const to = (handler: (call: ApiCall) => Response) => (context: Context<Env>) =>
    guard(actOn, context.env.received, (name) => context.req.param(name) ?? '', handler);
  app.get('/api/1/account', to(getAccount));
  app.get('/api/1/list', to(getLists));
  app.get('/api/1/list/:id', to(getList));
  app.post('/api/1/list/:id/record', to(insertRecord));
  app.put('/api/1/list/:id/record', to(upsertRecord));
  app.post('/api/1/message/:id/send', to(sendMessage));
}
