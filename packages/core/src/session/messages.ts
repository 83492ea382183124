import { ActOnTokenError, type ActOnTokenErrorCode } from '../errors.ts';
import type { Outcome } from '../wire/token-response.ts';

/** What each refusal says: what is wrong, and the remedy. */
const texts: Partial<Record<ActOnTokenErrorCode, string>> = {
  grant_rejected:
    'Act-On refused the user name and password, the code or the token. Check them; refused credentials are not tried again unattended.',
  client_rejected:
    'Act-On refused the client, not the user. Check "clientId", "clientSecret" and that API access is on for the account; old keys fail here too.',
  rate_limited: 'Act-On asked to be left alone for a while (too many requests).',
  grant_budget: 'One more password or code grant would exceed the hourly limit and lock the account out; nothing was sent.',
  outcome_unknown:
    'A token request was sent and no usable answer came, so nobody knows whether it was processed. A pair at hand is kept and checked.',
  not_sent: 'Act-On could not be reached; nothing was spent. Check the network.',
  session_expired: 'The session is over and cannot be refreshed. Sign in again with authorize().',
  signed_out: 'Nobody is signed in to this account. Sign in with authorize().',
  credential_conflict:
    "Another installation signs in with the same client and user: each sign-in kills the other's tokens. Give each installation its own Act-On user, or let them share one store.",
  store_unavailable: 'The token store did not do its work. Check that it runs and can be reached.',
  closed: 'This session was closed. Create a new one.',
};

/** After these, the account works again only when somebody signs in. */
const needGrant: readonly ActOnTokenErrorCode[] = [
  'grant_rejected',
  'session_expired',
  'signed_out',
  'credential_conflict',
  'grant_budget',
];

/** What is known beside the code: when to try again (this machine's clock), and what was seen, already fit to print. */
interface Circumstances {
  readonly retryAt?: number | null;
  readonly detail?: string | undefined;
}

/** The error for a code, with the time to come back at in words too: not everybody prints `retryAt`. */
export function explain(code: ActOnTokenErrorCode, { retryAt = null, detail }: Circumstances = {}): ActOnTokenError {
  const again = retryAt === null ? '' : ` Try again at ${new Date(retryAt).toISOString()}.`;
  const seen = detail === undefined ? '' : ` (${detail})`;
  // An unknown outcome with no time to look into it again is left to a person.
  const needsGrant = needGrant.includes(code) || (code === 'outcome_unknown' && retryAt === null);
  return new ActOnTokenError(code, `${texts[code] ?? code}${again}${seen}`, { retryAt, needsGrant });
}

/** The code under which an outcome other than success reaches a caller. */
export function codeOf(outcome: Exclude<Outcome, { type: 'granted' }>): ActOnTokenErrorCode {
  if (outcome.type === 'rejected') return 'grant_rejected';
  if (outcome.type === 'not_sent') return 'not_sent';
  if (outcome.type === 'unknown') return 'outcome_unknown';
  return outcome.reason === 'rate' ? 'rate_limited' : 'client_rejected';
}
