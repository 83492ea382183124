import { Bell } from '../bell.ts';
import { type ActOnTokenError, isActOnTokenError } from '../errors.ts';
import type { Account } from './account.ts';
import { Listeners, type SessionEvent } from './events.ts';
import { disusedAt, type Snapshot, sameSnapshot, takeSnapshot } from './snapshot.ts';

/**
 * The one place that calls listeners: a snapshot for those who render, events for those who count.
 * Owns: the listeners, and what went wrong last. Calls: account (reads it only), snapshot.
 * Held by: watching.test.ts.
 */
export class Announcer {
  readonly #account: Account;
  readonly #snapshots: Listeners<[Snapshot]> = new Listeners();
  readonly #events: Listeners<[SessionEvent]> = new Listeners();
  /** What was announced last, once a caller asked. */
  #snapshot: Snapshot | null = null;
  /** Something changed since, while there was no listener. */
  // Stryker disable next-line BooleanLiteral: as long as there is no snapshot, a new one is taken.
  #isStale = false;
  /** What went wrong last, until something goes well. */
  #error: ActOnTokenError | null = null;
  #signingIn = 0;
  #warnedOf = 0;
  /** Rings when something may be due: the record changed, the store failed or answered again. */
  readonly news: Bell;

  constructor(account: Account) {
    this.#account = account;
    this.news = new Bell(account.environment.clock);
  }

  /** Whether what went wrong last is that the store does not answer. */
  get isStoreDown(): boolean {
    return isActOnTokenError(this.#error, 'store_unavailable');
  }

  /** The same reference as long as there is nothing new to say. */
  get snapshot(): Snapshot {
    if (this.#snapshot !== null && !this.#isStale) return this.#snapshot;
    const next = this.#take();
    this.#isStale = false;
    if (this.#snapshot === null || !sameSnapshot(next, this.#snapshot)) this.#snapshot = next;
    return this.#snapshot;
  }

  /** There is no listener, and nothing to keep. */
  get isSilent(): boolean {
    const isHeard = this.isRendered || this.#events.size > 0;
    return !isHeard && this.#snapshot === null && this.#error === null && this.#signingIn === 0;
  }

  get isRendered(): boolean {
    return this.#snapshots.size > 0;
  }

  onSnapshot(listener: (snapshot: Snapshot) => void): () => void {
    return this.#snapshots.add(listener);
  }

  onEvent(listener: (event: SessionEvent) => void): () => void {
    return this.#events.add(listener);
  }

  emit(event: SessionEvent): void {
    const { environment, name } = this.#account;
    const { clock, shared } = environment;
    shared.history.add({ at: clock.now(), account: name, event });
    this.#events.emit(event);
    shared.listeners?.emit(event, name);
  }

  /** Something went wrong; it shows until something goes well. */
  fail(error: ActOnTokenError, event: SessionEvent): void {
    this.#error = error;
    this.emit(event);
    this.announce();
    this.news.ring();
  }

  /** Something went well. */
  recovered(): void {
    this.#error = null;
  }

  /** The store answered: its earlier failure is over. */
  storeAnswered(): void {
    if (!this.isStoreDown || !this.#account.saved) return;
    this.#error = null;
    this.announce();
    this.news.ring();
  }

  /** A person is signing in, until the returned function is called. */
  signingIn(): () => void {
    this.#signingIn += 1;
    this.announce();
    return () => {
      this.#signingIn -= 1;
      this.announce();
    };
  }

  /** Takes the snapshot again and passes it on, unless it says what the last one said. */
  announce(): void {
    const { record, time, environment } = this.#account;
    // Once per pair.
    if (
      record.generation !== this.#warnedOf &&
      time.now() >= disusedAt(record, environment.rules)
    ) {
      this.#warnedOf = record.generation;
      // Stryker disable next-line OptionalChaining: only a pair falls into disuse.
      this.emit({ type: 'expiring', issuedAt: time.toLocal(record.pair?.issuedAt ?? 0) });
    }
    this.#isStale = true;
    const before = this.#snapshot;
    if (this.isRendered && this.snapshot !== before) this.#snapshots.emit(this.snapshot);
  }

  #take(): Snapshot {
    const { loaded, saved, record, fault, time, environment } = this.#account;
    const local = {
      loaded,
      saved,
      signingIn: this.#signingIn > 0,
      fault,
      error: fault ?? this.#error,
    };
    return Object.freeze(
      takeSnapshot(record, local, environment.rules, time.now(), (at) => time.toLocal(at)),
    );
  }
}
