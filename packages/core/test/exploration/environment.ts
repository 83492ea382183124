import { requestOf } from './exchange-model.ts';
import { mapRecords } from './map-records.ts';
import { stepsOfOrphan, stepsOfRequest } from './network.ts';
import { become, type Place, tellChance } from './place.ts';
import { beginAct, hears, stepsOfThread } from './process.ts';
import type { Orphan } from './server-model.ts';
import type { Setting } from './setting.ts';
import { put } from './store-model.ts';
import { aFailOver, anHourAgo, anHourOlder, isOver, timeAt, withClaimOver } from './times.ts';
import {
  type Event,
  type Exchanging,
  type Intent,
  idle,
  processAt,
  spend,
  type Thread,
  type World,
  withMoreThreads,
  withProcess,
  withThreads,
} from './world.ts';

/*
 * Everything that may happen next in a world: what processes do, what is answered, what people do,
 * time, and faults.
 */

export function stepsOf(setting: Setting, world: World): void {
  world.processes.forEach(({ threads }, process) => {
    threads.forEach((thread, index) => {
      stepsOfThread({ setting, world, process, thread: index }, thread);
      if (thread.at === 'sent') stepsOfRequest({ setting, world, process, thread: index }, thread);
    });
    const place: Place = { setting, world, process, thread: 0 };
    if (setting.habits.watches) hears(place);
    crash(place);
    for (const [index, thread] of threads.entries())
      abandon({ setting, world, process, thread: index }, thread);
    people(place);
  });
  world.orphans.forEach((orphan, index) => {
    stepsOfOrphan(setting, world, index, orphan);
  });
  lapses(setting, world);
  anHourPasses(setting, world);
  lateWrites(setting, world);
  storeGoesBack(setting, world);
  storeLosesAll(setting, world);
  clockGoesBack(setting, world);
}

const happens = (setting: Setting, sure: boolean, what: string, next: World): void =>
  setting.tell({ sure, what, process: null, next, fact: null });

/** Work that its lease covers; a chore's may be over long before it ends. */
const isLeased = (thread: Thread): thread is Exchanging =>
  'mine' in thread && thread.intent.type !== 'chore';

/** The process dies and starts anew with nothing in memory. What it sent may still be processed. */
function crash(place: Place): void {
  const { world, process } = place;
  const { threads, credentials } = processAt(world, process);
  const before = threads.some((thread) => 'mine' in thread || 'lineage' in thread.intent)
    ? spend(world, 'crash')
    : null;
  if (before === null) return;
  const sent = threads.filter(
    (thread) => thread.at === 'sent' && thread.reply === null,
  ) as Exchanging[];
  const orphans = [
    ...before.orphans,
    ...sent.map((thread): Orphan => ({ request: requestOf(place, thread) })),
  ];
  const next = withProcess({ ...before, orphans }, process, {
    credentials,
    held: null,
    unsaved: null,
    threads: [idle],
  });
  tellChance(place, 'crashes and starts anew', next, { type: 'crashed' });
}

/**
 * A promise on which a thread waits never settles, say because the request that began it is over.
 * Its process and its copies stay, and once the bound of the flight has passed another begins. A
 * thread may also turn out to be only slow.
 */
function abandon(place: Place, thread: Thread): void {
  const before =
    'mine' in thread && thread.intent.type !== 'chore' ? spend(place.world, 'abandon') : null;
  if (before === null) return;
  const isUnderWay = thread.at === 'sent' && thread.reply === null;
  const orphans = isUnderWay
    ? [...before.orphans, { request: requestOf(place, thread) }]
    : before.orphans;
  const isPerson = thread.intent.type === 'signIn';
  const next: Thread | null = place.setting.habits.boundsFlights
    ? isPerson
      ? null
      : idle
    : { at: 'lost', intent: thread.intent, call: null };
  tellChance(
    place,
    'waits for a promise that never settles',
    become(place, { ...before, orphans }, next),
  );
  if ('overdue' in thread && thread.overdue && !isPerson)
    tellChance(
      place,
      'has waited long enough, and begins another flight',
      withMoreThreads(before, place.process, idle),
    );
}

const acts: readonly {
  readonly event: Event;
  readonly intent: Extract<Intent, { lineage: number }>;
}[] = [
  { event: 'signOut', intent: { type: 'signOut', lineage: 0 } },
  { event: 'password', intent: { type: 'signIn', with: 'password', lineage: 0 } },
  { event: 'wrongPassword', intent: { type: 'signIn', with: 'wrongPassword', lineage: 0 } },
  { event: 'code', intent: { type: 'signIn', with: 'code', lineage: 0 } },
  { event: 'import', intent: { type: 'signIn', with: 'import', lineage: 0 } },
];

function people(place: Place): void {
  for (const { event, intent } of acts) {
    const before = spend(place.world, event);
    if (before === null) continue;
    const what =
      intent.type === 'signOut'
        ? 'is told by a person to sign out'
        : `is given a sign-in by a person: ${event}`;
    tellChance(place, what, beginAct(place.setting, before, place.process, intent));
  }
}

/**
 * Time passes until a claim no longer excludes others. While its holder is at work that takes a
 * pause.
 */
function lapses(setting: Setting, world: World): void {
  for (const id of standing(world)) {
    const isHeld = world.processes.some(({ threads }) =>
      threads.some((thread) => isLeased(thread) && thread.mine.claim.id === id),
    );
    const before = isHeld ? spend(world, 'pause') : world;
    const what = isHeld
      ? `the lease of ${id} ends while its holder pauses`
      : `the lease of ${id} ends`;
    if (before !== null) happens(setting, !isHeld, what, withLapsed(before, id));
  }
}

/** Claims whose time is not over: in the record, or of a process that acts on one. */
function standing(world: World): Set<string> {
  const claim = world.store.record?.claim ?? null;
  const ids = new Set(claim !== null && !isOver(claim) ? [claim.id] : []);
  for (const { threads } of world.processes)
    for (const thread of threads)
      if ('mine' in thread && !thread.overdue) ids.add(thread.mine.claim.id);
  return ids;
}

function withLapsed(world: World, id: string): World {
  const next = mapRecords(world, {
    record: (record) => (record.claim?.id === id ? withClaimOver(record) : record),
  });
  return withThreads(next, (thread) =>
    'mine' in thread && thread.mine.claim.id === id ? { ...thread, overdue: true } : thread,
  );
}

/**
 * Access tokens and claims are over, and all want a token again. A request is processed within the
 * hour or never.
 */
function anHourPasses(setting: Setting, world: World): void {
  const before = spend(world, 'hour');
  if (before === null || world.processes.some(({ threads }) => threads.some(isLeased))) return;
  const older = mapRecords({ ...before, orphans: [] }, { record: anHourOlder, claim: anHourAgo });
  const next = withThreads(older, (thread) =>
    thread.at === 'done' ? idle : 'mine' in thread ? { ...thread, overdue: true } : thread,
  );
  happens(setting, false, 'an hour passes', next);
}

function lateWrites(setting: Setting, world: World): void {
  world.writes.forEach((call, index) => {
    if (call.expected !== world.store.version) return;
    const writes = world.writes.filter((_, which) => which !== index);
    happens(
      setting,
      false,
      'the store takes a write that its caller gave up',
      put({ ...world, writes }, call),
    );
  });
}

/** The store goes back to what it was at an earlier moment: a fail-over, a backup put back. */
function storeGoesBack(setting: Setting, world: World): void {
  const { backup, store } = world;
  const before = spend(world, 'rollback');
  if (before === null) return;
  if (backup === null) happens(setting, false, 'the store is copied', { ...world, backup: store });
  else if (backup !== store)
    happens(setting, false, 'the store goes back to the copy', {
      ...before,
      store: backup,
      backup: null,
      wentBack: true,
    });
}

/** The store loses everything: a volume that was not kept, a cache that was flushed. */
function storeLosesAll(setting: Setting, world: World): void {
  const before = world.store.record === null ? null : spend(world, 'loss');
  if (before === null) return;
  const { serial, clock } = before;
  const lost = { serial, at: timeAt(before) };
  const store = { version: 0, record: null };
  const next = {
    ...before,
    store,
    writes: [],
    wentBack: true,
    lost,
    serial: serial + 1,
    clock: clock + 1,
  };
  happens(setting, false, 'the store loses everything', next);
}

/** Another node takes over, and its clock is minutes behind. */
function clockGoesBack(setting: Setting, world: World): void {
  const before = spend(world, 'clockBack');
  if (before !== null)
    happens(setting, false, "the store's clock goes back", {
      ...before,
      back: world.back + aFailOver,
    });
}
