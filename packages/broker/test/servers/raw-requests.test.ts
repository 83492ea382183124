import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { createBroker } from '@act-on-token/broker';
import { actOnEndpoint } from '@act-on-token/core';
import { createEmulator, type Emulator } from '@act-on-token/emulator';
import { memoryStore } from '@act-on-token/memory';
import { getRequestListener } from '@hono/node-server';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import { close, listen } from '../support/act-on.ts';
import { type Browser, createBrowser } from '../support/browser.ts';
import { httpHandler } from '../support/http-handler.ts';
import { ada, sessionSecret } from '../support/world.ts';

/**
 * What cannot be said with `fetch`: requests as bytes, to a server of Node's with the adapter that
 * the README names.
 */
interface RawAttack {
  readonly name: string;
  /** The first status that comes back. */
  readonly status: number;
  /** `{cookie}` and `{host}` stand for the victim's. */
  readonly bytes: string;
  readonly also?: (answer: string) => void;
}

const good = 'Host: {host}\r\nCookie: {cookie}\r\nX-Act-On-Broker: 1\r\nOrigin: http://{host}\r\n';
const noSecondAnswer = (answer: string): void =>
  expect(answer.match(/^HTTP\/1\.1 /gm)).toHaveLength(1);
const isOurRedirect = (answer: string): void => {
  const [, location = ''] = /^location: (.*)$/im.exec(answer) ?? [];
  expect(location).toMatch(/^https:\/\/api\.actonsoftware\.com\/authorize\?/);
  expect(new URL(location).searchParams.get('redirect_uri')).toMatch(
    /^http:\/\/127\.0\.0\.1:\d+\/auth\/callback$/,
  );
  expect(answer).not.toContain('evil');
};
const smuggled =
  'POST /auth/logout HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\nX-Act-On-Broker: 1\r\nOrigin: http://{host}\r\nContent-Length: 0\r\n\r\n';

const attacks: readonly RawAttack[] = [
  {
    name: 'Transfer-Encoding and Content-Length',
    status: 400,
    bytes: `POST /auth/api/api/1/list HTTP/1.1\r\n${good}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}`,
    also: noSecondAnswer,
  },
  {
    name: 'two Content-Lengths',
    status: 400,
    bytes: `POST /auth/api/api/1/list HTTP/1.1\r\n${good}Content-Length: 0\r\nContent-Length: 5\r\n\r\n`,
    also: noSecondAnswer,
  },
  {
    name: 'Transfer-Encoding: chunked, identity',
    status: 400,
    bytes: `POST /auth/api/api/1/list HTTP/1.1\r\n${good}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n`,
    also: noSecondAnswer,
  },
  {
    name: 'Transfer-Encoding: xchunked',
    status: 400,
    bytes: `POST /auth/api/api/1/list HTTP/1.1\r\n${good}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`,
    also: noSecondAnswer,
  },
  {
    name: 'a header name with a blank before the colon',
    status: 400,
    bytes: `POST /auth/api/api/1/list HTTP/1.1\r\n${good}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`,
    also: noSecondAnswer,
  },
  {
    name: 'a line break in a header',
    status: 400,
    bytes: `GET /auth/session HTTP/1.1\r\n${good}X-A: b\nTransfer-Encoding: chunked\r\rX: y\r\n\r\n`,
    also: noSecondAnswer,
  },
  {
    name: 'a request in the body of a GET',
    status: 200,
    bytes: `GET /auth/session HTTP/1.1\r\n${good}Content-Length: {length}\r\nConnection: close\r\n\r\n${smuggled}`,
    also: noSecondAnswer,
  },
  {
    name: 'headers of 20 kB',
    status: 431,
    bytes: `GET /auth/session HTTP/1.1\r\n${good}X-Filler: ${'x'.repeat(20_000)}\r\n\r\n`,
  },
  {
    name: 'absolute-form URL of another host',
    status: 302,
    bytes: `GET http://evil.example/auth/login?another=1 HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
    also: isOurRedirect,
  },
  {
    name: 'Host: evil.example',
    status: 302,
    bytes: 'GET /auth/login?another=1 HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n',
    also: isOurRedirect,
  },
  { name: 'no Host', status: 400, bytes: 'GET /auth/login HTTP/1.1\r\nConnection: close\r\n\r\n' },
  {
    name: 'a path that begins with two slashes',
    status: 404,
    bytes: `GET //evil.example/auth/session HTTP/1.1\r\n${good}Connection: close\r\n\r\n`,
  },
  {
    name: 'a path with a backslash',
    status: 400,
    bytes: `GET /auth/api/api/1/..\\..\\token HTTP/1.1\r\n${good}Connection: close\r\n\r\n`,
  },
  {
    name: 'dots up to the token endpoint',
    status: 403,
    bytes: `GET /auth/api/api/1/../../token HTTP/1.1\r\n${good}Connection: close\r\n\r\n`,
  },
  {
    name: 'dots out of the broker',
    status: 404,
    bytes: `GET /auth/api/../../token HTTP/1.1\r\n${good}Connection: close\r\n\r\n`,
  },
  {
    name: 'encoded dots',
    status: 403,
    bytes: `GET /auth/api/api/1/%2e%2e/%2E%2E/token HTTP/1.1\r\n${good}Connection: close\r\n\r\n`,
  },
  {
    name: 'Connection: close, X-Act-On-Broker',
    status: 400,
    bytes: `GET /auth/session HTTP/1.1\r\n${good}Connection: close, X-Act-On-Broker\r\n\r\n`,
  },
  {
    name: 'the custom header twice',
    status: 403,
    bytes: `GET /auth/session HTTP/1.1\r\n${good}X-Act-On-Broker: 1\r\nConnection: close\r\n\r\n`,
  },
  {
    name: 'the Origin twice',
    status: 403,
    bytes: `POST /auth/logout HTTP/1.1\r\n${good}Origin: http://evil.example\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
  },
  {
    name: 'X-HTTP-Method-Override: POST',
    status: 400,
    bytes: `GET /auth/logout HTTP/1.1\r\n${good}X-HTTP-Method-Override: POST\r\nConnection: close\r\n\r\n`,
  },
  {
    name: 'TRACE',
    status: 405,
    bytes: `TRACE /auth/session HTTP/1.1\r\n${good}Connection: close\r\n\r\n`,
  },
];

const table: string[] = [];
afterAll(() => console.log(['attack as bytes | answer', '--- | ---', ...table].join('\n')));

describe('an attack with bytes', () => {
  let [server, emulator, browser, host]: [Server, Emulator, Browser, string] = [] as never;

  beforeEach(async () => {
    server = createServer();
    const origin = await listen(server);
    host = new URL(origin).host;
    const redirectUri = `${origin}/auth/callback`;
    emulator = createEmulator({
      redirectUris: [redirectUri],
      users: [ada],
      autoConsent: ada.username,
      apiLimits: null,
    });
    const { id: clientId, secret: clientSecret } = emulator.client;
    const endpoint = actOnEndpoint({ clientId, clientSecret, fetch: emulator.fetch });
    const broker = createBroker({ endpoint, store: memoryStore(), redirectUri, sessionSecret });
    server.on('request', getRequestListener(broker, { overrideGlobalObjects: false }));
    browser = createBrowser(
      httpHandler(origin),
      (url) => emulator.fetch(url, { redirect: 'manual' }),
      origin,
    );
    await browser.open('/auth/login?returnTo=/lists');
  });
  afterEach(() => close(server));

  it.each(attacks)('$name: $status', async ({ name, status, bytes, also }) => {
    const answer = await send(bytes);
    expect(Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1])).toBe(status);
    also?.(answer);
    expect(JSON.parse((await browser.ask('/auth/session')).text)).toMatchObject({
      active: true,
      account: { name: ada.username },
    });
    expect(emulator.ledger.counters().grants).toMatchObject({
      authorization_code: { sent: 1 },
      refresh_token: { sent: 0 },
    });
    table.push(`${name} | ${status}`);
  });

  /** Everything that comes back until the server hangs up, as it does after all of these. */
  async function send(bytes: string): Promise<string> {
    const cookie = [...browser.jar]
      .map(([cookieName, { value }]) => `${cookieName}=${value}`)
      .join('; ');
    const filled = (text: string) => text.replaceAll('{host}', host).replaceAll('{cookie}', cookie);
    const socket = connect(Number(host.split(':')[1]), '127.0.0.1');
    let text = '';
    socket
      .on('error', () => {})
      .on('data', (data) => {
        text += data.toString('latin1');
      });
    socket.write(filled(bytes.replace('{length}', String(filled(smuggled).length))));
    // A server that waits for more would never hang up.
    socket.setTimeout(20_000, () => socket.destroy());
    await once(socket, 'close');
    return text;
  }
});
