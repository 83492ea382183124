/**
 * The one name of an account: of its record, its channel and its flight. Unambiguous and
 * synchronous; nothing is normalised, so `Ann@example.com` and `ann@example.com` are two accounts.
 * A store that needs a file name hashes it.
 */
export function accountKey(issuer: string, clientId: string, account: string): string {
  return JSON.stringify([issuer, clientId, account]);
}

/** Joined, because a text that grew by `+=` is kept as a chain of its pieces. */
export function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => (byte + 256).toString(16).slice(1)).join('');
}

/** 128 random bits in hex: names of versions and claims. */
export function randomId(): string {
  return toHex(crypto.getRandomValues(new Uint8Array(16)));
}
