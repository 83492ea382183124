/**
 * By how much this machine's clock may have been set back, in milliseconds, before a later time on
 * record counts as a mistake.
 */
const patience = 3_600_000;

let latest = Number.NEGATIVE_INFINITY;

/**
 * The time of all stores in this process, in epoch milliseconds. A wall clock that was set back
 * stands still until it has caught up with what was answered here before and with `recorded`, which
 * another process may have written.
 */
export function now(recorded: number = Number.NEGATIVE_INFINITY): number {
  const wall = Date.now();
  // Stryker disable next-line EqualityOperator: an equal time is the same time, and one millisecond makes no difference of an hour.
  const later = [latest, recorded].filter((at) => at > wall && at - wall <= patience);
  latest = Math.max(wall, ...later);
  return latest;
}
