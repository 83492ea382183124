import type { Session, Snapshot } from '@act-on-token/core';

/**
 * What a component may do with a session. The same functions for as long as the session is the
 * same, with no `this` to lose.
 */
export type ActOnTokenActions = Readonly<
  Pick<Session, 'getAccessToken' | 'authorize' | 'signOut' | 'fetch'>
>;

/** What a component sees of a session: its snapshot, and what it may do with it. */
export type ActOnToken = Snapshot & ActOnTokenActions;

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
  };
  const view = (snapshot: Snapshot): ActOnToken => Object.freeze({ ...snapshot, ...actions });
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
