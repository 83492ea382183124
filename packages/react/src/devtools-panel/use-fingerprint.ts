import type { Session } from '@act-on-token/core';
import { useEffect, useState } from 'react';

/**
 * The first characters of the SHA-256 of the session's access token: two of them say whether two
 * tokens are the same, and nothing of either. The token itself stays out of React's state.
 */
export function useFingerprint(session: Session, version: string): string {
  const [print, setPrint] = useState('');
  // The version says when to look again.
  useEffect(() => {
    let isLatest = true;
    fingerprintOf(session.currentAccessToken()).then(
      (text) => isLatest && setPrint(text),
      () => isLatest && setPrint('no fingerprint'),
    );
    return () => {
      isLatest = false;
    };
  }, [session, version]);
  return print;
}

async function fingerprintOf(token: string | undefined): Promise<string> {
  if (token === undefined) return 'none valid';
  // Only where a page comes over https, or from this machine.
  if (globalThis.crypto?.subtle === undefined) return 'no fingerprint';
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(token));
  const bytes = [...new Uint8Array(hash).slice(0, 4)];
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
