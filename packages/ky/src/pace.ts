/** How many calls may go within any `interval` (ms). */
export interface Pace {
  readonly limit: number;
  readonly interval: number;
}

/** What decides when a call may go. All times are on one clock that never goes back. */
export interface Traffic {
  /** When the last calls went, oldest first; no more of them than the limit. */
  readonly gone: readonly number[];
  /** No request goes before then: the server said so. */
  readonly heldUntil: number;
}

/** The earliest time at which a call may go that has `ahead` others before it. */
export function turnAt(
  { limit, interval }: Pace,
  { gone, heldUntil }: Traffic,
  ahead: number,
  now: number,
): number {
  const rounds = Math.floor(ahead / limit);
  // Each call follows the one that went `limit` calls earlier, if there was one.
  const earlier = gone[(ahead % limit) - (limit - gone.length)] ?? Number.NEGATIVE_INFINITY;
  return Math.max(now, heldUntil, earlier + interval) + rounds * interval;
}

/** The traffic with one more call that goes now. */
export function withCall({ limit }: Pace, traffic: Traffic, now: number): Traffic {
  return { ...traffic, gone: [...traffic.gone, now].slice(-limit) };
}
