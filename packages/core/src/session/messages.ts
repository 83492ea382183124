import { ActOnTokenError, type ActOnTokenErrorCode } from '../errors.ts';
import type { Outcome } from '../wire/token-response.ts';

/** What each refusal says: what is wrong, and the remedy. `%s` is the server's name. */
const texts: Partial<Record<ActOnTokenErrorCode, string>> = {
  grant_rejected:
    '%s refused this sign-in. Check the user name and password, the code or the token, and what %s says; refused credentials are not tried again unattended.',
  client_rejected:
    '%s refused the API client. Check "clientId", "clientSecret" and that API access is on for the account; old keys fail here too.',
  rate_limited: '%s is rate limiting this client (HTTP 429, or a Retry-After).',
  grant_budget:
    'One more password or code grant would exceed the hourly limit and lock the account out, so nothing was sent.',
  outcome_unknown:
    'A token request was sent and no usable answer came, so it is unknown whether %s processed it. The session keeps what it has and checks it.',
  not_sent: 'The session could not reach %s, so nothing was spent. Check the network.',
  session_expired: 'The session has ended and cannot be refreshed. Sign in again with authorize().',
  signed_out: 'No user is signed in to this account. Sign in with authorize().',
  credential_conflict:
    "Another installation signs in with the same client and user: each sign-in kills the other's tokens. Give each installation its own %s user, or let them share one store.",
  store_unavailable:
    'The token store did not respond as it should. Check that it runs and can be reached.',
  timeout:
    'The wait for a token is over; what was started goes on. Call again, or allow more time.',
  closed: 'This session was closed. Create a new one.',
};

/** After these, the account works again only after a sign-in. */
const needGrant: readonly ActOnTokenErrorCode[] = [
  'grant_rejected',
  'session_expired',
  'signed_out',
  'credential_conflict',
  'grant_budget',
];

/**
 * What is known apart from the code: when to try again (this machine's clock), and what was seen,
 * already fit to print.
 */
interface Circumstances {
  readonly retryAt?: number | null;
  readonly detail?: string | undefined;
  readonly needsGrant?: boolean;
}

/**
 * The error for a code, with the time to come back at in words too: not every program prints
 * `retryAt`.
 */
export function explain(
  code: ActOnTokenErrorCode,
  circumstances: Circumstances = {},
  server?: string,
): ActOnTokenError {
  const { retryAt = null, detail } = circumstances;
  const again = retryAt === null ? '' : ` Try again at ${new Date(retryAt).toISOString()}.`;
  const seen = detail === undefined ? '' : ` (${detail})`;
  // An unknown outcome with no time to look into it again is left to a person.
  const isOpen = code === 'outcome_unknown' && retryAt === null;
  const needsGrant = circumstances.needsGrant ?? (needGrant.includes(code) || isOpen);
  const said = (texts[code] ?? code).replaceAll('%s', server as string);
  return new ActOnTokenError(code, `${said}${again}${seen}`, {
    retryAt,
    needsGrant,
  });
}

/**
 * The error for an outcome. A refused refresh token is the end of a session, other refused grants
 * are the caller's.
 */
export function errorOf(
  outcome: Exclude<Outcome, { type: 'granted' }>,
  isGrant: boolean,
  retryAt: number | null,
  server: string,
): ActOnTokenError {
  return explain(codeOf(outcome, isGrant), { retryAt, detail: outcome.detail }, server);
}

function codeOf(
  outcome: Exclude<Outcome, { type: 'granted' }>,
  isGrant: boolean,
): ActOnTokenErrorCode {
  if (outcome.type === 'rejected') return isGrant ? 'grant_rejected' : 'session_expired';
  if (outcome.type === 'not_sent') return 'not_sent';
  if (outcome.type === 'unknown') return 'outcome_unknown';
  if (outcome.reason === 'rate') return 'rate_limited';
  return isGrant && outcome.reason === 'request' ? 'grant_rejected' : 'client_rejected';
}

export function slowStore(): ActOnTokenError {
  return explain('store_unavailable', {
    detail: 'its answers take so long that no request can be sent safely',
  });
}
