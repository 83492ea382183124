import { type Clock, startTimer } from './clock.ts';
import { ActOnTokenError, isActOnTokenError } from './errors.ts';
import type { ReadResult, StoredRecord, SwapResult, TokenStore } from './store.ts';
import { trace } from './trace.ts';

/**
 * Longest a store call may take before it is given up, in milliseconds, and how often the same call
 * is made.
 */
const deadline = 3_000;
const attempts = 2;
/** The longest that one call of {@link TimedStore} takes. */
export const longestCall: number = deadline * attempts;

/** A moment by both clocks of this machine. */
interface Moment {
  readonly wall: number;
  readonly monotonic: number;
}

/** Monotonic time stops while a laptop sleeps and wall time may go back, so the larger counts. */
function since(clock: Clock, { wall, monotonic }: Moment): number {
  return Math.max(clock.monotonic() - monotonic, clock.now() - wall);
}

/**
 * One clock of a store, read between its answers: a cluster has one in each node. Before any answer
 * it is this machine's.
 */
export class StoreTime {
  readonly #clock: Clock;
  #lastSaid: number | null = null;
  /** The answer that the clock goes by, and when its call began. */
  #base: (Moment & { readonly said: number }) | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The store's time: its last answer and what passed here since before that call was made. */
  now(): number {
    return this.#base === null ? this.#clock.now() : this.#base.said + this.age();
  }

  /**
   * The time in the store's last answer. It has certainly come, while `now()` runs ahead by as much
   * as that answer was under way.
   */
  lastSaid(): number {
    return this.#lastSaid ?? this.#clock.now();
  }

  /** How old the last answer is. */
  age(): number {
    return this.#base === null ? Number.POSITIVE_INFINITY : since(this.#clock, this.#base);
  }

  /** By how much `now()` may be too early: a machine's clock drifts by less than a thousandth. */
  drift(): number {
    return this.#base === null ? 0 : this.age() / 1_000;
  }

  /** A moment of the store's clock in this machine's time. */
  toLocal(at: number): number {
    return Math.round(at - this.now() + this.#clock.now());
  }

  /**
   * A process that was suspended within a call does not know whether that was before the store
   * answered or after it. By such an answer it would take another's claim for older than it is; so
   * it goes by the answer before, whose age it knows, if there is one.
   */
  set(said: number, began: Moment, wasSuspended: boolean): void {
    this.#lastSaid = said;
    if (!wasSuspended || this.#base === null) this.#base = { said, ...began };
  }
}

/** What a store answered, and the clock that its time belongs to. */
export interface Answer<Result extends ReadResult> {
  readonly result: Result;
  readonly time: StoreTime;
}

/** Who asks a store: nothing is asked a second time once that has ended. */
type Asker = { readonly ended: boolean };

/**
 * A token store as a session uses it: no call hangs, a call without an answer is made once more
 * with the same arguments (the version makes that safe), and its clocks can be read between calls.
 * One per store and clock, so that the offset is held once.
 */
export class TimedStore {
  readonly #store: TokenStore;
  readonly #clock: Clock;
  /** The clock of a store that has only one. */
  readonly time: StoreTime;
  #nodes: Map<string, StoreTime> | null = null;

  constructor(store: TokenStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
    this.time = new StoreTime(clock);
  }

  get reach(): TokenStore['reach'] {
    return this.#store.reach;
  }

  read(key: string, asker: Asker): Promise<Answer<ReadResult>> {
    return trace(
      'store.read',
      {},
      () => this.#call(() => this.#store.read(key), checked, asker),
      found,
    );
  }

  swap(
    key: string,
    expected: string | null,
    next: StoredRecord,
    asker: Asker,
  ): Promise<Answer<SwapResult>> {
    const call = (): Promise<SwapResult> => this.#store.swap(key, expected, next);
    const check = (answer: SwapResult): SwapResult => {
      const { ok, record } = checked(answer);
      // A caller that believed this would try for ever.
      if (ok !== true && (record?.version ?? null) === expected)
        throw new BrokenContract(
          'it refused a swap although it holds the version that was expected',
        );
      return answer;
    };
    return trace(
      'store.swap',
      {},
      () => this.#call(call, check, asker),
      ({ result: { ok } }) => ({
        ok,
      }),
    );
  }

  watch(key: string, onChange: () => void): () => void {
    try {
      return this.#store.watch(key, onChange);
    } catch {
      return () => {}; // A hint: waiters poll anyway.
    }
  }

  async #call<Result extends ReadResult>(
    work: () => Promise<Result>,
    check: (answer: Result) => Result,
    asker: Asker,
  ): Promise<Answer<Result>> {
    for (let left = attempts; ; left -= 1) {
      const began = { wall: this.#clock.now(), monotonic: this.#clock.monotonic() };
      const timer = startTimer(this.#clock, deadline, true);
      try {
        const late = timer.done.then(() =>
          Promise.reject(new BrokenContract(`it gave no answer within ${deadline} ms`)),
        );
        const result = check(await Promise.race([work(), late]));
        const wasSuspended = since(this.#clock, began) > deadline;
        // What was written is written, whenever that was.
        if (wasSuspended && (result as Partial<SwapResult>).ok !== true)
          throw new BrokenContract(
            `this process was suspended for more than ${deadline} ms meanwhile`,
          );
        const time = result.clock === undefined ? this.time : this.#timeOf(result.clock);
        time.set(result.now, began, wasSuspended);
        return { result, time };
      } catch (error) {
        if (left <= 1 || asker.ended) throw unavailable(error);
      } finally {
        timer.cancel();
      }
    }
  }

  #timeOf(node: string): StoreTime {
    this.#nodes ??= new Map();
    const time = this.#nodes.get(node) ?? new StoreTime(this.#clock);
    // A cluster whose nodes come and go must not fill the memory.
    if (this.#nodes.size >= 1_000) this.#nodes.clear();
    this.#nodes.set(node, time);
    return time;
  }
}

const found = ({ result: { record } }: Answer<ReadResult>): object => ({ found: record !== null });

/** Found out here; its message is ours and may be shown. */
class BrokenContract extends Error {}

/** An adapter that answers nonsense is treated as one that does not answer. */
function checked<Result extends ReadResult>(answer: Result): Result {
  const { now, record } = answer;
  if (!Number.isFinite(now))
    throw new BrokenContract('its answer has no "now" in epoch milliseconds');
  if (record !== null && (typeof record.version !== 'string' || typeof record.value !== 'string')) {
    throw new BrokenContract('its record has no "version" and "value" strings');
  }
  return answer;
}

/**
 * An adapter's own word, or the name of the original error and no more: client libraries put
 * commands and our record into their messages.
 */
function unavailable(error: unknown): ActOnTokenError {
  if (isActOnTokenError(error, 'store_unavailable')) return error;
  const { name, code } = Object(error) as { name?: unknown; code?: unknown };
  const words = [name, code]
    .filter((word) => typeof word === 'string' && /^[\w-]{1,40}$/.test(word))
    .join(' ');
  const reason = error instanceof BrokenContract ? error.message : words || 'it failed';
  const message = `The token store did not respond as it should: ${reason}. Check that it runs and can be reached.`;
  return new ActOnTokenError('store_unavailable', message);
}

const known = new WeakMap<TokenStore, WeakMap<Clock, TimedStore>>();

/** The one {@link TimedStore} of this store and clock. */
export function timedStore(store: TokenStore, clock: Clock): TimedStore {
  const byClock = known.get(store) ?? new WeakMap<Clock, TimedStore>();
  known.set(store, byClock);
  const timed = byClock.get(clock) ?? new TimedStore(store, clock);
  byClock.set(clock, timed);
  return timed;
}
