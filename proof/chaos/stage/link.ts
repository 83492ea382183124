import type { Socket } from 'node:net';
import { type Sides, startProxy } from '../../support/tcp-proxy.ts';
import { type Message, RespReader } from './resp.ts';
import { remove, sleep } from './sockets.ts';
import { readSwap, type Swap, wasCarriedOut } from './swap.ts';

/**
 * What becomes of the answer of a swap: it arrives, or the connection breaks before it, or in the
 * middle of it.
 */
export type Fate = 'whole' | 'lost' | 'cut';

/** Waits for a swap that Redis carries out. */
export interface LinkTrap {
  /** Whether this swap is the one. Asked when it goes out. */
  matches(swap: Swap): boolean;
  /** What happens once it was carried out, before anybody hears of it. */
  strike(swap: Swap): Fate | Promise<Fate>;
}

/** Stands between one worker and Redis, knows what they say, and breaks things as networks do. */
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

export function startLinks(redisPath: string, count: number): Promise<Link[]> {
  const claims = new Set<string>();
  return Promise.all(Array.from({ length: count }, () => startLink(redisPath, claims)));
}

async function startLink(redisPath: string, claims: Set<string>): Promise<Link> {
  const connections = new Set<Connection>();
  const conditions: Conditions = { traps: [], claims, delay: 0, frozen: Promise.resolve() };
  const proxy = await startProxy(
    () => redisPath,
    (sides) => {
      const connection = new Connection(sides, conditions);
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

/** A command on its way, and the trap that waits for its answer. */
interface Pending {
  readonly swap: Swap | null;
  readonly trap: LinkTrap | null;
}

class Connection {
  readonly #client: Socket;
  readonly #redis: Socket;
  readonly #conditions: Conditions;
  readonly #pending: Pending[] = [];
  /** A subscriber: what Redis says to it answers nothing. */
  #isSubscriber = false;

  constructor({ client, server: redis }: Sides, conditions: Conditions) {
    this.#client = client;
    this.#redis = redis;
    this.#conditions = conditions;
    for (const socket of [client, redis]) socket.on('close', () => this.cut());
    inOrder(client, (message) => this.#toRedis(message));
    inOrder(redis, (message, cameAt) => this.#toClient(message, cameAt));
  }

  cut(): void {
    this.#client.resetAndDestroy();
    this.#redis.destroy();
  }

  async #toRedis({ value, bytes }: Message): Promise<void> {
    await this.#conditions.frozen;
    const { traps, claims } = this.#conditions;
    const swap = readSwap(value, claims);
    const trap = swap === null ? null : (traps.find((each) => each.matches(swap)) ?? null);
    if (trap !== null) remove(traps, trap);
    if (Array.isArray(value) && String(value[0]).toLowerCase() === 'subscribe')
      this.#isSubscriber = true;
    this.#pending.push({ swap, trap });
    this.#redis.write(bytes);
  }

  async #toClient({ value, bytes, isPush }: Message, cameAt: number): Promise<void> {
    const { swap, trap } = (isPush || this.#isSubscriber ? undefined : this.#pending.shift()) ?? {
      swap: null,
      trap: null,
    };
    const fate = swap === null || trap === null ? 'whole' : await this.#strike(swap, trap, value);
    if (fate === 'lost') return this.cut();
    if (fate === 'cut')
      return void this.#client.write(bytes.subarray(0, bytes.length / 2), () => this.cut());
    await this.#conditions.frozen;
    const { delay } = this.#conditions;
    if (delay > 0) await sleep(cameAt + delay - Date.now());
    this.#client.write(bytes);
  }

  /**
   * Where somebody else was quicker, or Redis does not know the script, the trap waits for the next
   * one.
   */
  async #strike(swap: Swap, trap: LinkTrap, answer: Message['value']): Promise<Fate> {
    if (wasCarriedOut(swap, answer)) return trap.strike(swap);
    this.#conditions.traps.unshift(trap);
    return 'whole';
  }
}

/** Handles what a socket says message by message, each when the one before it is done with. */
function inOrder(
  socket: Socket,
  handle: (message: Message, cameAt: number) => Promise<void>,
): void {
  const reader = new RespReader();
  let last = Promise.resolve();
  socket.on('data', (bytes: Buffer) => {
    const cameAt = Date.now();
    for (const message of reader.push(bytes)) {
      last = last.then(() => handle(message, cameAt));
    }
  });
}
