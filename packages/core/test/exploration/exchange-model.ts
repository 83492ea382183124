import { type Attempt, canRefresh, type Ending } from '../../src/machine.ts';
import type { AccountRecord, Purpose } from '../../src/record.ts';
import { become, nowAt, type Place, tell, tellChance } from './place.ts';
import type { Request } from './server-model.ts';
import type { Fact } from './setting.ts';
import { holds, isStale, recordOf, swap, take, withToken } from './store-model.ts';
import {
  type At,
  type Call,
  type Exchanging,
  processAt,
  spend,
  type Thread,
  type World,
  withMoreThreads,
  withProcess,
} from './world.ts';

/*
 * Claim, send, reconcile: the straight line of src/session/token-request.ts and commit.ts.
 */

const chore = { type: 'chore' } as const;

/** The thread as it was before it claimed. */
const restarted = ({ intent }: Thread): Thread => ({ at: 'idle', intent, call: null });

export function startClaim(place: Place, thread: Thread, decided: Purpose): void {
  const { setting, world, process } = place;
  const { intent } = thread;
  const purpose = bringsOwnToken(place, thread) ? ownPurpose(place) : decided;
  const grant =
    purpose !== 'grant' ? {} : printOrToken(thread, processAt(world, process).credentials);
  const rejected =
    intent.type === 'token' && purpose !== 'grant' ? setting.habits.rejected : undefined;
  const request = { id: `c${world.serial}`, purpose, rules: setting.rules, rejected, ...grant };
  const mine = setting.machine.attempt(recordOf(processAt(world, process)), request, nowAt(place));
  const begun = { ...place, world: { ...world, serial: world.serial + 1, clock: world.clock + 1 } };
  if (setting.habits.claimsFirst) claim(begun, thread, mine);
  else
    tell(
      begun,
      'claims nothing',
      become(begun, begun.world, { intent, call: null, at: 'claimed', mine, overdue: false }),
    );
}

/** A refresh token that the record has already goes out as what it is. */
function bringsOwnToken({ setting, world, process }: Place, { intent }: Thread): boolean {
  const record = recordOf(processAt(world, process));
  const isImport = intent.type === 'signIn' && intent.with === 'import';
  return (
    isImport &&
    setting.habits.knowsOwnToken &&
    record.pair?.refreshToken === 'r1' &&
    canRefresh(record)
  );
}

const ownPurpose = ({ world, process }: Place): Purpose =>
  (recordOf(processAt(world, process)).pair?.unanswered ?? 0) > 0 ? 'probe' : 'refresh';

/** What tells one sign-in from another. The imported token is the first one ever issued. */
function printOrToken(
  { intent }: Thread,
  own: string | null,
): { fingerprint?: string | null; imported?: string } {
  if (intent.type !== 'signIn') return { fingerprint: own };
  if (intent.with === 'import') return { imported: 'r1' };
  return intent.with === 'code'
    ? {}
    : { fingerprint: intent.with === 'password' ? 'right' : 'wrong' };
}

export function claim(place: Place, thread: Thread, mine: Attempt): void {
  const { intent } = thread;
  const exchange = { intent, mine, overdue: 'overdue' in thread && thread.overdue, call: null };
  const claimed: Thread = { ...exchange, at: 'claimed' };
  swapFor(place, thread, mine.record, {
    what: `claims a ${mine.claim.purpose}`,
    ok: (world) => become(place, world, claimed),
    // A claim whose answer got lost and that somebody has built upon comes back as a conflict.
    conflict: (world) =>
      become(
        place,
        world,
        world.store.record?.claim?.id === mine.claim.id ? claimed : restarted(thread),
      ),
    again: (call) => ({ ...exchange, at: 'claiming', call }),
    failed: (world) => {
      const next = become(place, world, intent.type === 'signIn' ? null : restarted(thread));
      return withMoreThreads(next, place.process, {
        ...exchange,
        intent: chore,
        at: 'withdrawing',
      });
    },
  });
}

interface SwapEnds {
  readonly what: string;
  /** What the write does beyond the world after it. */
  readonly fact?: Fact | null;
  ok(world: World): World;
  conflict(world: World): World;
  again(call: Call): Thread;
  failed(world: World): World | null;
}

/** A swap on behalf of a thread. One that is made once more is the same one. */
export function swapFor(
  place: Place,
  thread: Thread,
  record: AccountRecord | null,
  ends: SwapEnds,
): void {
  const { serial } = place.world;
  const expected = processAt(place.world, place.process).held?.version ?? 0;
  const call = thread.call ?? { version: serial, expected, record };
  const world = thread.call === null ? { ...place.world, serial: serial + 1 } : place.world;
  const what = thread.call === null ? ends.what : `${ends.what} once more`;
  swap(place, world, call, {
    ok: (after) => tell(place, `${what}: the store takes it`, ends.ok(after), ends.fact ?? null),
    conflict: (after) => tell(place, `${what}: somebody was quicker`, ends.conflict(after)),
    again: (after, same) =>
      tellChance(
        place,
        `${what}: the store takes it, the answer gets lost`,
        become(place, after, ends.again(same)),
      ),
    failed: (after) => {
      const next = ends.failed(after);
      const taken =
        after.store !== world.store
          ? 'takes it'
          : after.writes !== world.writes
            ? 'may take it later'
            : 'does not take it';
      if (next !== null)
        tellChance(place, `${what}: the store ${taken}, and does not answer`, next);
    },
  });
}

export function checkLease(place: Place, thread: Exchanging): void {
  const { checksLease, sleepsBeforeSend } = place.setting.habits;
  const { intent, mine, overdue } = thread;
  const tooLate = checksLease && overdue;
  if (tooLate)
    tell(
      place,
      'finds too little left of its lease',
      become(place, place.world, ended(thread, { type: 'withdrawn' })),
    );
  else if (!sleepsBeforeSend) send(place, thread);
  else
    tell(
      place,
      'finds enough left of its lease',
      become(place, place.world, { intent, mine, overdue, call: null, at: 'checked' }),
    );
}

export const ended = ({ intent, mine, overdue }: Exchanging, ending: Ending): Thread => ({
  at: 'committing',
  intent,
  mine,
  overdue,
  ending,
  saved: false,
  call: null,
});

export function send(place: Place, thread: Exchanging): void {
  const { world } = place;
  const { intent, mine, overdue } = thread;
  const server = mine.charged ? { ...world.server, grants: world.server.grants + 1 } : world.server;
  const next = become(
    place,
    { ...world, server },
    { intent, mine, overdue, call: null, at: 'sent', reply: null },
  );
  const fact: Fact = { type: 'sent', mine, byPerson: intent.type === 'signIn' };
  tell(place, `sends ${mine.refreshToken ?? 'a grant'}`, next, fact);
  const without = spend(world, 'notSent');
  if (without !== null)
    tellChance(
      place,
      'cannot reach the server',
      become(place, without, ended(thread, { type: 'not_sent' })),
    );
}

/** What goes out for this attempt. */
export function requestOf({ world, process }: Place, { intent, mine }: Exchanging): Request {
  if (mine.refreshToken !== null) return { type: 'refresh', token: mine.refreshToken };
  const own = processAt(world, process).credentials;
  return {
    type: 'grant',
    right: intent.type === 'signIn' ? intent.with !== 'wrongPassword' : own === 'right',
  };
}

export function commit(place: Place, thread: At<'committing'>): void {
  const { setting, world, process } = place;
  const { intent, mine, ending, overdue, saved } = thread;
  if (intent.type === 'chore' && !isLasting(ending) && overdue)
    tell(place, 'tries no longer', become(place, world, null));
  const held = processAt(world, process).held?.record ?? null;
  const next =
    thread.call?.record ??
    setting.machine.reconcile(held, mine, ending, nowAt(place), setting.habits.reach);
  if (saved) tell(place, 'finds that the pair is saved', finish(place, world, thread));
  else if (next === null) giveUpPair(place, thread, held);
  else write(place, thread, next);
}

/** There is nothing to write. A pair is not given up on an old copy. */
function giveUpPair(place: Place, thread: At<'committing'>, held: AccountRecord | null): void {
  const { setting, world, process } = place;
  const { type } = thread.ending;
  const isOld = setting.habits.looksBeforeDropping && type === 'granted' && isStale(world, process);
  if (isOld)
    tell(place, 'looks once more before it gives up the pair', take(setting, world, process));
  else
    tell(
      place,
      `has nothing to write (${type})`,
      finish(place, condemned(world, thread), thread),
      dropped(thread, held, held),
    );
}

function write(place: Place, thread: At<'committing'>, next: AccountRecord): void {
  swapFor(place, thread, next, {
    what: `writes what came of it (${thread.ending.type})`,
    fact: dropped(thread, processAt(place.world, place.process).held?.record ?? null, next),
    ok: (after) => finish(place, condemned(after, thread), thread),
    conflict: (after) => become(place, after, { ...thread, call: null }),
    again: (call) => ({ ...thread, call }),
    failed: (after) => inBackground(place, after, thread),
  });
}

/** From here on no process has an excuse to send this token again. */
function condemned(world: World, { mine, ending }: At<'committing'>): World {
  return ending.type === 'refused'
    ? { ...world, condemned: withToken(world.condemned, mine.refreshToken) }
    : world;
}

/** A pair that is not in what this thread leaves behind. */
function dropped(
  { mine, ending }: At<'committing'>,
  record: AccountRecord | null,
  next: AccountRecord | null,
): Fact | null {
  const token = ending.type === 'granted' ? ending.tokens.refreshToken : null;
  // A server that does not rotate gave nothing that could not be had again.
  return token === null || next?.pair?.refreshToken === token
    ? null
    : { type: 'dropped', mine, token, record };
}

/** What the store does not take is tried again in the background; a pair serves meanwhile. */
function inBackground(place: Place, world: World, thread: At<'committing'>): World | null {
  const next: Thread = { ...thread, intent: chore, call: null };
  const serving = serveUnsaved(place, world, thread);
  if (thread.intent.type !== 'chore')
    return withMoreThreads(finish(place, serving, thread), place.process, next);
  return serving === world && world.store === place.world.store
    ? null
    : become(place, serving, next);
}

/** A pair and a verdict stay true however late they are written. */
const isLasting = ({ type }: Ending): boolean => type === 'granted' || type === 'refused';

function serveUnsaved(place: Place, world: World, { mine, ending }: At<'committing'>): World {
  const { setting, process } = place;
  const { held, unsaved } = processAt(world, process);
  if (!isLasting(ending) || unsaved?.mine.claim.id === mine.claim.id) return world;
  const now = nowAt({ ...place, world });
  const record = setting.machine.reconcile(
    held?.record ?? null,
    mine,
    ending,
    now,
    setting.habits.reach,
  );
  return holds(record, ending) && record !== null
    ? withProcess(world, process, { unsaved: { mine, ending, record } })
    : world;
}

/** A person's exchange ends with its outcome; whoever wants a token looks at the record again. */
function finish(place: Place, world: World, thread: At<'committing'>): World {
  const { intent, mine } = thread;
  if (intent.type !== 'chore')
    return become(place, world, goesOn(thread) ? restarted(thread) : null);
  const { unsaved } = processAt(world, place.process);
  const isOwn = unsaved?.mine.claim.id === mine.claim.id;
  return become(place, isOwn ? withProcess(world, place.process, { unsaved: null }) : world, null);
}

const goesOn = ({ intent, ending }: At<'committing'>): boolean =>
  intent.type !== 'signIn' || ending.type === 'withdrawn';

/**
 * The store did not say whether it took the claim. If it did, others need not wait for the end of
 * the lease.
 */
export function withdrawLost(place: Place, thread: Exchanging): void {
  const { setting, process } = place;
  const world = take(setting, place.world, process);
  const holds = processAt(world, process).held?.record?.claim?.id === thread.mine.claim.id;
  const next = holds ? ended(thread, { type: 'withdrawn' }) : null;
  if (thread.overdue) tell(place, 'tries no longer', become(place, place.world, null));
  else tell(place, 'looks whether the store took its claim', become(place, world, next));
}
