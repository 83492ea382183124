import type { TokenStore } from '@act-on-token/core';

/** What one tab tells the others: which record changed, and never what it holds. */
interface News {
  readonly key: string;
  readonly version: string;
}

/** Tells changes to the watchers of this handle, and to those of other handles and tabs through a BroadcastChannel where there is one. */
export function createHints(database: string): Pick<TokenStore, 'watch'> & { tell(news: News): void; close(): void } {
  const watchers = new Set<{ readonly key: string; readonly onChange: () => void }>();
  let channel: BroadcastChannel | undefined;

  const hear = (key: unknown) => {
    for (const watcher of watchers) if (watcher.key === key) queueMicrotask(() => watchers.has(watcher) && watcher.onChange());
  };
  const open = () => {
    if (channel !== undefined || typeof BroadcastChannel === 'undefined') return;
    channel = new BroadcastChannel(`act-on-token:${database}`);
    channel.onmessage = ({ data }) => hear(Object(data).key);
    (channel as { unref?(): void }).unref?.(); // In Node it would keep the process alive.
  };
  return {
    watch(key, onChange) {
      open();
      const watcher = { key, onChange };
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
    tell(news) {
      open();
      channel?.postMessage(news);
      hear(news.key); // A channel does not hear itself.
    },
    close() {
      watchers.clear();
      channel?.close();
    },
  };
}
