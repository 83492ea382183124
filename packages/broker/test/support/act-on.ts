import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createEmulator, type Emulator } from '@act-on-token/emulator';
import { getRequestListener } from '@hono/node-server';
import { ada, bob } from './world.ts';

/** An Act-On that listens, with a few more API calls to watch bodies by. */
export interface ActOn {
  readonly emulator: Emulator;
  readonly url: string;
  /** How many bytes of the upload in progress have arrived. */
  readonly uploaded: number;
  /** Lets the download in progress end. */
  finishDownload(): void;
  close(): Promise<void>;
}

export const redirectPath = '/auth/callback';

/** `origin` is the app's. Everybody says Yes. */
export async function startActOn(origin: string): Promise<ActOn> {
  const emulator = createEmulator({
    redirectUris: [`${origin}${redirectPath}`],
    users: [ada, bob],
    autoConsent: ada.username,
    apiLimits: null,
  });
  let uploaded = 0;
  let finishDownload = (): void => {};
  const count = async (request: Request): Promise<Response> => {
    uploaded = 0;
    for await (const chunk of request.body ?? []) uploaded += chunk.byteLength;
    return Response.json({ uploaded });
  };
  const download = (): Response => {
    const stream = new TransformStream<string, string>();
    const writer = stream.writable.getWriter();
    void writer.write('first');
    finishDownload = () => void writer.write('last').then(() => writer.close());
    return new Response(stream.readable.pipeThrough(new TextEncoderStream()), {
      headers: { 'content-type': 'text/csv' },
    });
  };
  const toEmulator = async (request: Request): Promise<Response> => {
    const { url, method, headers } = request;
    const body = method === 'GET' || method === 'HEAD' ? null : await request.arrayBuffer();
    return emulator.fetch(url, { method, headers, body, redirect: 'manual' });
  };
  const answer = (request: Request): Response | Promise<Response> => {
    const { pathname } = new URL(request.url);
    if (pathname === '/api/1/test/upload') return count(request);
    return pathname === '/api/1/test/download' ? download() : toEmulator(request);
  };
  const server = createServer(getRequestListener(answer, { overrideGlobalObjects: false }));
  const url = await listen(server);
  return {
    emulator,
    url,
    get uploaded() {
      return uploaded;
    },
    finishDownload: () => finishDownload(),
    close: () => close(server),
  };
}

/** Listens on a free port of the loopback; its origin. */
export async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
