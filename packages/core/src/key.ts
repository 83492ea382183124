/**
 * The one name of an account: of its record, its channel and its flight. Unambiguous and synchronous; nothing is normalised,
 * so `Ann@example.com` and `ann@example.com` are two accounts. A store that needs a file name hashes it.
 */
export function accountKey(issuer: string, clientId: string, account: string): string {
  return JSON.stringify([issuer, clientId, account]);
}

/** 128 random bits in hex: names of versions and claims. */
export function randomId(): string {
  let id = '';
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) id += (byte + 256).toString(16).slice(1);
  return id;
}
