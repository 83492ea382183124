import type { StoredRecord } from '@act-on-token/core';

/**
 * What can be shown of an account record. Its format is private to the library and may change: only
 * something that explains the library, as this page does, may look inside.
 */
export interface RecordFacts {
  readonly lineage: number;
  readonly generation: number;
  readonly pair: {
    readonly access: string | null;
    readonly refresh: string | null;
    readonly expiresAt: number;
    readonly unanswered: number;
  } | null;
  readonly ended: 'signed_out' | 'rejected' | 'unknown' | null;
  readonly claim: {
    readonly id: string;
    readonly purpose: 'refresh' | 'probe' | 'grant';
    readonly until: number;
  } | null;
  /** When the password grants were sent that still count. */
  readonly grants: readonly number[];
  readonly conflicts: number;
  readonly suspect: boolean;
}

/** Tells tokens apart without showing anything of them: 16 bits of a digest (FNV-1a). */
export function fingerprint(token: string): string {
  let digest = 0x811c9dc5;
  for (let at = 0; at < token.length; at += 1)
    digest = Math.imul(digest ^ token.charCodeAt(at), 0x01000193);
  return `…${((digest ^ (digest >>> 16)) & 0xffff).toString(16).padStart(4, '0')}`;
}

const printOrNull = (token: string | null): string | null =>
  token === null ? null : fingerprint(token);

export function factsOf(stored: StoredRecord | null): RecordFacts | null {
  if (stored === null) return null;
  const { lineage, generation, pair, ended, claim, grants, conflicts, suspect } = JSON.parse(
    stored.value,
  );
  return {
    lineage,
    generation,
    pair: pair && {
      access: printOrNull(pair.accessToken),
      refresh: printOrNull(pair.refreshToken),
      expiresAt: pair.expiresAt,
      unanswered: pair.unanswered,
    },
    ended,
    claim: claim && { id: claim.id, purpose: claim.purpose, until: claim.until },
    grants,
    conflicts: conflicts.length,
    suspect,
  };
}

/** The account's state at a moment, as the machine derives it. */
export function statusOf(
  facts: RecordFacts | null,
  now: number,
): 'idle' | 'authorized' | 'refreshing' | 'expired' {
  if (facts === null || facts.pair === null) return 'idle';
  const { claim, pair } = facts;
  if (claim !== null && claim.purpose !== 'grant' && claim.until > now) return 'refreshing';
  return pair.access !== null && pair.expiresAt > now ? 'authorized' : 'expired';
}

/** What one swap did to the record, in the terms of the protocol. */
export type Change =
  | { readonly type: 'claimed'; readonly purpose: 'refresh' | 'probe' | 'grant' }
  | { readonly type: 'signed_in' | 'renewed' | 'signed_out' | 'taken_back' | 'left_open' }
  | { readonly type: 'ended'; readonly reason: 'rejected' | 'unknown' };

export function changeOf(before: RecordFacts | null, after: RecordFacts): Change {
  if (after.claim !== null && after.claim.id !== before?.claim?.id)
    return { type: 'claimed', purpose: after.claim.purpose };
  if (after.ended === 'signed_out' && before?.ended !== 'signed_out') return { type: 'signed_out' };
  if (after.lineage > (before?.lineage ?? 0)) return { type: 'signed_in' };
  if (after.generation > (before?.generation ?? 0)) return { type: 'renewed' };
  if ((after.ended === 'rejected' || after.ended === 'unknown') && after.ended !== before?.ended)
    return { type: 'ended', reason: after.ended };
  return { type: after.claim === null ? 'taken_back' : 'left_open' };
}
