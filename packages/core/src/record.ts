import { ActOnTokenError } from './errors.ts';

/**
 * Why someone is talking to the token endpoint. A probe sends a refresh token again that was sent
 * without an answer.
 */
export type Purpose = 'refresh' | 'probe' | 'grant';

/**
 * Someone is talking to the token endpoint, or was: a claim whose time is over stays until the next
 * one replaces it.
 */
export interface Claim {
  readonly id: string;
  readonly purpose: Purpose;
  /** Store time at which it was made, and until which it excludes others. */
  readonly at: number;
  readonly until: number;
}

export interface Pair {
  /** `null`: the server sent none that can be used, or the API refused it. */
  readonly accessToken: string | null;
  readonly refreshToken: string | null;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly scope?: string;
  /** Times the refresh token was sent without an answer that decides. Above 0 it may be spent. */
  readonly unanswered: number;
  /** How many of those sends an error answered (a 503, say), and since when; absent: none. */
  readonly failing?: { readonly since: number; readonly count: number };
  /** `false`: the server handed out no new refresh token, so this one stays good. */
  readonly rotates?: boolean;
  /** Further text fields of the server's answers, those that the endpoint asks for. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** Why Act-On refused the last grant. */
export interface Refusal {
  readonly code: 'grant_rejected' | 'client_rejected';
  /** What Act-On answered, fit to print. */
  readonly detail: string;
}

/**
 * Everything known about one account. Facts only: its {@link Status} is derived. All times are the
 * store's, in epoch milliseconds.
 */
export interface AccountRecord {
  readonly schema: 1;
  /** +1 with every password, code or imported grant committed and every sign-out. */
  readonly lineage: number;
  /** +1 with every pair committed and every sign-out. */
  readonly generation: number;
  /**
   * When what last changed `generation` began: the request for its pair, or the sign-out. A pair
   * that is written late is not news.
   */
  readonly changedAt: number;
  readonly pair: Pair | null;
  /**
   * Why no refresh is possible although there may be a pair. The refused token stays: a late answer
   * may still belong to it.
   */
  readonly ended: 'signed_out' | 'rejected' | 'unknown' | null;
  readonly claim: Claim | null;
  /** When each password or code grant was claimed. */
  readonly grants: readonly number[];
  /** Until when the server refuses requests (HTTP 429), per kind of request. */
  readonly blocked: { readonly refresh: number | null; readonly grant: number | null };
  /** The fingerprint of refused credentials; they are not tried again unattended. */
  readonly refused: string | null;
  readonly refusal: Refusal | null;
  /**
   * When a refresh token that was never sent before was refused: twice within an hour means that
   * two installations fight.
   */
  readonly conflicts: readonly number[];
  /** Two grants overlapped, or a refresh met a probe: the pair may be the dead one. */
  readonly suspect: boolean;
}

// One for all records: a process may hold very many.
const none: readonly number[] = [];
const unblocked: AccountRecord['blocked'] = { refresh: null, grant: null };

/** The record of an account before its first sign-in. */
export const emptyRecord: AccountRecord = {
  schema: 1,
  lineage: 0,
  generation: 0,
  changedAt: 0,
  pair: null,
  ended: null,
  claim: null,
  grants: none,
  blocked: unblocked,
  refused: null,
  refusal: null,
  conflicts: none,
  suspect: false,
};

/** The four states of an account, derived from its record at a moment. */
export type Status = 'idle' | 'authorized' | 'refreshing' | 'expired';

/** Whether the access token lives: by its own time, not by a caller's wish for more. */
export function lives(record: AccountRecord, now: number): boolean {
  const { pair } = record;
  return pair !== null && pair.accessToken !== null && pair.expiresAt > now;
}

/**
 * idle (no pair) → authorized (the access token lives) → refreshing (a live refresh or probe claim)
 * → expired.
 */
export function status(record: AccountRecord, now: number): Status {
  if (record.pair === null) return 'idle';
  const { claim } = record;
  if (claim !== null && claim.purpose !== 'grant' && claim.until > now) return 'refreshing';
  return lives(record, now) ? 'authorized' : 'expired';
}

export function encodeRecord(record: AccountRecord): string {
  return JSON.stringify(record);
}

/**
 * Reads what {@link encodeRecord} wrote and trusts none of it: another program's value, a cut one
 * or an absurd time must not steer a session. Rejects with `store_version` (newer schema) or
 * `store_corrupt`, and never repeats the value.
 */
export function decodeRecord(value: string, now: number): AccountRecord {
  if (value.startsWith('sealed1.'))
    throw corrupt(sealedFaults[value] ?? 'it is sealed: read it through sealedStore()');
  const found = parseObject(value);
  if (found === null) throw corrupt('it is not a JSON object');
  if (
    // Stryker disable next-line ConditionalExpression: a text of digits is refused as a field, too.
    typeof found.schema === 'number' &&
    found.schema > 1
  )
    throw newerSchema(found.schema);
  const wrong = firstWrongField(found);
  if (wrong !== null) throw corrupt(`its field "${wrong}" is missing or malformed`);
  return tamed(found as unknown as AccountRecord, now);
}

/** What a sealed store hands out in place of a value that it could not open. */
const sealedFaults: Readonly<Record<string, string>> = {
  'sealed1.not_sealed': 'it is not sealed, but this store seals its records',
  'sealed1.unknown_key': 'it was sealed with a key that is not among "keys"',
  'sealed1.not_authentic': 'it was changed or moved after it was sealed',
};

function parseObject(value: string): Record<string, unknown> | null {
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'object' &&
      // Stryker disable next-line ConditionalExpression: null passes as null.
      parsed !== null &&
      !Array.isArray(parsed)
      ? (parsed as Record<string, unknown>)
      : null;
  } catch {
    return null; // The SyntaxError would quote the value, and the value holds tokens.
  }
}

type Check = (value: unknown) => boolean;
const isTime: Check = Number.isFinite;
const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isText: Check = (value) => typeof value === 'string';
const isFlag: Check = (value) => typeof value === 'boolean';
const isTimes: Check = (value) => Array.isArray(value) && value.every(isTime);
const oneOf =
  (...words: string[]): Check =>
  (value) =>
    words.includes(value as string);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const optional =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const shape =
  (fields: Record<string, Check>): Check =>
  (value) =>
    typeof value === 'object' &&
    value !== null &&
    wrongField(fields, value as Record<string, unknown>) === null;

function wrongField(fields: Record<string, Check>, value: Record<string, unknown>): string | null {
  // Stryker disable next-line OptionalChaining: each name has a check; this is for the compiler.
  return Object.keys(fields).find((name) => !fields[name]?.(value[name])) ?? null;
}

const fields: Record<string, Check> = {
  schema: (value) => value === 1,
  lineage: isCount,
  generation: isCount,
  changedAt: isTime,
  pair: orNull(
    shape({
      accessToken: orNull(isText),
      refreshToken: orNull(isText),
      issuedAt: isTime,
      expiresAt: isTime,
      scope: optional(isText),
      unanswered: isCount,
      failing: optional(shape({ since: isTime, count: isCount })),
      rotates: optional(isFlag),
      fields: optional((value) => Object.values(Object(value)).every(isText)),
    }),
  ),
  ended: orNull(oneOf('signed_out', 'rejected', 'unknown')),
  claim: orNull(
    shape({ id: isText, purpose: oneOf('refresh', 'probe', 'grant'), at: isTime, until: isTime }),
  ),
  grants: isTimes,
  blocked: shape({ refresh: orNull(isTime), grant: orNull(isTime) }),
  refused: orNull(isText),
  refusal: orNull(shape({ code: oneOf('grant_rejected', 'client_rejected'), detail: isText })),
  conflicts: isTimes,
  suspect: isFlag,
};
const firstWrongField = (found: Record<string, unknown>): string | null =>
  wrongField(fields, found);

/**
 * No claim may exclude others for longer than the longest lease there is, no block for longer than
 * an hour, no token live a day.
 */
const longest = { lease: 140_000, block: 3_600_000, lifetime: 86_400_000, kept: 100 };
/** That of the longest request timeout. */
export const longestLease: number = longest.lease;

/**
 * Well-formed but absurd times, cut to what they can be at most. Fields that this version does not
 * know stay: a newer version of the library may share the record, and an older one must not lose
 * what that wrote.
 */
function tamed(record: AccountRecord, now: number): AccountRecord {
  const { pair, claim, refusal } = record;
  return {
    ...record,
    // A time of the future would outweigh everything that is written from now on.
    changedAt: isFuture(record.changedAt, now) ? 0 : record.changedAt,
    pair: pair && tamedPair(pair, now),
    claim: claim && tamedClaim(claim, now),
    grants: recent(record.grants, now),
    blocked: tamedBlocks(record.blocked, now),
    refusal: refusal && { ...refusal, detail: refusal.detail.slice(0, 1_000) },
    conflicts: recent(record.conflicts, now),
  };
}

/**
 * A time that no writer can have written by the clock of `now`: another clock did, or that
 * one went back.
 */
const isFuture = (time: number, now: number): boolean => time > now + longest.lease;

/** The age of a token of the future is unknown, so it counts as lapsed. */
function tamedPair(pair: Pair, now: number): Pair {
  const latest = isFuture(pair.issuedAt, now) ? now : pair.issuedAt + longest.lifetime;
  return { ...pair, expiresAt: Math.min(pair.expiresAt, latest) };
}

/** A claim of the future must not pace the next request: that would be never. */
function tamedClaim(claim: Claim, now: number): Claim {
  const until = Math.min(claim.until, claim.at + longest.lease, now + longest.lease);
  return { ...claim, at: isFuture(claim.at, now) ? 0 : claim.at, until };
}

/** Every process that starts would cut a block of the future again, so it would never end. */
function tamedBlock(until: number | null, now: number): number | null {
  if (until === null || isFuture(until, now + longest.block)) return null;
  return Math.min(until, now + longest.block);
}

function tamedBlocks(blocked: AccountRecord['blocked'], now: number): AccountRecord['blocked'] {
  const { refresh, grant } = blocked;
  const tame = { ...blocked, refresh: tamedBlock(refresh, now), grant: tamedBlock(grant, now) };
  return Object.values(tame).some((until) => until !== null) ? tame : unblocked;
}

/**
 * Newest last. A store's clock may go back by minutes in a fail-over: what was charged before that
 * still counts.
 */
function recent(times: readonly number[], now: number): readonly number[] {
  const past = times.filter((time) => !isFuture(time, now + longest.block));
  return past.length === 0 ? none : past.sort((a, b) => a - b).slice(-longest.kept);
}

function corrupt(reason: string): ActOnTokenError {
  return new ActOnTokenError(
    'store_corrupt',
    `The token store holds something under this account's key that is not an account record: ${reason}. The session left it as it is. Sign in again to replace it.`,
    { needsGrant: true },
  );
}

function newerSchema(schema: number): ActOnTokenError {
  return new ActOnTokenError(
    'store_version',
    `The account record has schema ${schema}; this version of @act-on-token/core reads schema 1 and never replaces a newer one. Upgrade @act-on-token/core here.`,
  );
}
