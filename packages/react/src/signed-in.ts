import type { Session } from '@act-on-token/core';
import type { ReactNode } from 'react';
import { useActOnTokenSelector } from './use-act-on-token-selector.ts';

export interface ActOnSignedInProps {
  /** What shows while a person must sign in. */
  fallback?: ReactNode | undefined;
  /** What shows until it is known, and all that a server renders. Default: nothing. */
  loading?: ReactNode | undefined;
  /** Default: the provider's. */
  session?: Session | undefined;
  children?: ReactNode | undefined;
}

/**
 * Renders its children while a user is signed in, also while a token is being refreshed. Throws
 * `configuration` if there is neither a provider nor a session.
 *
 * @example
 * <ActOnSignedIn fallback={<SignIn />}>
 *   <Lists />
 * </ActOnSignedIn>
 */
export function ActOnSignedIn({
  fallback = null,
  loading = null,
  session,
  children,
}: ActOnSignedInProps): ReactNode {
  const state = useActOnTokenSelector(
    ({ loaded, usable, needsGrant }) => (loaded ? usable || !needsGrant : null),
    Object.is,
    session,
  );
  if (state === null) return loading;
  return state ? children : fallback;
}
