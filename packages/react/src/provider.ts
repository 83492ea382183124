import { ActOnTokenError, type Session } from '@act-on-token/core';
import { type Context, createContext, createElement, type ReactElement, type ReactNode, useContext } from 'react';

const SessionContext: Context<Session | null> = createContext<Session | null>(null);

export interface ActOnTokenProviderProps {
  /** Made once, outside of any component: `const session = createSession({ … })`. It is neither started nor closed here. */
  session: Session;
  children?: ReactNode;
}

/**
 * Gives all components below it a session.
 *
 * @example
 * <ActOnTokenProvider session={session}>
 *   <App />
 * </ActOnTokenProvider>
 */
export function ActOnTokenProvider({ session, children }: ActOnTokenProviderProps): ReactElement {
  return createElement(SessionContext.Provider, { value: session }, children);
}

/** The session that was handed in, else the provider's. Throws `configuration` if there is neither. */
export function useSession(hook: string, given: Session | undefined): Session {
  const provided = useContext(SessionContext);
  const session = given ?? provided;
  if (session != null) return session;
  throw new ActOnTokenError(
    'configuration',
    `${hook}() found no session. Put <ActOnTokenProvider session={session}> around the component, or hand a session to the hook.`,
  );
}
