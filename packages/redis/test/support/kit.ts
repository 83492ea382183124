import type { MaybePromise, TokenStore } from '@act-on-token/core';
import { redisStore } from '@act-on-token/redis';
import { storeCases } from '@act-on-token/store-kit';
import type { Cluster, Redis } from 'ioredis';
import { describe, it } from 'vitest';

/** The name is what the table of the kit's results shows. */
export function passesTheKit(store: string, open: () => MaybePromise<TokenStore>): void {
  describe(`${store} passes the store kit: it`, () => {
    for (const { name, run } of storeCases) it(name, () => run(open));
  });
}

/**
 * A handle with a connection of its own, as another process would have one. It stands already:
 * calls have 2.5 seconds.
 */
export async function redisStoreOn(
  client: Redis | Cluster,
  options?: Parameters<typeof redisStore>[1],
): Promise<TokenStore> {
  await isReady(client);
  const store = redisStore(client, options);
  const close = async () => {
    await store.close();
    client.disconnect();
  };
  return { ...store, close };
}

/** Resolves once this client may be used. */
export async function isReady(client: Redis | Cluster): Promise<void> {
  // Without a listener ioredis prints every failure.
  client.on('error', () => {});
  if (client.status !== 'ready')
    await new Promise<void>((resolve) => client.once('ready', resolve));
}
