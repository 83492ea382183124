import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { actOnEndpoint, createSession, type Session } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import { onTestFinished } from 'vitest';

/** A request as it came in, before anything of this project had a look at it. */
export interface Received {
  readonly method: string;
  readonly url: string;
  readonly type: string;
  readonly authorization: string;
  readonly body: Buffer;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface PlainServer {
  readonly received: readonly Received[];
  readonly session: Session;
}

/**
 * A plain Node server with a token endpoint, and a session at it that is signed in. It answers API
 * calls with what `reply` returns; `null`: never.
 */
export async function plainServer(
  reply: (received: Received) => Reply | null = () => ({ body: '{}' }),
): Promise<PlainServer> {
  const received: Received[] = [];
  let tokens = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    if (request.url === '/token') {
      tokens += 1;
      response.setHeader('content-type', 'application/json');
      response.end(
        `{"access_token":"secret-access-${tokens}","refresh_token":"secret-refresh-${tokens}","expires_in":3600}`,
      );
      return;
    }
    const { method = '', url = '', headers } = request;
    const { 'content-type': type = '', authorization = '' } = headers;
    const one = { method, url, type, authorization, body: Buffer.concat(chunks) };
    received.push(one);
    const answer = reply(one);
    if (answer === null) return;
    response.writeHead(answer.status ?? 200, {
      'content-type': 'application/json',
      ...answer.headers,
    });
    response.end(answer.body ?? '');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const endpoint = actOnEndpoint({
    clientId: 'client',
    clientSecret: 'secret',
    baseUrl: `http://127.0.0.1:${port}`,
  });
  // A 401 replaces even a token that was issued a moment ago.
  const session = createSession({
    endpoint,
    account: 'ada',
    store: memoryStore(),
    minRefreshInterval: 0,
  });
  await session.authorize({ type: 'password', username: 'ada', password: 'x' });
  return { received, session };
}
