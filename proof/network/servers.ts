import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer, type TLSSocket, type TlsOptions } from 'node:tls';
import { Worker } from 'node:worker_threads';
import { listen } from '../support/listen.ts';
import { startProxy } from '../support/tcp-proxy.ts';

/** What a request is met by, and what was seen of it. */
export interface Stage {
  readonly url: string;
  /** What the name in the URL stands for, where it is none that a resolver knows. */
  readonly addresses?: readonly string[];
  /** How many bytes of a request the server could read: over TLS, decrypted. */
  readonly seen: () => number;
  close(): Promise<void>;
}

/**
 * Whatever a server does with a connection. `seen` is to be called with what it reads of a request.
 */
export type Meet<Each> = (socket: Each, seen: (bytes: Buffer) => void) => void;

const answer = (bytes: Buffer): boolean => /^(POST|GET) /.test(bytes.toString('latin1'));

/** A server without TLS. Only what looks like a request counts as seen. */
export function plain(scheme: 'http' | 'https', meet: Meet<Socket>): Promise<Stage> {
  return listening(
    scheme,
    (onConnection) => createServer({ noDelay: true }, onConnection),
    meet,
    answer,
  );
}

/** A server that speaks TLS; it counts what it decrypts. */
export function secure(
  options: TlsOptions,
  meet: Meet<TLSSocket>,
  scheme: 'http' | 'https' = 'https',
): Promise<Stage> {
  return listening(
    scheme,
    (onConnection) => createTlsServer(options, onConnection),
    meet,
    () => true,
  );
}

async function listening<Each extends Socket>(
  scheme: 'http' | 'https',
  create: (onConnection: (socket: Each) => void) => Server,
  meet: Meet<Each>,
  isRequest: (bytes: Buffer) => boolean,
): Promise<Stage> {
  let bytesSeen = 0;
  const seen = (bytes: Buffer): void => {
    if (bytesSeen > 0 || isRequest(bytes)) bytesSeen += bytes.length;
  };
  const server = create((socket) => {
    socket.on('error', () => {});
    meet(socket, seen);
  });
  server.on('tlsClientError', () => {});
  const { port, close } = await listen(server);
  return { url: `${scheme}://localhost:${port}`, seen: () => bytesSeen, close };
}

/**
 * Passes bytes on to another server of this machine; `onAnswer` may change what comes back, or end
 * it.
 */
export async function through(
  to: Stage,
  onAnswer: (client: Socket, bytes: Buffer) => void,
  onConnection: (client: Socket) => void = () => {},
): Promise<Stage> {
  const target = Number(new URL(to.url).port);
  const proxy = await startProxy(
    () => target,
    ({ client, server }) => {
      server.on('data', (bytes) => onAnswer(client, bytes));
      client.on('data', (bytes) => server.write(bytes));
      onConnection(client);
    },
  );
  const close = async (): Promise<void> => {
    await proxy.close();
    await to.close();
  };
  return { url: `https://localhost:${proxy.port}`, seen: to.seen, close };
}

/** A port that nothing listens on, for as long as nothing else takes it. */
export async function closedPort(scheme: 'http' | 'https'): Promise<Stage> {
  const stage = await plain(scheme, () => {});
  await stage.close();
  return { ...stage, close: async () => {} };
}

/**
 * Listens on the addresses and accepts nothing, so that its queue is full and the system drops
 * whoever knocks.
 */
export async function silent(
  scheme: 'http' | 'https',
  hosts: readonly string[],
  name?: string,
): Promise<Stage> {
  const worker = new Worker(deafListener, { eval: true, workerData: hosts });
  const [port] = (await once(worker, 'message')) as [number];
  const knocking = await Promise.all(hosts.map((host) => fill(port, host)));
  return {
    url: `${scheme}://${name ?? hosts[0]}:${port}`,
    ...(name !== undefined && { addresses: hosts }),
    seen: () => 0,
    async close() {
      for (const socket of knocking.flat()) socket.destroy();
      await worker.terminate();
    },
  };
}

/** A thread of its own that listens, and then sleeps instead of accepting. */
const deafListener = `
const { createServer } = require('node:net');
const { parentPort, workerData } = require('node:worker_threads');
const listen = (port, [host, ...others]) => createServer().listen({ port, host, backlog: 1 }, function () {
  const taken = this.address().port;
  if (others.length > 0) return listen(taken, others);
  parentPort.postMessage(taken);
  setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
});
listen(0, workerData);
`;

/** Takes all places of the queue: the first that gets none says that it is full. */
async function fill(port: number, host: string): Promise<Socket[]> {
  const sockets: Socket[] = [];
  for (let isFull = false; !isFull; ) {
    const socket = connect(port, host).on('error', () => {});
    sockets.push(socket);
    isFull = !(await Promise.race([
      once(socket, 'connect').then(() => true),
      new Promise((resolve) => setTimeout(resolve, 300)),
    ]));
  }
  return sockets;
}
