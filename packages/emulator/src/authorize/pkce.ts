import type { Switches } from '../settings.ts';
import { base64url } from '../token/new-token.ts';

/** What a verifier hashes to by S256 (RFC 7636 §4.2). */
export async function challengeOf(verifier: string): Promise<string> {
  const digest = await globalThis.crypto.subtle.digest(
    'SHA-256',
    new TextEncoder().encode(verifier),
  );
  return base64url(new Uint8Array(digest));
}

/**
 * Whether the verifier's challenge is the one that the code was asked for with; `null` where there
 * was none. A verifier for a code without a challenge fails too: someone took the challenge away on
 * the way (RFC 9700 §2.1.1).
 */
export function challengeHolds(
  pkce: Switches['pkce'],
  asked: string | null,
  shown: string | null,
): boolean {
  return pkce === 'ignore' || asked === shown;
}
