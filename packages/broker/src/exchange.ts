import {
  ActOnTokenError,
  type ActOnTokenErrorCode,
  type AuthorizationCodeGrant,
  type Outcome,
  type TokenEndpoint,
} from '@act-on-token/core';
import { type ActOnAccount, whoIs } from './identity.ts';
import { misconfigured, type Settings } from './settings.ts';
import { shown } from './text.ts';

/** A redirect that came back in order. */
export interface Arrival {
  readonly request: Request;
  readonly grant: AuthorizationCodeGrant;
  /** Names the browser. */
  readonly browser: string;
  /** The account that the person meant to sign in to again; `null` if that is open. */
  readonly hint: string | null;
  /** Sends a code to Act-On, in its turn. */
  readonly send: TokenEndpoint['send'];
}

/** The account that a user signed in to. */
export interface SignedIn {
  /** Its record. */
  readonly account: string;
  /** Its name for people. */
  readonly name: string;
}

export type Granted = Extract<Outcome, { type: 'granted' }>;
/** What the code brought: no tokens, or tokens and whose they are. */
export type Exchanged = Exclude<Outcome, Granted> | (Granted & SignedIn);

/** The person signed in to an account that `expectAccount` does not want. */
export class UnexpectedAccount extends Error {}

const longestAccountName = 200;

/**
 * Sends the code and asks whose tokens came back. Rejects with `UnexpectedAccount`, or with what
 * the app's own functions throw.
 */
export async function exchange(
  settings: Settings,
  arrival: Arrival,
  signal: AbortSignal,
): Promise<Exchanged> {
  const began = performance.now();
  const outcome = await arrival.send(arrival.grant, signal);
  if (outcome.type !== 'granted') return outcome;
  const who =
    outcome.accessToken === null ? null : await whoIs(settings.endpoint, outcome.accessToken);
  await checkAccount(settings, who, arrival.request);
  const account = await nameOf(settings, who, arrival);
  // The life of the tokens began when the code was sent; whoever gets them counts from now on.
  const lifetime = outcome.lifetime - (performance.now() - began);
  return { ...outcome, lifetime, account, name: who === null ? 'Act-On' : displayName(who) };
}

async function checkAccount(
  { expectAccount }: Settings,
  who: ActOnAccount | null,
  request: Request,
): Promise<void> {
  if (expectAccount === undefined) return;
  const isWanted =
    who !== null &&
    (typeof expectAccount === 'string'
      ? who.accountId === expectAccount
      : await expectAccount(who, request));
  if (isWanted !== true)
    throw new UnexpectedAccount(
      who === null ? 'Act-On did not say whose account it is.' : 'It is another account.',
    );
}

/**
 * By default all browsers of one Act-On user share one record; where Act-On does not say who it is,
 * each browser has its own.
 */
async function nameOf(
  { account }: Settings,
  who: ActOnAccount | null,
  { request, browser }: Arrival,
): Promise<string> {
  if (account === undefined)
    return who === null
      ? `browser/${browser}`
      : shorten(`${encodeURIComponent(who.accountId)}/${who.login}`);
  const name = await account(request, who);
  if (typeof name === 'string' && name !== '' && name.length <= longestAccountName) return name;
  throw misconfigured(`"account" must give a name of 1 to ${longestAccountName} characters.`);
}

/** Act-On's own names are short; a very long one must not make two users one. */
function shorten(name: string): string {
  if (name.length <= longestAccountName) return name;
  throw misconfigured(
    'Act-On gave a login that is too long to name a record. Name it with the option "account".',
  );
}

function displayName({ login, accountName }: ActOnAccount): string {
  const where = accountName === '' || accountName === login ? '' : ` (${shown(accountName, 40)})`;
  return `${shown(login, 60)}${where}`;
}

const texts: Partial<Record<ActOnTokenErrorCode, string>> = {
  grant_rejected: 'Act-On refused the authorization code.',
  client_rejected:
    'Act-On refused the client, not the user. Check "clientId", "clientSecret", the redirect URI and that the code grant is enabled.',
  rate_limited: 'Act-On is rate limiting this client (HTTP 429).',
  outcome_unknown: 'The authorization code was sent and no usable answer came.',
  not_sent: 'Act-On could not be reached; nothing was spent.',
};

/** The error for a code that brought no tokens, as `Session.authorize` would put it. */
export function failureOf(outcome: Exclude<Outcome, Granted>, now: number): ActOnTokenError {
  const code = codeOf(outcome);
  const retryAfter = outcome.type === 'not_processed' ? outcome.retryAfter : null;
  const details = {
    retryAt: retryAfter === null ? null : now + retryAfter,
    needsGrant: code === 'grant_rejected' || code === 'outcome_unknown',
  };
  return new ActOnTokenError(code, `${texts[code] ?? code} (${outcome.detail})`, details);
}

function codeOf(outcome: Exclude<Outcome, Granted>): ActOnTokenErrorCode {
  if (outcome.type === 'rejected') return 'grant_rejected';
  if (outcome.type === 'not_sent') return 'not_sent';
  if (outcome.type === 'unknown') return 'outcome_unknown';
  return outcome.reason === 'rate' ? 'rate_limited' : 'client_rejected';
}
