// biome-ignore lint/suspicious/noExplicitAny: each client has types of its own, and versions of them.
type Anything = any;

/** A `Redis` or `Cluster` of ioredis or iovalkey. */
export interface IoRedisClient {
  evalsha(...args: Anything[]): Promise<unknown>;
  defineCommand(...args: Anything[]): unknown;
  duplicate(...args: Anything[]): unknown;
}

/** A client or cluster of node-redis, the package `redis`. */
export interface NodeRedisClient {
  evalSha(digest: string, options: Anything): Promise<unknown>;
  eval(text: string, options: Anything): Promise<unknown>;
  duplicate(): Anything;
}

/** Bun's own `RedisClient`. */
export interface BunRedisClient {
  send(command: string, args: string[]): Promise<unknown>;
  duplicate(): Anything;
}

/** A `Redis` of `@upstash/redis`, which speaks HTTP. */
export interface UpstashRedisClient {
  evalsha(digest: string, keys: string[], args: Anything): Promise<unknown>;
  eval(text: string, keys: string[], args: Anything): Promise<unknown>;
  createScript(...args: Anything[]): unknown;
}

/** Any other client, in a function or two. */
export interface RedisDriver {
  /** Sends one command, such as `['EVALSHA', digest, '1', key]`, and resolves with its reply. */
  command(words: string[]): Promise<unknown>;
  /**
   * Subscribes to a channel: calls back for each message, and returns a function that ends it, or a
   * promise of one. Without it the store looks once a second while something is watched.
   */
  subscribe?:
    | ((channel: string, onMessage: () => void) => (() => unknown) | Promise<() => unknown>)
    | undefined;
}

/** What `redisStore()` takes: ioredis, another client that it knows, or a driver for any other. */
export type AnyRedisClient =
  | IoRedisClient
  | NodeRedisClient
  | BunRedisClient
  | UpstashRedisClient
  | RedisDriver;

/** How a script is run, and a channel heard, whatever the client. */
export interface Driver {
  run(script: string, digest: string | null, key: string, args: string[]): Promise<unknown>;
  readonly subscribe?: RedisDriver['subscribe'];
  close?(): unknown;
}

/** A driver for a client that is not ioredis; `null` for one that the store does not know. */
export function driverFor(client: Partial<Record<string, unknown>>): Driver | null {
  const can = (name: string): boolean => typeof client[name] === 'function';
  if (can('evalSha') && can('eval') && can('duplicate'))
    return nodeRedis(client as unknown as NodeRedisClient);
  if (can('evalsha') && can('eval') && can('createScript'))
    return upstash(client as unknown as UpstashRedisClient);
  if (can('send') && can('connect') && can('duplicate')) {
    const bun = client as unknown as BunRedisClient;
    return { run: byCommand(([command = '', ...args]) => bun.send(command, args)) };
  }
  if (can('command') && !can('evalsha')) {
    const driver = client as unknown as RedisDriver;
    const { subscribe } = driver;
    return {
      run: byCommand((words) => driver.command(words)),
      ...(subscribe === undefined ? {} : { subscribe }),
    };
  }
  return null;
}

const byCommand =
  (send: RedisDriver['command']): Driver['run'] =>
  (script, digest, key, args) =>
    send([digest === null ? 'EVAL' : 'EVALSHA', digest ?? script, '1', key, ...args]);

function nodeRedis(client: NodeRedisClient): Driver {
  // One more connection for all that is watched, while anything is.
  let subscriber: Promise<Anything> | null = null;
  let count = 0;
  const connect = async (): Promise<Anything> => {
    const made = client.duplicate();
    made.on('error', () => {}); // Without a listener node-redis throws.
    await made.connect();
    return made;
  };
  const leave = (): void => {
    count -= 1;
    if (count > 0) return;
    subscriber?.then((made) => made.destroy()).catch(() => {});
    subscriber = null;
  };
  return {
    run: (script, digest, key, args) => {
      const options = { keys: [key], arguments: args };
      return digest === null ? client.eval(script, options) : client.evalSha(digest, options);
    },
    async subscribe(channel, onMessage) {
      count += 1;
      subscriber ??= connect();
      try {
        const made = await subscriber;
        await made.subscribe(channel, onMessage);
        return async () => {
          await made.unsubscribe(channel, onMessage).catch(() => {});
          leave();
        };
      } catch (error) {
        leave();
        throw error;
      }
    },
  };
}

/** By default that client parses whatever is JSON, as records are; what has `=` before it is not. */
function upstash(client: UpstashRedisClient): Driver {
  const guarded = (script: string): string =>
    script.replace(
      /return \{ (.*), held\[1\], held\[2\], clock \}$/,
      "local function guard(text) return text and '=' .. text end\nreturn { $1, guard(held[1]), guard(held[2]), guard(clock) }",
    );
  return {
    async run(script, _digest, key, args) {
      const reply = await client.eval(guarded(script), [key], args);
      if (!Array.isArray(reply)) return reply;
      const [now, ...texts] = reply;
      return [now, ...texts.map((text) => (typeof text === 'string' ? text.slice(1) : text))];
    },
  };
}
