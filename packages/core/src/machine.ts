import type { ActOnTokenErrorCode } from './errors.ts';
import { type AccountRecord, type Claim, emptyRecord, lives, type Pair, type Purpose } from './record.ts';

/*
 * The rules of an account, and nothing else: no I/O, no clock, no chance. Time is an argument and always the store's.
 *
 *   decide      what a caller does with the record as it stands
 *   attempt     what a process remembers of a claim that it makes
 *   transition  the record after something happened
 *   reconcile   what to write when an attempt has ended and the record may have moved meanwhile
 */

/** Settled once per session. Durations in milliseconds. */
export interface Rules {
  /** How long a claim excludes others. */
  readonly lease: number;
  /** What must be left of a lease for a request to be sent: the request timeout and some time to commit. */
  readonly margin: number;
  readonly minValidity: number;
  /** How long before expiry a refresh ahead starts; `null`: the smaller of ten minutes and a third of the lifetime. */
  readonly refreshAhead: number | null;
  /** This session's share of the jitter: a factor between 0.9 and 1.1. */
  readonly jitter: number;
  readonly minRefreshInterval: number;
  readonly maxLifetime: number;
  readonly limit: number;
  readonly window: number;
  readonly reserve: number;
  readonly onUnknown: 'probe' | 'stop';
}

/** Who asks, and what for. */
export interface Question {
  readonly now: number;
  readonly rules: Rules;
  /** Who could sign in if that is needed: nobody, the session by itself, or a person who is doing it now, perhaps with a token of their own. */
  readonly signIn: 'nobody' | 'unattended' | 'person' | 'import';
  /** How long the token must still live, if the caller said so. */
  readonly minValidity?: number | undefined;
  /** The access token that the API refused. */
  readonly rejected?: string | undefined;
  /** Refresh ahead of time: nobody waits for it, and it never leads to a grant. */
  readonly ahead?: boolean;
  /** Print of the credentials at hand. */
  readonly print?: string | null;
  /** How long this process has watched the standing claim, by its own clock. */
  readonly watched: number;
}

export type Decision =
  | { readonly type: 'use' | 'use_and_refresh_ahead' }
  | { readonly type: 'join' | 'wait_until'; readonly until: number }
  | { readonly type: Purpose }
  | { readonly type: 'give_up'; readonly code: ActOnTokenErrorCode; readonly retryAt: number | null };

/** Pauses between two sends of one refresh token, and between two grants while their outcome stays unknown. */
const pace = [0, 30_000, 120_000, 600_000] as const;
/** A caller waits this long for a block to end or a pause to be over; rather than longer it is told when to come back. */
const shortWait = 2_000;
/** Tokens that live shorter than this are not refreshed as often as they lapse. */
const shortestLife = 5_000;
/** Two unexpected refusals within this time mean that two installations fight. */
const conflictWindow = 3_600_000;

const use: Decision = { type: 'use' };
const useAndRefreshAhead: Decision = { type: 'use_and_refresh_ahead' };
const giveUp = (code: ActOnTokenErrorCode, retryAt: number | null = null): Decision => ({ type: 'give_up', code, retryAt });

/** What a caller that wants an access token, or a person who signs in, does with this record. */
export function decide(record: AccountRecord, question: Question): Decision {
  const isPerson = question.signIn === 'person' || question.signIn === 'import';
  if (!isPerson && serves(record, question)) {
    const due = question.now >= refreshAheadAt(record, question.rules);
    if (!due) return use;
    if (!question.ahead) return useAndRefreshAhead;
  }
  const { claim } = record;
  if (claim !== null && claimStands(claim, question)) {
    return { type: 'join', until: Math.min(claim.until, question.now + question.rules.lease) };
  }
  const next = !isPerson && canRefresh(record) ? decideRefresh(record, question) : decideGrant(record, question);
  return next.type === 'give_up' && !isPerson && servesAsLastResort(record, question) ? use : next;
}

/** A claim excludes others until its time is over, or until this process has seen enough of it, whatever the clocks say. */
function claimStands(claim: Claim, { now, rules, watched }: Question): boolean {
  return claim.until > now && watched <= rules.lease + rules.margin;
}

/** Whether the refresh token may be sent: it is there, and no answer has ruled it out. */
export function canRefresh(record: AccountRecord): boolean {
  return record.pair !== null && record.pair.refreshToken !== null && record.ended === null;
}

/** A token that is younger than the interval between refreshes serves any demand: a refresh would bring nothing better. */
function serves(record: AccountRecord, question: Question): boolean {
  const { pair } = record;
  if (pair === null || !lives(record, question.now)) return false;
  if (isYoung(pair, question)) return true;
  if (question.rejected !== undefined && question.rejected === pair.accessToken) return false;
  return pair.expiresAt - question.now >= (question.minValidity ?? question.rules.minValidity);
}

/** A clock that went back must not keep a token young for ever, so an age far below zero does not count. */
function isYoung(pair: Pair, { now, rules }: Question): boolean {
  const age = now - pair.issuedAt;
  return age > -rules.lease && age < rules.minRefreshInterval;
}

/** Better a token with its last seconds to live than an error, unless the caller asked for more or the API refused it. */
function servesAsLastResort(record: AccountRecord, question: Question): boolean {
  if (question.ahead || question.minValidity !== undefined) return false;
  return lives(record, question.now) && question.rejected !== record.pair?.accessToken;
}

/** When the next refresh ahead is due: never if none is possible, early if the pair may be the dead one. */
export function refreshAheadAt(record: AccountRecord, rules: Rules): number {
  const { pair } = record;
  if (pair === null || !canRefresh(record)) return Number.POSITIVE_INFINITY;
  const soonest = pair.issuedAt + rules.minRefreshInterval;
  if (record.suspect) return soonest;
  const ahead = (rules.refreshAhead ?? Math.min(600_000, (pair.expiresAt - pair.issuedAt) / 3)) * rules.jitter;
  return Math.max(soonest, pair.expiresAt - ahead);
}

/** Until when a token may be handed out without a second look. */
export function handOutUntil(record: AccountRecord, rules: Rules): number {
  const { pair } = record;
  if (pair === null || pair.accessToken === null) return Number.NEGATIVE_INFINITY;
  const young = Math.min(pair.expiresAt, pair.issuedAt + rules.minRefreshInterval);
  return Math.min(refreshAheadAt(record, rules), Math.max(young, pair.expiresAt - rules.minValidity));
}

function decideRefresh(record: AccountRecord, question: Question): Decision {
  const { now, rules } = question;
  const pair = record.pair as Pair;
  if (pair.unanswered > 0 && rules.onUnknown === 'stop') return giveUp('outcome_unknown');
  const blocked = record.blocked.refresh;
  if (blocked !== null && blocked > now) return waitOr(blocked, now, 'rate_limited');
  const spaced = pair.issuedAt + spacing(pair, rules);
  if (isYoung(pair, question) && spaced > now) return waitOr(spaced, now, 'outcome_unknown');
  if (pair.unanswered === 0) return { type: 'refresh' };
  const due = record.claim === null ? now : record.claim.at + paceAfter(pair.unanswered);
  return due <= now ? { type: 'probe' } : waitOr(due, now, 'outcome_unknown');
}

/** A pair without a usable access token, or one whose life is over on arrival, must not be refreshed in a circle. */
function spacing(pair: Pair, { minRefreshInterval }: Rules): number {
  return pair.accessToken === null ? minRefreshInterval : Math.min(minRefreshInterval, shortestLife);
}

const paceAfter = (sends: number): number => pace[Math.min(sends, pace.length) - 1] ?? 0;

function waitOr(until: number, now: number, code: ActOnTokenErrorCode): Decision {
  return until - now <= shortWait ? { type: 'wait_until', until } : giveUp(code, until);
}

function decideGrant(record: AccountRecord, question: Question): Decision {
  const { now, rules } = question;
  if (question.signIn === 'nobody' || question.ahead) return giveUp(record.pair === null ? 'signed_out' : 'session_expired');
  // An imported token goes out as a refresh does: it is charged to nobody.
  const blocked = question.signIn === 'import' ? record.blocked.refresh : record.blocked.grant;
  if (blocked !== null && blocked > now) return waitOr(blocked, now, 'rate_limited');
  if (question.signIn === 'import') return { type: 'grant' };
  if (question.signIn === 'unattended') {
    const reason = whyNotUnattended(record, question);
    if (reason !== null) return reason;
  }
  const budget = question.signIn === 'person' ? rules.limit : rules.limit - rules.reserve;
  const next = grantPossibleAt(record, budget, now, rules);
  return next === null ? { type: 'grant' } : giveUp('grant_budget', next);
}

/** What a person may do and a program must not: leave a tombstone, insist on refused credentials, fight, or hurry. */
function whyNotUnattended(record: AccountRecord, { now, rules, print }: Question): Decision | null {
  if (record.ended === 'signed_out') return giveUp('signed_out');
  if (record.refused !== null && record.refused === print) return giveUp('grant_rejected');
  if (record.conflicts.filter((at) => at > now - conflictWindow).length >= 2) return giveUp('credential_conflict');
  if (record.claim?.purpose !== 'grant') return null;
  const due = record.claim.at + paceAfter(grantsInWindow(record, now, rules).length + 1);
  return due <= now ? null : waitOr(due, now, 'outcome_unknown');
}

/** The grants that still count. An entry counts a lease longer than the window: it was charged before it was sent. */
export function grantsInWindow(record: AccountRecord, now: number, rules: Rules): readonly number[] {
  const kept = record.grants.filter((at) => at > now - rules.window - rules.lease);
  return kept.length === record.grants.length ? record.grants : kept;
}

/** When a grant fits into `budget` again; `null`: now. */
export function grantPossibleAt(record: AccountRecord, budget: number, now: number, rules: Rules): number | null {
  const counted = grantsInWindow(record, now, rules);
  if (counted.length < budget) return null;
  return (counted[counted.length - Math.max(budget, 1)] ?? now) + rules.window + rules.lease;
}

/** What a process remembers of a claim that it makes: enough to judge its outcome against whatever the record has become. */
export interface Attempt {
  readonly claim: Claim;
  /** The record with the claim in it, as this process wrote it. */
  readonly record: AccountRecord;
  /** The refresh token that goes out; for an import the one that a person brought. */
  readonly refreshToken: string | null;
  /** Print of the password that goes out. */
  readonly print: string | null;
  /** The grant was charged to the budget. */
  readonly charged: boolean;
  /** The pair was suspect before this claim. */
  readonly wasSuspect: boolean;
}

export interface ClaimRequest {
  readonly id: string;
  readonly purpose: Purpose;
  readonly rules: Rules;
  /** The access token that the API refused: it leaves the record with this claim. */
  readonly rejected?: string | undefined;
  readonly print?: string | null | undefined;
  /** The refresh token of an import. An import is charged to nobody. */
  readonly imported?: string | undefined;
}

/** The claim, and the record with it: the token may be spent from now on, the grant is charged. */
export function attempt(record: AccountRecord, request: ClaimRequest, now: number): Attempt {
  const { id, purpose, rules } = request;
  const previous = record.claim;
  const overtook = previous !== null && (previous.purpose === 'grant' || previous.overtook);
  const claim: Claim = { id, purpose, at: now, until: now + rules.lease, overtook };
  const charged = purpose === 'grant' && request.imported === undefined;
  const claimed: AccountRecord = {
    ...record,
    claim,
    pair: purpose === 'grant' ? record.pair : sentOnceMore(record.pair, request.rejected),
    grants: charged ? [...grantsInWindow(record, now, rules), now] : record.grants,
    // A grant that may still take effect: from here on, not only at a commit, for this claim takes the place of the one that told of it.
    suspect: record.suspect || overtook,
  };
  const refreshToken = request.imported ?? (purpose === 'grant' ? null : (record.pair?.refreshToken ?? null));
  return { claim, record: claimed, refreshToken, print: request.print ?? null, charged, wasSuspect: record.suspect };
}

function sentOnceMore(pair: Pair | null, rejected: string | undefined): Pair | null {
  if (pair === null) return null;
  const accessToken = pair.accessToken === rejected ? null : pair.accessToken;
  return { ...pair, accessToken, unanswered: pair.unanswered + 1 };
}

/** What the token endpoint handed out. Times are settled by the session: from the moment of sending, capped. */
export interface Tokens {
  readonly accessToken: string | null;
  readonly refreshToken: string | null;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly scope?: string;
}

/** How an attempt ended. */
export type Ending =
  | { readonly type: 'granted'; readonly tokens: Tokens }
  /** `invalid_grant`. */
  | { readonly type: 'refused' }
  | { readonly type: 'not_processed'; readonly blockedUntil: number | null; readonly refund: boolean }
  /** The request never left. */
  | { readonly type: 'not_sent' | 'withdrawn' }
  /** `answered`: something came back, so that nothing is in flight any more. */
  | { readonly type: 'unknown'; readonly answered: boolean };

/**
 * What to write now that an attempt has ended, on the record as it stands; `null`: nothing, the record is right as it is.
 * Only a claim of one's own is ever removed.
 */
export function reconcile(record: AccountRecord | null, mine: Attempt, ending: Ending, now: number, reach: string): AccountRecord | null {
  if (record === null) return survivesDeletion(reach) ? transition(mine.record, mine, ending, now) : null;
  if (isBehind(record, mine.record)) return transition(restored(record, mine.record), mine, ending, now);
  const next = mine.claim.purpose === 'grant' ? afterGrant(record, mine, ending, now) : afterRefresh(record, mine, ending, now);
  return next === record ? null : next;
}

/** A user who clears site data, or a process that drops its memory, means it; a file or a Redis that lost a record does not. */
export const survivesDeletion = (reach: string): boolean => reach === 'machine' || reach === 'network';

/** Whether the store went back in time: these two numbers never do. */
export function isBehind(record: AccountRecord, known: AccountRecord): boolean {
  return record.lineage < known.lineage || (record.lineage === known.lineage && record.generation < known.generation);
}

/**
 * The newer record, keeping what only the older one knows: every grant, every conflict and the longer blocks count. A grant that the
 * newer one does not know of was sent after the store went back, so it may have killed this pair.
 */
export function restored(older: AccountRecord, newer: AccountRecord): AccountRecord {
  const live = beganAnew(older, newer) ? { ...older, lineage: newer.lineage + 1, generation: newer.generation + 1 } : newer;
  const issuedAt = live === newer ? Number.NEGATIVE_INFINITY : (live.pair?.issuedAt ?? 0);
  return {
    ...live,
    suspect: live.suspect || older.grants.some((at) => at > issuedAt && !newer.grants.includes(at)),
    grants: union(older.grants, newer.grants),
    conflicts: union(older.conflicts, newer.conflicts),
    blocked: {
      refresh: later(older.blocked.refresh, newer.blocked.refresh),
      grant: later(older.blocked.grant, newer.blocked.grant),
    },
  };
}

/** Whether the store lost everything and somebody has signed in since: that grant killed the pair of the record with the higher numbers. */
function beganAnew(older: AccountRecord, newer: AccountRecord): boolean {
  const since = newer.pair?.issuedAt ?? newer.grants.at(-1) ?? null;
  return since !== null && older.ended === null && older.pair !== null && older.pair.issuedAt > since && knowsMore(older, newer);
}

/** Whether grants were charged in `record` that `other` does not know of. */
const knowsMore = (record: AccountRecord, other: AccountRecord): boolean => record.grants.some((at) => !other.grants.includes(at));
const union = (a: readonly number[], b: readonly number[]): readonly number[] => [...new Set([...a, ...b])].sort((x, y) => x - y);
const later = (a: number | null, b: number | null): number | null => Math.max(a ?? 0, b ?? 0) || null;

/** A refresh counts only for the very pair whose token was sent. */
function afterRefresh(record: AccountRecord, mine: Attempt, ending: Ending, now: number): AccountRecord {
  const { lineage, generation } = mine.record;
  const same = record.lineage === lineage && record.generation === generation && record.pair?.refreshToken === mine.refreshToken;
  return same ? transition(record, mine, ending, now) : withoutMine(record, mine);
}

/**
 * A grant counts whatever refreshes were committed meanwhile: those can only have succeeded before the grant was processed.
 * Beside another grant nobody knows which pair lives, so the one that stands becomes suspect. A sign-out stands.
 */
function afterGrant(record: AccountRecord, mine: Attempt, ending: Ending, now: number): AccountRecord {
  if (ending.type !== 'granted' || record.lineage === mine.record.lineage) return transition(record, mine, ending, now);
  const rest = withoutMine(record, mine);
  const isWritten = record.pair?.accessToken === ending.tokens.accessToken && record.pair.refreshToken === ending.tokens.refreshToken;
  return record.pair === null || record.suspect || isWritten ? rest : { ...rest, suspect: true };
}

function withoutMine(record: AccountRecord, mine: Attempt): AccountRecord {
  return record.claim?.id === mine.claim.id ? { ...record, claim: null } : record;
}

/** The record after this ending, given that it applies to it. */
function transition(record: AccountRecord, mine: Attempt, ending: Ending, now: number): AccountRecord {
  const isGrant = mine.claim.purpose === 'grant';
  switch (ending.type) {
    case 'granted':
      return isGrant ? grantCommitted(record, mine, ending.tokens) : refreshCommitted(record, mine, ending.tokens);
    case 'refused':
      return isGrant ? { ...withoutMine(record, mine), refused: mine.print ?? record.refused } : refreshRefused(record, mine, now);
    case 'not_processed':
      return blockedUntil(undone(record, mine, ending.refund), mine.charged, ending.blockedUntil);
    case 'not_sent':
    case 'withdrawn':
      return undone(record, mine, true);
    case 'unknown':
      return leftOpen(record, mine, ending.answered, now);
  }
}

const foreignClaim = (record: AccountRecord, mine: Attempt): Claim | null => (record.claim?.id === mine.claim.id ? null : record.claim);

function refreshCommitted(record: AccountRecord, mine: Attempt, tokens: Tokens): AccountRecord {
  const foreign = foreignClaim(record, mine);
  const cleared = mine.wasSuspect && !mine.claim.overtook && foreign?.purpose !== 'grant' && !followsGrant(record, mine);
  // Sent again by somebody since: a server that takes that for theft has revoked what it gave to this process.
  const wasProbed = (record.pair?.unanswered ?? 0) > (mine.record.pair?.unanswered ?? 0);
  return {
    ...record,
    generation: record.generation + 1,
    pair: { ...tokens, refreshToken: tokens.refreshToken ?? mine.refreshToken, unanswered: tokens.refreshToken === null ? 1 : 0 },
    ended: null,
    claim: foreign,
    suspect: (record.suspect && !cleared) || wasProbed || record.ended !== null,
  };
}

/** Whether a grant was charged so shortly before this claim that it may still take effect: within two leases. */
function followsGrant(record: AccountRecord, { claim }: Attempt): boolean {
  const since = claim.at - 2 * (claim.until - claim.at);
  return record.grants.some((at) => at > since);
}

function grantCommitted(record: AccountRecord, mine: Attempt, tokens: Tokens): AccountRecord {
  const foreign = foreignClaim(record, mine);
  // A store that went back gives numbers twice: under those of this grant another may have been committed. The charges tell.
  const isElsewhere = knowsMore(record, mine.record) || knowsMore(mine.record, record);
  return {
    ...record,
    lineage: record.lineage + 1,
    generation: record.generation + 1,
    pair: { ...tokens, unanswered: 0 },
    ended: null,
    claim: foreign,
    refused: record.refused === mine.print ? null : record.refused,
    suspect: record.suspect || mine.claim.overtook || foreign?.purpose === 'grant' || isElsewhere,
  };
}

/** The verdict on a refresh token. Beside another send of the same token it is left to that one: its answer may be the pair. */
function refreshRefused(record: AccountRecord, mine: Attempt, now: number): AccountRecord {
  const foreign = foreignClaim(record, mine);
  if (record.ended !== null || (foreign !== null && foreign.purpose !== 'grant')) return withoutMine(record, mine);
  const pair = record.pair as Pair;
  const expected = pair.unanswered > 1 || record.suspect || mine.claim.overtook || foreign !== null;
  return {
    ...record,
    pair: { ...pair, unanswered: 0 },
    ended: pair.unanswered > 1 ? 'unknown' : 'rejected',
    claim: foreign,
    conflicts: expected ? record.conflicts : [...record.conflicts.filter((at) => at > now - conflictWindow), now],
  };
}

/**
 * Nothing was spent: the send is not counted, and the charge goes back if `refund` says so. Only while the claim stands, because this
 * may have been written already, by a swap whose answer got lost; where others took the claim over, one count too many is safe.
 */
function undone(record: AccountRecord, mine: Attempt, refund: boolean): AccountRecord {
  if (record.claim?.id !== mine.claim.id) return record;
  const rest = { ...record, claim: null };
  if (mine.claim.purpose === 'grant') return refund && mine.charged ? { ...rest, grants: without(rest.grants, mine.claim.at) } : rest;
  const { pair } = rest;
  return pair === null ? rest : { ...rest, pair: { ...pair, unanswered: Math.max(0, pair.unanswered - 1) } };
}

function without(times: readonly number[], time: number): readonly number[] {
  const index = times.indexOf(time);
  return index < 0 ? times : times.filter((_, at) => at !== index);
}

function blockedUntil(record: AccountRecord, isCharged: boolean, until: number | null): AccountRecord {
  if (until === null) return record;
  return { ...record, blocked: isCharged ? { ...record.blocked, grant: until } : { ...record.blocked, refresh: until } };
}

/**
 * Nobody knows whether it was processed, so what was counted stays counted. After an answer the claim ends at once but keeps
 * its place: its time paces the next send. Without one it runs to its end, for the request may still be under way.
 */
function leftOpen(record: AccountRecord, mine: Attempt, answered: boolean, now: number): AccountRecord {
  const ended = answered && record.claim?.id === mine.claim.id ? { ...record, claim: { ...record.claim, until: now } } : record;
  if (mine.claim.purpose !== 'grant') return ended;
  if (mine.refreshToken !== null && !canRefresh(record) && record.lineage === mine.record.lineage) return importedUnproven(ended, mine);
  return ended.pair === null || ended.suspect ? ended : { ...ended, suspect: true };
}

/** An imported token whose outcome is unknown would be lost with this process; in a record that has no better one it can be probed. */
function importedUnproven(record: AccountRecord, mine: Attempt): AccountRecord {
  const { at } = mine.claim;
  const pair = record.pair ?? { accessToken: null, issuedAt: at, expiresAt: at };
  return {
    ...record,
    lineage: record.lineage + 1,
    generation: record.generation + 1,
    pair: { ...pair, refreshToken: mine.refreshToken, unanswered: 1 },
    ended: null,
  };
}

/** A tombstone, not a hole: the budget stays, and no late answer can bring the session back. A live claim stands until its holder ends it. */
export function signedOut(record: AccountRecord): AccountRecord {
  const { lineage, generation, claim, grants, blocked, refused, conflicts, suspect } = record;
  return {
    ...emptyRecord,
    lineage: lineage + 1,
    generation: generation + 1,
    ended: 'signed_out',
    claim,
    grants,
    blocked,
    refused,
    conflicts,
    suspect,
  };
}
