import type { Session } from '@act-on-token/core';
import { useEffect, useLayoutEffect, useSyncExternalStore } from 'react';
import { type ActOnCallback, callbackFlowOf, pending } from './callback-flow.ts';
import { useSession } from './provider.ts';
import { tellRouter } from './redirect.ts';

/**
 * As early as React allows: before a browser paints and before any `useEffect`. React 18 warns of
 * it on a server.
 */
const useEarlyEffect = typeof document === 'undefined' ? useEffect : useLayoutEffect;

/**
 * Finishes a sign-in on the page at the redirect URI: takes `code` and `state` out of the address
 * bar, compares them with what {@link expectCallback} kept, and hands the code to
 * `session.authorize()`, once, however often React mounts the component.
 *
 * `pending` until then; `done` when a user is signed in, also if the page is opened again later;
 * otherwise `failed` with the `error`: `callback` (the person refused, or the redirect answers no
 * sign-in that began in this tab; nothing was sent), `store_unavailable`, or whatever `authorize()`
 * rejects with. Then the sign-in has to begin again. `returnTo` is the path that
 * {@link expectCallback} kept, or `/`.
 *
 * @example
 * const { status, error, returnTo } = useActOnCallback();
 * useEffect(() => {
 *   if (status === 'done') navigate(returnTo, { replace: true });
 * }, [status, returnTo, navigate]);
 * return status === 'failed' ? <SignIn why={error.message} /> : <Spinner />;
 */
export function useActOnCallback(session?: Session): ActOnCallback {
  const flow = callbackFlowOf(useSession('useActOnCallback', session));
  const callback = useSyncExternalStore(flow.subscribe, flow.read, readOnServer);
  useEarlyEffect(() => flow.arrive(), [flow]);
  useEffect(() => {
    if (callback !== pending) tellRouter();
  }, [callback]);
  return callback;
}

const readOnServer = (): ActOnCallback => pending;
