import type { Ending } from '../../src/machine.ts';
import { type AccountRecord, emptyRecord } from '../../src/record.ts';
import type { Place } from './place.ts';
import { numberOf } from './server-model.ts';
import type { Setting } from './setting.ts';
import { inClasses, timeAt } from './times.ts';
import {
  type Call,
  type Process,
  processAt,
  type Stored,
  spend,
  type Thread,
  type Unsaved,
  type World,
  withProcess,
} from './world.ts';

/*
 * The store, and a process's copy of what is in it: the part of src/session/cached-record.ts and
 * src/timed-store.ts.
 */

/** Replaces the record, whatever its version. */
export function put(world: World, { version, record: next }: Call): World {
  const record = inClasses(next, timeAt(world));
  const before = world.store.record;
  const { settled, saved } = world;
  const token = settledBy(before, record);
  const writes =
    world.writes.length === 0
      ? world.writes
      : world.writes.filter(({ expected }) => expected === version);
  return {
    ...world,
    clock: world.clock + 1,
    store: { version, record },
    writes,
    settled: withToken(settled, token),
    saved: withToken(saved, tokenOf(record)),
  };
}

const tokenOf = (record: AccountRecord | null): string | null => record?.pair?.refreshToken ?? null;

export function withToken(tokens: readonly number[], token: string | null): readonly number[] {
  return token === null || tokens.includes(numberOf(token)) ? tokens : [...tokens, numberOf(token)];
}

/**
 * The refresh token of which this write tells what became of it: its successor, or that it was
 * refused.
 */
function settledBy(before: AccountRecord | null, after: AccountRecord | null): string | null {
  const token = tokenOf(before);
  if (token === null || after === null) return null;
  const replaced =
    after.lineage === before?.lineage && tokenOf(after) !== null && tokenOf(after) !== token;
  const refused = tokenOf(after) === token && after.ended !== null;
  return replaced || refused ? token : null;
}

/** The process holds what the store tells it; a store that went back in time is put right first. */
export function take(setting: Setting, world: World, index: number): World {
  const { machine, habits } = setting;
  const known = processAt(world, index).held?.record ?? null;
  const { store } = world;
  // Only a clock that went back makes a record look different from how it was written.
  const isStrange = world.back > 0 && store.record !== null;
  const told = isStrange ? { ...store, record: machine.read(store.record, timeAt(world)) } : store;
  if (isStrange && processAt(world, index).held?.version === store.version) return world;
  const wentBack =
    known !== null && known.lineage > 0 && machine.isBehind(told.record ?? emptyRecord, known);
  if (!wentBack || (told.record === null && !machine.survivesDeletion(habits.reach)))
    return hold(setting, world, index, told);
  const record = machine.restored(told.record ?? emptyRecord, known);
  const next = put(
    { ...world, serial: world.serial + 1 },
    { version: world.serial, expected: told.version, record },
  );
  return hold(setting, next, index, next.store);
}

/**
 * A pair that was served from memory is put on what is held now, and forgotten once that has it or
 * is past it.
 */
function hold(setting: Setting, world: World, index: number, held: Stored): World {
  const process = processAt(world, index);
  if (process.held === held) return world;
  const { unsaved } = process;
  return withProcess(world, index, {
    held,
    unsaved: unsaved && stillUnsaved(setting, world, held, unsaved),
  });
}

function stillUnsaved(
  { machine, habits }: Setting,
  world: World,
  { record }: Stored,
  unsaved: Unsaved,
): Unsaved | null {
  if (!habits.rebasesUnsaved)
    return record !== null && !machine.isBehind(record, unsaved.record) ? null : unsaved;
  const next = machine.reconcile(record, unsaved.mine, unsaved.ending, timeAt(world), habits.reach);
  return next !== null && holds(next, unsaved.ending) ? { ...unsaved, record: next } : null;
}

/** Whether a record has what came of an attempt: if that was a pair, this very pair. */
export function holds(record: AccountRecord | null, ending: Ending): boolean {
  if (ending.type !== 'granted') return true;
  const { accessToken, refreshToken } = ending.tokens;
  const pair = record?.pair;
  return (
    pair?.accessToken === accessToken &&
    (refreshToken === null || pair.refreshToken === refreshToken)
  );
}

/** Whether what was served from memory is in this record. */
function isIn(
  setting: Setting,
  world: World,
  record: AccountRecord,
  { mine, ending }: Unsaved,
): boolean {
  if (ending.type === 'granted') return holds(record, ending);
  return (
    setting.machine.reconcile(record, mine, ending, timeAt(world), setting.habits.reach) === null
  );
}

export const isStale = (world: World, index: number): boolean =>
  processAt(world, index).held?.version !== world.store.version;

/** What the ends of a store call lead to. */
export interface CallEnds {
  ok(world: World): void;
  conflict(world: World): void;
  /** The answer got lost; the same call is made again. */
  again(world: World, call: Call): void;
  /** It got lost a second time. */
  failed(world: World): void;
}

/**
 * One swap. The store answers, or its answer is lost once or for good, with or without the record
 * being replaced.
 */
export function swap({ setting, process }: Place, world: World, call: Call, ends: CallEnds): void {
  const { version } = world.store;
  const won = version === call.version;
  const matches = version === call.expected || !setting.habits.comparesVersions;
  const after = matches && !won ? put(world, call) : world;
  if (won || matches) ends.ok(written(setting, after, process));
  else ends.conflict(take(setting, world, process));
  const lost = spend(world, 'lostAnswer');
  if (lost === null) return;
  if (after !== world) ends.again({ ...after, left: lost.left }, call);
  if (after !== world) ends.failed({ ...after, left: lost.left });
  ends.failed(lost);
  const late = spend(lost, 'lateWrite');
  if (late !== null && matches) ends.failed({ ...late, writes: [...late.writes, call] });
}

/**
 * Whatever a process writes builds upon the pair that it serves, so that the pair is saved with it.
 */
function written(setting: Setting, world: World, index: number): World {
  const { unsaved, threads } = processAt(world, index);
  const { record } = world.store;
  // Nothing is only ever written by a control that has sign-outs delete.
  const doubts = setting.habits.doubtsOldAnswers && record !== null;
  const next = doubts ? take(setting, world, index) : hold(setting, world, index, world.store);
  if (unsaved === null || record === null || !isIn(setting, world, record, unsaved)) return next;
  const saves = (thread: Thread): Thread =>
    thread.at === 'committing' && thread.mine.claim.id === unsaved.mine.claim.id
      ? { ...thread, saved: true }
      : thread;
  return withProcess(next, index, { threads: threads.map(saves) });
}

/** What a process goes by. */
export const recordOf = ({ held, unsaved }: Process): AccountRecord =>
  unsaved?.record ?? held?.record ?? emptyRecord;
