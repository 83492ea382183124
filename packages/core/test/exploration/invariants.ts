import { canRefresh, isBehind, isUnknownOver } from '../../src/machine.ts';
import { type AccountRecord, emptyRecord, longestLease } from '../../src/record.ts';
import { numberOf } from './server-model.ts';
import type { Fact, Setting, Step } from './setting.ts';
import { recordOf } from './store-model.ts';
import { isOver, timeAt } from './times.ts';
import { processAt, type Thread, type World } from './world.ts';

/*
 * What must hold. S1 to S5 are judged at each step, S6 and L1 in each world, L2 and L3 where
 * nothing goes on by itself.
 */

export const invariants = {
  S1: 'at most one token request is waited for at a time',
  S2: 'no refresh token is sent again once the record told its outcome',
  S3: 'a stale writer never overwrites what is newer',
  S4: 'a pair that was delivered gets into the store, unless a sign-out or a later grant superseded it',
  S5: 'no more grants are sent than the limit allows, and unattended ones leave the reserve alone',
  S6: 'a dead pair is never in the record without a mark',
  L1: 'a dead holder blocks nobody longer than its lease',
  L2: 'who waits wakes up',
  L3: 'every run ends with a token or with a need that is told',
  X1: 'one installation is never taken for two',
  X2: 'a program leaves a tombstone and refused credentials alone',
  X3: 'once "unknown" is over, one unattended grant goes out in a window, and not none',
  X4: 'what was done after the store lost everything is not replaced by what it lost',
} as const;
export type Invariant = keyof typeof invariants;

export interface Violation {
  readonly invariant: Invariant;
  readonly because: string;
}

const broken = (invariant: Invariant, because: string): Violation => ({ invariant, because });

type Verdicts = readonly (Violation | null)[];
const fine: Verdicts = [];

export function judgeStep(
  setting: Setting,
  before: World,
  { fact, next, process }: Step,
): Verdicts {
  const wrote =
    next.store !== before.store && next.wentBack === before.wentBack
      ? judgeWrite(before, next)
      : fine;
  const forgot =
    next.wentBack && process !== null && fact?.type !== 'crashed'
      ? [judgeForgotten(before, next, process), judgeUndone(before, next)]
      : fine;
  if (wrote === fine && forgot === fine && fact === null) return fine;
  return [...wrote, ...forgot, ...(fact === null ? fine : judgeFact(setting, before, fact))];
}

function judgeFact(setting: Setting, before: World, fact: Fact): Verdicts {
  const { habits } = setting;
  switch (fact.type) {
    case 'sent':
      return [
        ...(habits.sleepsBeforeSend
          ? fine
          : [judgeOnlyOne(before, fact), judgeUnknown(before, fact)]),
        judgeBudget(setting, before, fact),
        judgeProgram(fact),
        judgeUnattended(fact),
      ];
    case 'dropped':
      return [judgeDrop(before, fact)];
    case 'gaveUp':
      return judgeGivingUp(setting, before, fact);
    case 'crashed':
      return fine;
  }
}

type Sent = Extract<Fact, { type: 'sent' }>;

/**
 * S1. A request whose lease ended while its process slept is not waited for in time, so it does not
 * count.
 */
function judgeOnlyOne({ processes }: World, { mine }: Sent): Violation | null {
  const isAwaited = (thread: Thread): boolean => thread.at === 'sent' && !thread.overdue;
  const isBeside = processes.some(({ threads }) => threads.some(isAwaited));
  return isBeside
    ? broken('S1', `${mine.refreshToken ?? 'a grant'} is sent beside another request`)
    : null;
}

/** L3 and X3: "unknown" is a need once it is over, and a program that can sign in has tried. */
function judgeGivingUp(
  { rules }: Setting,
  world: World,
  { code, canSignIn, record }: Extract<Fact, { type: 'gaveUp' }>,
): Verdicts {
  const isOverdue = code === 'outcome_unknown' && isUnknownOver(record, timeAt(world), rules);
  if (needs.includes(code)) return fine;
  if (!isOverdue) return [broken('L3', `a process ends with ${code}, which is no need`)];
  const hasTried = record.grants.length > 0 || record.refused !== null;
  return canSignIn && !hasTried
    ? [broken('X3', 'a program that can sign in gives up without having tried')]
    : fine;
}

/** X3 */
function judgeUnattended({ mine, byPerson }: Sent): Violation | null {
  const isAfterUnknown = !byPerson && mine.charged && canRefresh(mine.record);
  return isAfterUnknown && mine.record.grants.length > 1
    ? broken('X3', 'a second unattended grant goes out in one window')
    : null;
}

/**
 * S2. Under a claim that stands, what the record tells came after the claim: whoever sends could
 * not know.
 */
function judgeUnknown({ store, settled }: World, { mine }: Sent): Violation | null {
  const { claim } = store.record ?? emptyRecord;
  const stands = claim !== null && claim.id === mine.claim.id && !isOver(claim);
  if (mine.refreshToken === null || stands || !settled.includes(numberOf(mine.refreshToken)))
    return null;
  return broken(
    'S2',
    `${mine.refreshToken} is sent again although the record has told its outcome`,
  );
}

/**
 * S5. A program's share is judged by what was charged when it claimed: a person may have been
 * quicker to send.
 */
function judgeBudget(
  { rules }: Setting,
  { server }: World,
  { mine, byPerson }: Sent,
): Violation | null {
  if (!mine.charged) return null;
  if (server.grants >= rules.limit)
    return broken('S5', `a grant is sent after ${server.grants}, where ${rules.limit} are allowed`);
  const touches = !byPerson && mine.record.grants.length > rules.limit - rules.reserve;
  return touches ? broken('S5', 'a program takes the grant that is reserved for a person') : null;
}

/** X2 */
function judgeProgram({ mine, byPerson }: Sent): Violation | null {
  if (byPerson || !mine.charged) return null;
  if (mine.record.ended === 'signed_out')
    return broken('X2', 'a program signs in where a person signed out');
  return mine.record.refused !== null && mine.record.refused === mine.fingerprint
    ? broken('X2', 'refused credentials are sent again')
    : null;
}

/** S4 */
function judgeDrop(
  { saved }: World,
  { mine, token, record }: Extract<Fact, { type: 'dropped' }>,
): Violation | null {
  const isSuperseded = record !== null && record.lineage > mine.record.lineage;
  return isSuperseded || saved.includes(numberOf(token))
    ? null
    : broken('S4', `${token} was delivered and is given up`);
}

/** S3, and X1: nobody else uses this account. */
function judgeWrite(
  { store: { record: before }, server, condemned }: World,
  { store: { record: after } }: World,
): Verdicts {
  if (before === null && after?.pair) return [broken('S3', 'a late answer undoes a sign-out')];
  if (before === null || after === null) return fine;
  const [old, next] = [before.pair?.refreshToken, after.pair?.refreshToken];
  const isOlder = old && next && numberOf(next) < numberOf(old);
  const revives =
    before.ended === 'signed_out' && after.pair !== null && after.lineage === before.lineage;
  const condemns =
    before.ended === null && (after.ended === 'rejected' || after.ended === 'unknown');
  return [
    judgeClaim(before, after, condemned),
    isBehind(after, before) ? broken('S3', 'a write took the record back') : null,
    isOlder ? broken('S3', `${next} replaces the newer ${old}`) : null,
    revives ? broken('S3', 'a late answer undoes a sign-out') : null,
    condemns && next === server.live ? broken('S3', `${next}, which works, is marked dead`) : null,
    after.conflicts.length > before.conflicts.length
      ? broken('X1', 'a refusal is taken for another installation')
      : null,
  ];
}

/** S2. What one process was told is not left to the next to find out. */
function judgeClaim(
  before: AccountRecord,
  { claim, pair }: AccountRecord,
  condemned: readonly number[],
): Violation | null {
  if (claim === null || claim.id === before.claim?.id || claim.purpose === 'grant') return null;
  const token = pair?.refreshToken ?? null;
  const isKnown = token !== null && condemned.includes(numberOf(token));
  return isKnown
    ? broken('S2', `${token} is to be sent again although a process was told that it is dead`)
    : null;
}

export function judgeWorld(setting: Setting, world: World): Verdicts {
  const { record } = world.store;
  if (record === null) return fine;
  return [
    world.wentBack ? null : judgePair(world, record),
    judgeDeadHolder(setting, world, record),
  ];
}

/** S6 */
function judgePair({ server }: World, record: AccountRecord): Violation | null {
  const { pair, suspect, ended, claim } = record;
  if (pair === null || pair.refreshToken === server.live) return null;
  if (pair.unanswered > 0 || suspect || ended !== null || claim !== null) return null;
  return broken(
    'S6',
    `the record has ${pair.refreshToken}, on the server ${server.live ?? 'nothing'} works, and nothing tells of it`,
  );
}

/**
 * S6 in a store that went back: whoever has the pair that works, and reads, does not forget it
 * without a trace in the record.
 */
function judgeForgotten(before: World, next: World, process: number): Violation | null {
  const { live } = before.server;
  if (
    live === null ||
    next.server.live !== live ||
    !knows(before, process, live) ||
    knows(next, process, live)
  )
    return null;
  const { record } = next.store;
  const known = recordOf(processAt(before, process));
  // Numbers that were given twice, before and after, tell nobody which is the newer.
  const isCopy = known.pair?.refreshToken === live;
  const isTwice =
    isCopy && known.lineage === record?.lineage && known.generation === record.generation;
  return record === null || isTwice ? null : judgePair(next, record);
}

/** X4 */
function judgeUndone(
  { store: { record: before } }: World,
  { lost, store: { record: after } }: World,
): Violation | null {
  if (lost === null || before === null || before === after || before.changedAt <= lost.at)
    return null;
  const isOld = ({ pair }: AccountRecord): boolean =>
    pair !== null && numberOf(pair.refreshToken ?? 'r0') < lost.serial;
  return !isOld(before) && after !== null && isOld(after)
    ? broken('X4', `${after?.pair?.refreshToken} comes back from before the loss`)
    : null;
}

function knows(world: World, index: number, token: string): boolean {
  const { held, unsaved, threads } = processAt(world, index);
  const has = (record: AccountRecord | null | undefined): boolean =>
    record?.pair?.refreshToken === token;
  // A pair that a later write took along, or a sign-out gave up, is settled before its own thread
  // learns of it.
  const brings = (thread: Thread): boolean =>
    thread.at === 'committing' &&
    !thread.saved &&
    thread.ending.type === 'granted' &&
    thread.ending.tokens.refreshToken === token;
  return has(held?.record) || has(unsaved?.record) || threads.some(brings);
}

/**
 * L1. Whoever watched a claim for a lease and a margin by its own clock does not wait for it any
 * more, whatever the record says.
 */
function judgeDeadHolder(
  { machine, rules }: Setting,
  world: World,
  record: AccountRecord,
): Violation | null {
  const { claim } = record;
  if (claim === null) return null;
  const watched = isOver(claim) ? 0 : longestLease + rules.margin + 1;
  const next = machine.decide(record, {
    now: timeAt(world),
    rules,
    signIn: 'unattended',
    fingerprint: 'right',
    watched,
  });
  return next.type === 'join' ? broken('L1', `${claim.id} still blocks others`) : null;
}

const needs: readonly string[] = [
  'signed_out',
  'session_expired',
  'grant_rejected',
  'credential_conflict',
  'grant_budget',
];

/** L2 and L3: nothing goes on by itself any more. */
export function judgeEnd({ processes }: World): Violation | null {
  for (const { threads, unsaved } of processes) {
    const open = threads.find(({ at }) => at !== 'done');
    if (open?.at === 'idle' || open?.at === 'lost') return broken('L2', 'a process waits for ever');
    if (open !== undefined) return broken('L3', `a process never gets beyond "${open.at}"`);
    if (unsaved !== null) return broken('L3', 'a pair stays unsaved');
  }
  return null;
}
