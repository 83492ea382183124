import { connect } from 'node:net';
import type { Certificate, Certificates } from './certificates.ts';
import { closedPort, plain, type Stage, secure, silent, through } from './servers.ts';

/** One way in which a request to the token endpoint fails. */
export interface Row {
  readonly name: string;
  /**
   * `unmade`: no connection was made, so nothing left. `unread`: something may have left, and the
   * server read nothing of it. `read`: the server read the request, or a part of it.
   */
  readonly fate: 'unmade' | 'unread' | 'read';
  /** Where the client has a lookup of its own, which only Node lets a test replace. */
  readonly needsLookup?: boolean;
  open(certificates: Certificates): Promise<Stage>;
}

const tls = ({ good }: Certificates, more: object = {}): Certificate => ({ ...good, ...more });
const alert = (description: number): Buffer => Buffer.from([21, 3, 3, 0, 2, 2, description]);
/** A record of application data that no key made. */
const forged = Buffer.concat([Buffer.from([23, 3, 3, 0, 40]), Buffer.alloc(40, 7)]);
const okay =
  'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 64\r\n\r\n{"access_token":"access-1"';

/** Meets the first bytes that come, which over TLS are the client's hello. */
const onHello = (
  what: (socket: Parameters<Parameters<typeof plain>[1]>[0]) => void,
): Promise<Stage> => plain('https', (socket) => socket.once('data', () => what(socket)));

/** Reads the request over plain HTTP, and then. */
const onRequest = (
  what: (socket: Parameters<Parameters<typeof plain>[1]>[0]) => void,
): Promise<Stage> =>
  plain('http', (socket, seen) => {
    socket.on('data', seen).once('data', () => setImmediate(what, socket));
  });

/** A good server whose handshake is cut after its first bytes. */
const withinHandshake = async (
  certificates: Certificates,
  how: 'end' | 'resetAndDestroy',
): Promise<Stage> => {
  let isCut = false;
  return through(await secure(tls(certificates), () => {}), (client, bytes) => {
    if (isCut) return;
    isCut = true;
    client.write(bytes.subarray(0, 40), () => setTimeout(() => client[how](), 20));
  });
};

/** A good server behind something that puts bytes into the stream once the request is through. */
const spoilt = async (
  certificates: Certificates,
  options: object,
  bytes: Buffer,
): Promise<Stage> => {
  const clients: { write(bytes: Buffer): unknown }[] = [];
  const server = await secure(tls(certificates, options), (socket, seen) => {
    socket.on('data', seen).once('data', () => clients.at(-1)?.write(bytes));
  });
  return through(
    server,
    (client, answer) => client.write(answer),
    (client) => clients.push(client),
  );
};

/** What becomes of the TCP connection underneath, once the request was decrypted. */
const behindTls = async (
  certificates: Certificates,
  how: 'end' | 'resetAndDestroy',
): Promise<Stage> => {
  const clients: { end(): unknown; resetAndDestroy(): unknown }[] = [];
  const server = await secure(tls(certificates), (socket, seen) => {
    socket.on('data', seen).once('data', () => clients.at(-1)?.[how]());
  });
  return through(
    server,
    (client, answer) => client.write(answer),
    (client) => clients.push(client),
  );
};

const refused = (name: string, open: Row['open'], more: Partial<Row> = {}): Row => ({
  name,
  fate: 'unmade',
  open,
  ...more,
});
const read = (name: string, open: Row['open'], more: Partial<Row> = {}): Row => ({
  name,
  fate: 'read',
  open,
  ...more,
});

export const rows: readonly Row[] = [
  refused('nothing listens', () => closedPort('http')),
  refused('nothing listens, https', () => closedPort('https')),
  refused('a name that cannot be looked up', async () => ({
    url: `https://${'x'.repeat(64)}.test`,
    seen: () => 0,
    close: async () => {},
  })),
  refused('no answer to the connection', () => silent('https', ['127.0.0.1'])),
  refused(
    'no answer at two addresses',
    () => silent('https', ['127.0.0.2', '127.0.0.3'], 'two.test'),
    { needsLookup: true },
  ),
  refused(
    'one address silent, another refused',
    async () => {
      const stage = await silent('https', ['127.0.0.2'], 'mixed.test');
      return { ...stage, addresses: ['127.0.0.2', '127.0.0.4'] };
    },
    { needsLookup: true },
  ),
  refused(
    'two addresses refused',
    async () => {
      const stage = await closedPort('https');
      return {
        ...stage,
        url: stage.url.replace('localhost', 'refused.test'),
        addresses: ['127.0.0.2', '127.0.0.3'],
      };
    },
    {
      needsLookup: true,
    },
  ),
  refused('reset at once, https', () => plain('https', (socket) => socket.resetAndDestroy())),
  refused('closed at once, https', () => plain('https', (socket) => socket.end())),
  refused('reset after the hello', () => onHello((socket) => socket.resetAndDestroy())),
  refused('closed after the hello', () => onHello((socket) => socket.end())),
  refused('reset within the handshake', (all) => withinHandshake(all, 'resetAndDestroy')),
  refused('closed within the handshake', (all) => withinHandshake(all, 'end')),
  refused('HTTP where TLS is expected', () =>
    onHello((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
  ),
  refused('SSH where TLS is expected', () =>
    plain('https', (socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n')),
  ),
  refused('alert: handshake failure', () => onHello((socket) => socket.end(alert(40)))),
  refused('alert: protocol version', () => onHello((socket) => socket.end(alert(70)))),
  refused('alert: internal error', () => onHello((socket) => socket.end(alert(80)))),
  refused('alert: unrecognized name', () => onHello((socket) => socket.end(alert(112)))),
  refused('an old version of TLS only', (all) =>
    secure(
      tls(all, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
      () => {},
    ),
  ),
  refused('a certificate of nobody', ({ ofNoAuthority }) =>
    secure(ofNoAuthority, (socket, seen) => socket.on('data', seen)),
  ),
  refused('a certificate of another host', ({ ofAnotherHost }) =>
    secure(ofAnotherHost, (socket, seen) => socket.on('data', seen)),
  ),
  refused('an expired certificate', ({ expired }) =>
    secure(expired, (socket, seen) => socket.on('data', seen)),
  ),
  refused('a client certificate is asked for, TLS 1.2', (all) =>
    secure(tls(all, { requestCert: true, maxVersion: 'TLSv1.2' }), (socket, seen) =>
      socket.on('data', seen),
    ),
  ),
  // The client is done with its handshake before the server has looked at it, and sends.
  {
    name: 'a client certificate is asked for, TLS 1.3',
    fate: 'unread',
    open: (all) =>
      secure(tls(all, { requestCert: true, minVersion: 'TLSv1.3' }), (socket, seen) =>
        socket.on('data', seen),
      ),
  },
  {
    name: 'closed at once, http',
    fate: 'unread',
    open: () => plain('http', (socket) => socket.end()),
  },
  {
    name: 'reset at once, http',
    fate: 'unread',
    open: () => plain('http', (socket) => socket.resetAndDestroy()),
  },
  read('TLS where HTTP is expected', async (all) => {
    const server = await secure(tls(all), () => {});
    const front = await plain('http', (client, seen) => {
      const behind = connect(Number(new URL(server.url).port), '127.0.0.1');
      behind.on('error', () => {}).pipe(client);
      client.on('data', seen).pipe(behind);
    });
    return {
      ...front,
      close: async () => {
        await front.close();
        await server.close();
      },
    };
  }),
  read('reset after the request', () => onRequest((socket) => socket.resetAndDestroy())),
  read('closed after the request', () => onRequest((socket) => socket.end())),
  read('reset after the request, https', (all) => behindTls(all, 'resetAndDestroy')),
  read('closed after the request, https', (all) => behindTls(all, 'end')),
  read('a forged record after the request, TLS 1.3', (all) =>
    spoilt(all, { minVersion: 'TLSv1.3' }, forged),
  ),
  read('a forged record after the request, TLS 1.2', (all) =>
    spoilt(all, { maxVersion: 'TLSv1.2' }, forged),
  ),
  read('plain text after the request, TLS 1.3', (all) =>
    spoilt(all, { minVersion: 'TLSv1.3' }, Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')),
  ),
  read('plain text after the request, TLS 1.2', (all) =>
    spoilt(all, { maxVersion: 'TLSv1.2' }, Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')),
  ),
  read('a plain alert after the request, TLS 1.2', (all) =>
    spoilt(all, { maxVersion: 'TLSv1.2' }, alert(40)),
  ),
  read('half a status line', () => onRequest((socket) => socket.end('HTTP/1.1 20'))),
  read('half a header', () => onRequest((socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-ty'))),
  read('half a body', () => onRequest((socket) => socket.end(okay))),
  read('half a body, and a reset', () =>
    onRequest((socket) => socket.write(okay, () => setTimeout(() => socket.resetAndDestroy(), 20))),
  ),
  read('an answer that is not HTTP', () =>
    onRequest((socket) => socket.end('SSH-2.0-OpenSSH_9.9\r\n\r\n')),
  ),
  read('silence', () => onRequest(() => {})),
  read('silence within the body', () => onRequest((socket) => socket.write(okay))),
];
