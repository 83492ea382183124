type Target = Partial<Pick<EventTarget, 'addEventListener' | 'removeEventListener'>> | undefined;

/**
 * Calls back when the page comes back to life: it is looked at again, the network returns, or it
 * comes out of the browser's back/forward cache. Returns the function that stops it.
 * In a runtime without these events nothing happens.
 */
export function onWake(wake: () => void): () => void {
  const page = globalThis as Target & { document?: Target & { visibilityState?: string } };
  const visible = (): void => {
    if (page?.document?.visibilityState === 'visible') wake();
  };
  const shown = (event: Event): void => {
    if ((event as Event & { persisted?: boolean }).persisted) wake();
  };
  const stops = [
    listen(page, 'online', wake),
    listen(page, 'focus', wake),
    listen(page, 'pageshow', shown),
    listen(page?.document, 'visibilitychange', visible),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

export function listen(target: Target, type: string, listener: (event: Event) => void): () => void {
  target?.addEventListener?.(type, listener);
  return () => target?.removeEventListener?.(type, listener);
}
