import type { Attempt, Ending } from '../../src/machine.ts';
import type { AccountRecord, Claim, Pair } from '../../src/record.ts';
import { isFresh, isOld, isOver, lapsed } from './times.ts';
import type { Process, Thread } from './world.ts';

/*
 * Numbers that stand for everything about a thing but its names and counters.
 */

const ends = [null, 'signed_out', 'rejected', 'unknown'] as const;
const purposes = ['refresh', 'probe', 'grant'] as const;
const prints: readonly (string | null)[] = [null, 'right', 'wrong'];
const places = [
  'idle',
  'done',
  'lost',
  'claiming',
  'claimed',
  'checked',
  'withdrawing',
  'sent',
  'committing',
] as const;
const intents = ['token', 'ahead', 'signIn', 'signOut', 'chore'] as const;
const signIns = ['password', 'wrongPassword', 'code', 'import'] as const;
const endings = [
  'granted',
  'refused',
  'not_processed',
  'not_sent',
  'withdrawn',
  'unknown',
] as const;

export function shapeOfRecord({
  pair,
  ended,
  claim,
  grants,
  refused,
  conflicts,
  suspect,
}: AccountRecord): number {
  const flags =
    (prints.indexOf(refused) * 2 + (suspect ? 1 : 0)) * 8 + Math.min(conflicts.length, 7);
  const claims = claim === null ? 0 : 1 + shapeOfClaim(claim);
  return (
    (((flags * 8 + Math.min(grants.length, 7)) * 16 + claims) * 4 + ends.indexOf(ended)) * 4096 +
    (pair === null ? 4095 : shapeOfPair(pair))
  );
}

/**
 * Of many answered failures only the first few count, so that a story in which they never end comes
 * back to where it was.
 */
function shapeOfPair(pair: Pair): number {
  const { expiresAt, accessToken, unanswered, failing, rotates } = pair;
  const age = isFresh(pair) ? 0 : expiresAt === lapsed.expiresAt ? 1 : 2;
  const access = accessToken === null ? 1 : accessToken === 'a1' ? 2 : 0;
  const failures = failing?.count ?? 0;
  const silent = unanswered - failures + 5;
  if (silent < 0 || silent > 15) throw new RangeError('more sends than a shape can show');
  return (
    (((silent * 8 + Math.min(failures, 7)) * 3 + access) * 4 + age) * 2 +
    (rotates === false ? 1 : 0)
  );
}

const shapeOfClaim = (claim: Claim): number =>
  purposes.indexOf(claim.purpose) * 2 + (isOver(claim) ? 1 : 0);

export function shapeOfAttempt({ claim, fingerprint, charged }: Attempt): number {
  const claims = purposes.indexOf(claim.purpose) * 4 + prints.indexOf(fingerprint);
  return (claims * 2 + (charged ? 1 : 0)) * 2 + (isOld(claim.at) ? 1 : 0);
}

export function shapeOfEnding(ending: Ending): number {
  const more =
    ending.type === 'unknown' ? ending.answered : ending.type === 'not_processed' && ending.refund;
  return endings.indexOf(ending.type) * 2 + (more ? 1 : 0);
}

export function shapeOfThread(thread: Thread): number {
  const { at, intent } = thread;
  const who =
    intents.indexOf(intent.type) * 4 +
    (intent.type === 'signIn' ? signIns.indexOf(intent.with) : 0);
  const overdue = 'overdue' in thread && thread.overdue ? 1 : 0;
  return (
    ((places.indexOf(at) * 32 + who) * 2 + overdue) * 2 +
    (thread.at === 'committing' && thread.saved ? 1 : 0)
  );
}

export const shapeOfCredentials = ({ credentials }: Process): number => prints.indexOf(credentials);

/** A number by which processes are put in order whatever the names in them. */
export function likenessOf(process: Process): number {
  const { held, unsaved, threads } = process;
  let likeness = shapeOfCredentials(process) * 2 + (unsaved === null ? 0 : 1);
  likeness =
    likeness * 7 + (held === null ? 0 : held.record === null ? 1 : 2 + shapeOfRecord(held.record));
  for (const thread of threads) {
    likeness = Math.imul(likeness, 31) + shapeOfThread(thread);
    if ('mine' in thread) likeness = Math.imul(likeness, 31) + shapeOfAttempt(thread.mine);
    if (thread.at === 'committing')
      likeness = Math.imul(likeness, 31) + shapeOfEnding(thread.ending);
  }
  return likeness;
}
