import type { ActOnTokenError } from '@act-on-token/core';

/**
 * What a broker reports as it happens. `account` is the name of the account's record. No event
 * carries a token, a code or a cookie.
 */
export type BrokerEvent =
  /** A person signed in to this account. */
  | { readonly type: 'signed_in'; readonly account: string }
  /** A browser signed out; `ended`: it was the last one, so the account's tokens are gone. */
  | { readonly type: 'signed_out'; readonly account: string; readonly ended: boolean }
  /** A sign-in did not succeed, and what the page said to the person. */
  | { readonly type: 'sign_in_failed'; readonly message: string }
  /**
   * The store has an older list of the account's browsers than this server has seen: a restored
   * backup, say. The newer one was put back.
   */
  | { readonly type: 'store_went_back'; readonly account: string }
  /** A request was refused before anything was done. */
  | {
      readonly type: 'refused';
      readonly route: string;
      readonly status: number;
      readonly message: string;
    }
  /** A session could not do what it was asked for. */
  | { readonly type: 'session_failed'; readonly route: string; readonly error: ActOnTokenError }
  /** An unexpected error: an option's function threw, or the broker has a defect. */
  | { readonly type: 'failed'; readonly route: string; readonly error: unknown };
