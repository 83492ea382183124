import 'server-only';
import type { ResponseCookie, ServerSession } from '@act-on-token/broker';
import { cookies, headers } from 'next/headers';
import { broker } from './broker';

/** Who sent the request that is being answered, in server components, actions and handlers. */
export async function signedIn(): Promise<ServerSession> {
  return broker().session({ headers: await headers() });
}

/**
 * Sends a renewed cookie on, in server actions. Server components send none, and lose nothing: the
 * old cookie goes on to count.
 */
export async function sendOn(renewed: readonly ResponseCookie[]): Promise<void> {
  const jar = await cookies();
  for (const cookie of renewed) jar.set(cookie);
}
