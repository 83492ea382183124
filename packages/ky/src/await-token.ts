import { isActOnTokenError, type Session } from '@act-on-token/core';
import type { Attempt } from './ky-versions.ts';

/**
 * Waits for a token in a hook, where ky's clock does not run: otherwise a wait for another process
 * would look like a slow API.
 */
export async function awaitToken(
  session: Session,
  { request, options, error }: Attempt,
): Promise<void> {
  // For a request with a `retry` of its own, which may have put ours out of force.
  if (isActOnTokenError(error)) throw error;
  const { waitUntil } = options;
  const { signal } = request;
  await session
    .getAccessToken(waitUntil ? { signal, waitUntil } : { signal })
    .catch(unlessKeptByBroker);
}

function unlessKeptByBroker(error: unknown): void {
  if (!isActOnTokenError(error, 'no_token_in_proxy_mode')) throw error;
}
