import { startTimer } from '../clock.ts';
import { type ActOnTokenError, isActOnTokenError } from '../errors.ts';
import { accountKey, randomId } from '../key.ts';
import { isBehind, restored, survivesDeletion } from '../machine.ts';
import { type AccountRecord, decodeRecord, emptyRecord, encodeRecord } from '../record.ts';
import type { ReadResult } from '../store.ts';
import type { StoreTime } from '../timed-store.ts';
import { explain } from './messages.ts';
import type { Environment } from './options.ts';

/** The record as the store last showed it, and the version under which it may be replaced. */
interface Held {
  readonly version: string | null;
  readonly record: AccountRecord | null;
  /** Why what is there cannot be used. */
  readonly fault: ActOnTokenError | null;
  /**
   * The record is newer than what the store has under this version, where it is still to be
   * written.
   */
  readonly isAhead?: boolean;
}

/**
 * A pair, or the verdict on one, that the store did not take. This process goes by it meanwhile.
 */
export interface Unsaved {
  /**
   * What is to be written over what the store holds; `null`: nothing, it is there or was
   * superseded.
   */
  readonly over: (stored: AccountRecord | null) => AccountRecord | null;
  /** Whether a record has it. */
  readonly isIn: (record: AccountRecord | null) => boolean;
  /** Whether it would be lost with this process. A verdict can be had again. */
  readonly isPair: boolean;
}

/** What an {@link Unsaved} makes of the record meanwhile. */
interface Serving {
  readonly unsaved: Unsaved;
  record: AccountRecord | null;
  /** A write of this process has taken it along. */
  isSaved: boolean;
}

/** What goes on with an account. It hears of each change of the copy. */
export interface RecordObserver {
  /** Aborts when the session is closed. */
  readonly ended: AbortSignal;
  /** `wasLoaded`: there was a copy before. */
  changed(before: AccountRecord, after: AccountRecord, wasLoaded: boolean): void;
  /** A pair that the store did not take is in it now, or was superseded. */
  pairSettled(isSaved: boolean): void;
}

/** How often a read is made again because a write of this process overtook it. */
const mostRereads = 3;
/** How often in a row a store may have lost what was written before it counts as broken. */
const mostRestores = 5;
/** And how many swaps it may refuse in a row. */
const mostRefused = 20;

/**
 * This process's copy of one account's record, and the only way to its store. It reports each
 * change up to its observer and emits nothing itself. Calls: timed-store, machine (what a store
 * that went back in time means), record. Held by: store-trouble.test.ts, watching.test.ts and the
 * interleavings.
 */
export abstract class CachedRecord {
  readonly environment: Environment;
  readonly name: string;
  #held: Held | null = null;
  #serving: Serving | null = null;
  #calls = 0;
  #newest = 0;
  /**
   * When (monotonic) the last call began that the store answered: the record is at least as new.
   */
  asOf: number = Number.NEGATIVE_INFINITY;
  #watchedSince = 0;
  /** How often in a row the store was found to have gone back in time. */
  #restored = 0;
  /** How many swaps in a row found another record, with no read in between. */
  #refused = 0;
  /** The session is closed: the store is asked nothing more. */
  ended = false;
  /** The clock that this account's times belong to: a cluster has one in each node. */
  time: StoreTime;

  constructor(environment: Environment, name: string) {
    this.environment = environment;
    this.name = name;
    this.time = environment.store.time;
  }

  abstract changed(before: AccountRecord, after: AccountRecord, wasLoaded: boolean): void;
  abstract pairSettled(isSaved: boolean): void;

  /** Put together for each call: kept, it would be a good part of what an account costs. */
  get #key(): string {
    const { issuer, clientId } = this.environment.endpoint;
    return accountKey(issuer, clientId, this.name);
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
    return this.#serving?.record ?? this.#held?.record ?? emptyRecord;
  }

  get saved(): boolean {
    return !this.#serving?.unsaved.isPair;
  }

  /** The store's time. */
  now(): number {
    return this.time.now();
  }

  /** How long this process has seen the standing claim, by its own clock. */
  watchedFor(): number {
    return this.environment.clock.monotonic() - this.#watchedSince;
  }

  /** Rejects with `store_unavailable`. */
  async read(): Promise<void> {
    for (let left = mostRereads; left > 0; left -= 1) {
      const call = ++this.#calls;
      const began = this.environment.clock.monotonic();
      if (this.ended) throw explain('closed');
      const { result, time } = await this.environment.store.read(this.#key, this);
      this.#refused = 0;
      this.asOf = Math.max(this.asOf, began);
      this.time = time;
      // An answer that a write overtook shows an older record, and what was written since may have
      // been replaced again.
      if (call >= this.#newest) return this.#take(call, this.#decode(result));
    }
  }

  /**
   * Replaces the record that is held by `next`. False: another process was quicker, and its record
   * is held now.
   */
  async swap(next: AccountRecord): Promise<boolean> {
    const call = ++this.#calls;
    const began = this.environment.clock.monotonic();
    const stored = {
      version: randomId(),
      value: encodeRecord(next),
      signedOut: next.ended === 'signed_out',
    };
    if (this.ended) throw explain('closed');
    const expected = this.#held?.version ?? null;
    const { result, time } = await this.environment.store.swap(this.#key, expected, stored, this);
    this.asOf = Math.max(this.asOf, began);
    this.time = time;
    if (!result.ok) {
      await this.#slowDown();
      if (call >= this.#newest) await this.#take(call, this.#decode(result));
      else await this.read();
      return false;
    }
    this.#refused = 0;
    // Whatever this process writes builds upon what it goes by.
    if (this.#serving?.unsaved.isIn(next)) this.#serving.isSaved = true;
    // Whatever else is under way now may have been looked up before this was written.
    await this.#take(++this.#calls, { version: stored.version, record: next, fault: null });
    return true;
  }

  /** A store that refuses swap after swap must not be asked in a circle. */
  async #slowDown(): Promise<void> {
    this.#refused += 1;
    if (this.#refused > mostRefused)
      throw explain('store_unavailable', { detail: 'it refuses every swap' });
    if (this.#refused > 5)
      await startTimer(this.environment.clock, 50 * (this.#refused - 5), true).done;
  }

  /** Goes by what the store did not take. */
  serve(unsaved: Unsaved): void {
    const before = this.record;
    this.#serving = { unsaved, record: unsaved.over(this.stored), isSaved: false };
    this.changed(before, this.record, true);
  }

  /** Whether this is still what the process goes by. */
  isServing(unsaved: Unsaved): boolean {
    return this.#serving?.unsaved === unsaved;
  }

  watch(onHint: () => void): () => void {
    return this.environment.store.watch(this.#key, onHint);
  }

  async #take(call: number, held: Held): Promise<void> {
    const known = this.stored;
    const isGone = held.version === null;
    const wentBack =
      known !== null &&
      known.lineage > 0 &&
      held.fault === null &&
      isBehind(held.record ?? emptyRecord, known);
    if (!wentBack || (isGone && !survivesDeletion(this.environment.store.reach))) {
      this.#restored = 0;
      return this.#hold(call, held);
    }
    this.#restored += 1;
    if (this.#restored > mostRestores)
      throw explain('store_unavailable', { detail: 'it keeps going back in time' });
    // The store went back in time: a fail-over, a backup put back. What this process knows is
    // newer, so it goes back in, here and now: no caller may decide on what the store lost.
    this.#hold(call, {
      ...held,
      record: restored(held.record ?? emptyRecord, known),
      isAhead: true,
    });
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
    const wasLoaded = this.loaded;
    if (held.record?.claim?.id !== before.claim?.id)
      this.#watchedSince = this.environment.clock.monotonic();
    if (held === this.#held) return;
    this.#held = held;
    const settled = held.fault === null ? this.#rebase() : null;
    this.changed(before, this.record, wasLoaded);
    if (settled?.unsaved.isPair)
      this.pairSettled(settled.isSaved || settled.unsaved.isIn(this.stored));
  }

  /** Saved or superseded, what was served must not hide what the store has. Returns it then. */
  #rebase(): Serving | null {
    const serving = this.#serving;
    if (serving === null) return null;
    serving.record = serving.unsaved.over(this.stored);
    if (serving.record !== null) return null;
    this.#serving = null;
    return serving;
  }
}
