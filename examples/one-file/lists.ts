// Prints how many lists an Act-On account has. Run it with `node lists.ts`, `bun run lists.ts` or
// `deno run --allow-env --allow-net --allow-read --allow-write lists.ts`. It gets everything by
// its environment, so that no secret shows in a list of processes; README.md names the variables.
import { join } from 'node:path';
import { actOnEndpoint, createSession, type Region, type TokenStore } from '@act-on-token/core';
import { fileStore } from '@act-on-token/file';

try {
  console.log(`totalCount: ${await countLists()}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

async function countLists(): Promise<number> {
  const [clientId, clientSecret, username, password] = required(
    'ACT_ON_CLIENT_ID',
    'ACT_ON_CLIENT_SECRET',
    'ACT_ON_USERNAME',
    'ACT_ON_PASSWORD',
  );
  const { store, close } = await openStore(optional('ACT_ON_STORE'));
  try {
    const session = createSession({
      endpoint: actOnEndpoint({ clientId, clientSecret, ...whereActOnIs() }),
      account: username,
      store,
      // Asked only if the store holds no session that can go on.
      credentials: () => ({ username, password }),
    });
    const response = await session.fetch('/api/1/list').finally(() => session.close());
    if (!response.ok)
      throw new Error(`Act-On answered ${response.status} to the question for lists.`);
    const { totalCount } = (await response.json()) as { totalCount: number };
    return totalCount;
  } finally {
    await close();
  }
}

function optional(name: string): string | undefined {
  return process.env[name] || undefined;
}

/** As many texts as names. */
function required<Names extends string[]>(...names: Names): { [Position in keyof Names]: string } {
  const missing = names.filter((name) => optional(name) === undefined);
  if (missing.length > 0) throw new Error(`Set ${missing.join(', ')} in the environment.`);
  return names.map(optional) as { [Position in keyof Names]: string };
}

function whereActOnIs(): { baseUrl: string } | { region: Region } | undefined {
  const [baseUrl, region] = [optional('ACT_ON_BASE_URL'), optional('ACT_ON_REGION')];
  if (baseUrl !== undefined) return { baseUrl };
  if (region === undefined) return undefined;
  if (region !== 'us' && region !== 'eu') throw new Error('ACT_ON_REGION must be us or eu.');
  return { region };
}

interface OpenStore {
  readonly store: TokenStore;
  close(): Promise<void>;
}

/** It outlives this run: else each run would be a sign-in, and Act-On grants five an hour. */
async function openStore(place: string = stateDirectory()): Promise<OpenStore> {
  if (/^rediss?:\/\//.test(place)) return openRedisStore(place);
  if (/^\w{2,}:\/\//.test(place))
    throw new Error('ACT_ON_STORE must be a directory, or a redis:// or rediss:// URL.');
  const store = fileStore({ directory: place });
  return { store, close: () => store.close() };
}

/** Where programs of this user keep what should last but is no document. */
function stateDirectory(): string {
  const [local, state, home] = [
    optional('LOCALAPPDATA'),
    optional('XDG_STATE_HOME'),
    optional('HOME'),
  ];
  const base = local ?? state ?? (home && join(home, '.local', 'state'));
  if (base === undefined)
    throw new Error('Set ACT_ON_STORE in the environment: there is no HOME to keep records in.');
  return join(base, 'act-on-token');
}

async function openRedisStore(url: string): Promise<OpenStore> {
  // Loaded only when it is wanted: who keeps records in files needs neither package.
  const [{ Redis }, { redisStore }] = await Promise.all([
    import('ioredis'),
    import('@act-on-token/redis'),
  ]);
  const redis = new Redis(url);
  redis.on('error', () => {}); // The store says it better, as store_unavailable.
  const store = redisStore(redis);
  return {
    store,
    async close() {
      await store.close();
      redis.disconnect();
    },
  };
}
