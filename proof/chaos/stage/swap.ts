import type { RecordView } from '../../judge/history.ts';
import { viewOf } from '../../judge/record-view.ts';
import type { Written } from './protocol.ts';

/** A request by which a store replaces a record. */
export interface Swap {
  /** The key of the record, as the store sends it. */
  readonly key: string;
  readonly version: string;
  readonly next: RecordView;
  /** It writes a claim that nobody has seen before. */
  readonly isClaim: boolean;
}

/** `claims` are those that were seen so far; a new one is added. */
export function swapOf({ key, version, value }: Written, claims: Set<string>): Swap {
  const next = viewOf({ version, value });
  const isClaim = next.claim !== null && !claims.has(next.claim.id);
  if (next.claim !== null) claims.add(next.claim.id);
  return { key, version, next, isClaim };
}
