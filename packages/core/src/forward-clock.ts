/**
 * By how much a clock may have been set back, in milliseconds, before the later time counts as the
 * mistake.
 */
const patience = 3_600_000;

/**
 * A clock for a store that has only its machine's: the time of `clock`, default `Date.now()`, in
 * epoch milliseconds. Where that was set back, it stands still until it has caught up with what was
 * answered before and with `recorded`, which another process may have written; times more than an
 * hour ahead count as mistakes.
 */
export function forwardClock(
  clock: () => number = () => Date.now(),
): (recorded?: number | undefined) => number {
  let latest = Number.NEGATIVE_INFINITY;
  return (recorded = latest) => {
    const wall = clock();
    // Stryker disable next-line EqualityOperator: an equal time is the same time, and one millisecond makes no difference of an hour.
    const later = [latest, recorded].filter((at) => at > wall && at - wall <= patience);
    latest = Math.max(wall, ...later);
    return latest;
  };
}
