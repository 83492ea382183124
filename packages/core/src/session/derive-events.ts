import type { AccountRecord } from '../record.ts';
import type { Outcome } from '../wire/token-response.ts';
import type { SessionEvent } from './events.ts';

/*
 * What a change of the record, or the outcome of a request, means as events. Pure.
 */

/**
 * An imported refresh token that no answer has proven yet: it never had an access token, so its
 * life has no length.
 */
const isUnproven = ({ pair }: AccountRecord): boolean =>
  pair !== null &&
  pair.accessToken === null &&
  pair.unanswered > 0 &&
  pair.expiresAt <= pair.issuedAt;

/** `brought`: the access token that a request of this process brought last. */
export function eventsOfChange(
  before: AccountRecord,
  after: AccountRecord,
  brought: string | null,
  toLocal: (at: number) => number,
): SessionEvent[] {
  const events: SessionEvent[] = [];
  const { lineage, generation, pair } = after;
  const isNews =
    lineage > before.lineage || (lineage === before.lineage && generation > before.generation);
  if (isNews && pair === null) events.push({ type: 'signed_out' });
  else if (isNews && pair !== null && !isUnproven(after)) {
    const isSignIn = lineage > before.lineage || isUnproven(before);
    const type = pair.accessToken === brought ? 'refreshed' : 'adopted';
    events.push(
      isSignIn
        ? { type: 'signed_in', lineage }
        : { type, generation, expiresAt: toLocal(pair.expiresAt) },
    );
  }
  if (after.suspect && !before.suspect) events.push({ type: 'suspect' });
  return events;
}

const probed = { granted: 'healed', rejected: 'dead' } as const;

/** `isKept`: the record has what came of the request, or will. */
export function eventsOfOutcome(
  purpose: 'refresh' | 'probe' | 'grant',
  outcome: Outcome,
  isKept: boolean,
): SessionEvent[] {
  const events: SessionEvent[] = [];
  if (purpose === 'probe')
    events.push({ type: 'probed', outcome: probed[outcome.type as 'granted'] ?? 'open' });
  if (outcome.type === 'granted' && !isKept) events.push({ type: 'superseded' });
  if (outcome.type === 'unknown') events.push({ type: 'unknown', purpose, detail: outcome.detail });
  return events;
}
