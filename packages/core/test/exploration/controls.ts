import { signedOut } from '../../src/machine.ts';
import * as rules from './broken-rules.ts';
import type { Run } from './explore.ts';
import type { Invariant } from './invariants.ts';
import { type Bounds, ended, failing, nothing, quickEnd, runOf, type Setup } from './scenarios.ts';
import { library, type Machine } from './setting.ts';

/*
 * Each control takes one rule away, or one step of those who follow the rules. An exploration that
 * found nothing wrong with them would prove nothing about the rules that are there.
 */

export interface Control {
  readonly without: string;
  readonly breaks: Invariant;
  readonly run: Run;
}

const control = (without: string, breaks: Invariant, bounds: Bounds, setup: Setup): Control => ({
  without,
  breaks,
  run: runOf(bounds, { ...setup, only: [breaks] }),
});

/** A store that goes back in time before anybody had signed in. */
const goingBack = ({ habits, ...setup }: Setup): Setup => ({
  ...setup,
  record: nothing,
  habits: { looksFirst: false, ...habits },
});
const withRule = (rule: Partial<Machine>): Setup => ({ machine: { ...library, ...rule } });
const reconciling = (reconcile: Machine['reconcile']): Setup => withRule({ reconcile });

export const controls: readonly Control[] = [
  control('a claim before the send', 'S1', {}, { habits: { claimsFirst: false } }),
  control(
    'comparing versions',
    'S1',
    {},
    { habits: { comparesVersions: false, looksFirst: false } },
  ),
  control(
    'judging the lease before the send',
    'S2',
    { pause: 1 },
    { habits: { checksLease: false } },
  ),
  control('comparing generations', 'S3', { pause: 1 }, reconciling(rules.withoutGeneration)),
  control('adopting before judging', 'S3', { pause: 1 }, reconciling(rules.withoutAdopting)),
  control(
    'a tombstone: a sign-out deletes',
    'S3',
    { signOut: 1 },
    withRule({ signedOut: () => null }),
  ),
  control('lineage', 'S4', { pause: 1, password: 1 }, reconciling(rules.withoutLineage)),
  control(
    'a charge in the swap that claims',
    'S5',
    { crash: 3 },
    {
      ...withRule({
        attempt: rules.keeping(({ grants }) => ({ grants })),
        reconcile: rules.chargingLate,
      }),
      record: nothing,
    },
  ),
  control(
    "leaving another's grant claim",
    'S6',
    { pause: 2, password: 1 },
    reconciling(rules.overwritingGrants),
  ),
  control(
    'a doubt from the claim on',
    'S6',
    { pause: 1, crash: 1, password: 1 },
    withRule({ attempt: rules.keeping(({ suspect }) => ({ suspect })) }),
  ),
  control(
    'a doubt for as long as a grant may be under way',
    'S6',
    { pause: 1, crash: 1, password: 1 },
    reconciling(rules.trustingSoon),
  ),
  control(
    'a doubt that outlives a sign-out',
    'S6',
    { pause: 1, crash: 1, signOut: 1, password: 1 },
    {
      ...withRule({ signedOut: (record, now) => ({ ...signedOut(record, now), suspect: false }) }),
      record: ended,
    },
  ),
  control(
    'a doubt after a probe that left no claim',
    'S6',
    { pause: 1, crash: 1, lostAnswer: 1 },
    {
      ...reconciling(rules.overlookingProbes),
      server: { revokes: true },
      habits: { processedInTime: true },
    },
  ),
  control(
    'keeping count of sends when a claim is withdrawn',
    'S6',
    { pause: 1, lostReply: 1 },
    reconciling(rules.forgettingUnanswered),
  ),
  control(
    'withdrawing a claim only once',
    'S6',
    { pause: 1, lostReply: 1, lostAnswer: 1 },
    reconciling(rules.undoingTwice),
  ),
  control(
    'putting an unsaved pair on the record as it is',
    'S2',
    { lostAnswer: 1, hour: 1 },
    { habits: { rebasesUnsaved: false } },
  ),
  control(
    'a last look before a pair is given up',
    'S6',
    { rollback: 1, signOut: 1 },
    {
      habits: { looksBeforeDropping: false, looksFirst: false, reach: 'origin' },
      record: nothing,
    },
  ),
  control(
    'a doubt where the record has grants that one of its own does not know',
    'S6',
    { loss: 1, import: 1, lostAnswer: 1, hour: 1 },
    {
      ...reconciling(rules.overlookingGrants),
      record: ended,
      processes: ['right', null],
      habits: { looksFirst: false },
    },
  ),
  control(
    'a doubt where the record does not have the charge of a grant',
    'S6',
    { rollback: 1, pause: 1, password: 1 },
    goingBack(reconciling(rules.overlookingOwnCharge)),
  ),
  control(
    'a doubt about a pair that goes back into a store',
    'X1',
    { rollback: 1, lostReply: 1, hour: 1 },
    goingBack(withRule({ restored: rules.restoringSurely })),
  ),
  control(
    'a doubt about answers that come late',
    'S6',
    { rollback: 1, lostAnswer: 1, password: 1 },
    goingBack({ processes: ['right'], habits: { doubtsOldAnswers: false } }),
  ),
  control(
    'listening until the lease nearly ends',
    'S4',
    {},
    { habits: { listensToTheEnd: false } },
  ),
  control('one clock for all who share an account', 'S1', {}, { habits: { skew: 40_000 } }),
  control('a bound for each flight', 'L2', { abandon: 1 }, { habits: { boundsFlights: false } }),
  control(
    "a verdict next to another's probe",
    'S2',
    { pause: 1, lostReply: 2 },
    reconciling(rules.leavingVerdicts),
  ),
  control(
    "sending a token that a person brings as the record's own",
    'S2',
    { import: 1, lostReply: 1 },
    { habits: { knowsOwnToken: false } },
  ),
  control(
    'a doubt about what a probe brings after a silent send',
    'S6',
    { delayed: 1 },
    { ...reconciling(rules.trustingProbes), server: { revokes: true } },
  ),
  control(
    'keeping a refresh token that the server does not replace',
    'S6',
    {},
    { ...reconciling(rules.forgettingOldToken), server: { rotates: false } },
  ),
  control(
    'an end of "unknown"',
    'L3',
    {},
    { ...failing, rules: { endOfUnknown: { ...quickEnd, answers: 1_000 } } },
  ),
  control(
    'one unattended grant in a window once "unknown" is over',
    'X3',
    { unknown: 1 },
    { ...failing, ...withRule({ decide: rules.insistingOnGrants }) },
  ),
  control(
    "counting grants from before a store's clock went back",
    'S5',
    { clockBack: 1, crash: 3 },
    {
      ...withRule({ read: rules.forgettingFuture }),
      record: nothing,
      habits: { looksFirst: false },
    },
  ),
  control(
    'a doubt about the pair of another grant',
    'S6',
    { loss: 1 },
    { ...reconciling(rules.trustingTheOther), record: nothing, habits: { looksFirst: false } },
  ),
  control(
    'a time of change in the record',
    'X4',
    { loss: 1, signOut: 1 },
    { ...withRule({ restored: rules.restoringByNumbers }), habits: { looksFirst: false } },
  ),
  control(
    'a time of change where a grant meets its own numbers',
    'X4',
    { loss: 1, signOut: 1, password: 1 },
    { ...reconciling(rules.trustingEqualNumbers), habits: { looksFirst: false } },
  ),
  control(
    'a time of change that is that of the request',
    'S6',
    { loss: 1, signOut: 1, lostAnswer: 1 },
    { ...reconciling(rules.datingByWrite), habits: { looksFirst: false } },
  ),
  control('an end of each claim', 'L1', { crash: 1 }, withRule({ decide: rules.joiningAlways })),
  control(
    'waking up: who waits never looks again',
    'L2',
    {},
    { habits: { looksFirst: false, looksAgain: false } },
  ),
  control('writing a refusal down', 'L3', { lostReply: 1 }, reconciling(rules.forgettingRefusals)),
  control(
    'knowing that a token was refused already',
    'X1',
    { pause: 1, lostReply: 1 },
    reconciling(rules.refusingTwice),
  ),
  control(
    'leaving tombstones to people',
    'X2',
    { signOut: 1 },
    withRule({ decide: rules.overTombstones }),
  ),
];
