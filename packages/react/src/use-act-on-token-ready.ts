import { ActOnTokenError, isActOnTokenError, type Session } from '@act-on-token/core';
import { useSyncExternalStore } from 'react';
import { type ActOnToken, bindingOf } from './binding.ts';
import { createFirstWait, type UseFirstWait } from './first-wait.ts';
import { useSession } from './provider.ts';

/** What {@link useActOnTokenReady} gives: what {@link useActOnToken} gives, once it is known. */
export type ReadyActOnToken = ActOnToken & { readonly loaded: true };

/**
 * What {@link useActOnToken} gives, but the component is not rendered before the session knows its
 * account: it suspends until then, so `loaded` is always `true`. With `'token'` it suspends until
 * there is a token too, and a lapsed one is refreshed for that, unless a person must sign in
 * (`needsGrant`) or the page gets no token anyway. It suspends at first only: whatever happens
 * later shows in what it gives, and never takes the page away.
 *
 * What fails (`store_unavailable`, `closed`; with `'token'` also `not_sent` and whatever else
 * `getAccessToken()` rejects with) is thrown to the error boundary; a reset of the boundary tries
 * again. On a server there is nothing to wait for: put {@link ActOnTokenSuspense} around the
 * component, or it throws `configuration`.
 *
 * @example
 * const { usable, needsGrant } = useActOnTokenReady();
 * return needsGrant && !usable ? <SignIn /> : <Lists />;
 */
export function useActOnTokenReady(
  until: 'read' | 'token' = 'read',
  session?: Session,
): ReadyActOnToken {
  if (until !== 'read' && until !== 'token')
    refuse('"until" must be "read" or "token". A session is the second argument.');
  const mine = useSession('useActOnTokenReady', session);
  const { subscribe, read } = bindingOf(mine);
  const token = useSyncExternalStore(subscribe, read, refuseServer);
  const useFirstWait = waitsOf(mine)[until];
  useFirstWait(until === 'read' ? token.loaded : token.usable);
  return token as ReadyActOnToken;
}

type Waits = Readonly<Record<'read' | 'token', UseFirstWait>>;

const waits = new WeakMap<Session, Waits>();

function waitsOf(session: Session): Waits {
  const known = waits.get(session);
  if (known !== undefined) return known;
  const created = {
    read: createFirstWait(() => session.ready()),
    token: createFirstWait(() => firstToken(session)),
  };
  waits.set(session, created);
  return created;
}

async function firstToken(session: Session): Promise<void> {
  await session.ready();
  await session.getAccessToken().catch((reason: unknown) => {
    if (!needsNoToken(reason)) throw reason;
  });
}

/** A page that has to ask a person, or that works without a token, is as ready as it will be. */
function needsNoToken(reason: unknown): boolean {
  return (
    isActOnTokenError(reason) && (reason.needsGrant || reason.code === 'no_token_in_proxy_mode')
  );
}

function refuseServer(): never {
  return refuse(
    'it cannot wait on a server, which knows no account. Put <ActOnTokenSuspense fallback={…}> around the component: the server sends its fallback.',
  );
}

function refuse(reason: string): never {
  throw new ActOnTokenError('configuration', `useActOnTokenReady(): ${reason}`);
}
