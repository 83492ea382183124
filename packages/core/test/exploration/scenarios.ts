import { type AccountRecord, emptyRecord } from '../../src/record.ts';
import type { Run } from './explore.ts';
import type { Invariant } from './invariants.ts';
import { type Habits, library, type Machine, usual } from './setting.ts';
import { due, lapsed } from './times.ts';
import { budget, type Event, idle, type Process, type World } from './world.ts';

/** What may happen, and at most how often in all. */
export type Bounds = Partial<Record<Event | 'total', number>>;

/** How a run differs from the usual one. */
export interface Setup {
  /** What each process could sign in with by itself. Default: two that know the right password. */
  readonly processes?: readonly Process['credentials'][];
  /** What stands in the store. Default: a pair whose access token lapsed. */
  readonly record?: AccountRecord | null;
  /** Whether the server revokes a pair when the token before it is replayed. */
  readonly revokes?: boolean;
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
export const dueSoon: AccountRecord = { ...signedIn, pair: signedIn.pair && { ...signedIn.pair, ...due } };

/** The refresh token is known to be dead, so that a grant comes next. */
export const ended: AccountRecord = { ...signedIn, ended: 'rejected' };
/** Nobody ever signed in. */
export const nothing = null;

export function runOf(bounds: Bounds, setup: Setup): Run {
  const { machine = library, habits = {}, only, most } = setup;
  const run = { start: startOf(bounds, setup), machine, habits: { ...usual, ...habits } };
  return { ...run, ...(only === undefined ? {} : { only }), ...(most === undefined ? {} : { most }) };
}

function startOf({ total = 99, ...times }: Bounds, { processes = ['right', 'right'], record = signedIn, revokes = false }: Setup): World {
  return {
    clock: 0,
    serial: 10,
    store: { version: record === null ? 0 : 1, record },
    backup: null,
    wentBack: false,
    writes: [],
    server: { live: 'r1', family: 'r1', revokes, grants: 0 },
    orphans: [],
    processes: processes.map((credentials) => ({ credentials, held: null, unsaved: null, threads: [idle] })),
    settled: [],
    saved: record === null ? [] : [1],
    left: budget(times, total),
  };
}
