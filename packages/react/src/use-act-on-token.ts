import type { Session } from '@act-on-token/core';
import { useSyncExternalStore } from 'react';
import { type ActOnToken, bindingOf } from './binding.ts';
import { useSession } from './provider.ts';

/**
 * The state of the session, and what can be done with it. Renders again when something about it
 * changed, never because a token was read, and never starts a refresh by itself. A server, and a
 * browser that takes over what it rendered, begin with `loaded: false`. Throws `configuration` if
 * there is neither a provider nor an argument.
 *
 * @example
 * const { loaded, usable, needsGrant, fetch } = useActOnToken();
 * if (!loaded) return <Spinner />;
 * if (!usable && needsGrant) return <SignIn />;
 */
export function useActOnToken(session?: Session): ActOnToken {
  const { subscribe, read, readOnServer } = bindingOf(useSession('useActOnToken', session));
  return useSyncExternalStore(subscribe, read, readOnServer);
}
