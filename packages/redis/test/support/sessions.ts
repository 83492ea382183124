import { accountKey, actOnEndpoint, type TokenEndpoint, type TokenStore } from '@act-on-token/core';
import type { Emulator, ServedEmulator } from '@act-on-token/emulator';

/**
 * Milliseconds for a request: programs that start, or a fail-over, take their time on a busy
 * machine while one is held.
 */
export const requestTimeout = 100_000;

export function endpointOf({ client, url }: Pick<ServedEmulator, 'client' | 'url'>): TokenEndpoint {
  return actOnEndpoint({
    clientId: client.id,
    clientSecret: client.secret,
    baseUrl: url,
    requestTimeout,
  });
}

/**
 * Makes the account as it will be two hours later: the access token has lapsed, for everyone who
 * shares the store.
 */
export async function expire(
  store: TokenStore,
  { issuer, clientId }: TokenEndpoint,
  { user }: Pick<Emulator, 'user'>,
): Promise<void> {
  const key = accountKey(issuer, clientId, user.username);
  const { record } = await store.read(key);
  if (record === null) throw new Error('Nobody is signed in.');
  const account = JSON.parse(record.value);
  account.pair.issuedAt -= 7_200_000;
  account.pair.expiresAt -= 7_200_000;
  const { ok } = await store.swap(key, record.version, {
    version: crypto.randomUUID(),
    value: JSON.stringify(account),
  });
  if (!ok) throw new Error('Somebody else wrote the record.');
}
