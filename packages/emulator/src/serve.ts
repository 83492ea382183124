import type { HttpBindings } from '@hono/node-server';
import { createControl } from './control/control.ts';
import { hostInUrl } from './control/who-may.ts';
import { createParts, type Emulator, type EmulatorParts } from './emulator.ts';
import type { EmulatorOptions } from './options.ts';

export interface ServeOptions extends EmulatorOptions {
  /** 0 by default: any free port. */
  port?: number | undefined;
  /**
   * The address to listen on: an IP address of this machine, or a name of one. `'127.0.0.1'` by
   * default, which other machines cannot reach. With another, such as `'0.0.0.0'` in a container,
   * every machine that reaches the port may use this Act-On, and with `control` break it.
   */
  hostname?: string | undefined;
  /**
   * Whether faults, ledger, clock, switches and the rest can be reached under `/__emulator`, for a
   * test in another process. Pages in a browser are refused there. `false` by default:
   * `/__emulator` is as unknown as it is to Act-On.
   */
  control?: boolean | undefined;
}

export interface ServedEmulator extends Emulator {
  /**
   * Without a slash at the end. An emulator that listens on every address is named by its loopback
   * address here.
   */
  readonly url: string;
  /**
   * Lets held requests go on, cuts every connection and gives the port back. May be called again.
   */
  close(): Promise<void>;
}

/**
 * Serves an emulator over HTTP, in Node, Deno or Bun, and hands it over once it listens. Faults are
 * real there: a dropped connection is a reset socket. Rejects if the port is taken or the address
 * is not one of this machine, and with a TypeError for an option that it could not have.
 */
export async function serveEmulator(options: ServeOptions = {}): Promise<ServedEmulator> {
  const parts = createParts(options);
  const { port = 0, hostname = '127.0.0.1' } = options;
  const server = await listen(
    options.control === true ? controlled(parts, hostname) : parts.exchange,
    port,
    hostname,
  );
  const close = (): Promise<void> => {
    parts.emulator.faults.clear();
    return server.close();
  };
  return { ...parts.emulator, url: server.url, close };
}

type Exchange = EmulatorParts['exchange'];

/** What a request for the emulator itself is answered does not go through Act-On. */
function controlled({ emulator, exchange }: EmulatorParts, hostname: string): Exchange {
  const control = createControl(emulator, hostname);
  return (request) => control(request) ?? exchange(request);
}

interface Listening {
  readonly url: string;
  close(): Promise<void>;
}

async function listen(exchange: Exchange, port: number, hostname: string): Promise<Listening> {
  const { createServer, getRequestListener, alreadySent } = await loadServer();
  const answer = async (request: Request, env: unknown): Promise<Response> =>
    (await deliver(exchange, request, env as HttpBindings)) ?? alreadySent;
  const server = createServer(getRequestListener(answer, { overrideGlobalObjects: false }));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, hostname, resolve);
  });
  const address = server.address();
  const actualPort = typeof address === 'object' && address ? address.port : port;
  const actualHost = typeof address === 'object' && address ? address.address : hostname;
  const closed = new Promise<void>((resolve) => server.once('close', () => resolve()));
  const close = (): Promise<void> => {
    server.close();
    server.closeAllConnections();
    return closed;
  };
  return {
    url: `http://${hostInUrl(reachable[actualHost] ?? hostname)}:${actualPort}`,
    close,
  };
}

/** No request can be sent to "every address"; the loopback address is one of them. */
const reachable: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '::1' };

interface ServerParts {
  readonly createServer: typeof import('node:http').createServer;
  readonly getRequestListener: typeof import('@hono/node-server').getRequestListener;
  readonly alreadySent: Response;
}

/**
 * Loads what only a server needs. The names are kept out of `import()`, or a bundler would follow
 * them into a page that only wants `createEmulator`, and fail at the modules that a browser does
 * not have.
 */
async function loadServer(): Promise<ServerParts> {
  const names = ['node:http', '@hono/node-server', '@hono/node-server/utils/response'];
  const [http, hono, response] = await Promise.all(
    names.map((name) => import(/* @vite-ignore */ name)),
  );
  return {
    createServer: http.createServer,
    getRequestListener: hono.getRequestListener,
    alreadySent: response.RESPONSE_ALREADY_SENT,
  };
}

/** The answer; `null` if what there was to send was sent, and the connection cut. */
async function deliver(
  exchange: Exchange,
  request: Request,
  { incoming, outgoing }: HttpBindings,
): Promise<Response | null> {
  const answer = await exchange(request).catch(failure);
  if (!answer) {
    reset(incoming.socket);
    return null;
  }
  const { bytes, isWhole } = await readBody(answer);
  const { status, headers } = answer;
  if (isWhole) return new Response(answer.body === null ? null : bytes, { status, headers });
  outgoing.writeHead(status, Object.fromEntries(headers));
  outgoing.write(new Uint8Array(bytes), () => incoming.socket.destroy());
  return null;
}

/**
 * The emulator itself failed, or a function that a test gave it: nothing that Act-On would answer.
 */
function failure(error: unknown): Response {
  return new Response(`act-on-emulator: ${error}`, {
    status: 500,
    headers: { 'content-type': 'text/plain' },
  });
}

/** A reset where the runtime can send one; the connection ends in any case. */
function reset(socket: HttpBindings['incoming']['socket']): void {
  if (typeof socket.resetAndDestroy === 'function') socket.resetAndDestroy();
  else socket.destroy();
}

/** All that can be read, and whether the body ends there or breaks off. */
async function readBody(answer: Response): Promise<{ bytes: ArrayBuffer; isWhole: boolean }> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const reader = answer.body?.getReader();
  let isWhole = true;
  try {
    for (let read = await reader?.read(); read && !read.done; read = await reader?.read())
      chunks.push(read.value);
  } catch {
    isWhole = false;
  }
  return { bytes: await new Blob(chunks).arrayBuffer(), isWhole };
}
