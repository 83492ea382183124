import type { Arrival } from '../arrival.ts';
import { readAttempts } from '../token/attempts.ts';
import type { World } from '../world.ts';
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
  /** Notes an arrival. The function that it returns notes how the request ended. */
  open(arrival: Arrival): (ending: Ending) => void;
  noteRedirect(): void;
}

export function createLedger(world: World, limit: number): RecordingLedger {
  const label = createLabels();
  const tally = createTally();
  const hasSecret = createUrlCheck(world);
  let number = 0;
  const kept = new Map<number, LedgerEntry>();
  const open = (arrival: Arrival): ((ending: Ending) => void) => {
    number += 1;
    const secretInUrl = hasSecret(arrival.url);
    const token = arrival.token && label(arrival.token.kind, arrival.token.value);
    const entry = openEntry(arrival, {
      number,
      at: world.clock.now(),
      path: maskPath(arrival.url),
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
      attempts: readAttempts(world, (user) => label('unknown user', user)),
    }),
    open,
    noteRedirect: tally.noteRedirect,
  };
}
