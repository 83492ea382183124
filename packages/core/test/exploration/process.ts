import type { Decision, Question } from '../../src/machine.ts';
import type { AccountRecord } from '../../src/record.ts';
import {
  checkLease,
  claim,
  commit,
  send,
  startClaim,
  swapFor,
  withdrawLost,
} from './exchange-model.ts';
import { become, nowAt, type Place, tell, tellChance } from './place.ts';
import type { Setting } from './setting.ts';
import { isStale, recordOf, take } from './store-model.ts';
import {
  type Intent,
  processAt,
  type Thread,
  type World,
  withMoreThreads,
  withProcess,
} from './world.ts';

/*
 * What a process does next, thread by thread: the straight line of src/session/token-source.ts and
 * sign-in.ts.
 */

export function stepsOfThread(place: Place, thread: Thread): void {
  if (thread.at === 'idle' && thread.intent.type === 'signOut')
    signOut(place, thread, thread.intent.lineage);
  else if (thread.at === 'idle') deliberate(lookFirst(place), thread);
  else if (thread.at === 'claiming') claim(place, thread, thread.mine);
  else if (thread.at === 'claimed') checkLease(place, thread);
  else if (thread.at === 'checked') send(place, thread);
  else if (thread.at === 'committing') commit(place, thread);
  else if (thread.at === 'withdrawing') withdrawLost(place, thread);
}

function lookFirst(place: Place): Place {
  const { setting, world, process } = place;
  return setting.habits.looksFirst && isStale(world, process)
    ? { ...place, world: take(setting, world, process) }
    : place;
}

const look = (place: Place, why: string): void =>
  tell(place, why, take(place.setting, place.world, place.process));

/** Decides on the record at hand, as the library does, and acts on it. */
function deliberate(place: Place, thread: Thread): void {
  const { setting, world, process } = place;
  const record = recordOf(processAt(world, process));
  if (processAt(world, process).held === null) look(place, 'reads the record');
  else if (isContent(thread.intent, record))
    leave(place, thread, 'finds that somebody signed in meanwhile');
  else act(place, thread, setting.machine.decide(record, question(place, thread.intent)));
}

function act(place: Place, thread: Thread, next: Decision): void {
  if (next.type === 'use') leave(place, thread, 'uses the token');
  else if (next.type === 'use_and_refresh_ahead') goAhead(place, thread);
  else if (next.type === 'join' || next.type === 'wait_until') wait(place, thread);
  else if (next.type === 'give_up') giveUp(place, thread, next.code);
  else startClaim(place, thread, next.type);
}

function goAhead(place: Place, thread: Thread): void {
  tell(
    place,
    'uses the token and goes on to refresh it',
    become(place, place.world, { ...thread, intent: { type: 'ahead' } }),
  );
}

/** A person with a password adopts what somebody signed in to since. */
function isContent(intent: Intent, record: AccountRecord): boolean {
  if (intent.type !== 'signIn' || intent.with === 'import' || intent.with === 'code') return false;
  return record.lineage > intent.lineage && record.pair !== null;
}

function question(place: Place, intent: Intent): Question {
  const { setting, world, process } = place;
  const { credentials } = processAt(world, process);
  const common = { now: nowAt(place), rules: setting.rules, watched: 0 };
  if (intent.type === 'signIn')
    return { ...common, signIn: intent.with === 'import' ? 'import' : 'person' };
  if (intent.type === 'ahead') return { ...common, signIn: 'none', ahead: true };
  const { rejected } = setting.habits;
  return {
    ...common,
    signIn: credentials === null ? 'none' : 'unattended',
    fingerprint: credentials,
    rejected,
  };
}

/**
 * What a thread was there for is done: a person's act ends, a process has its token until it needs
 * another one.
 */
const afterIts = ({ intent }: Thread): Thread | null =>
  intent.type === 'signIn' ? null : { at: 'done', intent: { type: 'token' }, call: null };

function leave(place: Place, thread: Thread, what: string): void {
  tell(place, what, become(place, place.world, afterIts(thread)));
}

/** Who refreshes ahead does not wait. */
function wait(place: Place, thread: Thread): void {
  if (thread.intent.type === 'ahead') leave(place, thread, 'leaves the refresh to the other');
  else if (place.setting.habits.looksAgain && isStale(place.world, place.process))
    look(place, 'looks whether the other is done');
}

/** Nobody is refused on an old record. */
function giveUp(place: Place, thread: Thread, code: string): void {
  if (thread.intent.type === 'ahead') leave(place, thread, 'does not refresh ahead');
  else if (isStale(place.world, place.process)) look(place, 'reads once more before it gives up');
  else {
    const { credentials } = processAt(place.world, place.process);
    const fact = {
      type: 'gaveUp',
      code,
      canSignIn: credentials === 'right',
      record: recordOf(processAt(place.world, place.process)),
    } as const;
    tell(place, `gives up: ${code}`, become(place, place.world, afterIts(thread)), fact);
  }
}

/** A person's act begins with a look, and is about the lineage that was seen. */
export function beginAct(
  setting: Setting,
  before: World,
  process: number,
  act: Extract<Intent, { lineage: number }>,
): World {
  const world = take(setting, before, process);
  const { lineage } = recordOf(processAt(world, process));
  return withMoreThreads(world, process, { at: 'idle', intent: { ...act, lineage }, call: null });
}

function signOut(before: Place, thread: Thread, lineage: number): void {
  const place = thread.call === null ? lookFirst(before) : before;
  const { setting, world, process } = place;
  const record = recordOf(processAt(world, process));
  const isOut =
    thread.call === null && (record.lineage !== lineage || record.ended === 'signed_out');
  const again = (after: World): World => become(place, after, { ...thread, call: null });
  if (isOut)
    tell(
      place,
      'has signed out',
      become(place, withProcess(world, process, { unsaved: null }), null),
    );
  else
    swapFor(place, thread, setting.machine.signedOut(record, nowAt(place)), {
      what: 'signs out',
      ok: again,
      conflict: again,
      again: (call) => ({ ...thread, call }),
      failed: (after) => become(place, after, null),
    });
}

/** A process that waits for an answer may hear meanwhile that the record changed. */
export function hears({ setting, world, process, thread }: Place): void {
  const { threads, held } = processAt(world, process);
  if (held === null || !isStale(world, process) || !threads.some((other) => 'mine' in other))
    return;
  tellChance(
    { setting, world, process, thread },
    'hears that the record changed, and reads it',
    take(setting, world, process),
  );
}
