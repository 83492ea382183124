import type { SessionEvent } from './events.ts';

interface Entry {
  readonly at: number;
  readonly account: string;
  readonly event: SessionEvent;
}

/** How many events are kept, in all and for one account. */
const kept = { inAll: 1_000, each: 20 };

/**
 * The last events of all accounts together: what an account costs must not grow with what happens
 * to it.
 */
export class History {
  #entries: Entry[] = [];

  add(entry: Entry): void {
    if (this.#entries.push(entry) > 2 * kept.inAll)
      this.#entries = this.#entries.slice(-kept.inAll);
  }

  /**
   * The last twenty of this account, oldest first; fewer where many accounts had more to report.
   */
  of(account: string): { at: number; event: SessionEvent }[] {
    const own = this.#entries.filter((entry) => entry.account === account);
    return own.slice(-kept.each).map(({ at, event }) => ({ at, event }));
  }
}
