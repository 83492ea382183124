// Bytes and texts as they go into cookies and names.

/** `bytes` random bytes in base64url. */
export function randomText(bytes: number): string {
  return base64url(crypto.getRandomValues(new Uint8Array(bytes)));
}

/** SHA-256 in base64url. */
export async function digest(text: string): Promise<string> {
  return base64url(
    new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))),
  );
}

/** The first 96 bits of a digest: a name that no one can choose. */
export async function shortDigest(text: string): Promise<string> {
  return (await digest(text)).slice(0, 16);
}

export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/**
 * Text from outside, fit to be shown: unprintable characters dropped, at most `longest`
 * characters.
 */
export function shown(text: string, longest = 80): string {
  const clean = text.replace(/[\p{C}\p{Z}]+/gu, ' ').trim();
  return clean.length > longest ? `${clean.slice(0, longest - 1)}…` : clean;
}
