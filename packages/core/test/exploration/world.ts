import type { Attempt, Ending } from '../../src/machine.ts';
import type { AccountRecord } from '../../src/record.ts';
import type { Orphan, Reply, Server } from './server-model.ts';

/*
 * One moment of a small world in which the real rules run: a store, a token server, and processes
 * that share an account. Worlds are never changed; the next one shares what stayed the same.
 */

/** What can go wrong or simply happen, each at most as often as a run allows. */
export const events = [
  'crash',
  'pause',
  'lostRequest',
  'lostReply',
  'lostAnswer',
  'lateWrite',
  'delayed',
  'unknown',
  'notProcessed',
  'notSent',
  'signOut',
  'password',
  'wrongPassword',
  'code',
  'import',
  'hour',
  'rollback',
  'loss',
  'clockBack',
  'abandon',
] as const;
export type Event = (typeof events)[number];
/** How often each may still happen: two bits for each, so at most three times. */
export interface Budget {
  readonly first: number;
  readonly second: number;
  /** And how many in all. */
  readonly total: number;
}

/** `version` 0: there is nothing. */
export interface Stored {
  readonly version: number;
  readonly record: AccountRecord | null;
}

/** A store call whose answer got lost. */
export interface Call {
  readonly version: number;
  readonly expected: number;
  readonly record: AccountRecord | null;
}

export type SignInWith = 'password' | 'wrongPassword' | 'code' | 'import';

/** What a thread is there for. `lineage` is the one that a person saw who began to act. */
export type Intent =
  | { readonly type: 'token' | 'ahead' }
  | { readonly type: 'signIn'; readonly with: SignInWith; readonly lineage: number }
  | { readonly type: 'signOut'; readonly lineage: number }
  /** Work in the background: what the store did not take. */
  | { readonly type: 'chore' };

/** A claim under way. */
export interface Exchange {
  readonly mine: Attempt;
  /** Its lease is over. */
  readonly overdue: boolean;
}

/**
 * Where a thread of a process is. `call` is the one that it makes once more. A `lost` thread waits
 * for a promise that never settles.
 */
export type Thread = { readonly intent: Intent; readonly call: Call | null } & (
  | { readonly at: 'idle' | 'done' | 'lost' }
  | (Exchange & { readonly at: 'claiming' | 'claimed' | 'checked' | 'withdrawing' })
  | (Exchange & { readonly at: 'sent'; readonly reply: Reply | null })
  /** `saved`: a later write of this process brought the pair into the store. */
  | (Exchange & { readonly at: 'committing'; readonly ending: Ending; readonly saved: boolean })
);
export type At<Place extends Thread['at']> = Extract<Thread, { readonly at: Place }>;
export type Exchanging = Extract<Thread, Exchange>;

/** A pair, or the verdict on one, that the store did not take: its process goes by it meanwhile. */
export interface Unsaved {
  readonly mine: Attempt;
  readonly ending: Ending;
  readonly record: AccountRecord;
}

export interface Process {
  /** What it could sign in with by itself. */
  readonly credentials: 'right' | 'wrong' | null;
  /** Its copy of the record; `null` before it has read. */
  readonly held: Stored | null;
  readonly unsaved: Unsaved | null;
  readonly threads: readonly Thread[];
}

export interface World {
  /** Grows with every claim and every write, so that no two are made at the same moment. */
  readonly clock: number;
  /** By how many milliseconds the store's clock went back. */
  readonly back: number;
  /** The next number that names a version, a claim or a token. */
  readonly serial: number;
  readonly store: Stored;
  /** What the store may go back to. */
  readonly backup: Stored | null;
  readonly wentBack: boolean;
  /** What {@link serial} was when the store lost everything, and its time; `null`: it did not. */
  readonly lost: { readonly serial: number; readonly at: number } | null;
  /** Writes that their callers gave up and that the store may still take. */
  readonly writes: readonly Call[];
  readonly server: Server;
  readonly orphans: readonly Orphan[];
  readonly processes: readonly Process[];
  /** Refresh tokens of which the record told what became of them, and those that it ever held. */
  readonly settled: readonly number[];
  readonly saved: readonly number[];
  /** Refresh tokens that a process was told are dead, and that has written what it had to. */
  readonly condemned: readonly number[];
  readonly left: Budget;
}

export const idle: Thread = { at: 'idle', intent: { type: 'token' }, call: null };

export function processAt(world: World, index: number): Process {
  const process = world.processes[index];
  if (process === undefined) throw new RangeError(`there is no process ${index}`);
  return process;
}

export function withProcess(world: World, index: number, changes: Partial<Process>): World {
  return {
    ...world,
    processes: world.processes.map((process, at) =>
      at === index ? { ...process, ...changes } : process,
    ),
  };
}

/** The world with one thread of a process replaced; `null`: it ends. */
export function withThread(world: World, index: number, at: number, thread: Thread | null): World {
  const { threads } = processAt(world, index);
  const next =
    thread === null
      ? threads.filter((_, which) => which !== at)
      : threads.map((old, which) => (which === at ? thread : old));
  return withProcess(world, index, { threads: next });
}

export function withMoreThreads(world: World, index: number, thread: Thread): World {
  return withProcess(world, index, { threads: [...processAt(world, index).threads, thread] });
}

export function withThreads(world: World, change: (thread: Thread) => Thread): World {
  return {
    ...world,
    processes: world.processes.map((process) => ({
      ...process,
      threads: process.threads.map(change),
    })),
  };
}

const half = 15;
const places = Object.fromEntries(events.map((event, index) => [event, index])) as Record<
  Event,
  number
>;

/** One event less to come; `null` if none is left. */
export function spend(world: World, event: Event): World | null {
  const { first, second, total } = world.left;
  const place = places[event];
  const one = 1 << (2 * (place % half));
  const few = place < half ? first : second;
  if (total <= 0 || (few & (3 * one)) === 0) return null;
  return {
    ...world,
    left:
      place < half
        ? { first: first - one, second, total: total - 1 }
        : { first, second: second - one, total: total - 1 },
  };
}

export function budget(times: Partial<Record<Event, number>>, total: number): Budget {
  const bits = (from: number): number =>
    events
      .slice(from, from + half)
      .reduce((sum, event, index) => sum + (times[event] ?? 0) * 2 ** (2 * index), 0);
  if (Object.values(times).some((most) => most > 3))
    throw new RangeError('an event may happen three times at most');
  return { first: bits(0), second: bits(half), total };
}

/** The world without the copies that idle processes hold, for those who look before they act. */
export function withoutCopies(world: World): World {
  if (!world.processes.some(needsNoCopy)) return world;
  return {
    ...world,
    processes: world.processes.map((process) =>
      needsNoCopy(process) ? { ...process, held: null } : process,
    ),
  };
}

function needsNoCopy({ held, unsaved, threads }: Process): boolean {
  return (
    held !== null &&
    unsaved === null &&
    threads.every(({ at, call }) => (at === 'idle' || at === 'done') && call === null)
  );
}
