import type { ActOnTokenError } from '../errors.ts';

const aMinute = 60_000;
/** A refusal is looked up in the store at most once in this time, in milliseconds. */
export const refusalHolds = 1_000;
/** A device that says it is offline is believed for half a minute at a time: the hint is wrong behind some VPNs and adapters. */
const offlineHolds = 30_000;

/**
 * What the record does not show: what went wrong in this process lately, so that it is not tried again at once. All times are
 * monotonic and arguments. Calls nothing. Held by: getting-a-token.test.ts, offline.test.ts.
 */
export class BackOff {
  #paused: { readonly until: number; readonly error: ActOnTokenError } | null = null;
  #aheadPausedUntil = Number.NEGATIVE_INFINITY;
  #offlineUntil: number | null = null;
  /** How often in a row Act-On could not be reached, said No, or a claim took too long. */
  #unreached = 0;
  #refused = 0;
  withdrawn = 0;
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

  /** Milliseconds for which an offline device is still left in peace, from the moment at which that was first seen. */
  offlinePause(isOffline: boolean, now: number): number {
    this.#offlineUntil = isOffline ? (this.#offlineUntil ?? now + offlineHolds) : null;
    return (this.#offlineUntil ?? now) - now;
  }

  pauseAhead(now: number): void {
    this.#aheadPausedUntil = now + aMinute;
  }

  /** Milliseconds until a refresh ahead may be tried again. */
  aheadPause(now: number): number {
    return Math.max(0, this.#aheadPausedUntil - now);
  }

  /** Nothing was sent: Act-On could not be reached. Returns how long to wait. */
  unreached(): number {
    this.#unreached += 1;
    return Math.min(1_000 * 2 ** (this.#unreached - 1), aMinute);
  }

  /** A refresh met a definite No. Returns how long to wait: from a minute up to ten. */
  refused(): number {
    this.#refused += 1;
    return Math.min(aMinute * 2 ** (this.#refused - 1), 10 * aMinute);
  }

  /** Act-On answered. */
  reached(): void {
    this.#unreached = 0;
    this.withdrawn = 0;
  }
}
