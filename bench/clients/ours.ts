import {
  accountKey,
  actOnEndpoint,
  createSession,
  type Session,
  type TokenEndpoint,
  type TokenStore,
} from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import type { Client, OpenClient, Place, Tokens } from './client.ts';

export const ours: Client = {
  name: 'act-on-token',
  open: async (place, tokens) => openOurs(place, await seeded(memoryStore(), place, tokens)),
  // It has a store instead of a shelf: see openOurs().
  openShared: null,
};

export function endpointAt({ origin, clientId, clientSecret }: Place): TokenEndpoint {
  return actOnEndpoint({ clientId, clientSecret, baseUrl: origin });
}

export const sessionOf = (place: Place, store: TokenStore): Session =>
  createSession({ endpoint: endpointAt(place), account: place.username, store });

/** A session that holds what lies in the store, its record read. */
export async function openOurs(place: Place, store: TokenStore): Promise<OpenClient> {
  const session = sessionOf(place, store);
  await session.ready();
  session.currentAccessToken();
  return {
    getAccessToken: () => session.getAccessToken(),
    current: () => session.currentAccessToken(),
    fetch: session.fetch,
    close: () => void session.close(),
  };
}

/** Puts a pair into a store as if a session had got it. */
export async function seeded(store: TokenStore, place: Place, tokens: Tokens): Promise<TokenStore> {
  const key = accountKey(new URL(place.origin).origin, place.clientId, place.username);
  const { record } = await store.read(key);
  await store.swap(key, record?.version ?? null, {
    version: crypto.randomUUID(),
    value: JSON.stringify(recordOf(tokens)),
  });
  return store;
}

export const lifetime = 3_600_000;

/** The record of an account that signed in long enough ago for nothing but its pair to matter. */
export function recordOf({ accessToken, refreshToken, expiresAt }: Tokens): object {
  const pair = {
    accessToken,
    refreshToken,
    issuedAt: expiresAt - lifetime,
    expiresAt,
    unanswered: 0,
  };
  const nothing = {
    ended: null,
    claim: null,
    grants: [],
    blocked: { refresh: null, grant: null },
    refused: null,
    refusal: null,
    conflicts: [],
    changedAt: 0,
    suspect: false,
  };
  return { schema: 1, lineage: 1, generation: 1, pair, ...nothing };
}
