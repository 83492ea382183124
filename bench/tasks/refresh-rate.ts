// Row 8: how many refreshes one process gets done, over Redis and HTTP on loopback, beside the
// least that does as much.
import { createSessionPool } from '@act-on-token/core';
import { redisStore } from '@act-on-token/redis';
import { Redis } from 'ioredis';
import type { Place, Tokens } from '../clients/client.ts';
import { refreshGrant } from '../clients/floor.ts';
import { endpointAt, seeded } from '../clients/ours.ts';
import { timed } from '../harness/time.ts';

export interface Input {
  readonly port: number;
  readonly rounds: number;
  /** Half of them are refreshed by ours, the others by the floor. */
  readonly accounts: readonly { readonly place: Place; readonly tokens: Tokens }[];
}

export interface RefreshRate {
  /** Refreshes per second, by round. */
  readonly ours: number[];
  readonly floor: number[];
}

const atOnce = 50;

export async function measure({ port, rounds, accounts }: Input): Promise<RefreshRate> {
  const redis = new Redis({ port });
  const store = redisStore(redis);
  const half = accounts.length >> 1;
  const [first] = accounts;
  if (first === undefined) throw new Error('There must be accounts.');
  for (const { place, tokens } of accounts.slice(0, half)) await seeded(store, place, tokens);
  // Younger tokens are not refreshed: without this only one round could be measured.
  const pool = createSessionPool({
    endpoint: endpointAt(first.place),
    store,
    maxConcurrent: atOnce,
    minRefreshInterval: 0,
  });
  await Promise.all(accounts.slice(0, half).map(({ place }) => pool.get(place.username).ready()));
  const refreshOurs = (): Promise<unknown> =>
    Promise.all(
      accounts.slice(0, half).map(({ place }) => {
        const session = pool.get(place.username);
        return session.getAccessToken({ rejected: session.currentAccessToken() ?? '' });
      }),
    );
  const refreshFloor = leastRefresh(redis, accounts.slice(half));
  const rate: RefreshRate = { ours: [], floor: [] };
  for (let round = 0; round <= rounds; round += 1) {
    const [ours, floor] = [await timed(refreshOurs), await timed(refreshFloor)];
    if (round === 0) continue;
    rate.ours.push((half / ours) * 1_000);
    rate.floor.push((half / floor) * 1_000);
  }
  await pool.close();
  redis.disconnect();
  return rate;
}

/** Two writes and one request for each account, as many at once as the pool has. */
function leastRefresh(redis: Redis, accounts: Input['accounts']): () => Promise<void> {
  const held = accounts.map(({ place, tokens }) => ({ place, tokens }));
  const refresh = async (account: { place: Place; tokens: Tokens }): Promise<void> => {
    await redis.set(
      `floor:${account.place.username}`,
      JSON.stringify({ ...account.tokens, claimed: Date.now() }),
    );
    account.tokens = await refreshGrant(account.place, account.tokens.refreshToken);
    await redis.set(`floor:${account.place.username}`, JSON.stringify(account.tokens));
  };
  return async () => {
    const line = [...held];
    const work = async (): Promise<void> => {
      for (let next = line.pop(); next !== undefined; next = line.pop()) await refresh(next);
    };
    await Promise.all(Array.from({ length: atOnce }, work));
  };
}
