import type { Listeners, SessionEvent } from './events.ts';
import type { Exchanges } from './exchange.ts';
import type { Gate } from './gate.ts';

interface Entry {
  readonly at: number;
  readonly account: string;
  readonly event: SessionEvent;
}

/** How many events are kept, in all and for one account. */
const kept = { inAll: 1_000, each: 20 };

/** The last events of all accounts together: what an account costs must not grow with what happens to it. */
export class History {
  #entries: Entry[] = [];

  add(entry: Entry): void {
    if (this.#entries.push(entry) > 2 * kept.inAll) this.#entries = this.#entries.slice(-kept.inAll);
  }

  /** The last twenty of this account, oldest first; fewer where many accounts had more to tell. */
  of(account: string): { at: number; event: SessionEvent }[] {
    const own = this.#entries.filter((entry) => entry.account === account);
    return own.slice(-kept.each).map(({ at, event }) => ({ at, event }));
  }
}

/** What the sessions of one pool have in common and what changes with time; a session by itself has one of its own. */
export interface Shared {
  readonly history: History;
  /** Lets only so many exchanges of unattended work run at once; `null`: any number. */
  readonly gate: Gate | null;
  /** Those that still have something to bring into the store. */
  readonly exchanging: Set<Exchanges>;
  /** Those who hear the events of all accounts; `null`: nobody does. */
  listeners: Listeners<[SessionEvent, string]> | null;
  closed: boolean;
}

export function shared(gate: Gate | null): Shared {
  return { history: new History(), gate, exchanging: new Set(), listeners: null, closed: false };
}
