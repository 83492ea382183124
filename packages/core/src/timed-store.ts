import { type Clock, startTimer } from './clock.ts';
import { ActOnTokenError, isActOnTokenError } from './errors.ts';
import type { ReadResult, StoredRecord, SwapResult, TokenStore } from './store.ts';

/** Longest a store call may take before it is given up, in milliseconds, and how often the same call is made. */
const deadline = 3_000;
const attempts = 2;
/** The longest that one call of {@link TimedStore} takes. */
export const longestCall: number = deadline * attempts;

/** By both clocks of this machine. */
interface Moment {
  readonly wall: number;
  readonly monotonic: number;
}

/** One clock of a store, read between its answers: a cluster has one in each node. */
export class StoreTime {
  readonly #clock: Clock;
  #told = Number.NaN;
  /** What the clock goes by: an answer, and when its call began. */
  #said = Number.NaN;
  // Stryker disable next-line ObjectLiteral: it is looked at only after an answer, which sets it.
  #began: Moment = { wall: 0, monotonic: 0 };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The store's time: its last answer and what passed here since before that call was made. Before any answer, this machine's time. */
  now(): number {
    return Number.isNaN(this.#said) ? this.#clock.now() : this.#said + this.age();
  }

  /** The time in the store's last answer. It has certainly come, while `now()` runs ahead by as much as that answer was under way. */
  told(): number {
    return Number.isNaN(this.#told) ? this.#clock.now() : this.#told;
  }

  /** How old the last answer is. Monotonic time stops while a laptop sleeps and wall time may go back, so the larger counts. */
  age(): number {
    return Number.isNaN(this.#said) ? Number.POSITIVE_INFINITY : since(this.#clock, this.#began);
  }

  /** By how much `now()` may be too early: a machine's clock drifts by less than a thousandth. */
  drift(): number {
    return Number.isNaN(this.#said) ? 0 : this.age() / 1_000;
  }

  /** A moment of the store's clock in this machine's time. */
  toLocal(at: number): number {
    return Math.round(at - this.now() + this.#clock.now());
  }

  /**
   * A process that was suspended within a call does not know whether that was before the store answered or after it. By such an
   * answer it would take another's claim for older than it is; so it goes by the answer before, whose age it knows, if there is one.
   */
  set(now: number, began: Moment, wasSuspended: boolean): void {
    this.#told = now;
    if (wasSuspended && !Number.isNaN(this.#said)) return;
    this.#said = now;
    this.#began = began;
  }
}

function since(clock: Clock, { wall, monotonic }: Moment): number {
  return Math.max(clock.monotonic() - monotonic, clock.now() - wall);
}

/** Who asks a store, and whether that is over. */
interface Asker {
  readonly ended: boolean;
}
// Stryker disable next-line ObjectLiteral: one that says nothing has not ended either.
const anyone: Asker = { ended: false };

/** What a store answered, and the clock that its time belongs to. */
export interface Answer<Result extends ReadResult> {
  readonly result: Result;
  readonly time: StoreTime;
}

/**
 * A token store as a session uses it: no call hangs, a call without an answer is made once more with the same arguments (the
 * version makes that safe), and its clocks can be read between calls. One per store and clock, so that the offset is held once.
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

  /** Nothing is asked a second time for an `asker` that has ended. */
  read(key: string, asker: Asker = anyone): Promise<Answer<ReadResult>> {
    return this.#call(() => this.#store.read(key), checked, asker);
  }

  swap(key: string, expected: string | null, next: StoredRecord, asker: Asker = anyone): Promise<Answer<SwapResult>> {
    return this.#call(
      () => this.#store.swap(key, expected, next),
      (answer) => {
        const { ok, record } = checked(answer);
        // A caller that believed this would try for ever.
        if (ok !== true && (record?.version ?? null) === expected)
          throw new BrokenContract('it refused a swap although it holds the version that was expected');
        return answer;
      },
      asker,
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
    call: () => Promise<Result>,
    check: (answer: Result) => Result,
    asker: Asker,
  ): Promise<Answer<Result>> {
    for (let left = attempts; ; left -= 1) {
      const began = { wall: this.#clock.now(), monotonic: this.#clock.monotonic() };
      try {
        const result = check(await this.#inTime(call));
        const wasSuspended = since(this.#clock, began) > deadline;
        // What was written is written, whenever that was.
        if (wasSuspended && (result as Partial<SwapResult>).ok !== true)
          throw new BrokenContract(`this process was suspended for more than ${deadline} ms meanwhile`);
        const time = this.#timeOf(result.clock);
        time.set(result.now, began, wasSuspended);
        return { result, time };
      } catch (error) {
        if (left <= 1 || asker.ended) throw unavailable(error);
      }
    }
  }

  #timeOf(node: string | undefined): StoreTime {
    if (node === undefined) return this.time;
    this.#nodes ??= new Map();
    const known = this.#nodes.get(node);
    if (known !== undefined) return known;
    // A cluster whose nodes come and go must not fill the memory.
    if (this.#nodes.size >= 1_000) this.#nodes.clear();
    const time = new StoreTime(this.#clock);
    this.#nodes.set(node, time);
    return time;
  }

  async #inTime<Result>(call: () => Promise<Result>): Promise<Result> {
    const timer = startTimer(this.#clock, deadline, true);
    try {
      const late = timer.done.then(() => Promise.reject(new BrokenContract(`it gave no answer within ${deadline} ms`)));
      return await Promise.race([Promise.resolve().then(call), late]);
    } finally {
      timer.cancel();
    }
  }
}

/** Found out here; its message is ours and may be shown. */
class BrokenContract extends Error {}

/** An adapter that answers nonsense is treated as one that does not answer. */
function checked<Result extends ReadResult>(answer: Result): Result {
  const { now, record } = answer;
  if (!Number.isFinite(now)) throw new BrokenContract('its answer has no "now" in epoch milliseconds');
  if (record !== null && (typeof record.version !== 'string' || typeof record.value !== 'string')) {
    throw new BrokenContract('its record has no "version" and "value" strings');
  }
  return answer;
}

/** An adapter's own word, else the name of the original error and no more: client libraries put commands and their arguments, our record, into theirs. */
function unavailable(error: unknown): ActOnTokenError {
  if (isActOnTokenError(error, 'store_unavailable')) return error;
  const reason = error instanceof BrokenContract ? error.message : nameOf(error);
  return new ActOnTokenError(
    'store_unavailable',
    `The token store did not respond as it should: ${reason}. Check that it runs and can be reached.`,
  );
}

function nameOf(error: unknown): string {
  const { name, code } = Object(error) as { name?: unknown; code?: unknown };
  return [name, code].filter((word) => typeof word === 'string' && /^[\w-]{1,40}$/.test(word)).join(' ') || 'it failed';
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
