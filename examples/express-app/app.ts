import type { Broker } from '@act-on-token/broker';
import { isActOnTokenError } from '@act-on-token/core';
import { getRequestListener } from '@hono/node-server';
import express, { type ErrorRequestHandler, type Express, type Response } from 'express';

/** An app with the broker under /auth, whose own routes call Act-On as the person who asks. */
export function createApp(broker: Broker): Express {
  const app = express().disable('x-powered-by');
  // Before body parsers, and by all() rather than use(), which would strip the prefix.
  app.all('/auth/{*path}', getRequestListener(broker, { overrideGlobalObjects: false }));
  app.use(express.json());

  app.get('/', (_, response) => {
    response.type('html').send(page);
  });

  app.get('/lists', async (request, response) => {
    const { session, headers, loginUrl } = await broker.session(request);
    sendOn(headers, response);
    if (session === null) return response.redirect(303, loginUrl('/lists'));
    const answer = await session.fetch('/api/1/list?listingtype=CONTACT_LIST');
    response.status(answer.status).json(await answer.json());
  });

  app.post('/lists/:id/contacts', async (request, response) => {
    const { session, headers } = await broker.session(request);
    sendOn(headers, response);
    if (session === null) return void response.sendStatus(401);
    const path = `/api/1/list/${encodeURIComponent(request.params.id)}/record`;
    const answer = await session.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request.body),
    });
    response.status(answer.status).json(await answer.json());
  });

  app.post('/sign-out', async (request, response) => {
    const { session, headers } = await broker.session(request);
    await session?.signOut();
    sendOn(headers, response);
    response.sendStatus(204);
  });

  app.use(refuse);
  return app;
}

/** The renewed cookie, if there is one, and that no cache keeps the answer. */
function sendOn(headers: Headers, response: Response): void {
  for (const [name, value] of headers) response.append(name, value);
}

/** A message of these is made to be shown: it says what to do, and never a secret. */
const refuse: ErrorRequestHandler = (error, _request, response, next) => {
  if (!isActOnTokenError(error)) return next(error);
  const { code, message, retryAt, needsGrant } = error;
  if (retryAt !== null)
    response.set('retry-after', `${Math.max(1, Math.ceil((retryAt - Date.now()) / 1_000))}`);
  response.status(needsGrant ? 401 : 503).json({ code, message });
};

/** Open to all: the first page after a sign-in is asked for by a link of Act-On, without a cookie. */
const page = `<!doctype html>
<html lang="en">
  <head><meta charset="utf-8"><title>Contact lists</title></head>
  <body><main><h1>Contact lists</h1><a href="/lists">Show them</a></main></body>
</html>
`;
