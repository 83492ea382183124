import type { Fetch } from '@act-on-token/core';
import type { Proof } from './client-auth.ts';

export interface Revocation {
  readonly url: string;
  readonly fetch: Fetch;
  readonly requestTimeout: number;
  proof(): Proof | Promise<Proof>;
}

/**
 * Asks the server to forget a refresh token and all that came of its grant. Never rejects: the
 * sign-out stands whatever the server says.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7009#section-2.1
 */
export async function revoke(
  { url, fetch, requestTimeout, proof }: Revocation,
  refreshToken: string,
): Promise<void> {
  try {
    const { parameters, headers } = await proof();
    const body = new URLSearchParams({
      token: refreshToken,
      token_type_hint: 'refresh_token',
      ...parameters,
    });
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body: body.toString(),
      redirect: 'manual',
      signal: AbortSignal.timeout(requestTimeout),
    });
    await response.body?.cancel();
  } catch {
    // The tombstone in the store ends the session for everyone who shares it; the token ends of
    // itself.
  }
}
