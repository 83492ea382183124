import type { Run } from './explore.ts';
import {
  type Bounds,
  dueSoon,
  failing,
  nothing,
  quickEnd,
  runOf,
  type Setup,
  unansweredLongAgo,
} from './scenarios.ts';

/*
 * What is explored: the title says what may happen, the bounds how often. `EXPLORE=deep` takes the
 * larger bounds.
 */

export interface Case {
  readonly title: string;
  readonly processes: number;
  readonly bounds: Bounds;
  readonly run: Run;
}

export const isDeep: boolean = process.env.EXPLORE === 'deep';

/** Enough for CI; a deep exploration stops here too, and says so. */
const most = isDeep ? 4_000_000 : 1_500_000;

function explored(title: string, bounds: Bounds, deep: Bounds, setup: Setup = {}): Case {
  const taken = isDeep ? deep : bounds;
  return {
    title,
    processes: setup.processes?.length ?? 2,
    bounds: taken,
    run: runOf(taken, { most, ...setup }),
  };
}

const three: Setup = { processes: ['right', 'right', 'right'] };
const everyFault: Bounds = { crash: 1, pause: 1, lostRequest: 1, lostReply: 1, lostAnswer: 1 };
const everyFaultTwice: Bounds = { crash: 2, pause: 2, lostRequest: 2, lostReply: 2, lostAnswer: 2 };
/** S1 to S5 cannot hold in a store that forgets. */
const forgetful: Setup = { only: ['S6', 'L1', 'L2', 'L3'], habits: { looksFirst: false } };

const losing: Setup = { ...forgetful, only: ['S6', 'L1', 'L2', 'L3', 'X4'] };

export const faults: readonly Case[] = [
  explored('two processes, each fault once in the same run', everyFault, {
    ...everyFaultTwice,
    total: 5,
  }),
  explored('three processes, every three faults', { ...everyFault, total: 3 }, everyFault, three),
  explored(
    'processes that keep old copies and hear of changes',
    { ...everyFault, total: 2 },
    everyFault,
    {
      habits: { looksFirst: false, watches: true },
    },
  ),
  explored(
    'requests that are processed after their lease, and answers that come just before its end',
    { delayed: 2, pause: 1, total: 3 },
    { delayed: 2, pause: 1, crash: 1, lostAnswer: 1, hour: 1, total: 4 },
  ),
  explored(
    'flights that are left hanging at any await',
    { abandon: 2, pause: 1, lostAnswer: 1, total: 3 },
    { abandon: 2, pause: 1, crash: 1, lostReply: 1, lostAnswer: 1, total: 4 },
  ),
  explored(
    'answers that say little, and requests that never leave',
    { unknown: 1, notProcessed: 1, notSent: 1, pause: 1 },
    { unknown: 2, notProcessed: 2, notSent: 2, pause: 1, crash: 1, lostAnswer: 1, total: 5 },
  ),
  explored(
    'a store that takes a write late',
    { lostAnswer: 1, lateWrite: 1, pause: 1, crash: 1 },
    { lostAnswer: 2, lateWrite: 1, pause: 1, crash: 1, signOut: 1, total: 5 },
  ),
  explored(
    'a pair that the store does not take for an hour',
    { lostAnswer: 2, pause: 1, hour: 1, total: 3 },
    { lostAnswer: 2, pause: 1, hour: 1, password: 1, crash: 1, total: 5 },
  ),
  explored(
    'leases that end at any time, even between judging one and sending',
    { pause: 2, lostReply: 1, lostAnswer: 1, total: 3 },
    { pause: 3, crash: 1, lostReply: 1, lostAnswer: 1, password: 1, total: 5 },
    { habits: { sleepsBeforeSend: true } },
  ),
];

export const people: readonly Case[] = [
  explored(
    'a person who signs in',
    { password: 1, crash: 1, pause: 1, lostReply: 1, lostAnswer: 1, total: 3 },
    { password: 1, crash: 1, pause: 1, lostReply: 1, lostAnswer: 1, delayed: 1, hour: 1, total: 5 },
  ),
  explored(
    'two people who sign in, one with a code',
    { password: 1, code: 1, pause: 1, crash: 1, total: 3 },
    { password: 1, code: 1, pause: 2, crash: 1, lostAnswer: 1, total: 5 },
  ),
  explored(
    'a person who signs in and another who signs out',
    { password: 1, signOut: 1, pause: 1, crash: 1, total: 4 },
    { password: 1, signOut: 1, pause: 2, crash: 1, lostAnswer: 1, total: 5 },
  ),
  explored(
    'a person who signs out while refreshes go on',
    { signOut: 1, ...everyFault, total: 3 },
    { signOut: 2, ...everyFault, total: 5 },
  ),
  explored(
    'a person who mistypes, and processes that cannot sign in',
    { wrongPassword: 1, password: 1, crash: 1, pause: 1, lostReply: 1, total: 3 },
    { wrongPassword: 1, password: 1, ...everyFault, total: 5 },
    { processes: [null, null] },
  ),
  explored('processes that all know a wrong password', { ...everyFault, total: 3 }, everyFault, {
    processes: ['wrong', 'wrong'],
  }),
  explored(
    'a person at one process, a program with a password at the other',
    { password: 1, crash: 1, pause: 1, lostReply: 1, total: 3 },
    { password: 1, signOut: 1, ...everyFault, total: 5 },
    { processes: ['right', null] },
  ),
  explored(
    'a person who brings the refresh token that the record has',
    { import: 2, pause: 1, lostReply: 1, crash: 1, total: 3 },
    { import: 2, password: 1, ...everyFault, total: 4 },
    { processes: ['right', null] },
  ),
  explored(
    'a pair that a person brings along',
    { import: 1, ...everyFault, total: 3 },
    { import: 1, password: 1, delayed: 1, ...everyFault, total: 4 },
    { record: nothing },
  ),
  explored(
    'an account that nobody signed in to yet',
    { ...everyFault, total: 3 },
    { ...everyFault, hour: 1 },
    { ...three, record: nothing },
  ),
];

export const lives: readonly Case[] = [
  explored(
    'a second hour',
    { hour: 1, crash: 1, pause: 1, lostReply: 1, notSent: 1, total: 4 },
    { hour: 2, crash: 1, pause: 1, lostReply: 1, lostAnswer: 1, total: 5 },
  ),
  explored(
    'a refresh ahead of time',
    { crash: 1, pause: 1, lostReply: 1, lostAnswer: 1, hour: 1, total: 3 },
    { ...everyFault, hour: 1 },
    { record: dueSoon },
  ),
  explored(
    'an access token that the API refused',
    { ...everyFault, notSent: 1, total: 2 },
    { ...everyFault, notSent: 1, total: 5 },
    {
      record: dueSoon,
      habits: { rejected: 'a1' },
    },
  ),
  explored(
    'a server that revokes a pair when its parent is replayed',
    { ...everyFault, hour: 1, total: 3 },
    { ...everyFault, hour: 1, total: 5 },
    { server: { revokes: true }, habits: { processedInTime: true } },
  ),
  explored(
    'requests that are stuck at such a server until another has been answered',
    { delayed: 1, crash: 1, pause: 1, lostReply: 1, total: 3 },
    { delayed: 2, crash: 1, pause: 1, lostRequest: 1, lostReply: 1, lostAnswer: 1, total: 4 },
    { server: { revokes: true } },
  ),
  explored(
    'a server that hands out no new refresh tokens',
    { ...everyFault, hour: 1, total: 3 },
    { ...everyFault, hour: 1, password: 1, delayed: 1, total: 4 },
    { server: { rotates: false } },
  ),
  explored(
    'a server that answers 503 to a dead refresh token for ever',
    { crash: 1, pause: 1, unknown: 1, lostReply: 1, lostAnswer: 1, total: 3 },
    {
      crash: 1,
      pause: 1,
      unknown: 2,
      lostRequest: 1,
      lostReply: 1,
      lostAnswer: 1,
      notProcessed: 1,
      signOut: 1,
      total: 4,
    },
    { ...failing, processes: ['right', null] },
  ),
  explored(
    'such a server, and programs with a wrong password',
    { crash: 1, pause: 1, lostReply: 1, total: 2 },
    { crash: 1, pause: 1, unknown: 1, lostReply: 1, lostAnswer: 1, password: 1, total: 4 },
    { ...failing, processes: ['wrong', null] },
  ),
  explored(
    'a refresh token that was sent long ago, without an answer',
    { crash: 1, pause: 1, lostRequest: 1, lostReply: 1, total: 3 },
    { ...everyFault, unknown: 1, total: 4 },
    { record: unansweredLongAgo, rules: { endOfUnknown: { ...quickEnd, age: 1 } } },
  ),
  explored(
    "a store's clock that goes back by minutes",
    { clockBack: 1, crash: 1, pause: 1, lostReply: 1, total: 3 },
    { clockBack: 2, password: 1, ...everyFault, total: 4 },
    { habits: { looksFirst: false } },
  ),
  explored(
    'an account that nobody signed in to, in a store whose clock goes back',
    { clockBack: 1, crash: 2, pause: 1, total: 4 },
    { clockBack: 2, crash: 3, pause: 1, lostReply: 1, total: 5 },
    { record: nothing, habits: { looksFirst: false } },
  ),
  explored(
    'a store that loses everything, and people who act before others look',
    { loss: 1, password: 1, import: 1, signOut: 1, total: 2 },
    { loss: 1, password: 1, import: 1, signOut: 2, pause: 1, crash: 1, lostAnswer: 1, total: 4 },
    losing,
  ),
  explored(
    'a store that loses a new account, without a copy',
    { loss: 1, password: 1, pause: 1, lostReply: 1, total: 2 },
    { loss: 1, password: 1, pause: 1, lostReply: 1, signOut: 1, lostAnswer: 1, total: 3 },
    { ...losing, record: nothing },
  ),
  explored(
    'a store that loses everything while requests are under way',
    { loss: 1, lostAnswer: 1, signOut: 1, total: 3 },
    { loss: 1, lostAnswer: 1, signOut: 1, password: 1, pause: 1, lostReply: 1, total: 3 },
    losing,
  ),
  explored(
    'a store that goes back in time',
    { rollback: 1, crash: 1, lostReply: 1, hour: 1, total: 3 },
    { rollback: 1, crash: 1, lostReply: 1, hour: 1, pause: 1, total: 4 },
    forgetful,
  ),
  explored(
    'a store that loses a new account',
    { rollback: 1, pause: 1, hour: 1, password: 1, total: 3 },
    {
      rollback: 1,
      pause: 1,
      password: 1,
      import: 1,
      signOut: 1,
      delayed: 1,
      hour: 1,
      crash: 1,
      total: 4,
    },
    { ...forgetful, record: nothing },
  ),
  explored(
    'one process in a store that goes back in time',
    { rollback: 1, lostAnswer: 1, password: 1, hour: 1 },
    { rollback: 1, lostAnswer: 1, lateWrite: 1, password: 1, signOut: 1, hour: 1, total: 4 },
    { ...forgetful, processes: ['right'], record: nothing },
  ),
  explored(
    'a user who clears the data of a site',
    { rollback: 1, lostReply: 1, signOut: 1 },
    { rollback: 1, lostReply: 1, signOut: 1, crash: 1 },
    { ...forgetful, record: nothing, habits: { looksFirst: false, reach: 'origin' } },
  ),
];
