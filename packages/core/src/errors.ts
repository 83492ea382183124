/** Why a call failed. The code is the contract; messages may change. */
export type ActOnTokenErrorCode =
  /** An option or argument is wrong. Nothing was sent. */
  | 'configuration'
  /**
   * The redirect back from `/authorize` cannot be trusted or carries an error. Nothing was sent.
   */
  | 'callback'
  /** Act-On refused the user name and password, the code or the imported refresh token. */
  | 'grant_rejected'
  /** Act-On refused the client or the kind of request, whoever the user is. */
  | 'client_rejected'
  /** Act-On said: too many requests. See `retryAt`. */
  | 'rate_limited'
  /** One more grant would exceed the hourly limit; nothing was sent. See `retryAt`. */
  | 'grant_budget'
  /** A request was sent and no usable answer came: it is unknown whether Act-On processed it. */
  | 'outcome_unknown'
  /** The request never reached Act-On; nothing was spent. */
  | 'not_sent'
  /** The session is over and a new sign-in is needed. */
  | 'session_expired'
  /** No user is signed in. */
  | 'signed_out'
  /** The token store did not answer. */
  | 'store_unavailable'
  /** The store holds something under this account's key that is not an account record. */
  | 'store_corrupt'
  /** The record was written by a newer version of this library. */
  | 'store_version'
  /** Another installation signs in with the same client and user and kills our tokens. */
  | 'credential_conflict'
  /** A proxying broker hands no token to the page. */
  | 'no_token_in_proxy_mode'
  /** The wait is over ("maxWait", a callback that gave no answer); what was started goes on. */
  | 'timeout'
  /** The session was closed. */
  | 'closed';

const brand = Symbol.for('act-on-token.error');

/**
 * The one error class. It never carries a token, a secret, a password, a code or a request body,
 * nor a `cause` that might.
 */
export class ActOnTokenError extends Error {
  /** What happened, as a stable string. */
  readonly code: ActOnTokenErrorCode;
  /**
   * When it makes sense to try again, in epoch milliseconds of this machine's clock; `null` if
   * waiting does not help.
   */
  readonly retryAt: number | null;
  /** Whether a person (or `credentials`) must sign in before this account works again. */
  readonly needsGrant: boolean;

  constructor(
    code: ActOnTokenErrorCode,
    message: string,
    details: { retryAt?: number | null | undefined; needsGrant?: boolean | undefined } = {},
  ) {
    super(message);
    this.code = code;
    this.retryAt = details.retryAt ?? null;
    this.needsGrant = details.needsGrant ?? false;
  }

  /** What a log gets: name, code, message and the two facts that say what to do. */
  toJSON(): {
    name: string;
    code: ActOnTokenErrorCode;
    message: string;
    retryAt: number | null;
    needsGrant: boolean;
  } {
    return {
      name: this.name,
      code: this.code,
      message: this.message,
      retryAt: this.retryAt,
      needsGrant: this.needsGrant,
    };
  }
}
Object.defineProperty(ActOnTokenError.prototype, 'name', {
  value: 'ActOnTokenError',
  configurable: true,
  writable: true,
});
Object.defineProperty(ActOnTokenError.prototype, brand, { value: true });

/**
 * Whether `error` is an {@link ActOnTokenError}, optionally with this code. It recognises errors of
 * another realm or another copy of the package, which `instanceof` does not.
 */
export function isActOnTokenError<Code extends ActOnTokenErrorCode = ActOnTokenErrorCode>(
  error: unknown,
  code?: Code,
): error is ActOnTokenError & { readonly code: Code } {
  if (typeof error !== 'object' || error === null || !(brand in error)) return false;
  return code === undefined || (error as unknown as ActOnTokenError).code === code;
}

/** A `configuration` error; one call site style for all option checks. */
export function misconfigured(message: string): ActOnTokenError {
  return new ActOnTokenError('configuration', message);
}

/**
 * Text from outside, made fit to print: every secret blanked out, unprintable characters
 * dropped, at most 200 characters. The secrets go first: a cut or a dropped character must not
 * leave a part of one unrecognised. They go once more after that: a tab that became a blank may
 * have completed one.
 */
export function printable(text: string, secrets: readonly string[]): string {
  const clean = redacted(redacted(text, secrets).replace(/[^\x20-\x7e]+/g, ' '), secrets).trim();
  return clean.length > 200 ? `${clean.slice(0, 200)}…` : clean;
}

/** Longest first: a secret that is a part of another must not break that one up. */
function redacted(text: string, secrets: readonly string[]): string {
  const longestFirst = secrets
    .filter((secret) => secret !== '')
    .sort((a, b) => b.length - a.length);
  return longestFirst.reduce((clean, secret) => clean.replaceAll(secret, '[redacted]'), text);
}
