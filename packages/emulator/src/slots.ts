/**
 * At most `limit` in any `window` milliseconds: a sliding window, so a burst at a boundary gains
 * nothing.
 */
export interface Limit {
  readonly limit: number;
  /** Milliseconds. */
  readonly window: number;
}

/** How much of a limit is left, and when the next slot comes free if none is. */
export interface Slots {
  readonly used: number;
  readonly left: number;
  /** Epoch milliseconds; `null` while a slot is free. */
  readonly nextAt: number | null;
}

/**
 * The moments of `times` that still count at `now`, oldest first. The array itself if all of them
 * do.
 */
export function standing(times: readonly number[], window: number, now: number): readonly number[] {
  const first = times.findIndex((at) => now - at < window);
  if (first === 0) return times;
  return first === -1 ? [] : times.slice(first);
}

export function slotsOf(times: readonly number[], limit: Limit, now: number): Slots {
  const counted = standing(times, limit.window, now);
  const left = Math.max(0, limit.limit - counted.length);
  const oldest = counted[counted.length - limit.limit];
  return {
    used: counted.length,
    left,
    nextAt: left > 0 || oldest === undefined ? null : oldest + limit.window,
  };
}
