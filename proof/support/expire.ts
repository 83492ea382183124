import { accountKey, type TokenEndpoint, type TokenStore } from '@act-on-token/core';

/**
 * Makes the account as it will be two hours later: the access token has lapsed, for everyone who
 * shares the store.
 */
export async function expire(
  store: TokenStore,
  { issuer, clientId }: Pick<TokenEndpoint, 'issuer' | 'clientId'>,
  { user }: { readonly user: { readonly username: string } },
): Promise<void> {
  const key = accountKey(issuer, clientId, user.username);
  const { record } = await store.read(key);
  if (record === null) throw new Error('The account is not signed in.');
  const account = JSON.parse(record.value);
  account.pair.issuedAt -= 7_200_000;
  account.pair.expiresAt -= 7_200_000;
  const next = { version: crypto.randomUUID(), value: JSON.stringify(account) };
  const { ok } = await store.swap(key, record.version, next);
  if (!ok) throw new Error('Another process wrote the record.');
}
