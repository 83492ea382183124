import type { Clock, TimerHandle } from './clock.ts';
import { aClock, aDay, checkOption, checkOptions, type OptionRules } from './options.ts';

export interface PollingWatchOptions {
  /** Milliseconds from one answer to the next look. Default: 1,000. */
  interval?: number | undefined;
  /** Default: the runtime's own time. */
  clock?: Clock | undefined;
}

export const pollingWatchRules: OptionRules<PollingWatchOptions> = {
  interval: [[1, aDay], 1_000],
  clock: aClock,
};

/** Longest wait for a look, in milliseconds: as long as a session waits for its store. */
const deadline = 3_000;

/**
 * `watch` for stores that cannot push: looks now and again, and calls back when the record's
 * version has changed since the look before.
 *
 * ```ts
 * watch: (key, onChange) => pollingWatch(() => read(key), onChange),
 * ```
 *
 * The first look only learns what there is. A look that fails has seen no change, nor has one
 * without an answer after 3 s, which no longer counts: the next one does not wait for it, but each
 * that is still without an answer doubles the interval. Otherwise no look begins before the last
 * one ended. It keeps no process alive. Returns a function that stops it, at once. Throws
 * `configuration` for a wrong argument.
 */
export function pollingWatch(
  read: () => Promise<{ readonly record: { readonly version: string } | null }>,
  onChange: () => void,
  options: PollingWatchOptions = {},
): () => void {
  checkOption('read', ['function', null], read);
  checkOption('onChange', ['function', null], onChange);
  const { interval, clock } = checkOptions<PollingWatchOptions, 'interval' | 'clock'>(
    'pollingWatch()',
    pollingWatchRules,
    options,
  );
  let isStopped = false;
  let timer: TimerHandle;
  let seen: string | null | undefined;
  // Stryker disable next-line BooleanLiteral: the first look begins at once, and sets it.
  let isLooking = false;
  let late = 0;
  const versionNow = async () => (await read()).record?.version ?? null;
  const rest = () => {
    isLooking = false;
    clock.clearTimeout(timer);
    timer = clock.setTimeout(look, interval * 2 ** late, false);
  };
  const look = async () => {
    let isLate = false;
    isLooking = true;
    timer = clock.setTimeout(
      () => {
        isLate = true;
        late += 1;
        rest();
      },
      deadline,
      false,
    );
    const version = await versionNow().catch(() => seen);
    if (isStopped) return;
    if (isLate) late -= 1;
    else {
      // By itself, so that a listener that throws does not end the watch.
      if (seen !== undefined && version !== seen) queueMicrotask(() => isStopped || onChange());
      seen = version;
    }
    if (!(isLate && isLooking)) rest();
  };
  void look();
  return () => {
    isStopped = true;
    clock.clearTimeout(timer);
  };
}
