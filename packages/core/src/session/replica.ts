import { type ActOnTokenError, isActOnTokenError } from '../errors.ts';
import { accountKey, randomId } from '../key.ts';
import { isBehind, restored, survivesDeletion } from '../machine.ts';
import { type AccountRecord, decodeRecord, emptyRecord, encodeRecord } from '../record.ts';
import type { ReadResult } from '../store.ts';
import type { Environment } from './options.ts';

/** The record as the store last told it, and the version under which it may be replaced. */
interface Held {
  readonly version: string | null;
  readonly record: AccountRecord | null;
  /** Why what is there cannot be used. */
  readonly fault: ActOnTokenError | null;
  /** The record is newer than what lies in the store under this version, where it is still to be written. */
  readonly isAhead?: boolean;
}

/** What the store did not take: a pair, or the verdict on one. This process goes by it meanwhile. */
export interface Unsaved {
  /** What is to be written over what the store holds; `null` if nothing is: it is there, or was superseded. */
  readonly over: (stored: AccountRecord | null) => AccountRecord | null;
  /** Whether it would be lost with this process. A verdict can be had again. */
  readonly isPair: boolean;
  record: AccountRecord;
  /** It got into the store as part of a later write of this process. */
  isSaved: boolean;
}

/** Who is told after the copy changed. */
export interface ReplicaObserver {
  changed(before: AccountRecord, after: AccountRecord): void;
}

/** This process's copy of one account's record, and the only way to its store. */
export class Replica {
  readonly #environment: Environment;
  readonly #account: string;
  readonly #observer: ReplicaObserver;
  #held: Held | null = null;
  #unsaved: Unsaved | null = null;
  #calls = 0;
  #newest = 0;
  #asOf = Number.NEGATIVE_INFINITY;
  #watchedSince = 0;

  constructor(environment: Environment, account: string, observer: ReplicaObserver) {
    this.#environment = environment;
    this.#account = account;
    this.#observer = observer;
  }

  /** Put together for each call: kept, it would be a good part of what an account costs. */
  get #key(): string {
    const { issuer, clientId } = this.#environment.endpoint;
    return accountKey(issuer, clientId, this.#account);
  }

  get loaded(): boolean {
    return this.#held !== null;
  }

  get fault(): ActOnTokenError | null {
    return this.#held?.fault ?? null;
  }

  /** What the store holds; `null` if it holds nothing. */
  get stored(): AccountRecord | null {
    return this.#held?.record ?? null;
  }

  /** What this process goes by. */
  get record(): AccountRecord {
    return this.#unsaved?.record ?? this.#held?.record ?? emptyRecord;
  }

  get saved(): boolean {
    return this.#unsaved === null || !this.#unsaved.isPair;
  }

  /** When (monotonic) the last call began that the store answered: the record is at least as new. */
  get asOf(): number {
    return this.#asOf;
  }

  now(): number {
    return this.#environment.store.now();
  }

  /** The store's time when it answered last. */
  told(): number {
    return this.#environment.store.told();
  }

  /** How long this process has seen the standing claim, by its own clock. */
  watchedFor(): number {
    return this.#environment.clock.monotonic() - this.#watchedSince;
  }

  async read(): Promise<void> {
    const call = ++this.#calls;
    const began = this.#environment.clock.monotonic();
    const answer = await this.#environment.store.read(this.#key);
    // An answer that was overtaken tells of an older record.
    if (call < this.#newest) return;
    this.#asOf = Math.max(this.#asOf, began);
    await this.#take(call, this.#decode(answer));
  }

  /** Replaces the record that is held by `next`. False: somebody was quicker, and their record is held now. */
  async swap(next: AccountRecord): Promise<boolean> {
    const call = ++this.#calls;
    const began = this.#environment.clock.monotonic();
    const stored = { version: randomId(), value: encodeRecord(next), signedOut: next.ended === 'signed_out' };
    const answer = await this.#environment.store.swap(this.#key, this.#held?.version ?? null, stored);
    this.#asOf = Math.max(this.#asOf, began);
    if (!answer.ok) {
      await this.#take(call, this.#decode(answer));
      return false;
    }
    // Whatever this process writes builds upon what it goes by.
    if (this.#unsaved !== null && leftOf(this.#unsaved, next) === null) this.#unsaved.isSaved = true;
    // An answer that was long under way may tell of an older record than a later call did. And whatever else is under way now may
    // have been looked up before this was written.
    await this.#take(++this.#calls, { version: stored.version, record: next, fault: null });
    return true;
  }

  /** Goes by what the store did not take; `null` if there is nothing left to write. */
  serveUnsaved(over: Unsaved['over'], isPair: boolean): Unsaved | null {
    const before = this.record;
    const record = over(this.stored);
    if (record === null) return null;
    this.#unsaved = { over, isPair, record, isSaved: false };
    this.#observer.changed(before, record);
    return this.#unsaved;
  }

  /** This, or whatever is served from memory, is settled or given up. */
  forgetUnsaved(unsaved: Unsaved | null = this.#unsaved): void {
    if (unsaved === null || this.#unsaved !== unsaved) return;
    const before = this.record;
    this.#unsaved = null;
    this.#observer.changed(before, this.record);
  }

  watch(onHint: () => void): () => void {
    return this.#environment.store.watch(this.#key, onHint);
  }

  async #take(call: number, held: Held): Promise<void> {
    const known = this.stored;
    const gone = held.version === null;
    const wentBack = known !== null && known.lineage > 0 && held.fault === null && isBehind(held.record ?? emptyRecord, known);
    if (!wentBack || (gone && !survivesDeletion(this.#environment.store.reach))) return this.#hold(call, held);
    // The store went back in time: a fail-over, a backup put back. What this process knows is newer, so it goes back in.
    this.#hold(call, { ...held, record: restored(held.record ?? emptyRecord, known), isAhead: true });
    await this.swap(this.stored ?? known);
  }

  #decode({ record, now }: ReadResult): Held {
    if (record === null) return { version: null, record: null, fault: null };
    if (record.version === this.#held?.version && !this.#held.isAhead) return this.#held;
    try {
      return { version: record.version, record: decodeRecord(record.value, now), fault: null };
    } catch (error) {
      if (!isActOnTokenError(error)) throw error;
      return { version: record.version, record: null, fault: error };
    }
  }

  #hold(call: number, held: Held): void {
    this.#newest = Math.max(this.#newest, call);
    const before = this.record;
    const claim = held.record?.claim;
    if (claim?.id !== before.claim?.id) this.#watchedSince = this.#environment.clock.monotonic();
    if (held === this.#held) return;
    this.#held = held;
    if (held.fault === null) this.#rebaseUnsaved();
    this.#observer.changed(before, this.record);
  }

  /** Saved or superseded, what was served from memory must not hide what the store has, nor be written over it. */
  #rebaseUnsaved(): void {
    const left = this.#unsaved && leftOf(this.#unsaved, this.stored);
    if (this.#unsaved === null || left === null) this.#unsaved = null;
    else this.#unsaved.record = left;
  }
}

/** What to go by, over what the store holds; `null`: that itself. Numbers tell of a pair; a verdict has none of its own. */
function leftOf({ isPair, record, over }: Unsaved, stored: AccountRecord | null): AccountRecord | null {
  if (!isPair) return over(stored);
  return stored === null || isBehind(stored, record) ? record : null;
}
