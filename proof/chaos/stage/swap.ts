import type { RecordView } from '../../judge/history.ts';
import { viewOf } from '../../judge/record-view.ts';
import type { RespValue } from './resp.ts';

/** A command by which @act-on-token/redis replaces a record. */
export interface Swap {
  /** The key of the record, with a prefix before it. */
  readonly key: string;
  readonly version: string;
  readonly next: RecordView;
  /** It writes a claim that nobody has seen before. */
  readonly isClaim: boolean;
}

/**
 * `null` for every other command. A swap is a script that is given the next version and, right
 * after it, the next record. `claims` are those that were seen so far; a new one is added.
 */
export function readSwap(command: RespValue, claims: Set<string>): Swap | null {
  if (!Array.isArray(command) || !['evalsha', 'eval'].includes(String(command[0]).toLowerCase()))
    return null;
  const at = command.findIndex((each) => typeof each === 'string' && each.startsWith('{"schema":'));
  const [version, value] = [command[at - 1], command[at]];
  if (typeof version !== 'string' || typeof value !== 'string') return null;
  const next = viewOf({ version, value });
  const isClaim = next.claim !== null && !claims.has(next.claim.id);
  if (next.claim !== null) claims.add(next.claim.id);
  return { key: String(command[3]), version, next, isClaim };
}

/** The answer names the version that stands now: this one, if the swap was carried out. */
export function wasCarriedOut(swap: Swap, answer: RespValue): boolean {
  return Array.isArray(answer) && answer.includes(swap.version);
}
