import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** Stands between a browser and its server, and loses an answer as networks do. */
export interface LossyLink {
  readonly port: number;
  /** The next request that has this in it reaches the server and is carried out; its connection breaks before a byte of the answer is through. */
  loseAnswerTo(text: string): void;
  /** How many requests had that in them. */
  readonly seen: number;
  close(): Promise<void>;
}

export async function startLossyLink(target: () => number): Promise<LossyLink> {
  const sockets = new Set<Socket>();
  let [text, armed, seen] = ['', false, 0];
  const server = createServer((browser) => {
    const upstream = connect(target(), '127.0.0.1');
    let isLosing = false;
    for (const socket of [browser, upstream]) {
      sockets.add(socket);
      socket
        .on('error', () => {})
        .on('close', () => {
          sockets.delete(socket);
          browser.destroy();
          upstream.destroy();
        });
    }
    browser.on('data', (bytes) => {
      if (text !== '' && bytes.toString('latin1').includes(text)) {
        seen += 1;
        isLosing = armed;
        armed = false;
      }
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (isLosing) browser.destroy();
      else browser.write(bytes);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    loseAnswerTo(wanted) {
      [text, armed, seen] = [wanted, true, 0];
    },
    get seen() {
      return seen;
    },
    async close() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
