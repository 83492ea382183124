import type { Attempt, ClaimRequest, Ending, Question, Rules, Tokens } from '../../src/machine.ts';
import { attempt, decide, endOfUnknown, reconcile } from '../../src/machine.ts';
import { type AccountRecord, type Claim, emptyRecord, type Pair } from '../../src/record.ts';

export const now: number = Date.UTC(2026, 0, 1);
export const aSecond = 1_000;
export const aMinute = 60_000;
export const anHour = 3_600_000;

/** Those of a session with default options, without chance in them. */
export const rules: Rules = {
  lease: 30 * aSecond,
  margin: 15 * aSecond,
  minValidity: 30 * aSecond,
  refreshAhead: null,
  jitter: 1,
  minRefreshInterval: aMinute,
  maxLifetime: anHour,
  limit: 5,
  window: anHour,
  reserve: 1,
  onUnknown: 'probe',
  endOfUnknown: { ...endOfUnknown, age: 30 * 24 * anHour },
};

/** Nobody signed in yet. */
export const stranger: AccountRecord = emptyRecord;

/** Signed in 20 minutes ago: the access token lives for 40 more. */
export function signedIn(
  pair: Partial<Pair> = {},
  more: Partial<AccountRecord> = {},
): AccountRecord {
  const issuedAt = now - 20 * aMinute;
  const whole = {
    accessToken: 'access-1',
    refreshToken: 'refresh-1',
    issuedAt,
    expiresAt: now + 40 * aMinute,
    unanswered: 0,
    ...pair,
  };
  const known = { lineage: 1, generation: 1, changedAt: whole.issuedAt, grants: [issuedAt] };
  return { ...emptyRecord, ...known, ...more, pair: whole };
}

/** Signed in long ago: only the refresh token may still work. */
export function lapsed(pair: Partial<Pair> = {}, more: Partial<AccountRecord> = {}): AccountRecord {
  return signedIn(
    { issuedAt: now - 5 * anHour, expiresAt: now - 4 * anHour, ...pair },
    { grants: [], ...more },
  );
}

/** Somebody else's claim, made a second ago. */
export function claimFor(purpose: Claim['purpose'], more: Partial<Claim> = {}): Claim {
  return { id: 'theirs', purpose, at: now - aSecond, until: now - aSecond + rules.lease, ...more };
}

/** What a program without credentials decides; `question` says what is otherwise. */
export function decision(
  record: AccountRecord,
  question: Partial<Question> = {},
): ReturnType<typeof decide> {
  return decide(frozen(record), { now, rules, signIn: 'none', watched: 0, ...question });
}

/** One's own claim on a record. */
export function claimed(
  record: AccountRecord,
  purpose: Claim['purpose'],
  more: Partial<ClaimRequest> = {},
): Attempt {
  return frozen(attempt(frozen(record), { id: 'mine', purpose, rules, ...more }, now));
}

/** What the endpoint handed out just now. */
export function tokens(more: Partial<Tokens> = {}): Tokens {
  return {
    accessToken: 'access-2',
    refreshToken: 'refresh-2',
    issuedAt: now,
    expiresAt: now + anHour,
    ...more,
  };
}

export const granted = (more: Partial<Tokens> = {}): Ending => ({
  type: 'granted',
  tokens: tokens(more),
});
export const refused: Ending = { type: 'refused' };
export const tooMany: Ending = {
  type: 'not_processed',
  blockedUntil: now + aMinute,
  refund: false,
};
export const wrongClient: Ending = { type: 'not_processed', blockedUntil: null, refund: true };
export const notSent: Ending = { type: 'not_sent' };
export const unanswered: Ending = { type: 'unknown', answered: false };
export const answered: Ending = { type: 'unknown', answered: true };

export const endings: Readonly<Record<string, Ending>> = {
  granted: granted(),
  refused,
  'not processed': tooMany,
  'not sent': notSent,
  'unknown, without an answer': unanswered,
  'unknown, with one': answered,
};

/** When attempts end, unless a test says otherwise. */
export const later: number = now + 2 * aSecond;

/**
 * What is written two seconds later; `record` is what the store holds by then, one's own claim if
 * nothing is said.
 */
export function ended(
  mine: Attempt,
  ending: Ending,
  record: AccountRecord | null = mine.record,
  reach = 'network',
): AccountRecord | null {
  return reconcile(record && frozen(record), mine, ending, later, reach);
}

/** The machine is pure: what it is given it must not change. */
function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  for (const member of Object.values(value)) frozen(member);
  return Object.freeze(value);
}
