import { ActOnTokenError, type Session, type Snapshot } from '@act-on-token/core';

/** One of the Act-On accounts that this browser is signed in to. */
export interface ActOnAccount {
  readonly id: string;
  /** For people: who is signed in. */
  readonly name: string;
}

/** Of a session with a broker; others are about one account, which has no name for people. */
interface Accounts {
  /** The account that the session is about; `null` while no one is signed in. */
  readonly account: ActOnAccount | null;
  /** All accounts that this browser is signed in to, the one that signed in last first. */
  readonly accounts: readonly ActOnAccount[];
}

type SignIn = (returnTo?: string, options?: { another?: boolean | undefined }) => void;

/**
 * What a component may do with a session. The same functions for as long as the session is the
 * same, with no `this` to lose.
 */
export type ActOnTokenActions = Readonly<
  Pick<Session, 'getAccessToken' | 'authorize' | 'signOut' | 'fetch'> & {
    /**
     * Leaves the page for Act-On's sign-in page; `returnTo` is a path of this app, by default the
     * current page. `another`: to one more account. Throws `configuration` for a session without a
     * broker.
     */
    signIn: SignIn;
  }
>;

/** What a component sees of a session: its snapshot, and what it may do with it. */
export type ActOnToken = Snapshot & Accounts & ActOnTokenActions;

/** A session in the form in which `useSyncExternalStore` wants it. */
export interface Binding {
  subscribe(listener: () => void): () => void;
  /** The same object for as long as the session's snapshot is the same. */
  readonly read: () => ActOnToken;
  /**
   * What a server renders, and a browser first of all when it takes over what a server rendered.
   */
  readonly readOnServer: () => ActOnToken;
}

/** What a session without a broker has in their place. */
const noAccounts: Accounts = { account: null, accounts: Object.freeze([]) };

/**
 * Nothing is known yet: a server has no account to show, and the browser must begin with what the
 * server has rendered.
 */
const serverSnapshot: Snapshot = {
  loaded: false,
  usable: false,
  needsGrant: false,
  signingIn: false,
  saved: true,
  error: null,
  grants: Object.freeze({ used: 0, limit: 5, nextAt: null }),
  status: 'idle',
  expiresAt: null,
  reason: null,
};

const bindings = new WeakMap<Session, Binding>();

/**
 * The one binding of this session: all components share it, so they share one object per snapshot
 * too.
 */
export function bindingOf(session: Session): Binding {
  const binding = bindings.get(session) ?? bind(session);
  bindings.set(session, binding);
  return binding;
}

function bind(session: Session): Binding {
  const actions: ActOnTokenActions = {
    getAccessToken: (options) => session.getAccessToken(options),
    authorize: (grant, options) => session.authorize(grant, options),
    signOut: () => session.signOut(),
    fetch: (input, init) => session.fetch(input, init),
    signIn(returnTo, options) {
      const { signIn } = session as { signIn?: SignIn };
      if (signIn === undefined)
        throw new ActOnTokenError(
          'configuration',
          'signIn() needs a session of createBrokerSession(). This one signs in with authorize().',
        );
      signIn.call(session, returnTo, options);
    },
  };
  const view = (snapshot: Snapshot): ActOnToken =>
    Object.freeze({ ...noAccounts, ...snapshot, ...actions });
  const onServer = view(serverSnapshot);
  let latest = session.getSnapshot();
  let seen = view(latest);
  return {
    subscribe: (listener) => session.subscribe(listener),
    read() {
      const snapshot = session.getSnapshot();
      if (snapshot !== latest) [latest, seen] = [snapshot, view(snapshot)];
      return seen;
    },
    readOnServer: () => onServer,
  };
}
