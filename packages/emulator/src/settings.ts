import type { Limit } from './slots.ts';

export type ProfileName = 'current' | 'legacy' | 'rfc';
export type GrantType = 'password' | 'authorization_code' | 'refresh_token';
export type TokenStyle = 'uuid' | 'hex32' | 'jwt';
export type LimitKey = 'client+user' | 'client' | 'account';
export type LimitAnswer = 'gateway' | 'too_many_attempts' | 'forbidden' | 'bad_request';
export type RetryAfterStyle = 'absent' | 'seconds' | 'http-date';
export type FaultFormat = 'json' | 'xml';

/**
 * What Act-On does one way or the other. `emulator.configure()` changes any of it while the
 * emulator runs.
 */
export interface Switches {
  /** Password and code grants per key and window; `null`: no limit. 5 an hour. */
  grantLimit: Limit | null;
  /** Whose attempts are counted together. `'client+user'`. */
  limitKey: LimitKey;
  /** Whether refreshes take a slot too. `false`. */
  countRefresh: boolean;
  /**
   * What is said over the limit: 429 from the gateway (the default), 429, 403 or 400 with
   * `too_many_attempts`.
   */
  limitAnswer: LimitAnswer;
  /**
   * The `Retry-After` of an answer over a limit, of grants or of API calls. `'absent'`;
   * `'http-date'` in `legacy`.
   */
  limitRetryAfter: RetryAfterStyle;
  /** API calls per account; `null`: no limit. 5 a second and 30,000 a day. */
  apiLimits: { readonly perSecond: number; readonly perDay: number } | null;
  /** Whether API answers carry `X-RateLimit-Limit` and `X-RateLimit-Remaining`. `false`. */
  rateLimitHeaders: boolean;
  /** Whether an API 401 carries `WWW-Authenticate`. `true`. */
  wwwAuthenticate: boolean;
  /**
   * What the gateway of `legacy` writes its errors in; the other profiles know JSON only. `'json'`.
   */
  faultFormat: FaultFormat;
  /** What a token looks like. `'jwt'`; `'uuid'` in `legacy`, `'hex32'` in `rfc`. */
  tokenStyle: TokenStyle;
  /**
   * The `scope` of a token answer; `null`: there is none. `'offline-access'`; `'default'` in
   * `legacy`, `null` in `rfc`.
   */
  scope: string | null;
  /** The `token_type` of a token answer. `'Bearer'`; `'bearer'` in `rfc`. */
  tokenType: 'Bearer' | 'bearer';
  /** The `expires_in` of the answers, in seconds. 3600. */
  advertisedExpiresIn: number;
  /** How long an access token really lives, in seconds. 3600. */
  realLifetime: number;
  /** Whether a new grant kills the client and user's earlier refresh token. `true`. */
  newGrantInvalidates: boolean;
  /** Whether a new pair kills the access token before it. `false`; `true` in `legacy`. */
  revokeOldAccess: boolean;
  /**
   * Whether a refresh answers with a new refresh token. `false` leaves the old one in use. `true`.
   */
  rotate: boolean;
  /** How long the refresh token just spent still yields a pair, in seconds. 0: not at all. */
  overlapSeconds: number;
  /**
   * What a spent refresh token does in addition to being refused: nothing, or it kills the live one too.
   * `'reject'`.
   */
  reuseDetection: 'reject' | 'revokeFamily';
  /** How long a refresh token lives, in seconds. 2,592,000: 30 days. */
  refreshLifetime: number;
  /** Whether that is counted from the grant or from the last refresh. `'absolute'`. */
  refreshExpiry: 'absolute' | 'idle';
  /**
   * Whether a refresh is answered 500 when both tokens of the pair have expired, as some WSO2
   * versions did. `false`.
   */
  expiredPairFails: boolean;
  /** Whether PKCE parameters are accepted and forgotten, or checked. `'ignore'`. */
  pkce: 'ignore' | 'enforce';
  /** How long an authorization code lives, in seconds. 60. */
  codeLifetime: number;
  /**
   * The user who is signed in and says Yes without a page being shown; `null`: a person does.
   * `null`.
   */
  autoConsent: string | null;
  /** The `iss` of an authorization response (RFC 9207); `null`: none is sent. `null`. */
  issuer: string | null;
  /** Whether `/token` takes the client's credentials from HTTP Basic. `false`; `true` in `rfc`. */
  basicAuth: boolean;
  /**
   * Whether a secret in a query string is refused; `false` reads all token parameters from the
   * query as well. `true`.
   */
  urlSecretTrap: boolean;
  /** The origins that `/token` and `/api` answer with CORS headers. None. */
  cors: readonly string[];
}

export type ProfileSwitch =
  | 'tokenStyle'
  | 'scope'
  | 'tokenType'
  | 'revokeOldAccess'
  | 'limitRetryAfter'
  | 'basicAuth';

/** What every profile has in common; `Profile.switches` says the rest. */
export const commonSwitches: Omit<Switches, ProfileSwitch> = {
  grantLimit: { limit: 5, window: 3_600_000 },
  limitKey: 'client+user',
  countRefresh: false,
  limitAnswer: 'gateway',
  apiLimits: { perSecond: 5, perDay: 30_000 },
  rateLimitHeaders: false,
  wwwAuthenticate: true,
  faultFormat: 'json',
  advertisedExpiresIn: 3600,
  realLifetime: 3600,
  newGrantInvalidates: true,
  rotate: true,
  overlapSeconds: 0,
  reuseDetection: 'reject',
  refreshLifetime: 2_592_000,
  refreshExpiry: 'absolute',
  expiredPairFails: false,
  pkce: 'ignore',
  codeLifetime: 60,
  autoConsent: null,
  issuer: null,
  urlSecretTrap: true,
  cors: [],
};
