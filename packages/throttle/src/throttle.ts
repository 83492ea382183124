import { isActOnTokenError, type Session, type TokenEndpoint } from '@act-on-token/core';
import type { CallLimit } from './call-limit.ts';

/**
 * The session with a `fetch` that waits for its turn; the token comes first, so that no turn is
 * lost while it is refreshed. Or the endpoint: then all sessions, pools and brokers made with it
 * wait, a second try after a 401 included. Nothing of the given one is changed. `fetch` also rejects
 * with what {@link CallLimit.turn} rejects with.
 *
 * @example
 * const session = throttle(createSession({ … }), limit);
 * const broker = createBroker({ endpoint: throttle(actOnEndpoint({ … }), limit), … });
 */
export function throttle<Target extends Session | TokenEndpoint>(
  target: Target,
  limit: CallLimit,
): Target {
  const fetch: Session['fetch'] = async (input, init) => {
    const signal = init?.signal ?? (input as Partial<Request>).signal;
    if ('getAccessToken' in target) await awaitToken(target, init, signal);
    const done = await limit.turn(signal);
    let response: Response | null = null;
    try {
      response = await target.fetch(input, init);
      return response;
    } finally {
      done(response);
    }
  };
  // Not a copy: members of a session are on its prototype.
  return Object.create(target, { fetch: { value: fetch, enumerable: true } }) as Target;
}

async function awaitToken(
  { getAccessToken }: Session,
  { waitUntil }: { waitUntil?: ((work: Promise<unknown>) => void) | undefined } = {},
  signal: AbortSignal | null | undefined,
): Promise<void> {
  try {
    await getAccessToken({ ...(waitUntil && { waitUntil }), ...(signal && { signal }) });
  } catch (error) {
    if (!isActOnTokenError(error, 'no_token_in_proxy_mode')) throw error;
  }
}
