import type { Clock, TimerHandle } from './clock.ts';
import { aClock, aDay, checkOption, checkOptions, type OptionRules } from './options.ts';

export interface PollingWatchOptions {
  /** Milliseconds from one answer to the next look. Default: 1,000. */
  interval?: number | undefined;
  /** Default: the runtime's own time. */
  clock?: Clock | undefined;
}

export const pollingWatchRules: OptionRules<PollingWatchOptions> = { interval: [[1, aDay], 1_000], clock: aClock };

/**
 * `watch` for stores that cannot push: looks now and again, and calls back when the record's version has changed since the look before.
 *
 * ```ts
 * watch: (key, onChange) => pollingWatch(() => read(key), onChange),
 * ```
 *
 * The first look only learns what there is. No look begins before the one before it has ended; one that fails has seen no
 * change. It keeps no process alive. Returns a function that stops it, at once. Throws `configuration` for a wrong argument.
 */
export function pollingWatch(
  read: () => Promise<{ readonly record: { readonly version: string } | null }>,
  onChange: () => void,
  options: PollingWatchOptions = {},
): () => void {
  checkOption('read', ['function', null], read);
  checkOption('onChange', ['function', null], onChange);
  const { interval, clock } = checkOptions<PollingWatchOptions, 'interval' | 'clock'>('pollingWatch()', pollingWatchRules, options);
  let isStopped = false;
  let timer: TimerHandle;
  let seen: string | null | undefined;
  const versionNow = async () => (await read()).record?.version ?? null;
  const look = async () => {
    const version = await versionNow().catch(() => seen);
    if (isStopped) return;
    // By itself, so that a listener that throws does not end the watch.
    if (seen !== undefined && version !== seen) queueMicrotask(() => isStopped || onChange());
    seen = version;
    timer = clock.setTimeout(look, interval, false);
  };
  void look();
  return () => {
    isStopped = true;
    clock.clearTimeout(timer);
  };
}
