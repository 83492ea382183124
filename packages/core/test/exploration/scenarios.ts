import type { Rules } from '../../src/machine.ts';
import { type AccountRecord, emptyRecord } from '../../src/record.ts';
import type { Run } from './explore.ts';
import type { Invariant } from './invariants.ts';
import type { Server } from './server-model.ts';
import { type Habits, library, type Machine, usual } from './setting.ts';
import { due, lapsed, rules as usualRules } from './times.ts';
import { budget, type Event, idle, type Process, type World } from './world.ts';

/** What may happen, and at most how often in all. */
export type Bounds = Partial<Record<Event | 'total', number>>;

/** How a run differs from the usual one. */
export interface Setup {
  /** What each process could sign in with by itself. Default: two that know the right password. */
  readonly processes?: readonly Process['credentials'][];
  /** What stands in the store. Default: a pair whose access token lapsed. */
  readonly record?: AccountRecord | null;
  /**
   * How the server differs from the usual one, which rotates refresh tokens and revokes nothing.
   */
  readonly server?: Partial<Server>;
  readonly rules?: Partial<Rules>;
  readonly machine?: Machine;
  readonly habits?: Partial<Habits>;
  readonly only?: readonly Invariant[];
  readonly most?: number;
}

/** A pair that was issued by the server before the run began; its access token lapsed. */
export const signedIn: AccountRecord = {
  ...emptyRecord,
  lineage: 1,
  generation: 1,
  pair: { accessToken: 'a1', refreshToken: 'r1', ...lapsed, unanswered: 0 },
};

/** The same with an access token that lives for some minutes more. */
export const dueSoon: AccountRecord = {
  ...signedIn,
  pair: signedIn.pair && { ...signedIn.pair, ...due },
};

/** The refresh token is known to be dead, so that a grant comes next. */
export const ended: AccountRecord = { ...signedIn, ended: 'rejected' };
/** Nobody ever signed in. */
export const nothing = null;
/** Sent without an answer before the run began. */
export const unansweredLongAgo: AccountRecord = {
  ...signedIn,
  pair: signedIn.pair && { ...signedIn.pair, unanswered: 1 },
};

/** "Unknown" is over with the second 503. The pace is longer than any claim of a run is old. */
export const quickEnd: NonNullable<Rules['endOfUnknown']> = {
  answers: 2,
  over: 0,
  age: Number.POSITIVE_INFINITY,
  pace: 24 * 3_600_000,
};
/** A refresh token that is dead, and a server that answers 503 to it. */
export const failing: Setup = {
  record: unansweredLongAgo,
  server: { live: null, fails: true },
  rules: { endOfUnknown: quickEnd },
};

export function runOf(bounds: Bounds, setup: Setup): Run {
  const { machine = library, habits = {}, rules = {}, only, most } = setup;
  const run = {
    start: startOf(bounds, setup),
    machine,
    habits: { ...usual, ...habits },
    rules: { ...usualRules, ...rules },
  };
  return {
    ...run,
    ...(only === undefined ? {} : { only }),
    ...(most === undefined ? {} : { most }),
  };
}

function startOf(
  { total = 99, ...times }: Bounds,
  { processes = ['right', 'right'], record = signedIn, server = {} }: Setup,
): World {
  return {
    clock: 0,
    back: 0,
    serial: 10,
    store: { version: record === null ? 0 : 1, record },
    backup: null,
    wentBack: false,
    lost: null,
    writes: [],
    server: {
      live: 'r1',
      family: 'r1',
      revokes: false,
      rotates: true,
      fails: false,
      grants: 0,
      ...server,
    },
    orphans: [],
    processes: processes.map((credentials) => ({
      credentials,
      held: null,
      unsaved: null,
      threads: [idle],
    })),
    settled: [],
    saved: record === null ? [] : [1],
    condemned: [],
    left: budget(times, total),
  };
}
