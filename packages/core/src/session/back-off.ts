import type { ActOnTokenError } from '../errors.ts';

/** A refusal is looked up in the store at most once in this time, in milliseconds. */
export const refusalHolds = 1_000;
const aMinute = 60_000;
/** So many claims in a row that came too late mean that the store is too slow. */
export const mostWithdrawals = 3;
/**
 * A device that says it is offline is believed for half a minute at a time: the hint is wrong
 * behind some VPNs and adapters.
 */
const offlineHolds = 30_000;

/**
 * The pause after a failure, by how often in a row it came: Act-On could not be reached, it
 * refused, a claim came too late.
 */
const pauses = {
  unreached: (times: number) => Math.min(1_000 * 2 ** (times - 1), aMinute),
  refused: (times: number) => Math.min(aMinute * 2 ** (times - 1), 10 * aMinute),
  withdrawn: (times: number) => (times < mostWithdrawals ? 0 : refusalHolds),
} as const;

/**
 * What the record does not show: what went wrong in this process lately, so that it is not tried
 * again at once. All times are monotonic and arguments. Calls nothing. Held by:
 * getting-a-token.test.ts, offline.test.ts.
 */
export class BackOff {
  #paused: { readonly until: number; readonly error: ActOnTokenError } | null = null;
  #offlineUntil: number | null = null;
  // Stryker disable next-line ObjectLiteral: a streak of nothing ends with the first failure.
  #streak: { readonly kind: keyof typeof pauses | null; readonly times: number } = {
    kind: null,
    times: 0,
  };
  /** Until when no refresh ahead is tried. */
  aheadPausedUntil: number = Number.NEGATIVE_INFINITY;
  /** When a refusal was last confirmed by the store. */
  refusedAt: number = Number.NEGATIVE_INFINITY;
  /** What was seen last, fit to print. */
  detail: string | undefined = undefined;

  /** Why nothing may be sent right now. */
  pausedBy(now: number): ActOnTokenError | null {
    return this.#paused !== null && now < this.#paused.until ? this.#paused.error : null;
  }

  pauseUntil(until: number, error: ActOnTokenError): void {
    this.#paused = { until, error };
  }

  pauseAhead(now: number, delay: number): void {
    this.aheadPausedUntil = now + delay;
  }

  /** Counts a failure, or forgets the streak with `null`. Returns the pause in milliseconds. */
  failed(kind: keyof typeof pauses | null): number {
    this.#streak = { kind, times: kind === this.#streak.kind ? this.#streak.times + 1 : 1 };
    return kind === null ? 0 : pauses[kind](this.#streak.times);
  }

  /**
   * A claim was made in time, by whichever process: the store is not too slow. What else went wrong
   * stays.
   */
  claimed(): void {
    if (this.#streak.kind === 'withdrawn') this.failed(null);
  }

  /**
   * Milliseconds for which an offline device is still left in peace, from the moment at which that
   * was first seen.
   */
  offlinePause(isOffline: boolean, now: number): number {
    this.#offlineUntil = isOffline ? (this.#offlineUntil ?? now + offlineHolds) : null;
    return (this.#offlineUntil ?? now) - now;
  }
}
