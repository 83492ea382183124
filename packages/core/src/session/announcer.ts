import type { ActOnTokenError } from '../errors.ts';
import { Listeners, type SessionEvent } from './events.ts';
import type { Environment } from './options.ts';
import type { Replica } from './replica.ts';
import { disusedAt, type Snapshot, sameSnapshot, takeSnapshot } from './snapshot.ts';

/** The one place from which the world learns of a change: a snapshot for those who render, events for those who count. */
export class Announcer {
  readonly #environment: Environment;
  readonly #replica: Replica;
  /** None until somebody listens, as most of many accounts nobody does. */
  #snapshots: Listeners<[]> | null = null;
  #events: Listeners<[SessionEvent]> | null = null;
  /** What was announced last, once somebody asked. */
  #snapshot: Snapshot | null = null;
  /** Something changed since, while nobody listened. */
  #stale = false;
  /** What went wrong last, until something goes well. */
  error: ActOnTokenError | null = null;
  #signingIn = 0;
  #warnedOf = 0;

  constructor(environment: Environment, replica: Replica) {
    this.#environment = environment;
    this.#replica = replica;
  }

  get snapshot(): Snapshot {
    if (this.#snapshot === null || this.#stale) this.#renew();
    return this.#snapshot as Snapshot;
  }

  /** Nobody listens or looked, and there is nothing to keep. */
  get isSilent(): boolean {
    const nobody = !this.isRendered && (this.#events === null || this.#events.size === 0);
    return nobody && this.#snapshot === null && this.error === null && this.#signingIn === 0;
  }

  get isRendered(): boolean {
    return this.#snapshots !== null && this.#snapshots.size > 0;
  }

  onSnapshot(listener: () => void): () => void {
    this.#snapshots ??= new Listeners();
    return this.#snapshots.add(listener);
  }

  onEvent(listener: (event: SessionEvent) => void): () => void {
    this.#events ??= new Listeners();
    return this.#events.add(listener);
  }

  tell(event: SessionEvent): void {
    this.#events?.tell(event);
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
    this.#stale = true;
    if (this.isRendered && this.#renew()) this.#snapshots?.tell();
  }

  /** False if there is nothing new to say: then the reference stays. */
  #renew(): boolean {
    const next = this.#take();
    this.#stale = false;
    if (this.#snapshot !== null && sameSnapshot(next, this.#snapshot)) return false;
    this.#snapshot = next;
    return true;
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
    const { loaded, saved, record, fault } = this.#replica;
    const local = { loaded, saved, signingIn: this.#signingIn > 0, fault, error: fault ?? this.error };
    return Object.freeze(takeSnapshot(record, local, rules, store.now(), (at) => store.toLocal(at)));
  }
}
