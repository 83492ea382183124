/**
 * Listens on a channel, over a connection that stays open: calls `onMessage` with the payload of
 * each notification, and `onLost` once that connection has ended. Returns a function that ends it,
 * or a promise of one.
 */
export type Listen = (
  channel: string,
  onMessage: (payload: string) => void,
  onLost: () => void,
) => (() => unknown) | undefined | Promise<(() => unknown) | undefined>;

/** One listener for all watchers of a store. */
export interface Listener {
  watch(key: string, onChange: () => void): () => void;
  /** The database answers: a listener that was lost begins again. */
  onAnswer(): void;
}

/** How long `listen` may take, and the rest after a listener was lost, in milliseconds. */
const patience = 10_000;
const rest = 1_000;

/**
 * It begins with the first watcher and ends with the last, so that a connection is held only while
 * one is needed. One that was lost waits for an answer from the database; then every watcher is
 * called, because changes may have been missed.
 */
export function createListener(listen: Listen, channel: string): Listener {
  const watchers = new Set<{ readonly key: string; readonly onChange: () => void }>();
  let current: { readonly end: () => void; readonly lost: () => void } | null = null;
  /** When `listen` counts as lost if it is under way, and when the next may begin. */
  let [lateAt, nextAt] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let wasLost = false;

  const begin = (): void => {
    const end = (): void => {
      if (current !== mine) return;
      current = null;
      void opening.then((stop) => stop?.()).catch(() => {});
    };
    const lost = (): void => {
      if (current !== mine) return;
      [wasLost, nextAt] = [true, performance.now() + rest];
      end();
    };
    const call = (is: (key: string) => boolean): void => {
      if (current !== mine) return;
      for (const { key, onChange } of watchers) if (is(key)) onChange();
    };
    const mine = { end, lost };
    current = mine;
    lateAt = performance.now() + patience;
    const opening = Promise.resolve().then(() =>
      listen(channel, (payload) => call((key) => key === payload), lost),
    );
    opening.then(() => {
      if (current !== mine) return;
      lateAt = Number.POSITIVE_INFINITY;
      if (wasLost) call(() => true);
      wasLost = false;
    }, lost);
  };
  const onAnswer = (): void => {
    const now = performance.now();
    if (watchers.size > 0 && now > lateAt) current?.lost();
    if (watchers.size > 0 && current === null && now > nextAt) begin();
  };
  return {
    onAnswer,
    watch(key, onChange) {
      const watcher = { key, onChange };
      watchers.add(watcher);
      onAnswer();
      return () => {
        watchers.delete(watcher);
        if (watchers.size === 0) current?.end();
      };
    },
  };
}
