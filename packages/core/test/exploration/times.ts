import { endOfUnknown, type Rules } from '../../src/machine.ts';
import type { AccountRecord, Claim } from '../../src/record.ts';

/*
 * Time in classes. A claim stands or is long over; a pair is fresh, due for a refresh ahead, or
 * lapsed; a grant was charged lately or an hour ago. Only the order of what was claimed counts
 * beyond that, so each claim moves the clock by a tick.
 */

const aMinute = 60_000;
const anHour = 60 * aMinute;
const noon = 1_000_000_000;

/**
 * The rules that every process goes by. Three grants, one of them a person's: so few that small
 * runs meet the limit.
 */
export const rules: Rules = {
  lease: aMinute / 2,
  margin: aMinute / 4,
  minValidity: aMinute / 2,
  refreshAhead: null,
  jitter: 1,
  minRefreshInterval: aMinute,
  maxLifetime: anHour,
  limit: 3,
  // No grant leaves the window while a run lasts, so the limit holds for the run as a whole.
  window: 24 * anHour,
  reserve: 1,
  onUnknown: 'probe',
  endOfUnknown: { ...endOfUnknown, age: 30 * 24 * anHour },
};

/** The store's clock. */
export const timeAt = ({ clock, back }: { clock: number; back: number }): number =>
  noon + clock - back;

/** By how much the store's clock may go back: for longer than any claim lasts. */
export const aFailOver = 200_000;

export const freshIn = ({ back }: { back: number }): { issuedAt: number; expiresAt: number } => ({
  issuedAt: noon - back,
  expiresAt: noon - back + anHour,
});
export const isFresh = ({ expiresAt }: { expiresAt: number }): boolean =>
  expiresAt > noon + anHour / 2;
export const due = { issuedAt: noon - 55 * aMinute, expiresAt: noon + 5 * aMinute } as const;
export const lapsed = { issuedAt: noon - 3 * anHour, expiresAt: noon - 2 * anHour } as const;
/** So long ago that whatever is paced after it is due. */
export const over = { at: noon - 50 * aMinute, until: noon - 49 * aMinute } as const;

export const isOver = (claim: { readonly until: number }): boolean => claim.until <= over.until;
export const isOld = (time: number): boolean => time < noon - anHour / 2;

/** The record with its times put into classes: what has ended ended long ago. */
export function inClasses<R extends AccountRecord | null>(record: R, now: number): R {
  if (record === null) return record;
  const { claim, pair } = record;
  const ended = claim !== null && claim.until <= now && !isOver(claim);
  const lapses = pair !== null && pair.expiresAt <= now && pair.issuedAt !== lapsed.issuedAt;
  if (!ended && !lapses) return record;
  return {
    ...record,
    claim: ended ? { ...claim, ...over } : claim,
    pair: lapses ? { ...pair, ...lapsed } : pair,
  };
}

export function withClaimOver(record: AccountRecord): AccountRecord {
  return record.claim === null || isOver(record.claim)
    ? record
    : { ...record, claim: { ...record.claim, ...over } };
}

/** Claim and access token are over, and what was charged was charged an hour ago. */
export function anHourOlder(record: AccountRecord): AccountRecord {
  const { pair, grants } = record;
  const changedAt = record.changedAt - hourSince(record.changedAt);
  const older = {
    ...record,
    changedAt,
    grants: grants.map((time) => time - hourSince(time)),
    pair: pair && { ...pair, ...lapsed },
  };
  return withClaimOver(older);
}

/** An attempt's own claim, made an hour ago. */
export function anHourAgo(claim: Claim): Claim {
  const hour = hourSince(claim.at);
  return { ...claim, at: claim.at - hour, until: claim.until - hour };
}

/** What is of long ago stays there. */
const hourSince = (time: number): number => (isOld(time) ? 0 : anHour);
