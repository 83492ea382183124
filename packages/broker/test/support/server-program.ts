// One server of an app, under whatever runs this file: a broker and nothing else. It prints its
// port, and ends with its input.
import { env, exit, stdin } from 'node:process';
import { type Broker, type BrokerOptions, createBroker } from '@act-on-token/broker';
import { actOnEndpoint, type TokenStore } from '@act-on-token/core';

export interface ServerSetup {
  readonly store: 'memory' | { readonly directory: string } | { readonly redisPort: number };
  readonly clientId: string;
  readonly clientSecret: string;
  readonly baseUrl: string;
  readonly options: Pick<
    BrokerOptions,
    'redirectUri' | 'sessionSecret' | 'session' | 'mode' | 'maxBodySize'
  >;
}

interface Runtimes {
  readonly Deno?: {
    serve(
      options: { port: number; hostname: string; onListen(at: { port: number }): void },
      handler: Broker,
    ): unknown;
  };
  readonly Bun?: {
    serve(options: { port: number; hostname: string; idleTimeout: number; fetch: Broker }): {
      port: number;
    };
  };
}

const setup: ServerSetup = JSON.parse(env.SETUP ?? '{}');
const { clientId, clientSecret, baseUrl } = setup;
const broker = createBroker({
  endpoint: actOnEndpoint({ clientId, clientSecret, baseUrl }),
  store: await openStore(setup.store),
  ...setup.options,
});
await serve(globalThis as Runtimes);
stdin.on('end', () => exit()).resume();

async function openStore(store: ServerSetup['store']): Promise<TokenStore> {
  if (store === 'memory') return (await import('@act-on-token/memory')).memoryStore();
  if ('directory' in store) return (await import('@act-on-token/file')).fileStore(store);
  // Only where they are there: the other runtimes do without a Redis here.
  const [{ redisStore }, { Redis }] = await Promise.all([
    import('@act-on-token/redis'),
    import('ioredis'),
  ]);
  return redisStore(new Redis(store.redisPort));
}

async function serve({ Deno, Bun }: Runtimes): Promise<void> {
  const [port, hostname] = [0, '127.0.0.1'];
  const tell = (at: { port: number }): void => console.log(JSON.stringify({ port: at.port }));
  if (Deno !== undefined) Deno.serve({ port, hostname, onListen: tell }, broker);
  // A request may wait for a refresh of another server, which is longer than Bun's ten seconds.
  else if (Bun !== undefined) tell(Bun.serve({ port, hostname, idleTimeout: 120, fetch: broker }));
  else {
    const [{ createServer }, { getRequestListener }] = await Promise.all([
      import('node:http'),
      import('@hono/node-server'),
    ]);
    const server = createServer(getRequestListener(broker, { overrideGlobalObjects: false }));
    server.listen(port, hostname, () => tell(server.address() as { port: number }));
  }
}
