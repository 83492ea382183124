// Row 5: one process of several that share an account through Redis; all find its token expired at
// the same moment.
import { redisStore } from '@act-on-token/redis';
import { Redis } from 'ioredis';
import { clientNamed } from '../clients/all.ts';
import type { OpenClient, Place, Shelf } from '../clients/client.ts';
import { leastFleetMember } from '../clients/floor-fleet.ts';
import { openOurs, ours } from '../clients/ours.ts';
import { timed } from '../harness/time.ts';

export interface Input {
  readonly client: string;
  readonly place: Place;
  readonly port: number;
  readonly callers: number;
  /** How many members this process stands for: each has a connection and a client of its own. */
  readonly members?: number;
}

export interface Served {
  readonly ms: number;
  readonly failed: number;
}

export const tokensKey = 'tokens';

export async function prepare({
  client,
  place,
  port,
  callers,
  members = 1,
}: Input): Promise<() => Promise<Served>> {
  const all = await Promise.all(
    Array.from({ length: members }, () => open(client, place, new Redis({ port }))),
  );
  // Loads what fetch needs, and makes the connection.
  await fetch(`${place.origin}/api/1/account`).then((response) => response.text());
  return async () => {
    let failed = 0;
    const one = (member: OpenClient): Promise<unknown> =>
      member.getAccessToken().catch(() => (failed += 1));
    const ms = await timed(() =>
      Promise.all(all.flatMap((member) => Array.from({ length: callers }, () => one(member)))),
    );
    return { ms, failed };
  };
}

async function open(client: string, place: Place, redis: Redis): Promise<OpenClient> {
  if (client === ours.name) return openOurs(place, redisStore(redis));
  const shelf = shelfOn(redis);
  if (client === 'floor') return leastFleetMember(place, redis, shelf);
  const opened = await clientNamed(client).openShared?.(place, shelf);
  if (opened === undefined) throw new Error(`${client} cannot share a store.`);
  return opened;
}

export const shelfOn = (redis: Redis): Shelf => ({
  read: () => redis.get(tokensKey),
  write: async (text) => void (await redis.set(tokensKey, text)),
});
