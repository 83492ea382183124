import { createServer as createHttpServer, request as httpRequest } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer as createTcpServer, type Server } from 'node:net';
import { actOnEndpoint, createSession, type Fetch, type Session } from '@act-on-token/core';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { actOnKy } from '@act-on-token/ky';
import { memoryStore } from '@act-on-token/memory';
import FormDataPackage from 'form-data';
// @ts-expect-error It brings no types.
import nodeFetch2 from 'node-fetch-2';
import nodeFetch3 from 'node-fetch-3';
import { createProxy, type ProxyServer } from 'proxy';
import { ProxyAgent, fetch as undiciFetch } from 'undici';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { listen as listenWith } from '../../support/listen.ts';
import { type Certificates, makeCertificates } from '../certificates.ts';

let certificates: Certificates;
let emulator: ServedEmulator;
const closing: (() => unknown)[] = [];

beforeAll(async () => {
  certificates = await makeCertificates();
});
beforeEach(async () => {
  emulator = await serveEmulator({ apiLimits: null });
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  await emulator.close();
});

async function listen(server: Server): Promise<number> {
  const { port, close } = await listenWith(server);
  closing.push(close);
  return port;
}

/** The emulator behind TLS, as Act-On is. */
async function behindTls(): Promise<string> {
  const { port: to } = new URL(emulator.url);
  const server = createHttpsServer(certificates.good, (incoming, response) => {
    const { method, url, headers } = incoming;
    incoming.pipe(
      httpRequest({ host: '127.0.0.1', port: to, method, path: url, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.headers);
        answer.pipe(response);
      }).on('error', () => response.destroy()),
    );
  });
  return `https://localhost:${await listen(server)}`;
}

function sessionOver(fetch: unknown, baseUrl = emulator.url): Session {
  const { client, user } = emulator;
  const endpoint = actOnEndpoint({
    clientId: client.id,
    clientSecret: client.secret,
    baseUrl,
    fetch: fetch as Fetch,
  });
  const session = createSession({
    endpoint,
    account: user.username,
    store: memoryStore(),
    minRefreshInterval: 0,
  });
  closing.push(() => session.close());
  return session;
}

const signIn = (session: Session): Promise<void> =>
  session.authorize({ type: 'password', ...emulator.user });

describe("undici's fetch through a proxy", () => {
  let proxy: ProxyServer;
  let through: string[];
  let dispatcher: ProxyAgent;

  beforeEach(async () => {
    proxy = createProxy(createHttpServer());
    through = [];
    proxy.on('connect', ({ url }: { url?: string }) => through.push(url ?? ''));
    const uri = `http://127.0.0.1:${await listen(proxy)}`;
    dispatcher = new ProxyAgent({ uri, requestTls: { ca: certificates.authority } });
    closing.push(() => dispatcher.destroy());
  });

  const fetch: Fetch = (input, init) =>
    undiciFetch(input as string, {
      ...(init as object),
      dispatcher,
    }) as unknown as Promise<Response>;

  it('signs in, refreshes, and calls the API with texts, Requests and ky', async () => {
    const url = await behindTls();
    const session = sessionOver(fetch, url);
    await signIn(session);
    expect((await session.fetch('/api/1/account')).status).toBe(200);
    emulator.faults.arm({ route: 'api', kind: 'unauthorized' });
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ 'E-mail Address': 'grace@example.test' });
    const request = new Request(`${url}/api/1/list/l-0001/record`, {
      method: 'POST',
      headers,
      body,
    });
    expect((await session.fetch(request)).status).toBe(200);
    expect(emulator.ledger.counters().grants.refresh_token.sent).toBe(1);
    const api = actOnKy(session);
    expect(await api.get('api/1/list').json()).toMatchObject({ totalCount: 3 });
    expect(
      await api.post('api/1/list/l-0001/record', { json: JSON.parse(body) }).json(),
    ).toMatchObject({ status: 'success' });
    expect(new Set(through)).toEqual(new Set([new URL(url).host]));
  });

  it.each([401, 403, 407, 502, 503])(
    'knows that nothing was sent if the proxy answers %i',
    async (status) => {
      proxy.removeAllListeners('connect');
      proxy.on('connect', (_request, socket) =>
        socket.end(`HTTP/1.1 ${status} No\r\ncontent-length: 0\r\n\r\n`),
      );
      await expect(signIn(sessionOver(fetch, await behindTls()))).rejects.toMatchObject({
        code: 'not_sent',
      });
      expect(emulator.ledger.counters().grants.password.sent).toBe(0);
    },
  );

  it.each(['end', 'resetAndDestroy'] as const)(
    'knows that nothing was sent if the proxy hangs up: %s',
    async (how) => {
      const port = await listen(
        createTcpServer(
          (socket) => void socket.on('error', () => {}).once('data', () => socket[how]()),
        ),
      );
      dispatcher = new ProxyAgent({
        uri: `http://127.0.0.1:${port}`,
        requestTls: { ca: certificates.authority },
      });
      await expect(signIn(sessionOver(fetch, await behindTls()))).rejects.toMatchObject({
        code: 'not_sent',
      });
    },
  );

  it('knows that nothing was sent if there is no proxy, or nothing behind it', async () => {
    const url = await behindTls();
    await closing.pop()?.();
    await expect(signIn(sessionOver(fetch, url))).rejects.toMatchObject({ code: 'not_sent' });
    proxy.close();
    await expect(signIn(sessionOver(fetch, await behindTls()))).rejects.toMatchObject({
      code: 'not_sent',
    });
  });

  it('does not know what became of a request whose tunnel breaks after it', async () => {
    emulator.faults.arm({ route: 'token', kind: 'drop_after' });
    await expect(signIn(sessionOver(fetch, await behindTls()))).rejects.toMatchObject({
      code: 'outcome_unknown',
    });
    expect(emulator.ledger.counters().grants.password.sent).toBe(1);
  });
});

describe.each<[string, unknown]>([
  ['node-fetch 2', nodeFetch2],
  ['node-fetch 3', nodeFetch3],
])('%s', (_, fetch) => {
  it('signs in, refreshes, and calls the API with texts, Requests and ky', async () => {
    const session = sessionOver(fetch);
    await signIn(session);
    emulator.faults.arm({ route: 'api', kind: 'unauthorized' });
    const body = JSON.stringify({ 'E-mail Address': 'grace@example.test' });
    const request = new Request(`${emulator.url}/api/1/list/l-0001/record`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    expect((await session.fetch(request)).status).toBe(200);
    expect(emulator.ledger.counters().grants.refresh_token.sent).toBe(1);
    expect((await session.fetch('/api/1/account')).status).toBe(200);
  });

  it('brings refusals in words', async () => {
    const session = sessionOver(fetch);
    const wrong = session.authorize({
      type: 'password',
      username: emulator.user.username,
      password: 'wrong',
    });
    await expect(wrong).rejects.toMatchObject({
      code: 'grant_rejected',
      message: expect.stringContaining('Wrong email or password.'),
    });
  });

  it('hands over the 401 of a form of the package form-data, which is a stream', async () => {
    const session = sessionOver(fetch);
    await signIn(session);
    emulator.faults.arm({ route: 'api', kind: 'unauthorized' });
    const form = new FormDataPackage();
    form.append('name', 'Grace');
    const response = await session.fetch('/api/1/list', {
      method: 'POST',
      body: form as unknown as FormData,
      headers: form.getHeaders(),
    });
    expect(response.status).toBe(401);
    expect(emulator.ledger.counters().apiCalls).toBe(1);
  });

  it('is distinguished: nothing was sent, or no one knows', async () => {
    const { url } = emulator;
    const session = sessionOver(fetch);
    for (const kind of ['drop_before', 'drop_after'] as const)
      emulator.faults.arm({ route: 'token', kind });
    await expect(signIn(session)).rejects.toMatchObject({ code: 'outcome_unknown' });
    await emulator.close();
    await expect(signIn(sessionOver(fetch, url))).rejects.toMatchObject({ code: 'not_sent' });
  });

  it('knows a handshake that failed', async () => {
    const hangsUp = await listen(
      createTcpServer(
        (socket) => void socket.on('error', () => {}).once('data', () => socket.end()),
      ),
    );
    await expect(signIn(sessionOver(fetch, `https://localhost:${hangsUp}`))).rejects.toMatchObject({
      code: 'not_sent',
    });
    const speaksHttp = await listen(createHttpServer());
    await expect(
      signIn(sessionOver(fetch, `https://localhost:${speaksHttp}`)),
    ).rejects.toMatchObject({ code: 'not_sent' });
    // The authority is not known here.
    await expect(signIn(sessionOver(fetch, await behindTls()))).rejects.toMatchObject({
      code: 'not_sent',
    });
  });
});
