import type { Session, SessionEvent, Snapshot } from '@act-on-token/core';
import { clockTime, duration } from './texts.ts';

/** A session of a broker has these too. */
export interface BrokerMembers {
  readonly account?: { readonly id: string; readonly name: string } | null;
  readonly accounts?: readonly unknown[];
  lookUp?(): Promise<void>;
}

export interface TimedEvent {
  readonly at: number;
  readonly event: SessionEvent;
}

/** What `describe()` says, as far as the panel shows it. Any of it may be missing. */
interface Described {
  readonly mode?: 'proxy' | 'token';
  readonly url?: string;
  readonly closed?: boolean;
  readonly clock?: { readonly now?: number };
  readonly store?: { readonly reach?: string; readonly now?: number };
  readonly record?: DescribedRecord | null;
  readonly events?: readonly (SessionEvent & { readonly at: number })[];
}

interface DescribedRecord {
  readonly generation?: number;
  readonly lineage?: number;
  readonly ended?: string | null;
  readonly suspect?: boolean;
  readonly claim?: { readonly purpose?: string; readonly until?: number } | null;
  readonly pair?: {
    readonly accessToken?: string | null;
    readonly refreshToken?: string | null;
    readonly issuedAt?: number;
    readonly unanswered?: number;
  } | null;
}

export type Row = readonly [label: string, value: string];

/** All that the panel shows of a session at one moment. No token is in it. */
export interface Report {
  /** What the session is: of a token, or of a broker in one of its modes. */
  readonly kind: 'token session' | 'broker session, token mode' | 'broker session, proxy mode';
  /** Whether the page itself has access tokens. */
  readonly hasTokens: boolean;
  /** The session's time, in epoch milliseconds. */
  readonly now: number;
  readonly state: readonly Row[];
  readonly record: readonly Row[];
  readonly events: readonly TimedEvent[];
  /** How much of the token's life is left, from 0 to 1; `null` if that is not known. */
  readonly left: number | null;
  /** Changes when the access token does. */
  readonly version: string;
}

/** `print` is the fingerprint of the access token, if there is one. */
export function reportOf(session: Session, snapshot: Snapshot, print: string): Report {
  const described = describe(session);
  const { mode, record, events } = described;
  const now = described.clock?.now ?? Date.now();
  const issuedAt = localTime(described, record?.pair?.issuedAt);
  const { expiresAt } = snapshot;
  return {
    kind: mode === undefined ? 'token session' : `broker session, ${mode} mode`,
    hasTokens: mode !== 'proxy',
    now,
    state: stateRows(snapshot, now, described.closed === true),
    record:
      mode === undefined
        ? recordRows(described, print, now)
        : brokerRows(session as BrokerMembers, described, print),
    events: (Array.isArray(events) ? events : []).map(({ at, ...event }) => ({
      at,
      event: event as SessionEvent,
    })),
    left:
      issuedAt === null || expiresAt === null || expiresAt <= issuedAt
        ? null
        : Math.min(1, Math.max(0, (expiresAt - now) / (expiresAt - issuedAt))),
    version: `${record?.generation ?? ''} ${expiresAt}`,
  };
}

/** A session that cannot describe itself is shown by its snapshot alone. */
function describe(session: Session): Described {
  try {
    return (JSON.parse(session.describe()) as Described | null) ?? {};
  } catch {
    return {};
  }
}

/** Records have the time of the store. */
function localTime({ store, clock }: Described, at: number | undefined): number | null {
  if (at === undefined) return null;
  return at - ((store?.now ?? 0) - (clock?.now ?? store?.now ?? 0));
}

function stateRows(snapshot: Snapshot, now: number, isClosed: boolean): Row[] {
  const { usable, needsGrant, signingIn, saved, expiresAt, reason, error, grants } = snapshot;
  const yes = (is: boolean): string => (is ? 'yes' : 'no');
  return [
    ['Usable', yes(usable)],
    ['Needs a sign-in', signingIn ? 'under way' : yes(needsGrant)],
    ...(expiresAt === null ? [] : [['Expires', untilText(expiresAt, now)] as const]),
    ...(reason === null ? [] : [['Expired because', reason] as const]),
    ...(snapshot.scope === undefined ? [] : [['Scope', snapshot.scope] as const]),
    ...(saved ? [] : [['Saved', 'no, in this page only'] as const]),
    ...(isClosed ? [['Closed', 'yes'] as const] : []),
    [
      'Sign-ins this hour',
      `${grants.used} of ${grants.limit}${grants.nextAt === null ? '' : `, next at ${clockTime(grants.nextAt)}`}`,
    ],
    ...(error === null ? [] : [['Last error', `${error.code}: ${error.message}`] as const]),
  ];
}

function untilText(at: number, now: number): string {
  const distance = duration(Math.abs(at - now));
  return `${clockTime(at)}, ${at > now ? `in ${distance}` : `${distance} ago`}`;
}

function recordRows(described: Described, print: string, now: number): Row[] {
  const { store } = described;
  const { generation, lineage, pair, claim, ended, suspect } = described.record ?? {};
  const issuedAt = localTime(described, pair?.issuedAt);
  const claimedUntil = localTime(described, claim?.until);
  return [
    ['Generation', String(generation ?? 'unknown')],
    ['Sign-ins and imports', String(lineage ?? 'unknown')],
    ...(issuedAt === null ? [] : [['Issued', clockTime(issuedAt)] as const]),
    ['Access token', pair?.accessToken ? `${print} ${pair.accessToken}` : 'none'],
    ['Refresh token', pair?.refreshToken ?? 'none'],
    ...(pair?.unanswered ? [['Sent without an answer', `${pair.unanswered} times`] as const] : []),
    ...(claimedUntil !== null && claimedUntil > now
      ? [['Claimed', `${claim?.purpose}, until ${clockTime(claimedUntil)}`] as const]
      : []),
    ...(ended ? [['Ended', ended] as const] : []),
    ...(suspect === true ? [['Suspect', 'yes, an early refresh verifies it'] as const] : []),
    ['Store reach', store?.reach ?? 'unknown'],
  ];
}

function brokerRows(session: BrokerMembers, { mode, url }: Described, print: string): Row[] {
  return [
    ['Broker', url ?? 'unknown'],
    ['Account', session.account?.name ?? 'none'],
    ['Accounts', String(session.accounts?.length ?? 0)],
    ['Access token', mode === 'proxy' ? 'kept by the broker' : print],
  ];
}
