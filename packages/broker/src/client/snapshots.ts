import type { ActOnTokenError, Snapshot } from '@act-on-token/core';
import type { BrokerAccount, SessionAnswer } from '../wire.ts';
import { revived } from './failures.ts';

/**
 * What a page shows: the snapshot, and whose it is. In one object, so that no page can show the
 * state of one account under the name of another.
 */
export type BrokerSnapshot = Snapshot & {
  /** The account that the session is about; `null` until it is known, and while no one is. */
  readonly account: BrokerAccount | null;
  /** All accounts that this browser is signed in to, the one that signed in last first. */
  readonly accounts: readonly BrokerAccount[];
};

/** Before the broker was asked: the same as a server renders, so that a browser begins with it. */
export const unknownSnapshot: BrokerSnapshot = Object.freeze({
  loaded: false,
  usable: false,
  needsGrant: false,
  signingIn: false,
  saved: true,
  error: null,
  grants: Object.freeze({ used: 0, limit: 5, nextAt: null }),
  status: 'idle',
  expiresAt: null,
  reason: null,
  account: null,
  accounts: Object.freeze([]),
});

/**
 * The broker's snapshot with the times of this machine. `asked`: when the request went out, so that
 * a token rather lapses early than late.
 */
export function localSnapshot(
  { snapshot, now, account, accounts }: SessionAnswer,
  asked: number,
): BrokerSnapshot {
  const toLocal = (at: number): number => asked + (at - now);
  const { expiresAt, grants, error, ...facts } = snapshot;
  return Object.freeze({
    ...facts,
    loaded: true,
    expiresAt: expiresAt === null ? null : toLocal(expiresAt),
    grants: Object.freeze({
      ...grants,
      nextAt: grants.nextAt === null ? null : toLocal(grants.nextAt),
    }),
    error: error === null ? null : revived(error, toLocal),
    account: account && Object.freeze({ ...account }),
    accounts: Object.freeze(accounts.map((each) => Object.freeze({ ...each }))),
  }) as BrokerSnapshot;
}

/** The same with another error. */
export function withError(snapshot: BrokerSnapshot, error: ActOnTokenError | null): BrokerSnapshot {
  return Object.freeze({ ...snapshot, error });
}

/** The access token's time is over, and no one said that there is a new one. */
export function lapsed(snapshot: BrokerSnapshot): BrokerSnapshot {
  return Object.freeze({
    ...snapshot,
    usable: false,
    status: 'expired',
    reason: 'lapsed',
  }) as BrokerSnapshot;
}

/** No one is signed in to the account of this session; to others this browser still may be. */
export function signedOut(
  { grants: { limit } }: Snapshot,
  accounts: readonly BrokerAccount[],
): BrokerSnapshot {
  return Object.freeze({
    ...unknownSnapshot,
    loaded: true,
    needsGrant: true,
    grants: Object.freeze({ used: 0, limit, nextAt: null }),
    accounts,
  });
}

/** The same without this account in the list. */
export function without(snapshot: BrokerSnapshot, id: string): BrokerSnapshot {
  const accounts = Object.freeze(snapshot.accounts.filter((account) => account.id !== id));
  if (accounts.length === snapshot.accounts.length) return snapshot;
  return snapshot.account?.id === id
    ? signedOut(snapshot, accounts)
    : Object.freeze({ ...snapshot, accounts });
}

/** Whether both say the same. Two answers differ by a round trip in the times that they give. */
export function sameSnapshot(a: Snapshot, b: Snapshot): boolean {
  return (
    isNear(a.expiresAt, b.expiresAt) &&
    isNear(a.grants.nextAt, b.grants.nextAt) &&
    JSON.stringify(withoutTimes(a)) === JSON.stringify(withoutTimes(b))
  );
}

function withoutTimes({ expiresAt: _, grants, error, ...facts }: Snapshot): unknown {
  const said = error && [error.code, error.message];
  // Sorted: an answer's members come in any order.
  return [Object.entries(facts).sort(), grants.used, grants.limit, said];
}

/** Within two seconds; not rounded, because two moments may be on both sides of where that turns. */
const isNear = (a: number | null, b: number | null): boolean =>
  a === b || (a !== null && b !== null && Math.abs(a - b) < 2_000);
