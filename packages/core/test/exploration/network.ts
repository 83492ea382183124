import type { Ending } from '../../src/machine.ts';
import { ended, requestOf } from './exchange-model.ts';
import { type Place, tell, tellChance } from './place.ts';
import { type Orphan, type Reply, serve } from './server-model.ts';
import type { Setting } from './setting.ts';
import { fresh } from './times.ts';
import { type At, type Event, spend, type Thread, type World, withMoreThreads, withThread } from './world.ts';

/*
 * Between a process and the server: what is answered, what gets lost, and what comes late.
 */

export function stepsOfRequest(place: Place, thread: At<'sent'>): void {
  if (thread.reply !== null) behindTheServer(place, thread, thread.reply);
  else if (place.setting.habits.processedInTime && thread.overdue)
    tell(place, 'gets no answer: too late', open(place, thread, false)(place.world));
  else beforeTheServer(place, thread);
}

const ends = (place: Place, thread: At<'sent'>, ending: Ending) => (world: World) => put(place, world, ended(thread, ending));
const open = (place: Place, thread: At<'sent'>, answered: boolean) => ends(place, thread, { type: 'unknown', answered });

function beforeTheServer(place: Place, thread: At<'sent'>): void {
  const request = requestOf(place, thread);
  const { world, reply } = served(place.world, request);
  tell(place, `is answered: ${inWords(reply)}`, put(place, world, { ...thread, reply }));
  fault(place, 'lostRequest', 'gets no answer: its request was lost', open(place, thread, false));
  fault(place, 'unknown', 'gets a 503: its request was not processed', open(place, thread, true));
  fault(place, 'notProcessed', 'gets a 429', ends(place, thread, { type: 'not_processed', blockedUntil: null, refund: false }));
  if (thread.mine.charged) fault(place, 'notProcessed', 'gets a 401: its client was refused', clientRefused(place, thread));
  fault(place, 'delayed', 'gets no answer in time: its request is still under way', late(place, thread, null));
}

/** The grant is not counted, and its charge goes back. */
const clientRefused =
  (place: Place, thread: At<'sent'>) =>
  (world: World): World => {
    const server = { ...world.server, grants: world.server.grants - 1 };
    return put(place, { ...world, server }, ended(thread, { type: 'not_processed', blockedUntil: null, refund: true }));
  };

function behindTheServer(place: Place, thread: At<'sent'>, reply: Reply): void {
  tell(place, `receives the answer: ${inWords(reply)}`, put(place, place.world, ended(thread, endingOf(reply))));
  fault(place, 'lostReply', 'never receives the answer', open(place, thread, false));
  fault(place, 'unknown', 'gets a 503 although its request was processed', open(place, thread, true));
  if (reply.type === 'granted') fault(place, 'delayed', 'gets no answer in time: it is still under way', late(place, thread, reply));
}

/** The process gives up the wait, but not what may still come. */
const late = (place: Place, thread: At<'sent'>, reply: Reply | null) => (world: World) =>
  orphaned(open(place, thread, false)(world), {
    request: requestOf(place, thread),
    reply,
    late: { process: place.process, mine: thread.mine },
  });

const inWords = (reply: Reply): string => (reply.type === 'granted' ? `granted, ${reply.token}` : reply.type);
const put = (place: Place, world: World, thread: Thread): World => withThread(world, place.process, place.thread, thread);
const orphaned = (world: World, orphan: Orphan): World => ({ ...world, orphans: [...world.orphans, orphan] });

function fault(place: Place, event: Event, what: string, change: (world: World) => World): void {
  const world = spend(place.world, event);
  if (world !== null) tellChance(place, what, change(world));
}

function served(world: World, request: Orphan['request']): { world: World; reply: Reply } {
  const { server, reply } = serve(world.server, request, `r${world.serial}`);
  return { world: { ...world, serial: world.serial + 1, server }, reply };
}

function endingOf(reply: Reply): Ending {
  if (reply.type === 'refused') return { type: 'refused' };
  return { type: 'granted', tokens: { accessToken: `a${reply.token.slice(1)}`, refreshToken: reply.token, ...fresh } };
}

/** A request that nobody waits for may be processed at any time, or never. So may its answer arrive. */
export function stepsOfOrphan(setting: Setting, world: World, index: number, orphan: Orphan): void {
  const rest = { ...world, orphans: world.orphans.filter((_, which) => which !== index) };
  const { late, reply } = orphan;
  if (reply === null && setting.habits.processedInTime) return;
  if (reply === null) processed(setting, rest, orphan);
  else if (late !== null) {
    const chore: Thread = { ...ended({ ...late, at: 'claimed', overdue: false, intent: { type: 'chore' }, call: null }, endingOf(reply)) };
    const next = withMoreThreads(rest, late.process, chore);
    setting.tell({ sure: false, what: `receives a late answer: ${inWords(reply)}`, process: late.process, next, fact: null });
  }
}

function processed(setting: Setting, rest: World, orphan: Orphan): void {
  const { world, reply } = served(rest, orphan.request);
  const isAwaited = orphan.late !== null && reply.type === 'granted';
  const next = isAwaited ? orphaned(world, { ...orphan, reply }) : world;
  setting.tell({ sure: false, what: `a delayed request is processed: ${inWords(reply)}`, process: null, next, fact: null });
}
