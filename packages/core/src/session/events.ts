import type { ActOnTokenError } from '../errors.ts';
import { checkOption } from '../options.ts';

/**
 * What a session reports as it happens. No event carries a token. Times are epoch milliseconds of
 * this machine's clock.
 */
export type SessionEvent =
  /** This session refreshed the pair. */
  | { readonly type: 'refreshed'; readonly generation: number; readonly expiresAt: number }
  /** Another session or process refreshed it, and this session continues with that pair. */
  | { readonly type: 'adopted'; readonly generation: number; readonly expiresAt: number }
  /**
   * A request to the token endpoint brought nothing; `error.retryAt` says when it makes sense
   * again.
   */
  | { readonly type: 'refresh_failed'; readonly error: ActOnTokenError }
  /** A request was sent, and it is unknown whether Act-On processed it. */
  | {
      readonly type: 'unknown';
      readonly purpose: 'refresh' | 'probe' | 'grant';
      readonly detail: string;
    }
  /** A refresh token that was sent without an answer was sent again. */
  | { readonly type: 'probed'; readonly outcome: 'healed' | 'dead' | 'open' }
  /** A pair that this session was given was not kept: a sign-out or another grant came first. */
  | { readonly type: 'superseded' }
  /** Two grants overlapped or a refresh met a probe; the pair is verified by an early refresh. */
  | { readonly type: 'suspect' }
  /** A password or code grant was sent: one of the hourly few. */
  | { readonly type: 'grant_sent'; readonly used: number; readonly limit: number }
  /** A grant would have exceeded the limit and was not sent. */
  | { readonly type: 'grant_budget'; readonly nextAt: number | null }
  | { readonly type: 'signed_in'; readonly lineage: number }
  | { readonly type: 'signed_out' }
  /**
   * The store did not take a pair: it lives in this process only, and is written again and again.
   * `lost`: given up at close.
   */
  | { readonly type: 'unsaved'; readonly lost: boolean }
  | { readonly type: 'saved' }
  | { readonly type: 'store_failed'; readonly error: ActOnTokenError }
  /** Nine tenths of the time are over that the server keeps an unused refresh token. */
  | { readonly type: 'expiring'; readonly issuedAt: number };

/** Listeners that cannot harm each other or the session. */
export class Listeners<Argument extends unknown[]> {
  readonly #all = new Set<(...argument: Argument) => void>();

  get size(): number {
    return this.#all.size;
  }

  /**
   * Adds one under an identity of its own, so that the same function may listen twice. Returns what
   * removes it.
   */
  add(listener: (...argument: Argument) => void): () => void {
    checkOption('listener', ['function', null], listener);
    const own = (...argument: Argument): void => listener(...argument);
    this.#all.add(own);
    return () => this.#all.delete(own);
  }

  emit(...argument: Argument): void {
    for (const listener of [...this.#all]) {
      try {
        listener(...argument);
      } catch (error) {
        console.error('act-on-token: a listener threw.', error);
      }
    }
  }
}
