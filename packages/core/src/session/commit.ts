import { Bell } from '../bell.ts';
import { startTimer } from '../clock.ts';
import { isActOnTokenError } from '../errors.ts';
import { type Attempt, type Ending, reconcile } from '../machine.ts';
import type { AccountRecord } from '../record.ts';
import type { Account } from './account.ts';
import type { Announcer } from './announcer.ts';
import type { Unsaved } from './cached-record.ts';

/**
 * Writes what came of an attempt, and goes on trying while the store does not take it. Owns:
 * everything that still has to reach the store. Calls: cached-record, machine, announcer. Held by:
 * store-trouble.test.ts.
 */
export class Commits {
  readonly #account: Account;
  readonly #announcer: Announcer;
  readonly #pending = new Set<Promise<unknown>>();
  /** Rings at the end: what still waits to try again is given up. */
  readonly #end: Bell;
  #closed = false;

  constructor(account: Account, announcer: Announcer) {
    this.#account = account;
    this.#announcer = announcer;
    this.#end = new Bell(account.environment.clock);
  }

  get isIdle(): boolean {
    return this.#pending.size === 0;
  }

  /** Lets what is under way end, and tries what the store did not take for one lease more. */
  async close(): Promise<void> {
    const { clock, rules } = this.#account.environment;
    const lease = startTimer(clock, rules.lease, true);
    // Pending work may start more of it: a commit that fails goes on trying.
    const settled = async (): Promise<void> => {
      while (!this.isIdle) await Promise.allSettled(this.#pending);
    };
    await Promise.race([settled(), lease.done]);
    lease.cancel();
    if (!this.#closed && !this.#account.saved)
      this.#announcer.emit({ type: 'unsaved', lost: true });
    this.#closed = true;
    this.#end.ring();
  }

  /** Counts as unfinished until it settles. */
  track<T>(work: Promise<T>): Promise<T> {
    const { busy } = this.#account.environment.shared;
    this.#pending.add(work);
    busy.add(this);
    const done = (): void => {
      this.#pending.delete(work);
      if (this.isIdle) busy.delete(this);
    };
    work.then(done, done);
    return work;
  }

  /**
   * True if the record has what came of the attempt, or will: a pair that the store does not take
   * serves from memory.
   */
  async commit(mine: Attempt, ending: Ending): Promise<boolean> {
    try {
      return await this.#write(mine, ending);
    } catch (error) {
      const unsaved = this.#unsaved(mine, ending);
      if (unsaved?.isPair) this.#announcer.emit({ type: 'unsaved', lost: false });
      if (unsaved !== null) this.#account.serve(unsaved);
      if (unsaved?.isPair && isActOnTokenError(error))
        this.#announcer.fail(error, { type: 'store_failed', error });
      this.writeLater(mine, ending, unsaved);
      return true;
    }
  }

  /**
   * Writes until the store takes it: a pair or a verdict for as long as the process lives, anything
   * else for the lease, after which the claim has lapsed by itself.
   */
  writeLater(mine: Attempt, ending: Ending, unsaved: Unsaved | null = null): void {
    void this.track(this.#writeUntilTaken(mine, ending, unsaved));
  }

  async #writeUntilTaken(mine: Attempt, ending: Ending, unsaved: Unsaved | null): Promise<void> {
    const { clock, rules } = this.#account.environment;
    const since = clock.monotonic();
    for (let pause = unsaved === null ? 500 : 50; ; pause *= 2) {
      const isLeased = clock.monotonic() - since < rules.lease;
      if (!isLeased && unsaved === null) return;
      const keepAlive = isLeased && unsaved !== null;
      await this.#end.wait(Math.min(pause, isLeased ? 1_000 : 30_000), [], keepAlive);
      if (this.#closed || (unsaved !== null && !this.#account.isServing(unsaved))) return;
      try {
        // A store does one call after the other, or nearly: a claim that it does not show by now
        // was never taken.
        if (unsaved === null) await this.#account.read();
        if (unsaved === null && this.#account.stored?.claim?.id !== mine.claim.id) return;
        await this.#write(mine, ending);
        return;
      } catch {} // The next round tries again.
    }
  }

  /**
   * What serves from memory, if the record does not have it. A verdict counts as well: what was
   * refused is not to be sent again, whatever the store has.
   */
  #unsaved(mine: Attempt, ending: Ending): Unsaved | null {
    if (ending.type !== 'granted' && ending.type !== 'refused') return null;
    const isPair = ending.type === 'granted';
    const over = (stored: AccountRecord | null): AccountRecord | null => {
      const next = this.#next(stored, mine, ending);
      return next !== null && hasOutcome(next, ending) ? next : null;
    };
    if (over(this.#account.stored) === null) return null;
    return { over, isIn: (record) => isPair && hasOutcome(record, ending), isPair };
  }

  #next(stored: AccountRecord | null, mine: Attempt, ending: Ending): AccountRecord | null {
    return reconcile(
      stored,
      mine,
      ending,
      this.#account.now(),
      this.#account.environment.store.reach,
    );
  }

  async #write(mine: Attempt, ending: Ending): Promise<boolean> {
    for (;;) {
      // Something unreadable came in between: a person may replace it, this may not.
      if (this.#account.fault !== null) throw this.#account.fault;
      const next = this.#next(this.#account.stored, mine, ending);
      if (next === null) return hasOutcome(this.#account.stored, ending);
      if (await this.#account.swap(next)) return hasOutcome(next, ending);
    }
  }
}

/** Whether the record has what came of an attempt: if that was a pair, this very pair. */
function hasOutcome(record: AccountRecord | null, ending: Ending): boolean {
  if (ending.type !== 'granted') return true;
  const { accessToken, refreshToken } = ending.tokens;
  // The access token leaves the record when the API refuses it.
  return refreshToken === null
    ? record?.pair?.accessToken === accessToken
    : record?.pair?.refreshToken === refreshToken;
}
