import { connect, createServer, type Socket } from 'node:net';
import { type Listening, listen } from './listen.ts';

/** A port of the loopback, or the path of a Unix socket. */
export type Target = number | string;

/** One connection through a proxy. When one side closes, the other is closed too. */
export interface Sides {
  readonly client: Socket;
  readonly server: Socket;
}

/**
 * A proxy between clients and a server that hands the two sides of each connection to `carry`,
 * which moves the bytes.
 */
export async function startProxy(
  target: () => Target,
  carry: (sides: Sides) => void,
): Promise<Listening> {
  return listen(
    createServer({ noDelay: true }, (client) => {
      const to = target();
      const server = typeof to === 'number' ? connect(to, '127.0.0.1') : connect(to);
      carry({ client, server });
      client.on('close', () => server.destroy());
      server.on('error', () => {}).on('close', () => client.destroy());
    }),
  );
}

/** A proxy that breaks connections as networks do. */
export interface FlakyProxy extends Listening {
  /** How many requests had the text of the last `loseAnswerTo` in them. */
  readonly seen: number;
  /**
   * The server gets the next request that has this text in it; the connection breaks before a byte
   * of the answer is through.
   */
  loseAnswerTo(text: string): void;
  /** Nothing goes through any more, and no connection breaks. */
  freeze(): void;
  /** Breaks every connection, and each new one. */
  cut(): void;
  /** Ends `freeze` and `cut`. */
  restore(): void;
  /**
   * New connections lead to another server, as when a name is given another address; the others
   * stay.
   */
  leadTo(target: Target): void;
}

export async function startFlakyProxy(target: Target): Promise<FlakyProxy> {
  const clients = new Set<Socket>();
  let mode: 'open' | 'frozen' | 'cut' = 'open';
  let [destination, text, isArmed, seen] = [target, '', false, 0];
  const proxy = await startProxy(
    () => destination,
    ({ client, server }) => {
      let isLosing = false;
      if (mode === 'cut') client.destroy();
      clients.add(client);
      client
        .on('close', () => clients.delete(client))
        .on('data', (bytes) => {
          if (mode === 'frozen') return;
          if (text !== '' && bytes.toString('latin1').toLowerCase().includes(text)) {
            seen += 1;
            isLosing = isArmed;
            isArmed = false;
          }
          server.write(bytes);
        });
      server.on('data', (bytes) => {
        if (isLosing) client.destroy();
        else if (mode === 'open') client.write(bytes);
      });
    },
  );
  return {
    ...proxy,
    get seen() {
      return seen;
    },
    loseAnswerTo(wanted) {
      [text, isArmed, seen] = [wanted.toLowerCase(), true, 0];
    },
    freeze() {
      mode = 'frozen';
    },
    cut() {
      mode = 'cut';
      for (const client of clients) client.destroy();
    },
    restore() {
      mode = 'open';
    },
    leadTo(next) {
      destination = next;
    },
  };
}
