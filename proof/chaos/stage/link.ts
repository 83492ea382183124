import type { Socket } from 'node:net';
import { type Sides, startProxy, type Target } from '../../support/tcp-proxy.ts';
import type { Asked, Reader, Said } from './protocol.ts';
import { remove, sleep } from './sockets.ts';
import { type Swap, swapOf } from './swap.ts';

/**
 * What becomes of the answer of a swap: it arrives, or the connection breaks before it, or in the
 * middle of it.
 */
export type Fate = 'whole' | 'lost' | 'cut';

/** Waits for a swap that the server carries out. */
export interface LinkTrap {
  /** Whether this swap is the one. Asked when it goes out. */
  matches(swap: Swap): boolean;
  /** What happens once it was carried out, before anybody hears of it. */
  strike(swap: Swap): Fate | Promise<Fate>;
}

/**
 * Stands between one worker and the store's server, knows what they say, and breaks things as
 * networks do.
 */
export interface Link {
  readonly port: number;
  /** Returns what takes the trap away again. */
  arm(trap: LinkTrap): () => void;
  /** From now on each answer comes so many milliseconds late. */
  slow(delay: number): void;
  /**
   * From now on nothing goes through, and no connection breaks, until the function that it returns
   * is called.
   */
  freeze(): () => void;
  /** Breaks every connection. New ones can be made. */
  cut(): void;
  close(): Promise<void>;
}

/** What all connections of a link share. */
interface Conditions {
  readonly traps: LinkTrap[];
  /** The claims that were seen on any link. */
  readonly claims: Set<string>;
  delay: number;
  frozen: Promise<void>;
}

export function startLinks(
  server: { readonly target: Target; readonly reader: () => Reader },
  count: number,
): Promise<Link[]> {
  const claims = new Set<string>();
  return Promise.all(Array.from({ length: count }, () => startLink(server, claims)));
}

async function startLink(
  { target, reader }: Parameters<typeof startLinks>[0],
  claims: Set<string>,
): Promise<Link> {
  const connections = new Set<Connection>();
  const conditions: Conditions = { traps: [], claims, delay: 0, frozen: Promise.resolve() };
  const proxy = await startProxy(
    () => target,
    (sides) => {
      const connection = new Connection(sides, reader(), conditions);
      connections.add(connection);
      sides.client.once('close', () => connections.delete(connection));
    },
  );
  const cut = (): void => {
    for (const connection of connections) connection.cut();
  };
  return {
    port: proxy.port,
    arm(trap) {
      conditions.traps.push(trap);
      return () => remove(conditions.traps, trap);
    },
    slow(delay) {
      conditions.delay = delay;
    },
    freeze() {
      let thaw = (): void => {};
      conditions.frozen = new Promise((resolve) => {
        thaw = resolve;
      });
      return thaw;
    },
    cut,
    async close() {
      cut();
      await proxy.close();
    },
  };
}

/** A request, from its first piece until its answer has come whole. */
interface Pending {
  caught: Caught | null;
}

/** A swap that a trap waits for. Its answer is kept back until it is whole. */
interface Caught {
  readonly swap: Swap;
  readonly trap: LinkTrap;
  readonly answer: Said[];
}

class Connection {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #conditions: Conditions;
  /** The last one is not complete. */
  readonly #pending: Pending[] = [{ caught: null }];

  constructor({ client, server }: Sides, reader: Reader, conditions: Conditions) {
    this.#client = client;
    this.#server = server;
    this.#conditions = conditions;
    for (const socket of [client, server]) socket.on('close', () => this.cut());
    inOrder(client, reader.asked, (piece) => this.#toServer(piece));
    inOrder(server, reader.said, (piece, cameAt) => this.#toClient(piece, cameAt));
  }

  cut(): void {
    this.#client.resetAndDestroy();
    this.#server.destroy();
  }

  async #toServer({ bytes, written, isEnd }: Asked): Promise<void> {
    await this.#conditions.frozen;
    if (written !== null) this.#look(swapOf(written, this.#conditions.claims));
    if (isEnd) this.#pending.push({ caught: null });
    this.#server.write(bytes);
  }

  #look(swap: Swap): void {
    const { traps } = this.#conditions;
    const [trap, request] = [traps.find((each) => each.matches(swap)), this.#pending.at(-1)];
    if (trap === undefined || request === undefined) return;
    remove(traps, trap);
    request.caught = { swap, trap, answer: [] };
  }

  async #toClient(piece: Said, cameAt: number): Promise<void> {
    const isEnd = piece.place === 'end' && this.#pending.length > 1;
    const caught = piece.place === 'push' ? null : (this.#pending[0]?.caught ?? null);
    if (isEnd) this.#pending.shift();
    if (caught === null) return this.#deliver(piece.bytes, cameAt);
    caught.answer.push(piece);
    if (!isEnd) return;
    const bytes = Buffer.concat(caught.answer.map((each) => each.bytes));
    const fate = await this.#strike(caught);
    if (fate === 'lost') return this.cut();
    if (fate === 'cut')
      return void this.#client.write(bytes.subarray(0, bytes.length / 2), () => this.cut());
    await this.#deliver(bytes, cameAt);
  }

  async #deliver(bytes: Buffer, cameAt: number): Promise<void> {
    await this.#conditions.frozen;
    const { delay } = this.#conditions;
    if (delay > 0) await sleep(cameAt + delay - Date.now());
    this.#client.write(bytes);
  }

  /**
   * The answer names the version that stands now: that of the swap, if it was carried out. Where
   * another worker was quicker, or Redis does not know the script, the trap waits for the next one.
   */
  async #strike({ swap, trap, answer }: Caught): Promise<Fate> {
    if (answer.some((piece) => piece.has(swap.version))) return trap.strike(swap);
    this.#conditions.traps.unshift(trap);
    return 'whole';
  }
}

/** Handles what a socket says piece by piece, each when the one before it is done with. */
function inOrder<Piece>(
  socket: Socket,
  read: (bytes: Buffer) => Piece[],
  handle: (piece: Piece, cameAt: number) => Promise<void>,
): void {
  let last = Promise.resolve();
  socket.on('data', (bytes: Buffer) => {
    const cameAt = Date.now();
    for (const piece of read(bytes)) {
      last = last.then(() => handle(piece, cameAt));
    }
  });
}
