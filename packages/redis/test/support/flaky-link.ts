import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Stands between a client and its Redis, and breaks things as networks do. */
export interface FlakyLink {
  readonly port: number;
  /** The next command of this name reaches Redis and is carried out; its answer is lost with the connection. */
  loseAnswerTo(command: string): void;
  /** From now on nothing goes through, and no connection breaks. */
  freeze(): void;
  /** Breaks every connection, and each new one, until `restore`. */
  cut(): void;
  restore(): void;
  /** New connections go to another server, as when a name is given another address; those that stand stay. */
  leadTo(port: number): void;
  close(): Promise<void>;
}

export async function startFlakyLink(target: number): Promise<FlakyLink> {
  const sockets = new Set<Socket>();
  let mode: 'open' | 'frozen' | 'cut' = 'open';
  let lost: string | null = null;
  let destination = target;

  const server = createServer((client) => {
    const upstream = connect(destination, '127.0.0.1');
    let isLosing = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      // What happens to one side happens to the other.
      socket
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(socket);
          client.destroy();
          upstream.destroy();
        });
    }
    if (mode === 'cut') client.destroy();
    client.on('data', (bytes) => {
      if (mode === 'frozen') return;
      if (lost !== null && bytes.toString('latin1').toLowerCase().includes(lost)) {
        isLosing = true;
        lost = null;
      }
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (isLosing) client.destroy();
      else if (mode === 'open') client.write(bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const breakAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    loseAnswerTo(command) {
      lost = command;
    },
    freeze() {
      mode = 'frozen';
    },
    cut() {
      mode = 'cut';
      breakAll();
    },
    restore() {
      mode = 'open';
    },
    leadTo(port) {
      destination = port;
    },
    async close() {
      server.close();
      breakAll();
      await once(server, 'close');
    },
  };
}
