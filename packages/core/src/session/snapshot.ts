import type { ActOnTokenError } from '../errors.ts';
import {
  canRefresh,
  grantPossibleAt,
  grantsInWindow,
  isUnknownOver,
  type Rules,
} from '../machine.ts';
import { type AccountRecord, lives, status } from '../record.ts';

interface SnapshotFacts {
  /** False until the record was read once: show neither a sign-in page nor data yet. */
  readonly loaded: boolean;
  /** There is an access token that an API call may use. */
  readonly usable: boolean;
  /**
   * A person (or `credentials`) must sign in again. May be true while `usable`: prompt then, before
   * it hurts.
   */
  readonly needsGrant: boolean;
  /** A person or a program, here or elsewhere, is signing in right now. */
  readonly signingIn: boolean;
  /** False while a pair lives only in this process because the store does not take it. */
  readonly saved: boolean;
  /** What last went wrong, until something goes well again. */
  readonly error: ActOnTokenError | null;
  /**
   * Password and code grants within the last window, and when the next is possible (epoch ms, this
   * machine's clock) if none is now.
   */
  readonly grants: {
    readonly used: number;
    readonly limit: number;
    readonly nextAt: number | null;
  };
  readonly scope?: string;
  /** Further text fields of the server's answers, those that the endpoint asks for. */
  readonly fields?: Readonly<Record<string, string>>;
}

/**
 * What a user interface shows of an account. Immutable; the same reference until something was
 * announced. It never carries a token: `getAccessToken()` gives one. `expiresAt` is epoch
 * milliseconds of this machine's clock.
 */
export type Snapshot = SnapshotFacts &
  (
    | { readonly status: 'idle'; readonly expiresAt: null; readonly reason: null }
    | {
        readonly status: 'authorized' | 'refreshing';
        readonly expiresAt: number;
        readonly reason: null;
      }
    | {
        readonly status: 'expired';
        readonly expiresAt: number | null;
        readonly reason: 'lapsed' | 'rejected' | 'unknown';
      }
  );

/** What this process knows beyond the record. */
export interface LocalFacts
  extends Pick<SnapshotFacts, 'loaded' | 'saved' | 'signingIn' | 'error'> {
  /**
   * Why the record cannot be read. It says whether signing in would help: a newer version's record
   * is not replaced.
   */
  readonly fault: ActOnTokenError | null;
}

/** `toLocal` turns store time into this machine's. */
export function takeSnapshot(
  record: AccountRecord,
  local: LocalFacts,
  rules: Rules,
  now: number,
  toLocal: (at: number) => number,
): Snapshot {
  const { pair, claim } = record;
  const nextAt = grantPossibleAt(record, rules.limit, now, rules);
  const stopped =
    rules.onUnknown === 'stop' &&
    pair !== null &&
    pair.unanswered > 0 &&
    (claim === null || claim.until <= now);
  const { fault, ...own } = local;
  const facts: SnapshotFacts = {
    ...own,
    usable: lives(record, now),
    needsGrant:
      fault?.needsGrant ??
      (local.loaded && (!canRefresh(record) || stopped || isUnknownOver(record, now, rules))),
    signingIn:
      local.signingIn || (claim !== null && claim.purpose === 'grant' && claim.until > now),
    grants: Object.freeze({
      used: grantsInWindow(record, now, rules).length,
      limit: rules.limit,
      nextAt: nextAt === null ? null : toLocal(nextAt),
    }),
    ...(pair?.scope === undefined ? {} : { scope: pair.scope }),
    ...(pair?.fields && { fields: pair.fields }),
  };
  return { ...facts, ...stateOf(record, now, toLocal) } as Snapshot;
}

function stateOf(
  record: AccountRecord,
  now: number,
  toLocal: (at: number) => number,
): Pick<Snapshot, 'status' | 'expiresAt' | 'reason'> {
  const state = status(record, now);
  // Stryker disable next-line ConditionalExpression,LogicalOperator,StringLiteral: a record is idle if it has no pair; this is for the compiler.
  if (state === 'idle' || record.pair === null)
    return { status: 'idle', expiresAt: null, reason: null };
  const expiresAt = toLocal(record.pair.expiresAt);
  if (state !== 'expired') return { status: state, expiresAt, reason: null };
  const reason = record.ended === null || record.ended === 'signed_out' ? 'lapsed' : record.ended;
  return { status: state, expiresAt: record.pair.accessToken === null ? null : expiresAt, reason };
}

/**
 * Whether both say the same, with times of this machine less than a second apart: two readings of
 * one clock differ by a round trip. Rounded, they could be on both sides of where that turns.
 */
export function sameSnapshot(a: Snapshot, b: Snapshot): boolean {
  const isNear = (one: number | null, other: number | null): boolean =>
    one === other || (one !== null && other !== null && Math.abs(one - other) < 1_000);
  const [said, before] = [a, b].map(({ error: _, expiresAt: __, grants, ...rest }) =>
    JSON.stringify([rest, grants.used, grants.limit]),
  );
  return (
    said === before &&
    isNear(a.expiresAt, b.expiresAt) &&
    isNear(a.grants.nextAt, b.grants.nextAt) &&
    a.error === b.error
  );
}

/**
 * When (store time) to warn that the refresh token will be forgotten: after nine tenths of the time
 * that the server keeps an unused one, so three days before Act-On's thirty are over. Never for one
 * that cannot be used anyway.
 */
export function disusedAt(record: AccountRecord, { endOfUnknown }: Rules): number {
  return record.pair !== null && canRefresh(record)
    ? record.pair.issuedAt + endOfUnknown.age * 0.9
    : Number.POSITIVE_INFINITY;
}

/**
 * The next moment (store time) at which a snapshot of this record says something else, or a warning
 * is due.
 */
export function nextChangeAt(record: AccountRecord, rules: Rules, now: number): number {
  const { pair, claim, grants } = record;
  const freed = grants.map((at) => at + rules.window + rules.lease);
  const moments = [pair?.expiresAt ?? 0, claim?.until ?? 0, disusedAt(record, rules), ...freed];
  return Math.min(...moments.filter((at) => at > now));
}
