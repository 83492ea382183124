/** Who wants to know of changes, by key. */
export interface Watchers {
  /**
   * Returns a function that stops it: from then on it reports nothing, not even a change that was already made.
   */
  add(key: string, onChange: () => void): () => void;
  notify(key: string): void;
}

interface Watcher {
  readonly onChange: () => void;
}

export function createWatchers(): Watchers {
  const byKey = new Map<string, Set<Watcher>>();
  return {
    add(key, onChange) {
      // An object for each call: one function may watch twice and stop once.
      const watcher: Watcher = { onChange };
      const watchers = byKey.get(key) ?? new Set();
      byKey.set(key, watchers.add(watcher));
      return () => {
        watchers.delete(watcher);
        if (watchers.size === 0 && byKey.get(key) === watchers) byKey.delete(key);
      };
    },
    notify(key) {
      // Later, as from any store, so that no caller comes to rely on being called in the middle of a
      // swap; and each by itself, so that a listener that throws takes no other call away.
      // Stryker disable next-line ArrayDeclaration: what does not watch is not called.
      for (const watcher of byKey.get(key) ?? []) queueMicrotask(() => call(byKey, key, watcher));
    },
  };
}

function call(
  byKey: ReadonlyMap<string, ReadonlySet<Watcher>>,
  key: string,
  watcher: Watcher,
): void {
  if (byKey.get(key)?.has(watcher)) watcher.onChange();
}
