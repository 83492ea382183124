// What the broker and its browser side say to each other. Plain JSON and headers; README.md shows
// them for other clients.
import type { ActOnTokenErrorCode, Snapshot } from '@act-on-token/core';

/**
 * Every request that is not a navigation carries it: a page of another origin cannot add it without
 * asking first (RFC 10017 §6.1.3.3).
 */
export const brokerHeader = 'x-act-on-broker';
/**
 * Which of the browser's accounts is meant; without it, the one that signed in last. Another one
 * never takes its place.
 */
export const accountHeader = 'x-act-on-account';
/**
 * The value of {@link accountHeader} for a page that shows no user: one who signed in meanwhile is
 * not meant.
 */
export const noAccount = 'none';
/**
 * On answers of `session` and `token`: names the sign-in of the account. What a page keeps for one
 * is not for the next, nor for another user of the app. No secret.
 */
export const signInHeader = 'x-act-on-sign-in';
/**
 * On what the broker itself refuses, so that no client takes it for an answer of Act-On. Its value is
 * the body's `error`.
 */
export const errorHeader = 'x-act-on-broker-error';
/**
 * On what comes from Act-On: the seconds that the access token still lives, so that a page knows
 * without asking.
 */
export const expiryHeader = 'x-act-on-expires-in';
/**
 * Names a request that must not be carried out twice: a browser sends a POST once more when a
 * connection that it used before breaks.
 */
export const idempotencyHeader = 'idempotency-key';
/**
 * On a request below `api/`: the slash at the end of its path is there for the server that wants
 * one, and not for Act-On.
 */
export const slashHeader = 'x-act-on-slash';

export type BrokerMode = 'proxy' | 'token';

/** One of the Act-On accounts that this browser is signed in to. */
export interface BrokerAccount {
  /** The same in every browser, and no secret: 16 characters fit for a URL. */
  readonly id: string;
  /** For people: who is signed in. */
  readonly name: string;
}

/** `ActOnTokenError` as JSON. */
export interface WireError {
  readonly code: ActOnTokenErrorCode;
  readonly message: string;
  readonly retryAt: number | null;
  readonly needsGrant: boolean;
}

/** A snapshot as JSON; its times are the server's. */
export type WireSnapshot = Omit<Snapshot, 'loaded' | 'error'> & {
  readonly error: WireError | null;
};

/** `GET session`. All times are epoch milliseconds of the server's clock, which says `now`. */
export interface SessionAnswer {
  /** Whether the account works, or will by itself. If not, a person must sign in at `login_url`. */
  readonly active: boolean;
  /** Why not. */
  readonly reason: 'signed_out' | 'session_expired' | 'outcome_unknown' | 'store_corrupt' | null;
  readonly now: number;
  readonly mode: BrokerMode;
  readonly login_url: string;
  readonly account: BrokerAccount | null;
  /** Those of this browser, the one that signed in last first. */
  readonly accounts: readonly BrokerAccount[];
  readonly snapshot: WireSnapshot;
  /**
   * Where Act-On's API is: the page needs it to map URLs and, in token mode, call it.
   */
  readonly api_base: string;
}

/** `POST token`. */
export interface TokenAnswer {
  readonly access_token: string;
  readonly token_type: 'Bearer';
  /** Seconds. */
  readonly expires_in: number;
}

/** The body of `POST token`. */
export interface TokenRequest {
  /**
   * SHA-256 in base64url of a token that the API refused: it is replaced, if it still is the
   * current one.
   */
  readonly rejected?: string;
  /** Milliseconds that the token must still live. */
  readonly min_validity?: number;
}

/** What `error` says; `code` says more. */
export type BrokerRefusal =
  | 'invalid_request'
  | 'login_required'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'account_changed'
  | 'duplicate_request'
  | 'too_large'
  | 'rate_limited'
  | 'server_error'
  | 'bad_gateway'
  | 'temporarily_unavailable'
  | 'gateway_timeout';

/** Every refusal of a request that is not a navigation. */
export interface ErrorAnswer {
  readonly error: BrokerRefusal;
  readonly message: string;
  /** If the session refused: why. */
  readonly code?: WireError['code'];
  readonly needs_grant?: boolean;
  /** When it makes sense to try again, by the server's clock, which says `now`. */
  readonly retry_at?: number | null;
  readonly now?: number;
  /** With `login_required`: where a person signs in. */
  readonly login_url?: string;
}
