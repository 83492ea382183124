import type { ActOnTokenError, Snapshot } from '@act-on-token/core';
import type { SessionAnswer } from '../wire.ts';
import { revived } from './failures.ts';

/** Before the broker was asked: the same as a server renders, so that a browser begins with it. */
export const unknownSnapshot: Snapshot = Object.freeze({
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
});

/**
 * The broker's snapshot with the times of this machine. `asked`: when the request went out, so that
 * a token rather lapses early than late.
 */
export function localSnapshot({ snapshot, now }: SessionAnswer, asked: number): Snapshot {
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
  }) as Snapshot;
}

/** The same with another error. */
export function withError(snapshot: Snapshot, error: ActOnTokenError | null): Snapshot {
  return Object.freeze({ ...snapshot, error });
}

/** The access token's time is over, and no one said that there is a new one. */
export function lapsed(snapshot: Snapshot): Snapshot {
  return Object.freeze({
    ...snapshot,
    usable: false,
    status: 'expired',
    reason: 'lapsed',
  }) as Snapshot;
}

/** No user is signed in. */
export function signedOut({ grants: { limit } }: Snapshot): Snapshot {
  return Object.freeze({
    ...unknownSnapshot,
    loaded: true,
    needsGrant: true,
    grants: Object.freeze({ used: 0, limit, nextAt: null }),
  });
}

/** Whether both say the same; times to the second, for two answers differ by a round trip. */
export function sameSnapshot(a: Snapshot, b: Snapshot): boolean {
  return JSON.stringify(rounded(a)) === JSON.stringify(rounded(b));
}

function rounded({ expiresAt, grants, error, ...facts }: Snapshot): unknown {
  const said = error && [error.code, error.message];
  // Sorted: an answer's members come in any order.
  return [
    Object.entries(facts).sort(),
    near(expiresAt),
    grants.used,
    grants.limit,
    near(grants.nextAt),
    said,
  ];
}
const near = (at: number | null): number | null => (at === null ? null : Math.round(at / 2000));
