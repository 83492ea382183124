import type { AccountRecord } from '../../src/record.ts';
import type { Found } from './explore.ts';
import { invariants } from './invariants.ts';
import type { Step } from './setting.ts';
import { isFresh, isOver } from './times.ts';

/** A violation told line by line: who did what, and what record and server have then. */
export function story({ violation, trace }: Found): string {
  if (violation === null) return 'no violation';
  const { invariant, because } = violation;
  const lines = trace.map((step, index) => `${String(index + 1).padStart(3)}. ${inWords(step)}`);
  return [...lines, `     ${invariant} is broken (${invariants[invariant]}): ${because}.`].join(
    '\n',
  );
}

function inWords({ process, what, next }: Step): string {
  const who = process === null ? '' : `P${process + 1} `;
  return `${`${who}${what}`.padEnd(70)} | ${recordInWords(next.store.record)} | works: ${next.server.live ?? 'nothing'}`;
}

export function recordInWords(record: AccountRecord | null): string {
  if (record === null) return 'nothing';
  const { lineage, generation, pair, ended, claim, grants, conflicts, suspect } = record;
  const words = [`L${lineage} G${generation}`];
  if (pair !== null) words.push(`${pair.refreshToken}${isFresh(pair) ? ' fresh' : ''}`);
  if (pair !== null && pair.unanswered > 0) words.push(`unanswered ${pair.unanswered}`);
  if (ended !== null) words.push(ended);
  if (claim !== null)
    words.push(`claim ${claim.id} ${claim.purpose}${isOver(claim) ? ' over' : ''}`);
  if (grants.length > 0) words.push(`${grants.length} grants`);
  if (conflicts.length > 0) words.push('conflict');
  if (suspect) words.push('suspect');
  return words.join(', ');
}
