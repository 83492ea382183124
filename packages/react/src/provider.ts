import { ActOnTokenError, type Session } from '@act-on-token/core';
import {
  type Context,
  createContext,
  createElement,
  type ReactElement,
  type ReactNode,
  useContext,
} from 'react';

const SessionContext: Context<Session | null> = createContext<Session | null>(null);

export interface ActOnTokenProviderProps {
  /**
   * Made once, outside of any component: `const session = createSession({ … })`. It is neither
   * started nor closed here.
   */
  session: Session;
  children?: ReactNode | undefined;
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
  checkSession('<ActOnTokenProvider>', session);
  return createElement(SessionContext.Provider, { value: session }, children);
}

/** Throws `configuration` for anything but a session, so that a slip is named where it is. */
function checkSession(where: string, session: Session): void {
  if (typeof (session?.subscribe ?? session?.authorize) === 'function') return;
  throw new ActOnTokenError(
    'configuration',
    `"session" of ${where} must be a session, as createSession() or createBrokerSession() makes it.`,
  );
}

/**
 * The session that was passed in, or the provider's. Throws `configuration` if there is neither.
 */
export function useSession(hook: string, given: Session | undefined): Session {
  const provided = useContext(SessionContext);
  if (given !== undefined) checkSession(`${hook}()`, given);
  const session = given ?? provided;
  if (session !== null) return session;
  throw new ActOnTokenError(
    'configuration',
    `${hook}() found no session. Put <ActOnTokenProvider session={session}> around the component, or hand a session to the hook.`,
  );
}
