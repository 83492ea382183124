import type { ActOnTokenErrorCode } from './errors.ts';
import {
  type AccountRecord,
  type Claim,
  lives,
  longestLease,
  type Pair,
  type Purpose,
  type Refusal,
} from './record.ts';

/*
 * The rules of an account, and nothing else: no I/O, no clock, no chance. Time is an argument and
 * always the store's.
 *
 *   decide      what a caller does with the record as it is
 *   attempt     what a process remembers of a claim that it makes, and the record with the claim in it
 *   reconcile   what to write when an attempt has ended and the record may have moved meanwhile
 *   signedOut   the record after a sign-out
 *   restored    the record after the store went back in time
 *
 *                    attempt(grant)              attempt(refresh, probe)
 *          idle ───────────────────▶ authorized ◀────────────────────▶ refreshing
 *           ▲        reconcile        │  ▲                                 │
 *           │ signedOut      time     ▼  │ reconcile: granted              │ reconcile: refused, unknown
 *           └────────────────────── expired ◀──────────────────────────────┘
 *
 * What holds, and what the exploration tries in every order of steps:
 *
 *   S1  at most one token request is under way for an account
 *   S2  no refresh token is sent again once the record has its outcome, and a probe never runs next to another request
 *   S3  a stale writer never overwrites a newer pair
 *   S4  a pair that reaches a living process gets into the store, unless a sign-out or a later grant superseded it
 *   S5  no more grants are sent than the limit allows, in a store that keeps its record
 *   S6  no dead pair without a mark: it is unanswered, suspect or ended, or a claim stands
 *   L1  a dead holder blocks others no longer than its lease
 *   L2  waiters wake when the pair is committed
 *   L3  every run ends with a usable pair or an explicit need
 *
 * Read from top to bottom: decide with its two halves (refresh, grant), attempt, reconcile with one
 * function per outcome.
 */

/** Settled once per session. Durations in milliseconds. */
export interface Rules {
  /** How long a claim excludes others. */
  readonly lease: number;
  /**
   * What must be left of a lease for a request to be sent: the request timeout and some time to
   * commit.
   */
  readonly margin: number;
  readonly minValidity: number;
  /**
   * How long before expiry a refresh ahead starts; `null`: the smaller of ten minutes and a third
   * of the lifetime.
   */
  readonly refreshAhead: number | null;
  /** This session's share of the jitter: a factor between 0.9 and 1.1. */
  readonly jitter: number;
  readonly minRefreshInterval: number;
  readonly maxLifetime: number;
  readonly limit: number;
  readonly window: number;
  readonly reserve: number;
  readonly onUnknown: 'probe' | 'stop';
  /** {@link endOfUnknown}, and `age`: how long the server keeps an unused refresh token. */
  readonly endOfUnknown: Readonly<Record<'answers' | 'over' | 'age' | 'pace', number>>;
}

/** Who asks, and what for. */
export interface Question {
  readonly now: number;
  readonly rules: Rules;
  /**
   * Who could sign in if that is needed: no one, the session by itself, or a person who is doing it
   * now, perhaps with a token of their own.
   */
  readonly signIn: 'none' | 'unattended' | 'person' | 'import';
  /** How long the token must still live, if the caller said so. */
  readonly minValidity?: number | undefined;
  /** The access token that the API refused. */
  readonly rejected?: string | undefined;
  /** Refresh ahead of time: no caller waits for it, and it never leads to a grant. */
  readonly ahead?: boolean;
  /** Fingerprint of the credentials that would be sent. */
  readonly fingerprint?: string | null;
  /** How long this process has watched the standing claim, by its own clock. */
  readonly watched: number;
  /**
   * By how much `now` may be too early: the store's last answer may be old, and this machine's
   * clock slow.
   */
  readonly drift?: number;
}

export type Decision =
  | { readonly type: 'use' | 'use_and_refresh_ahead' }
  | { readonly type: 'join' | 'wait_until'; readonly until: number }
  | { readonly type: Purpose }
  | {
      readonly type: 'give_up';
      readonly code: ActOnTokenErrorCode;
      readonly retryAt: number | null;
    };

/**
 * Pauses between two sends of one refresh token without any answer, and between two unattended
 * grants of unknown outcome.
 */
const silentPace = [0, 30_000, 120_000] as const;
const grantPace = [0, 30_000, 120_000, 600_000] as const;
/**
 * After an answer that decides nothing (a 503, say) the pause doubles from one second to half a
 * minute.
 */
const answeredPace = { first: 1_000, longest: 30_000 } as const;
/**
 * When "unknown" has an end: after so many answered failures over so long, or when the pair is
 * older than the server keeps an unused refresh token. From then on the token is sent every ten minutes
 * only, and a sign-in is called for.
 */
export const endOfUnknown = { answers: 6, over: 3_600_000, pace: 600_000 };
/**
 * A caller waits this long for a block to end or a pause to be over; for anything longer it learns
 * when to come back.
 */
const shortWait = 2_000;
/** Tokens that live shorter than this are not refreshed as often as they lapse. */
const shortestLife = 5_000;
/**
 * How long after its claim a request may still be stuck on its way: before that, a refresh proves
 * nothing about a suspect pair.
 */
const longestStuck = 60_000;
/** Two unexpected refusals within this time mean that two installations fight. */
const conflictWindow = 3_600_000;

const use: Decision = { type: 'use' };
const useAndRefreshAhead: Decision = { type: 'use_and_refresh_ahead' };
const giveUp = (code: ActOnTokenErrorCode, retryAt: number | null = null): Decision => ({
  type: 'give_up',
  code,
  retryAt,
});

/** What a caller that wants an access token, or a person who signs in, does with this record. */
export function decide(record: AccountRecord, question: Question): Decision {
  const isPerson = question.signIn === 'person' || question.signIn === 'import';
  if (!isPerson && isServable(record, question, false)) {
    const due = question.now >= refreshAheadAt(record, question.rules);
    if (!due) return use;
    if (!question.ahead) return useAndRefreshAhead;
  }
  const { claim } = record;
  if (claim !== null && claimStands(claim, question)) {
    return { type: 'join', until: Math.min(claim.until, question.now + lengthOf(claim)) };
  }
  const next =
    !isPerson && canRefresh(record)
      ? decideRefresh(record, question)
      : decideGrant(record, question);
  // Better a token with its last seconds to live than an error.
  return next.type === 'give_up' && !isPerson && isServable(record, question, true) ? use : next;
}

/**
 * A claim excludes others until its time is over, or until this process has seen enough of it,
 * whatever the clocks say. Its own length counts, not that of this session's claims: another
 * program may share the account with a longer request timeout.
 */
function claimStands(claim: Claim, { now, rules, watched }: Question): boolean {
  return claim.until > now && watched <= lengthOf(claim) + rules.margin;
}

const lengthOf = ({ at, until }: Claim): number => Math.min(until - at, longestLease);

/** Whether the refresh token may be sent: it is there, and no answer has ruled it out. */
export function canRefresh(record: AccountRecord): boolean {
  return record.pair !== null && record.pair.refreshToken !== null && record.ended === null;
}

/**
 * Whether the access token can be handed out. A token that is younger than the interval between
 * refreshes serves any demand: a refresh would bring nothing better. As a last resort, when nothing
 * can be sent, any token does that lives and that the API did not refuse, unless the caller asked
 * for more.
 */
export function isServable(
  record: AccountRecord,
  question: Pick<Question, 'now' | 'rules' | 'minValidity' | 'rejected' | 'ahead' | 'drift'>,
  isLastResort: boolean,
): boolean {
  const { now, rules, minValidity, rejected, ahead, drift = 0 } = question;
  const { pair } = record;
  if (pair === null || !lives(record, now + drift)) return false;
  const isRefused = rejected !== undefined && rejected === pair.accessToken;
  if (isLastResort) return !ahead && minValidity === undefined && !isRefused;
  return (
    isYoung(pair, now, rules) ||
    (!isRefused && pair.expiresAt - now >= (minValidity ?? rules.minValidity))
  );
}

/**
 * A clock that went back must not keep a token young for ever, so an age far below zero does not
 * count.
 */
function isYoung(pair: Pair, now: number, rules: Rules): boolean {
  const age = now - pair.issuedAt;
  return age > -rules.lease && age < rules.minRefreshInterval;
}

/**
 * When the next refresh ahead is due: never if none is possible, early if the pair may be the dead
 * one.
 */
export function refreshAheadAt(record: AccountRecord, rules: Rules): number {
  const { pair } = record;
  if (
    !canRefresh(record) ||
    // Stryker disable next-line ConditionalExpression: canRefresh() has seen the pair; this is for the compiler.
    pair === null
  )
    return Number.POSITIVE_INFINITY;
  const soonest = pair.issuedAt + rules.minRefreshInterval;
  if (record.suspect) {
    return isFromGrant(record, pair)
      ? pair.issuedAt + spacing(pair, rules)
      : Math.max(soonest, pair.issuedAt + longestStuck);
  }
  const ahead =
    (rules.refreshAhead ?? Math.min(600_000, (pair.expiresAt - pair.issuedAt) / 3)) * rules.jitter;
  return Math.max(soonest, pair.expiresAt - ahead);
}

/**
 * Two sign-ins overlapped, so the pair of one is dead: it is tried at once, before a person has
 * closed the page.
 */
const isFromGrant = ({ grants }: AccountRecord, { issuedAt }: Pair): boolean =>
  grants.some((at) => Math.abs(at - issuedAt) < shortestLife / 2);

/** Until when a token may be handed out without a second look. */
export function handOutUntil(record: AccountRecord, rules: Rules): number {
  const { pair } = record;
  if (pair === null || pair.accessToken === null) return Number.NEGATIVE_INFINITY;
  const young = Math.min(pair.expiresAt, pair.issuedAt + rules.minRefreshInterval);
  return Math.min(
    refreshAheadAt(record, rules),
    Math.max(young, pair.expiresAt - rules.minValidity),
  );
}

function decideRefresh(record: AccountRecord, question: Question): Decision {
  const { now, rules } = question;
  const pair = record.pair as Pair;
  if (pair.unanswered > 0 && rules.onUnknown === 'stop') return giveUp('outcome_unknown');
  if (isUnknownOver(record, now, rules) && question.signIn === 'unattended' && !question.ahead) {
    // One sign-in an hour at most: if that fails as well, it was an outage after all.
    const next =
      grantsInWindow(record, now, rules).length === 0 ? decideGrant(record, question) : null;
    if (next?.type === 'grant') return next;
  }
  const blocked = record.blocked.refresh ?? 0;
  if (blocked > now) return waitOr(blocked, now, 'rate_limited');
  const spaced = pair.issuedAt + spacing(pair, rules);
  const isRecent = now - pair.issuedAt > -rules.lease && spaced > now;
  if (isRecent) return waitOr(spaced, now, 'outcome_unknown');
  if (pair.unanswered === 0) return { type: 'refresh' };
  const due =
    record.claim === null
      ? now
      : record.claim.at + pauseAfter(record, record.claim, pair, question);
  return due <= now ? { type: 'probe' } : waitOr(due, now, 'outcome_unknown');
}

/**
 * A pair without a usable access token, or one whose life is over on arrival, is not refreshed in a
 * circle, whatever the options.
 */
function spacing(pair: Pair, { minRefreshInterval }: Rules): number {
  return pair.accessToken === null
    ? Math.max(minRefreshInterval, shortestLife)
    : Math.min(minRefreshInterval, shortestLife);
}

/**
 * Whether sending the refresh token once more has stopped making sense: a sign-in is called for.
 */
export function isUnknownOver(
  { pair, ended }: AccountRecord,
  now: number,
  { endOfUnknown: end }: Pick<Rules, 'endOfUnknown'>,
): boolean {
  if (pair === null || ended !== null || pair.unanswered === 0) return false;
  const { failing } = pair;
  const isFailing =
    failing !== undefined && failing.count >= end.answers && now - failing.since >= end.over;
  return isFailing || now - pair.issuedAt >= end.age;
}

/**
 * An answer ends a claim before its time; then nothing is under way any more and the next send is
 * near.
 */
function pauseAfter(
  record: AccountRecord,
  claim: Claim,
  pair: Pair,
  { now, rules }: Question,
): number {
  if (isUnknownOver(record, now, rules)) return rules.endOfUnknown.pace;
  const { first, longest } = answeredPace;
  const wasAnswered = claim.until - claim.at < rules.lease && pair.failing !== undefined;
  if (wasAnswered)
    return (
      Math.min(first * 2 ** ((pair.failing?.count ?? 1) - 1), longest) * Math.min(rules.jitter, 1)
    );
  return paceAfter(silentPace, pair.unanswered);
}

const paceAfter = (pace: readonly number[], sends: number): number =>
  pace[Math.min(sends, pace.length) - 1] ?? 0;

function waitOr(until: number, now: number, code: ActOnTokenErrorCode): Decision {
  return until - now <= shortWait ? { type: 'wait_until', until } : giveUp(code, until);
}

function decideGrant(record: AccountRecord, question: Question): Decision {
  const { now, rules } = question;
  if (question.signIn === 'none' || question.ahead) {
    return giveUp(record.pair === null ? 'signed_out' : 'session_expired');
  }
  // An imported token goes out as a refresh does: it is charged to no budget.
  const { refresh, grant } = record.blocked;
  const blocked = (question.signIn === 'import' ? refresh : grant) ?? 0;
  if (blocked > now) return waitOr(blocked, now, 'rate_limited');
  if (question.signIn === 'import') return { type: 'grant' };
  if (question.signIn === 'unattended') {
    const reason = whyNotUnattended(record, question);
    if (reason !== null) return reason;
  }
  const budget = question.signIn === 'person' ? rules.limit : rules.limit - rules.reserve;
  const next = grantPossibleAt(record, budget, now, rules);
  return next === null ? { type: 'grant' } : giveUp('grant_budget', next);
}

/**
 * What a person may do and a program must not: leave a tombstone, insist on refused credentials,
 * fight, or hurry.
 */
function whyNotUnattended(
  record: AccountRecord,
  { now, rules, fingerprint }: Question,
): Decision | null {
  if (record.ended === 'signed_out') return giveUp('signed_out');
  if (record.refused !== null && record.refused === fingerprint)
    return giveUp(record.refusal?.code ?? 'grant_rejected');
  if (record.conflicts.filter((at) => at > now - conflictWindow).length >= 2)
    return giveUp('credential_conflict');
  if (record.claim?.purpose !== 'grant') return null;
  const due = record.claim.at + paceAfter(grantPace, grantsInWindow(record, now, rules).length + 1);
  return due <= now ? null : waitOr(due, now, 'outcome_unknown');
}

/**
 * The grants that still count. An entry counts a lease longer than the window: it was charged
 * before it was sent.
 */
export function grantsInWindow(
  record: AccountRecord,
  now: number,
  rules: Rules,
): readonly number[] {
  const kept = record.grants.filter((at) => at > now - rules.window - rules.lease);
  return kept.length === record.grants.length ? record.grants : kept;
}

/** When a grant fits into `budget` again; `null`: now. */
export function grantPossibleAt(
  record: AccountRecord,
  budget: number,
  now: number,
  rules: Rules,
): number | null {
  const counted = grantsInWindow(record, now, rules);
  if (counted.length < budget) return null;
  return (counted[counted.length - Math.max(budget, 1)] ?? now) + rules.window + rules.lease;
}

/**
 * What a process remembers of a claim that it makes: enough to judge its outcome against whatever
 * the record has become.
 */
export interface Attempt {
  readonly claim: Claim;
  /** The record with the claim in it, as this process wrote it. */
  readonly record: AccountRecord;
  /** The refresh token that goes out; for an import the one that a person brought. */
  readonly refreshToken: string | null;
  /** Fingerprint of the password that goes out. */
  readonly fingerprint: string | null;
  /** The grant was charged to the budget. */
  readonly charged: boolean;
}

export interface ClaimRequest {
  readonly id: string;
  readonly purpose: Purpose;
  readonly rules: Rules;
  /** The access token that the API refused: it leaves the record with this claim. */
  readonly rejected?: string | undefined;
  readonly fingerprint?: string | null | undefined;
  /** The refresh token of an import. An import is charged to no budget. */
  readonly imported?: string | undefined;
}

/** The claim, and the record with it: the token may be spent from now on, the grant is charged. */
export function attempt(record: AccountRecord, request: ClaimRequest, now: number): Attempt {
  const { id, purpose, rules } = request;
  const claim: Claim = { id, purpose, at: now, until: now + rules.lease };
  const charged = purpose === 'grant' && request.imported === undefined;
  const claimed: AccountRecord = {
    ...record,
    claim,
    pair: purpose === 'grant' ? record.pair : sentOnceMore(record.pair, request.rejected),
    grants: charged ? [...grantsInWindow(record, now, rules), now] : record.grants,
    // A grant that may still take effect: from here on, not only at a commit, because this claim
    // replaces the one that showed it.
    suspect: record.suspect || record.claim?.purpose === 'grant',
  };
  const refreshToken =
    // Stryker disable next-line OptionalChaining: what is refreshed has a pair; this is for the compiler.
    request.imported ?? (purpose === 'grant' ? null : (record.pair?.refreshToken ?? null));
  return {
    claim,
    record: claimed,
    refreshToken,
    fingerprint: request.fingerprint ?? null,
    charged,
  };
}

function sentOnceMore(pair: Pair | null, rejected: string | undefined): Pair | null {
  return (
    pair && {
      ...pair,
      accessToken: pair.accessToken === rejected ? null : pair.accessToken,
      unanswered: pair.unanswered + 1,
    }
  );
}

/**
 * What the token endpoint handed out. Times are settled by the session: from the moment of sending,
 * capped.
 */
export interface Tokens {
  readonly accessToken: string | null;
  readonly refreshToken: string | null;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly scope?: string;
  readonly fields?: Readonly<Record<string, string>>;
}

/** How an attempt ended. */
export type Ending =
  | { readonly type: 'granted'; readonly tokens: Tokens }
  /** `invalid_grant`. */
  | { readonly type: 'refused'; readonly refusal?: Refusal }
  /** `refusal`: a definite No, which holds until someone changes something. */
  | {
      readonly type: 'not_processed';
      readonly blockedUntil: number | null;
      readonly refund: boolean;
      readonly refusal?: Refusal;
    }
  /** The request never left. */
  | { readonly type: 'not_sent' | 'withdrawn' }
  /**
   * `answered`: something came back, so that nothing is under way any more. `blockedUntil`: it said
   * when to come back.
   */
  | { readonly type: 'unknown'; readonly answered: boolean; readonly blockedUntil?: number | null };

/**
 * What to write now that an attempt has ended, on the record as it is; `null`: nothing, the record
 * is right as it is. Only a claim of one's own is ever removed.
 */
export function reconcile(
  record: AccountRecord | null,
  mine: Attempt,
  ending: Ending,
  now: number,
  reach: string,
): AccountRecord | null {
  if (record === null)
    return survivesDeletion(reach) ? transition(mine.record, mine, ending, now) : null;
  const current = isBehind(record, mine.record) ? restored(record, mine.record) : record;
  const next =
    mine.claim.purpose === 'grant'
      ? afterGrant(current, mine, ending, now)
      : afterRefresh(current, mine, ending, now);
  return next === record ? null : next;
}

/**
 * A user who clears site data, or a process that drops its memory, means it; a file or a Redis that
 * lost a record does not.
 */
export const survivesDeletion = (reach: string): boolean =>
  reach === 'machine' || reach === 'network';

/** Whether the store went back in time: these two numbers never do. */
export function isBehind(record: AccountRecord, known: AccountRecord): boolean {
  return (
    record.lineage < known.lineage ||
    (record.lineage === known.lineage && record.generation < known.generation)
  );
}

/**
 * The newer record, keeping what only the older one knows: every grant and the longer blocks count.
 * A grant that the newer one does not know of was sent after the store went back, so it may have
 * killed this pair. What a person did after the store had lost everything is the newer knowledge,
 * whatever the numbers say.
 */
export function restored(older: AccountRecord, newer: AccountRecord): AccountRecord {
  const isNews = older.changedAt > newer.changedAt;
  const live = isNews
    ? { ...older, lineage: newer.lineage + 1, generation: newer.generation + 1 }
    : newer;
  const issuedAt = isNews ? (live.pair?.issuedAt ?? 0) : Number.NEGATIVE_INFINITY;
  return {
    ...live,
    suspect: live.suspect || older.grants.some((at) => at > issuedAt && !newer.grants.includes(at)),
    grants: union(older.grants, newer.grants),
    blocked: {
      refresh: later(older.blocked.refresh, newer.blocked.refresh),
      grant: later(older.blocked.grant, newer.blocked.grant),
    },
  };
}

const union = (a: readonly number[], b: readonly number[]): readonly number[] =>
  [...new Set([...a, ...b])].sort((x, y) => x - y);
const later = (a: number | null, b: number | null): number | null =>
  Math.max(a ?? 0, b ?? 0) || null;

/** A refresh counts only for the very pair whose token was sent. */
function afterRefresh(
  record: AccountRecord,
  mine: Attempt,
  ending: Ending,
  now: number,
): AccountRecord {
  const { lineage, generation } = mine.record;
  const isSame =
    record.lineage === lineage &&
    record.generation === generation &&
    record.pair?.refreshToken === mine.refreshToken;
  return isSame ? transition(record, mine, ending, now) : withoutMine(record, mine);
}

/**
 * A grant counts whatever refreshes were committed meanwhile: those can only have succeeded before
 * the grant was processed. Next to another grant no one knows which pair lives, so the one in the
 * record becomes suspect. A sign-out stays.
 */
function afterGrant(
  record: AccountRecord,
  mine: Attempt,
  ending: Ending,
  now: number,
): AccountRecord {
  const { lineage, generation, changedAt } = mine.record;
  // A store that lost everything gives numbers twice. The time shows that these are not the ones
  // that this claim was made on.
  const isOther = record.generation === generation && record.changedAt > changedAt;
  if (ending.type !== 'granted' || (record.lineage === lineage && !isOther)) {
    return transition(record, mine, ending, now);
  }
  const rest = withoutMine(record, mine);
  const isWritten =
    record.pair?.accessToken === ending.tokens.accessToken &&
    record.pair.refreshToken === (ending.tokens.refreshToken ?? mine.refreshToken);
  return record.pair === null || record.suspect || isWritten ? rest : { ...rest, suspect: true };
}

function withoutMine(record: AccountRecord, mine: Attempt): AccountRecord {
  return record.claim?.id === mine.claim.id ? { ...record, claim: null } : record;
}

/** The record after this ending, given that it applies to it. */
function transition(
  record: AccountRecord,
  mine: Attempt,
  ending: Ending,
  now: number,
): AccountRecord {
  const isGrant = mine.claim.purpose === 'grant';
  switch (ending.type) {
    case 'granted':
      return isGrant
        ? grantCommitted(record, mine, ending.tokens)
        : refreshCommitted(record, mine, ending.tokens);
    case 'refused':
      return isGrant
        ? grantRefused(withoutMine(record, mine), mine, ending.refusal)
        : refreshRefused(record, mine, now);
    case 'not_processed': {
      const rest = blockedUntil(undone(record, mine, ending.refund), mine, ending.blockedUntil);
      return isGrant && ending.refusal !== undefined
        ? grantRefused(rest, mine, ending.refusal)
        : rest;
    }
    case 'not_sent':
    case 'withdrawn':
      return undone(record, mine, true);
    case 'unknown':
      return blockedUntil(
        leftOpen(record, mine, ending.answered, now),
        mine,
        ending.blockedUntil ?? null,
      );
  }
}

const foreignClaim = (record: AccountRecord, mine: Attempt): Claim | null =>
  record.claim?.id === mine.claim.id ? null : record.claim;

function refreshCommitted(record: AccountRecord, mine: Attempt, tokens: Tokens): AccountRecord {
  const isLate = mine.claim.at - (mine.record.pair?.issuedAt ?? mine.claim.at) >= longestStuck;
  const proves = isLate && !followsGrant(record, mine);
  // Sent again by another process since: a server that takes that for theft has revoked what it
  // gave to this one.
  // Stryker disable next-line OptionalChaining: what was refreshed has a pair; this is for the compiler.
  const wasProbed = (record.pair?.unanswered ?? 0) > (mine.record.pair?.unanswered ?? 0);
  return {
    ...record,
    generation: record.generation + 1,
    changedAt: mine.claim.at,
    pair: pairOf(tokens, mine),
    ended: null,
    claim: foreignClaim(record, mine),
    suspect:
      (record.suspect && !proves) || wasProbed || followsSilence(mine) || record.ended !== null,
  };
}

/**
 * A server that sends no new refresh token leaves the one that was sent good. A password brings
 * none of its own. What an answer does not repeat of the further fields still holds.
 */
function pairOf(tokens: Tokens, { refreshToken, record }: Attempt): Pair {
  const isKept = tokens.refreshToken === null && refreshToken !== null;
  return {
    ...tokens,
    ...(tokens.fields && { fields: { ...record.pair?.fields, ...tokens.fields } }),
    unanswered: 0,
    ...(isKept ? { refreshToken, rotates: false } : {}),
  };
}

/**
 * Whether this probe followed a send without an answer: that one may be stuck on its way, and kill
 * this pair when it arrives.
 */
function followsSilence({ record, claim }: Attempt): boolean {
  const earlierSends = (record.pair?.unanswered ?? 1) - 1;
  return claim.purpose === 'probe' && earlierSends > (record.pair?.failing?.count ?? 0);
}

/**
 * Whether a grant was charged so shortly before this claim that it may still take effect: within
 * two leases.
 */
function followsGrant(record: AccountRecord, { claim }: Attempt): boolean {
  const since = claim.at - 2 * (claim.until - claim.at);
  return record.grants.some((at) => at > since);
}

function grantCommitted(record: AccountRecord, mine: Attempt, tokens: Tokens): AccountRecord {
  // A store that went back gives numbers twice: under those of this grant another may have been
  // committed. The charges show it.
  const isElsewhere = knowsMore(record, mine.record) || knowsMore(mine.record, record);
  return {
    ...record,
    lineage: record.lineage + 1,
    generation: record.generation + 1,
    changedAt: mine.claim.at,
    pair: pairOf(tokens, mine),
    ended: null,
    claim: foreignClaim(record, mine),
    refused: record.refused === mine.fingerprint ? null : record.refused,
    refusal: null,
    suspect: record.suspect || isElsewhere,
  };
}

/** Whether grants were charged in `record` that `other` does not know of. */
const knowsMore = (record: AccountRecord, other: AccountRecord): boolean =>
  record.grants.some((at) => !other.grants.includes(at));

/**
 * Refused credentials are not tried again unattended, by any process, until they change or a person
 * signs in.
 */
function grantRefused(
  record: AccountRecord,
  mine: Attempt,
  refusal: Refusal | undefined,
): AccountRecord {
  return {
    ...record,
    refused: mine.fingerprint ?? record.refused,
    refusal: refusal ?? record.refusal,
  };
}

/**
 * The verdict on a refresh token. It is written whatever claim of another process stands: what was
 * refused is not sent again.
 */
function refreshRefused(record: AccountRecord, mine: Attempt, now: number): AccountRecord {
  if (record.ended !== null) return withoutMine(record, mine);
  const foreign = foreignClaim(record, mine);
  const pair = record.pair as Pair;
  const wasUnanswered = pair.unanswered > 1;
  const isExpected = wasUnanswered || record.suspect || foreign !== null || pair.rotates === false;
  const { failing: _, ...rest } = pair;
  return {
    ...record,
    pair: { ...rest, unanswered: 0 },
    ended: wasUnanswered ? 'unknown' : 'rejected',
    claim: foreign,
    conflicts: isExpected
      ? record.conflicts
      : [...record.conflicts.filter((at) => at > now - conflictWindow), now],
  };
}

/**
 * Nothing was spent: the send is not counted, and the charge goes back if `refund` says so. Only
 * while the claim stands, because this may have been written already, by a swap whose answer got
 * lost; where others took the claim over, one count too many is safe.
 */
function undone(record: AccountRecord, mine: Attempt, refund: boolean): AccountRecord {
  if (record.claim?.id !== mine.claim.id) return record;
  const rest = { ...record, claim: null };
  if (mine.claim.purpose === 'grant') {
    return refund && mine.charged ? { ...rest, grants: without(rest.grants, mine.claim.at) } : rest;
  }
  const { pair } = rest;
  return {
    ...rest,
    pair: pair && { ...pair, unanswered: Math.max(0, pair.unanswered - 1) },
  };
}

function without(times: readonly number[], time: number): readonly number[] {
  const index = times.indexOf(time);
  return times.filter((_, at) => at !== index);
}

function blockedUntil(
  record: AccountRecord,
  { charged }: Attempt,
  until: number | null,
): AccountRecord {
  if (until === null) return record;
  return { ...record, blocked: { ...record.blocked, [charged ? 'grant' : 'refresh']: until } };
}

/**
 * No one knows whether it was processed, so what was counted stays counted. After an answer the
 * claim ends at once but keeps its place: its time paces the next send. Without one it runs to its
 * end: the request may still be under way.
 */
function leftOpen(
  record: AccountRecord,
  mine: Attempt,
  answered: boolean,
  now: number,
): AccountRecord {
  // A claim that ends earlier than it was made for was ended by this very write, and its answer got
  // lost.
  const isOpen =
    answered && record.claim?.id === mine.claim.id && record.claim.until === mine.claim.until;
  const ended = isOpen ? { ...record, claim: { ...mine.claim, until: now } } : record;
  if (mine.claim.purpose !== 'grant') return isOpen ? failedOnceMore(ended, now) : ended;
  const isNew = mine.refreshToken !== null && mine.refreshToken !== record.pair?.refreshToken;
  if (isNew && !canRefresh(record) && record.lineage === mine.record.lineage)
    return importedUnproven(ended, mine);
  return ended.pair === null || ended.suspect ? ended : { ...ended, suspect: true };
}

function failedOnceMore(record: AccountRecord, now: number): AccountRecord {
  const pair = record.pair as Pair;
  const { since, count } = pair.failing ?? { since: now, count: 0 };
  return { ...record, pair: { ...pair, failing: { since, count: count + 1 } } };
}

/**
 * An imported token whose outcome is unknown would be lost with this process; in a record that has
 * no better one it can be probed.
 */
function importedUnproven(record: AccountRecord, mine: Attempt): AccountRecord {
  const { at } = mine.claim;
  const pair = record.pair ?? { accessToken: null, issuedAt: at, expiresAt: at };
  return {
    ...record,
    lineage: record.lineage + 1,
    generation: record.generation + 1,
    changedAt: at,
    pair: { ...pair, refreshToken: mine.refreshToken, unanswered: 1 },
    ended: null,
  };
}

/**
 * A tombstone, not a hole: the budget stays, and no late answer can bring the session back. A live
 * claim stands until its holder ends it.
 */
export function signedOut(record: AccountRecord, now: number): AccountRecord {
  return {
    ...record,
    lineage: record.lineage + 1,
    generation: record.generation + 1,
    changedAt: now,
    pair: null,
    ended: 'signed_out',
    refusal: null,
  };
}
