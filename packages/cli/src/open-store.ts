import type { TokenStore } from '@act-on-token/core';
import { fileStore } from '@act-on-token/file';
import { isRedisUrl } from './settings.ts';

/** The store at this place. The caller closes it. */
export async function openStore(place: string): Promise<TokenStore> {
  if (!isRedisUrl(place)) return fileStore({ directory: place });
  // Loaded only when it is wanted: a session in files is there before a Redis client were.
  const { openRedisStore } = await import('./open-redis-store.ts');
  return openRedisStore(place);
}
