import type { Ending } from '../../src/machine.ts';
import { ended, requestOf } from './exchange-model.ts';
import { type Place, tell, tellChance } from './place.ts';
import { type Orphan, type Reply, serve } from './server-model.ts';
import type { Setting } from './setting.ts';
import { freshIn } from './times.ts';
import {
  type At,
  type Event,
  processAt,
  spend,
  type Thread,
  type World,
  withThread,
} from './world.ts';

/*
 * Between a process and the server: what is answered, what gets lost, and what is processed late. A
 * request is listened to until its lease nearly ends, as in src/session/token-request.ts, and then
 * given up for good.
 */

export function stepsOfRequest(place: Place, thread: At<'sent'>): void {
  if (thread.reply !== null) behindTheServer(place, thread, thread.reply);
  else if (place.setting.habits.processedInTime && thread.overdue)
    tell(place, 'gets no answer: too late', open(place, thread, false)(place.world));
  else beforeTheServer(place, thread);
}

const ends = (place: Place, thread: At<'sent'>, ending: Ending) => (world: World) =>
  put(place, world, ended(thread, ending));
const open = (place: Place, thread: At<'sent'>, answered: boolean) =>
  ends(place, thread, { type: 'unknown', answered });

function beforeTheServer(place: Place, thread: At<'sent'>): void {
  const request = requestOf(place, thread);
  const { world, reply } = served(place.world, request);
  tell(place, `is answered: ${inWords(reply)}`, put(place, world, { ...thread, reply }));
  fault(place, 'lostRequest', 'gets no answer: its request was lost', open(place, thread, false));
  fault(place, 'unknown', 'gets a 503: its request was not processed', open(place, thread, true));
  fault(
    place,
    'notProcessed',
    'gets a 429',
    ends(place, thread, { type: 'not_processed', blockedUntil: null, refund: false }),
  );
  if (thread.mine.charged)
    fault(
      place,
      'notProcessed',
      'gets a 401: its client was refused',
      clientRefused(place, thread),
    );
  fault(
    place,
    'delayed',
    'gets no answer in time: its request is still under way',
    late(place, thread),
  );
  if (thread.overdue)
    tellChance(
      place,
      'finds its lease over, and gives its request up',
      late(place, thread)(place.world),
    );
}

/** The grant is not counted, and its charge goes back. */
const clientRefused =
  (place: Place, thread: At<'sent'>) =>
  (world: World): World => {
    const server = { ...world.server, grants: world.server.grants - 1 };
    return put(
      place,
      { ...world, server },
      ended(thread, { type: 'not_processed', blockedUntil: null, refund: true }),
    );
  };

function behindTheServer(place: Place, thread: At<'sent'>, reply: Reply): void {
  tell(
    place,
    `receives the answer: ${inWords(reply)}`,
    put(place, place.world, ended(thread, endingOf(place.world, reply))),
  );
  if (!place.setting.habits.listensToTheEnd && reply.type === 'granted')
    givesUpEarly(place, thread, reply.token);
  fault(place, 'lostReply', 'never receives the answer', open(place, thread, false));
  fault(
    place,
    'unknown',
    'gets a 503 although its request was processed',
    open(place, thread, true),
  );
}

/** The answer comes while the lease lasts, and is not listened to any more. */
function givesUpEarly(place: Place, thread: At<'sent'>, token: string): void {
  const { mine } = thread;
  const record = processAt(place.world, place.process).held?.record ?? null;
  tellChance(place, 'gives up before its lease ends', open(place, thread, false)(place.world), {
    type: 'dropped',
    mine,
    token,
    record,
  });
}

/** The process gives up the wait; what it sent may still be processed. */
const late = (place: Place, thread: At<'sent'>) => (world: World) =>
  orphaned(open(place, thread, false)(world), { request: requestOf(place, thread) });

const inWords = (reply: Reply): string =>
  reply.type !== 'granted'
    ? reply.type
    : reply.kept
      ? `granted, ${reply.token} without a refresh token`
      : `granted, ${reply.token}`;
const put = (place: Place, world: World, thread: Thread): World =>
  withThread(world, place.process, place.thread, thread);
const orphaned = (world: World, orphan: Orphan): World => ({
  ...world,
  orphans: [...world.orphans, orphan],
});

function fault(place: Place, event: Event, what: string, change: (world: World) => World): void {
  const world = spend(place.world, event);
  if (world !== null) tellChance(place, what, change(world));
}

function served(world: World, request: Orphan['request']): { world: World; reply: Reply } {
  const { server, reply } = serve(world.server, request, `r${world.serial}`);
  return { world: { ...world, serial: world.serial + 1, server }, reply };
}

function endingOf(world: World, reply: Reply): Ending {
  if (reply.type !== 'granted')
    return reply.type === 'refused' ? { type: 'refused' } : { type: 'unknown', answered: true };
  const refreshToken = reply.kept ? null : reply.token;
  return {
    type: 'granted',
    tokens: { accessToken: `a${reply.token.slice(1)}`, refreshToken, ...freshIn(world) },
  };
}

/** A request that no process listens to any more may be processed at any time, or never. */
export function stepsOfOrphan(setting: Setting, world: World, index: number, orphan: Orphan): void {
  if (setting.habits.processedInTime) return;
  const rest = { ...world, orphans: world.orphans.filter((_, which) => which !== index) };
  const { world: next, reply } = served(rest, orphan.request);
  setting.tell({
    sure: false,
    what: `a delayed request is processed: ${inWords(reply)}`,
    process: null,
    next,
    fact: null,
  });
}
