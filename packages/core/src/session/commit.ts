import { startTimer } from '../clock.ts';
import { isActOnTokenError } from '../errors.ts';
import { type Attempt, type Ending, reconcile } from '../machine.ts';
import type { AccountRecord } from '../record.ts';
import type { Announcer } from './announcer.ts';
import type { CachedRecord, Unsaved } from './cached-record.ts';
import type { Environment } from './options.ts';

/**
 * Writes what came of an attempt, and goes on trying while the store does not take it. Owns: everything that still has to reach
 * the store. Calls: cached-record, machine, announcer. Held by: store-trouble.test.ts.
 */
export class Commits {
  readonly #environment: Environment;
  readonly #record: CachedRecord;
  readonly #announcer: Announcer;
  /** Everything that still has to reach the store; `null` for nothing. */
  #pending: Set<Promise<unknown>> | null = null;
  #closed = false;

  constructor(environment: Environment, record: CachedRecord, announcer: Announcer) {
    this.#environment = environment;
    this.#record = record;
    this.#announcer = announcer;
  }

  get isIdle(): boolean {
    return this.#pending === null;
  }

  /** Lets what is under way end, and tries what the store did not take for one lease more. */
  async close(): Promise<void> {
    if (this.#closed) return;
    const { clock, rules } = this.#environment;
    const lease = startTimer(clock, rules.lease, true);
    await Promise.race([this.#settled(), lease.done]);
    lease.cancel();
    if (this.#closed) return;
    this.#closed = true;
    if (!this.#record.saved) this.#announcer.emit({ type: 'unsaved', lost: true });
  }

  /** Pending work may start more of it: a commit that fails goes on trying. */
  async #settled(): Promise<void> {
    while (this.#pending !== null) await Promise.allSettled(this.#pending);
  }

  /** Counts as unfinished until it settles. */
  track<T>(work: Promise<T>): Promise<T> {
    this.#pending ??= new Set();
    this.#pending.add(work);
    this.#environment.shared.busy.add(this);
    const done = (): void => this.#untrack(work);
    work.then(done, done);
    return work;
  }

  #untrack(work: Promise<unknown>): void {
    this.#pending?.delete(work);
    if (this.#pending?.size !== 0) return;
    this.#pending = null;
    this.#environment.shared.busy.delete(this);
  }

  /** True if the record has what came of the attempt, or will: a pair that the store does not take serves from memory. */
  async commit(mine: Attempt, ending: Ending): Promise<boolean> {
    try {
      return await this.#write(mine, ending);
    } catch (error) {
      const unsaved = this.#serveUnsaved(mine, ending);
      if (unsaved?.isPair && isActOnTokenError(error)) this.#announcer.fail(error, { type: 'store_failed', error });
      void this.track(this.#writeUntilDone(mine, ending, unsaved));
      return true;
    }
  }

  /** The store did not say whether it took the claim. If it did, others need not wait for the end of the lease. */
  withdrawLost(mine: Attempt): void {
    void this.track(this.#withdrawUntilDone(mine));
  }

  async #withdrawUntilDone(mine: Attempt): Promise<void> {
    for await (const _ of this.#pauses(500, false)) {
      if (await this.#withdraw(mine).catch(() => false)) return;
    }
  }

  /** A store does one call after the other, or nearly: a claim that it does not show by now was never taken. */
  async #withdraw(mine: Attempt): Promise<boolean> {
    await this.#record.read();
    return this.#record.stored?.claim?.id !== mine.claim.id || this.#write(mine, { type: 'withdrawn' });
  }

  /** A pair serves from memory. A verdict counts as well: what was refused is not to be sent again, whatever the store has. */
  #serveUnsaved(mine: Attempt, ending: Ending): Unsaved | null {
    if (!isLasting(ending)) return null;
    const isPair = ending.type === 'granted';
    const over = (stored: AccountRecord | null): AccountRecord | null => {
      const next = this.#next(stored, mine, ending);
      return next !== null && hasOutcome(next, ending) ? next : null;
    };
    if (over(this.#record.stored) === null) return null;
    if (isPair) this.#announcer.emit({ type: 'unsaved', lost: false });
    const isIn = (record: AccountRecord): boolean => (isPair ? hasOutcome(record, ending) : over(record) === null);
    return this.#record.serveUnsaved({ over, isIn, isPair });
  }

  #next(stored: AccountRecord | null, mine: Attempt, ending: Ending): AccountRecord | null {
    return reconcile(stored, mine, ending, this.#record.now(), this.#environment.store.reach);
  }

  async #write(mine: Attempt, ending: Ending): Promise<boolean> {
    for (;;) {
      // Something unreadable came in between: a person may replace it, this may not.
      if (this.#record.fault !== null) throw this.#record.fault;
      const next = this.#next(this.#record.stored, mine, ending);
      if (next === null) return hasOutcome(this.#record.stored, ending);
      if (await this.#record.swap(next)) return hasOutcome(next, ending);
    }
  }

  /** A pair or a verdict for as long as the process lives, anything else for the lease: after it the claim has lapsed by itself. */
  async #writeUntilDone(mine: Attempt, ending: Ending, unsaved: Unsaved | null): Promise<void> {
    for await (const _ of this.#pauses(50, isLasting(ending))) {
      // A sign-out or another grant came first, or this process signed out: there is nothing left to write.
      const isLost = unsaved !== null && !unsaved.isSaved && !this.#record.isServing(unsaved);
      const kept = unsaved?.isSaved || isLost || (await this.#write(mine, ending).catch(() => null));
      if (kept === null) continue;
      if (unsaved === null) return;
      const isSaved = !isLost && kept && (unsaved.isSaved || hasOutcome(this.#record.stored, ending));
      this.#record.forgetUnsaved(unsaved);
      if (unsaved.isPair) this.#announcer.pairSettled(isSaved);
      return;
    }
  }

  /** Pauses that double from `first` to a second while the lease keeps others away; then, `forever`, to half a minute. */
  async *#pauses(first: number, forever: boolean): AsyncGenerator<void> {
    const { clock, rules } = this.#environment;
    const since = clock.monotonic();
    for (let pause = first; !this.#closed; pause *= 2) {
      const isLeased = clock.monotonic() - since < rules.lease;
      if (!isLeased && !forever) return;
      pause = Math.min(pause, isLeased ? 1_000 : 30_000);
      await startTimer(clock, pause, isLeased && forever).done;
      if (!this.#closed) yield;
    }
  }
}

/** Whether what was answered stays true however late it is written. */
function isLasting({ type }: Ending): boolean {
  return type === 'granted' || type === 'refused';
}

/** Whether the record has what came of an attempt: if that was a pair, this very pair. */
function hasOutcome(record: AccountRecord | null, ending: Ending): boolean {
  if (ending.type !== 'granted') return true;
  const { accessToken, refreshToken } = ending.tokens;
  // The access token leaves the record when the API refuses it.
  return refreshToken === null ? record?.pair?.accessToken === accessToken : record?.pair?.refreshToken === refreshToken;
}
