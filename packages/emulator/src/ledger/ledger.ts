import type { EmulatedActOn } from '../emulated-act-on.ts';
import type { ReceivedRequest } from '../received-request.ts';
import { readAttempts } from '../token/attempts.ts';
import { type Counters, createLabels } from './counters.ts';
import { type LedgerEntry, openEntry } from './entry.ts';
import { createUrlCheck, maskPath } from './redact.ts';
import { createTally } from './tally.ts';

/** What came in and what became of it: data to assert on. Nothing in it is a secret. */
export interface Ledger {
  /** A copy of what is kept, oldest first: the last `ledgerLimit` requests. */
  readonly entries: readonly LedgerEntry[];
  /** A snapshot of the counters, which count all requests since the start or the last reset. */
  counters(): Counters;
}

/** The part of an entry that is known when a request ends. */
export type Ending = Pick<
  LedgerEntry,
  'faults' | 'outcome' | 'processed' | 'granted' | 'replayed' | 'status' | 'error' | 'reason'
> & {
  readonly sent: boolean;
};

export interface RecordingLedger extends Ledger {
  /** Notes a request. The function that it returns notes how the request ended. */
  open(received: ReceivedRequest): (ending: Ending) => void;
  noteRedirect(): void;
}

export function createLedger(actOn: EmulatedActOn, limit: number): RecordingLedger {
  const label = createLabels();
  const tally = createTally();
  const hasSecret = createUrlCheck(actOn);
  let number = 0;
  const kept = new Map<number, LedgerEntry>();
  const open = (received: ReceivedRequest): ((ending: Ending) => void) => {
    number += 1;
    const secretInUrl = hasSecret(received.url);
    const token = received.token && label(received.token.kind, received.token.value);
    const entry = openEntry(received, {
      number,
      at: actOn.clock.now(),
      path: maskPath(received.url),
      token,
      secretInUrl,
    });
    kept.set(number, entry);
    kept.delete(number - limit);
    const leave = tally.enter(entry);
    return ({ sent, ...ending }) => {
      leave();
      const closed = { ...entry, ...ending };
      if (kept.has(entry.number)) kept.set(entry.number, closed);
      tally.close(closed, sent);
    };
  };
  return {
    get entries() {
      return [...kept.values()];
    },
    counters: () => ({
      ...tally.read(),
      attempts: readAttempts(actOn, (user) => label('unknown user', user)),
    }),
    open,
    noteRedirect: tally.noteRedirect,
  };
}
