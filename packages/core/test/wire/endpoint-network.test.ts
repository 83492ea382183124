import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { actOnEndpoint, type Fetch, type TokenEndpoint } from '../../src/wire/endpoint.ts';
import type { Grant } from '../../src/wire/grant.ts';
import type { Outcome } from '../../src/wire/token-response.ts';

const client = { clientId: 'client-1', clientSecret: 'secret-canary' };
const refresh: Grant = { type: 'refresh_token', refreshToken: 'refresh-canary' };
const body = JSON.stringify({
  access_token: 'access-1',
  refresh_token: 'refresh-1',
  expires_in: 3600,
});
const unknown = { type: 'unknown', answered: false, retryAfter: null };
const patient = (): AbortSignal => new AbortController().signal;

const servers = new Set<Server>();
afterEach(async () => {
  await Promise.all([...servers].map(close));
  servers.clear();
});

/** A server on a free port of the loopback that has read a request before it answers. */
async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(
    (request, response) => void request.resume().on('end', () => answer(request, response)),
  );
  servers.add(server);
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function close(server: Server): Promise<unknown> {
  const closed = new Promise((done) => server.close(done));
  server.closeAllConnections();
  return closed;
}

const at = (baseUrl: string, fetch?: Fetch): TokenEndpoint =>
  actOnEndpoint({ ...client, baseUrl, ...(fetch && { fetch }) });
const send = (baseUrl: string, signal = patient()): Promise<Outcome> =>
  at(baseUrl).send(refresh, signal);

describe('over a real network', () => {
  it('a pair comes back', async () => {
    const url = await serve((_, response) => response.end(body));
    expect(await send(url)).toEqual({
      type: 'granted',
      accessToken: 'access-1',
      refreshToken: 'refresh-1',
      lifetime: 3_600_000,
    });
  });

  it.each([301, 302, 303, 307, 308])(
    'a redirect with status %i is not followed',
    async (status) => {
      const received: string[] = [];
      const elsewhere = await serve((request, response) => {
        received.push(request.url ?? '');
        response.end(body);
      });
      const url = await serve((_, response) =>
        response.writeHead(status, { location: `${elsewhere}/token` }).end(),
      );
      expect(await send(url)).toMatchObject({ type: 'unknown', answered: true });
      expect(received).toEqual([]);
    },
  );

  it('nothing was sent if the connection is refused', async () => {
    const url = await serve(() => {});
    await Promise.all([...servers].map(close));
    expect(await send(url)).toEqual({
      type: 'not_sent',
      detail: expect.stringMatching(/^no connection could be made \((ECONNREFUSED|Connect)\)$/),
    });
  });

  it('the outcome is unknown if the server hangs up before it answers', async () => {
    let requests = 0;
    const url = await serve((request) => {
      requests += 1;
      request.socket.destroy();
    });
    expect(await send(url)).toMatchObject({ type: 'unknown', answered: false });
    expect(requests).toBe(1);
  });

  it('the outcome is unknown if the server hangs up in the middle of its answer', async () => {
    const url = await serve((request, response) => {
      response
        .writeHead(200, { 'content-length': body.length })
        .write(body.slice(0, 40), () => request.socket.destroy());
    });
    expect(await send(url)).toMatchObject({ type: 'unknown', answered: true });
  });

  it.each<[string, Uint8Array | string]>([
    ['is cut', gzipSync(body).subarray(0, 30)],
    ['is none', body],
  ])('the outcome is unknown if the answer is said to be compressed and %s', async (_, bytes) => {
    const url = await serve((_request, response) =>
      response.writeHead(200, { 'content-encoding': 'gzip' }).end(bytes),
    );
    expect(await send(url)).toMatchObject({ type: 'unknown', answered: true });
  });

  it('nothing was sent if it was given up before', async () => {
    let requests = 0;
    const url = await serve((_, response) => {
      requests += 1;
      response.end(body);
    });
    expect(await send(url, AbortSignal.abort())).toEqual({
      type: 'not_sent',
      detail: 'it was given up before it was sent',
    });
    expect(await send(url)).toMatchObject({ type: 'granted' });
    expect(requests).toBe(1);
  });

  it('the outcome is unknown if it is given up before an answer comes', async () => {
    const giveUp = new AbortController();
    const url = await serve(() => giveUp.abort(new Error('refresh-canary')));
    expect(await send(url, giveUp.signal)).toEqual({
      ...unknown,
      detail: 'no answer came in time',
    });
  });

  it('the outcome is unknown if it is given up while the answer comes', async () => {
    const giveUp = new AbortController();
    const url = await serve((_, response) =>
      response.writeHead(200, { 'content-length': body.length }).write(body.slice(0, 40)),
    );
    const untilHeaders: Fetch = async (input, init) => {
      const response = await fetch(input, init);
      setImmediate(() => giveUp.abort());
      return response;
    };
    expect(await at(url, untilHeaders).send(refresh, giveUp.signal)).toMatchObject({
      type: 'unknown',
      answered: true,
    });
  });
});

const bunCodes = ['ConnectionRefused', 'FailedToOpenSocket', 'DNSException'];
const denoWords = [
  'tcp connect error: Connection refused (os error 111)',
  'dns error: Name or service not known',
];
const certificateCodes = [
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
];

const helloCodes = [
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE',
  'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
  'ERR_SSL_TLSV1_UNRECOGNIZED_NAME',
  'ERR_SSL_UNSUPPORTED_PROTOCOL',
  'ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL',
];
const recordCodes = [
  'ERR_SSL_BAD_RECORD_TYPE',
  'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
  'ERR_SSL_TLSV1_ALERT_INTERNAL_ERROR',
];
const beforeTls = 'Client network socket disconnected before secure TLS connection was established';
const openSsl = '40DC:error:0A000410:SSL routines:';
const requestTo = 'request to https://api.actonsoftware.com/token failed';
const timeout = { code: 'ETIMEDOUT', syscall: 'connect' };
const aggregate = (...errors: object[]): Error =>
  Object.assign(new AggregateError(errors), { code: 'ETIMEDOUT' });
function circular(): Error {
  const error = new TypeError('fetch failed');
  error.cause = error;
  return error;
}

describe('a fetch that rejects', () => {
  const failed = (cause: unknown): TypeError => new TypeError('fetch failed', { cause });
  const outcomeOf = (error: unknown): Promise<Outcome> =>
    at('http://localhost', () => Promise.reject(error)).send(refresh, patient());

  it.each<[string, unknown]>([
    ['no such host', failed({ code: 'ENOTFOUND', syscall: 'getaddrinfo' })],
    ['no answer of the name server', failed({ code: 'EAI_AGAIN', syscall: 'getaddrinfo' })],
    ['no connection in time', failed({ code: 'UND_ERR_CONNECT_TIMEOUT' })],
    ['no route while connecting', failed({ code: 'EHOSTUNREACH', syscall: 'connect' })],
    ['no network while connecting', failed({ code: 'ENETUNREACH', syscall: 'connect' })],
    ['all addresses refused', failed({ errors: [{ code: 'ECONNREFUSED' }] })],
    ['no address reached in time', failed(aggregate(timeout, timeout))],
    [
      'no address reached in time, and another refused',
      failed(aggregate(timeout, { code: 'ECONNREFUSED', syscall: 'connect' })),
    ],
    ['no connection in time, by itself', failed({ code: 'ETIMEDOUT', syscall: 'connect' })],
    ['a reset while connecting', failed({ code: 'ECONNRESET', syscall: 'connect' })],
    ['no file handle left', failed({ code: 'EMFILE', syscall: 'connect' })],
    ['a name that no resolver knows', failed({ code: 'ESERVFAIL', syscall: 'queryA' })],
    ['an end before TLS', failed({ code: 'ECONNRESET', message: beforeTls })],
    ...helloCodes.map((code): [string, unknown] => [
      'a handshake that ended with its first message',
      failed({ code }),
    ]),
    [
      'the words of node-fetch 3',
      { name: 'FetchError', code: 'ETIMEDOUT', erroredSysCall: 'connect' },
    ],
    [
      'the words of node-fetch 2',
      {
        name: 'FetchError',
        code: 'ETIMEDOUT',
        message: `${requestTo}, reason: connect ETIMEDOUT 10.0.0.1:443`,
      },
    ],
    [
      'the words of https about a handshake',
      {
        code: 'EPROTO',
        syscall: 'write',
        message: `write EPROTO ${openSsl}ssl3_read_bytes:ssl/tls alert handshake failure:../deps`,
      },
    ],
    [
      'the words of https about a port without TLS',
      {
        code: 'EPROTO',
        syscall: 'write',
        message: `write EPROTO ${openSsl}tls_validate_record_header:wrong version number:../deps`,
      },
    ],
    [
      'the words of node-fetch about TLS',
      { name: 'FetchError', code: 'ECONNRESET', message: `${requestTo}, reason: ${beforeTls}` },
    ],
    [
      'an error around an error',
      new Error('no luck', { cause: failed({ code: 'ECONNREFUSED', syscall: 'connect' }) }),
    ],
    ...certificateCodes.map((code): [string, unknown] => ['a bad certificate', failed({ code })]),
    ...bunCodes.map((code): [string, unknown] => [
      'the words of Bun',
      Object.assign(new Error('Unable to connect.'), { code }),
    ]),
    ...denoWords.map((words): [string, unknown] => [
      'the words of Deno',
      failed(
        new Error(
          `error sending request for url (http://localhost/token): client error (Connect): ${words}`,
        ),
      ),
    ]),
  ])('before anything left is reported as not sent: %s', async (_, error) => {
    expect(await outcomeOf(error)).toMatchObject({ type: 'not_sent' });
  });

  it.each<[string, unknown]>([
    ['a reset', failed({ code: 'ECONNRESET', syscall: 'read' })],
    ['a closed socket', failed({ code: 'UND_ERR_SOCKET' })],
    ['a code that only looks like one of those', failed({ code: 'ECONNREFUSED_LATER' })],
    ['a code that only ends like one of those', failed({ code: 'AFTER_ECONNREFUSED' })],
    [
      'what Deno says then',
      failed(
        new Error(
          'error sending request for url (http://localhost/token): client error (SendRequest)',
        ),
      ),
    ],
    ['a timeout of the connection', failed({ code: 'ETIMEDOUT' })],
    ['a timeout while reading', failed({ code: 'ETIMEDOUT', syscall: 'read' })],
    [
      'one address that was reached',
      failed(aggregate(timeout, { code: 'ECONNRESET', syscall: 'read' })),
    ],
    ['one address of which nothing is known', failed(aggregate(timeout, { code: 'ECONNRESET' }))],
    ['no address at all', failed(Object.assign(new AggregateError([]), { code: 'ETIMEDOUT' }))],
    [
      'the words of https about what came after a handshake',
      {
        code: 'EPROTO',
        syscall: 'write',
        message: `write EPROTO ${openSsl}tls_default_validate_record_header:wrong version number:../deps`,
      },
    ],
    [
      'the words of https about an alert that may come at any time',
      {
        code: 'EPROTO',
        syscall: 'write',
        message: `write EPROTO ${openSsl}ssl3_read_bytes:tlsv1 alert internal error:../deps`,
      },
    ],
    ['a broken pipe', failed({ code: 'EPIPE', syscall: 'write' })],
    [
      'a cause that knows better',
      Object.assign(failed({ code: 'ECONNRESET', syscall: 'read' }), { code: 'ECONNREFUSED' }),
    ],
    [
      'a certificate that the server did not like',
      failed({ code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' }),
    ],
    ...recordCodes.map((code): [string, unknown] => [
      'a record after the handshake',
      failed({ code }),
    ]),
    [
      'a record of a wrong version after it',
      failed({
        code: 'ERR_SSL_WRONG_VERSION_NUMBER',
        message: 'tls_default_validate_record_header',
      }),
    ],
    [
      'the words of node-fetch 2',
      { name: 'FetchError', code: 'ECONNRESET', message: `${requestTo}, reason: read ECONNRESET` },
    ],
    [
      "Bun's word for all that happens to TLS",
      Object.assign(new TypeError('The TLS handshake failed.'), { code: 'EPROTO' }),
    ],
    ['an error that contains itself', circular()],
    ['a network that went away while reading', failed({ code: 'EHOSTUNREACH', syscall: 'read' })],
    ['a network that went away while writing', failed({ code: 'ENETUNREACH', syscall: 'write' })],
    ["a browser's words", new TypeError('Failed to fetch')],
    ['a code that is a number', new DOMException('lost', 'NetworkError')],
    ['a code that is none', failed({ code: 'refresh-canary and more' })],
    ['a text', 'refresh-canary'],
    ['nothing', undefined],
    ['null', null],
  ])('after that, for all one can tell, leaves the outcome unknown: %s', async (_, error) => {
    const outcome = await outcomeOf(error);
    expect(outcome).toMatchObject({ type: 'unknown', answered: false });
    expect(JSON.stringify(outcome)).not.toContain('canary');
  });

  it('without a code says no more than that', async () => {
    const outcome = await outcomeOf(new TypeError('Failed to fetch'));
    expect(outcome).toEqual({ ...unknown, detail: 'the connection failed' });
  });

  it('by throwing leaves the outcome unknown, too', async () => {
    const throwing: Fetch = () => {
      throw failed({ code: 'ECONNRESET' });
    };
    const detail = 'the connection failed (ECONNRESET)';
    expect(await at('http://localhost', throwing).send(refresh, patient())).toEqual({
      ...unknown,
      detail,
    });
  });

  it.each([undefined, null, {}, 'text'])(
    'or answers with %j leaves the outcome unknown',
    async (answer) => {
      const odd: Fetch = async () => answer as unknown as Response;
      expect(await at('http://localhost', odd).send(refresh, patient())).toMatchObject({
        type: 'unknown',
      });
    },
  );

  it('is not called again', async () => {
    let calls = 0;
    const counting: Fetch = async () => {
      calls += 1;
      throw failed({ code: 'ECONNREFUSED' });
    };
    await at('http://localhost', counting).send(refresh, patient());
    expect(calls).toBe(1);
  });
});
