import { createHash } from 'node:crypto';
import type { StoredRecord } from '@act-on-token/core';
import type { Print, RecordView } from './history.ts';

export function print(secret: string): Print {
  return createHash('sha256').update(secret).digest('hex').slice(0, 16);
}

export const printOrNull = (secret: unknown): Print | null =>
  typeof secret === 'string' ? print(secret) : null;

const views = new WeakMap<StoredRecord, RecordView>();

/** What can be shown of a record as the store keeps it. */
export function viewOf(stored: StoredRecord): RecordView;
export function viewOf(stored: StoredRecord | null): RecordView | null;
export function viewOf(stored: StoredRecord | null): RecordView | null {
  if (stored === null) return null;
  const view = views.get(stored) ?? readView(stored);
  views.set(stored, view);
  return view;
}

function readView(stored: StoredRecord): RecordView {
  const { lineage, generation, pair, ended, suspect, claim } = JSON.parse(stored.value);
  return {
    version: stored.version,
    lineage,
    generation,
    access: printOrNull(pair?.accessToken),
    refresh: printOrNull(pair?.refreshToken),
    unanswered: pair?.unanswered ?? 0,
    ended,
    suspect,
    claim: claim && { id: claim.id, purpose: claim.purpose, at: claim.at, until: claim.until },
  };
}
