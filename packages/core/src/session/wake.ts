import { isOnThisMachine } from '../wire/endpoint.ts';

/**
 * Calls back when the machine or the page comes back to life: timers ran late then, and others may
 * have moved the record. Returns the unsubscribe function. Where a runtime has none of these events
 * nothing happens; no promise rests on them.
 */
export function onWake(wake: () => void): () => void {
  const target = globalThis as Partial<EventTarget> & {
    document?: EventTarget & { visibilityState?: string };
  };
  const visible = (): void => {
    if (target.document?.visibilityState === 'visible') wake();
  };
  const stops = [
    listen(target, 'online', wake),
    listen(target.document, 'visibilitychange', visible),
    listen(target.document, 'resume', wake),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

function listen(
  target: Partial<EventTarget> | undefined,
  type: string,
  listener: () => void,
): () => void {
  target?.addEventListener?.(type, listener);
  return () => target?.removeEventListener?.(type, listener);
}

/**
 * Browsers say when they have no network, not always rightly. What is on this machine, an emulator
 * say, needs none.
 */
export function isOffline(apiBase: URL): boolean {
  const { onLine } = (globalThis.navigator as { readonly onLine?: boolean } | undefined) ?? {};
  return onLine === false && !isOnThisMachine(apiBase);
}
