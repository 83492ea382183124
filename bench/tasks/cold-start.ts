// Row 4: a client is made and gives the token that lies in its store.

import { createSession, type TokenStore } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import { redisStore } from '@act-on-token/redis';
import { Redis } from 'ioredis';
import { peers } from '../clients/all.ts';
import {
  type Client,
  decodeTokens,
  encodeTokens,
  type OpenClient,
  type Shelf,
} from '../clients/client.ts';
import { endpointAt, ours, seeded } from '../clients/ours.ts';
import { type Contestant, interleave, ratios } from '../harness/interleave.ts';
import { freshTokens, nowhere } from '../harness/no-network.ts';
import { cpuPerCall, perCall } from '../harness/time.ts';

export interface ColdStart {
  /** Ratio to a map lookup and `JSON.parse`. */
  readonly memory: Record<string, number>;
  /** Ratio to a `GET` and `JSON.parse`. */
  readonly redis: Record<string, number>;
}

export async function measure({
  rounds,
  port,
}: {
  rounds: number;
  port: number;
}): Promise<ColdStart> {
  const text = encodeTokens(freshTokens());
  const inMemory = shelfOf(new Map([['tokens', text]]));
  const memory = await interleave(
    await contestants(
      inMemory,
      await seeded(memoryStore(), nowhere, freshTokens()),
      1_000,
      cpuPerCall,
    ),
    rounds,
  );
  const redis = new Redis({ port });
  await redis.set('tokens', text);
  const inRedis: Shelf = {
    read: () => redis.get('tokens'),
    write: async (next) => void (await redis.set('tokens', next)),
  };
  const store = await seeded(redisStore(redis), nowhere, freshTokens());
  const overRedis = await interleave(await contestants(inRedis, store, 100, perCall), rounds);
  redis.disconnect();
  return { memory: ratios(memory, 'floor'), redis: ratios(overRedis, 'floor') };
}

async function contestants(
  shelf: Shelf,
  store: TokenStore,
  calls: number,
  cost: typeof perCall,
): Promise<Contestant[]> {
  const endpoint = endpointAt(nowhere);
  const starts: Record<string, () => Promise<unknown>> = {
    [ours.name]: () =>
      createSession({ endpoint, account: nowhere.username, store }).getAccessToken(),
    floor: () => leastStart(shelf),
  };
  for (const peer of peers)
    if (peer.openShared !== null) starts[peer.name] = () => start(peer, shelf);
  return Object.entries(starts).map(([name, run]) => ({ name, run: () => cost(run, calls) }));
}

async function leastStart(shelf: Shelf): Promise<string> {
  const { accessToken, expiresAt } = decodeTokens(await shelf.read());
  if (Date.now() >= expiresAt) throw new Error('It has expired.');
  return accessToken;
}

async function start(peer: Client, shelf: Shelf): Promise<void> {
  const open = (await peer.openShared?.(nowhere, shelf)) as OpenClient;
  await open.getAccessToken();
  open.close();
}

const shelfOf = (map: Map<string, string>): Shelf => ({
  read: async () => map.get('tokens') ?? null,
  write: async (text) => void map.set('tokens', text),
});
