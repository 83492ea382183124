import type { ActOnTokenError } from '../errors.ts';
import { Listeners, type SessionEvent } from './events.ts';
import type { Environment } from './options.ts';
import type { Replica } from './replica.ts';
import { disusedAt, type Snapshot, sameSnapshot, takeSnapshot } from './snapshot.ts';

const kept = 20;

/** The one place from which the world learns of a change: a snapshot for those who render, events for those who count. */
export class Announcer {
  readonly #environment: Environment;
  readonly #replica: Replica;
  readonly snapshots: Listeners<[]> = new Listeners();
  readonly events: Listeners<[SessionEvent]> = new Listeners();
  readonly #history: { at: number; event: SessionEvent }[] = [];
  #snapshot: Snapshot;
  #error: ActOnTokenError | null = null;
  #signingIn = 0;
  #warnedOf = 0;

  constructor(environment: Environment, replica: Replica) {
    this.#environment = environment;
    this.#replica = replica;
    this.#snapshot = this.#take();
  }

  get snapshot(): Snapshot {
    return this.#snapshot;
  }

  /** The last twenty events, oldest first. */
  get history(): readonly { at: number; event: SessionEvent }[] {
    return this.#history;
  }

  tell(event: SessionEvent): void {
    this.#history.push({ at: this.#environment.clock.now(), event });
    if (this.#history.length > kept) this.#history.shift();
    this.events.tell(event);
  }

  /** Something went wrong; it shows until something goes well. */
  fail(error: ActOnTokenError, event: SessionEvent): void {
    this.#error = error;
    this.tell(event);
    this.announce();
  }

  recovered(): void {
    this.#error = null;
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

  /** Takes the snapshot anew and tells of it, unless it says what the last one said. */
  announce(): void {
    this.#warnOfDisuse();
    const next = this.#take();
    if (sameSnapshot(next, this.#snapshot)) return;
    this.#snapshot = next;
    this.snapshots.tell();
  }

  /** Once per pair. */
  #warnOfDisuse(): void {
    const { record } = this.#replica;
    const { store } = this.#environment;
    if (record.pair === null || record.generation === this.#warnedOf || store.now() < disusedAt(record)) return;
    this.#warnedOf = record.generation;
    this.tell({ type: 'expiring', issuedAt: store.toLocal(record.pair.issuedAt) });
  }

  #take(): Snapshot {
    const { rules, store } = this.#environment;
    const { loaded, saved, record } = this.#replica;
    const local = { loaded, saved, signingIn: this.#signingIn > 0, error: this.#error };
    return Object.freeze(takeSnapshot(record, local, rules, store.now(), (at) => store.toLocal(at)));
  }
}
