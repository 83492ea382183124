import type { TokenStore } from '@act-on-token/core';

/** What one tab announces to the others: which record changed, and never what it holds. */
interface News {
  readonly key: string;
  readonly version: string;
}

export interface Hints extends Pick<TokenStore, 'watch'> {
  announce(news: News): void;
  /** This record may be another one now, or any. */
  hear(key?: string): void;
  close(): void;
}

/** When a page goes into the back/forward cache or is frozen, and when it comes back. */
const departures = ['pagehide', 'freeze'];
const returns = ['pageshow', 'resume'];
/** Two of them are dispatched on the document, and do not bubble. */
const onTheWayDown = { capture: true };

/**
 * Announces changes to the watchers of this handle, and to those of other handles and tabs through a
 * BroadcastChannel where there is one.
 */
export function createHints(database: string): Hints {
  const watchers = new Set<{ readonly key: string; readonly onChange: () => void }>();
  let channel: BroadcastChannel | undefined;
  let isAway = false;

  const hear = (key?: string) => {
    for (const watcher of watchers)
      if (key === undefined || key === watcher.key)
        queueMicrotask(() => watchers.has(watcher) && watcher.onChange());
  };
  const open = () => {
    if (channel !== undefined || typeof BroadcastChannel === 'undefined') return;
    channel = new BroadcastChannel(`act-on-token:${database}`);
    channel.onmessage = ({ data }) => hear(String(Object(data).key));
    (channel as { unref?(): void }).unref?.(); // In Node it would keep the process alive.
    eachEvent('addEventListener');
  };
  const eachEvent = (action: 'addEventListener' | 'removeEventListener') => {
    for (const event of departures) globalThis[action]?.(event, leave, onTheWayDown);
    for (const event of returns) globalThis[action]?.(event, comeBack, onTheWayDown);
  };
  const hangUp = () => {
    channel?.close();
    channel = undefined;
  };
  // A message throws a page out of the back/forward cache. A frozen page hears it and begins to
  // read, cannot end that, and so keeps all other tabs from writing. Both hang up, and look again
  // when they come back.
  const leave = () => {
    isAway = true;
    hangUp();
  };
  const comeBack = () => {
    if (!isAway) return;
    isAway = false;
    open();
    hear();
  };
  return {
    watch(key, onChange) {
      if (!isAway) open();
      const watcher = { key, onChange };
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    announce(news) {
      open();
      channel?.postMessage(news);
      if (isAway) hangUp();
      hear(news.key); // A channel does not hear itself.
    },
    hear,
    close() {
      watchers.clear();
      hangUp();
      eachEvent('removeEventListener');
    },
  };
}
