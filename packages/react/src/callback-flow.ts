import {
  ActOnTokenError,
  type ExpectedCallback,
  isActOnTokenError,
  readCallback,
  type Session,
} from '@act-on-token/core';
import { takeExpectedCallback } from './expected-callback.ts';
import { takeRedirect } from './redirect.ts';

/** What became of a redirect. */
export type ActOnCallback =
  | { readonly status: 'pending'; readonly error: null; readonly returnTo: null }
  | { readonly status: 'done'; readonly error: null; readonly returnTo: string }
  | { readonly status: 'failed'; readonly error: ActOnTokenError; readonly returnTo: string };

/** The one way in which a session finishes redirects, whichever component asks for it and however often. */
export interface CallbackFlow {
  /** Finishes the redirect that opened this page, unless that was begun already. */
  arrive(): void;
  subscribe(listener: () => void): () => void;
  readonly read: () => ActOnCallback;
}

export const pending: ActOnCallback = { status: 'pending', error: null, returnTo: null };

const flows = new WeakMap<Session, CallbackFlow>();

/**
 * Kept with the session rather than in a component, so that a component may come and go while a
 * code is exchanged.
 */
export function callbackFlowOf(session: Session): CallbackFlow {
  const flow = flows.get(session) ?? createFlow(session);
  flows.set(session, flow);
  return flow;
}

function createFlow(session: Session): CallbackFlow {
  const listeners = new Set<() => void>();
  let outcome = pending;
  let redirects = 0;
  const show = (next: ActOnCallback): void => {
    outcome = next;
    for (const listener of listeners) listener();
  };
  return {
    arrive() {
      const redirect = takeRedirect();
      if (redirect === null && redirects > 0) return;
      redirects += 1;
      const mine = redirects;
      show(pending);
      void finish(session, redirect ?? new URL(location.href)).then((result) => {
        if (mine === redirects) show(result);
      });
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    read: () => outcome,
  };
}

async function finish(session: Session, url: URL): Promise<ActOnCallback> {
  const state = url.searchParams.get('state');
  const expected = takeExpectedCallback(state);
  const isAnswer = expected !== null && expected.state === state;
  // What another sign-in of this tab is to return to is none of this one's business.
  const returnTo = isAnswer ? expected.returnTo : '/';
  try {
    // Opened once more, or by somebody who made it up: there is nothing to send, and nothing wrong
    // if somebody is signed in.
    if (isAnswer || !(await isSignedIn(session)))
      await session.authorize(readCallback(url, expected as ExpectedCallback));
    return { status: 'done', error: null, returnTo };
  } catch (reason) {
    return { status: 'failed', error: errorOf(reason), returnTo };
  }
}

async function isSignedIn(session: Session): Promise<boolean> {
  await session.ready();
  const { usable, needsGrant } = session.getSnapshot();
  return usable || !needsGrant;
}

function errorOf(reason: unknown): ActOnTokenError {
  if (isActOnTokenError(reason)) return reason;
  // Its message is somebody else's, and may quote what was sent.
  const name = reason instanceof Error ? reason.name : typeof reason;
  return new ActOnTokenError(
    'callback',
    `The sign-in could not be finished (${name}). Start it again.`,
  );
}
