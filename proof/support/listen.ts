import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';

/** A server of TCP, TLS or HTTP that listens. */
export interface Listening {
  readonly port: number;
  /** Ends every connection at once, and listens no more. It may be called twice. */
  close(): Promise<void>;
}

/** Listens on a free port of the loopback. */
export async function listen(server: Server): Promise<Listening> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('error', () => {}).on('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/**
 * A port from here to there that is free on the loopback, or on every address. Take it soon: until
 * then others may, too.
 */
export async function freePort(
  from: number,
  to: number,
  where: 'loopback' | 'everywhere' = 'loopback',
): Promise<number> {
  const port = from + Math.floor(Math.random() * (to - from));
  const server = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen({ port, ...(where === 'loopback' && { host: '127.0.0.1' }) }, () =>
      resolve(true),
    );
  });
  if (!isFree) return freePort(from, to, where);
  await new Promise((resolve) => server.close(resolve));
  return port;
}
