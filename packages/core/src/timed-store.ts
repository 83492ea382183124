import { type Clock, startTimer } from './clock.ts';
import { ActOnTokenError, isActOnTokenError } from './errors.ts';
import type { ReadResult, StoredRecord, SwapResult, TokenStore } from './store.ts';

/** Longest a store call may take before it is given up, in milliseconds, and how often the same call is made. */
const deadline = 3_000;
const attempts = 2;

/** By both clocks of this machine. */
interface Moment {
  readonly wall: number;
  readonly monotonic: number;
}

/**
 * A token store as a session uses it: no call hangs, a call without an answer is made once more with the same arguments (the
 * version makes that safe), and its clock can be read between calls. One per store and clock, so that the offset is held once.
 */
export class TimedStore {
  readonly #store: TokenStore;
  readonly #clock: Clock;
  #told = Number.NaN;
  /** What the clock goes by: an answer, and when its call began. */
  #said = Number.NaN;
  #began = { wall: 0, monotonic: 0 };

  constructor(store: TokenStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  get reach(): TokenStore['reach'] {
    return this.#store.reach;
  }

  /** The store's time: its last answer and what passed here since before that call was made. Before any answer, this machine's time. */
  now(): number {
    return Number.isNaN(this.#said) ? this.#clock.now() : this.#said + this.age();
  }

  /** The time that the store told last. It has certainly come, while `now()` runs ahead by as much as that answer was under way. */
  told(): number {
    return Number.isNaN(this.#told) ? this.#clock.now() : this.#told;
  }

  /** How old the last answer is. Monotonic time stands still while a laptop sleeps and wall time may go back, so the larger counts. */
  age(): number {
    if (Number.isNaN(this.#said)) return Number.POSITIVE_INFINITY;
    return this.#since(this.#began);
  }

  /** A moment of the store's clock told in this machine's. */
  toLocal(at: number): number {
    return Math.round(at - this.now() + this.#clock.now());
  }

  read(key: string): Promise<ReadResult> {
    return this.#call(() => this.#store.read(key));
  }

  swap(key: string, expected: string | null, next: StoredRecord): Promise<SwapResult> {
    return this.#call(async () => {
      const answer = await this.#store.swap(key, expected, next);
      // Asked again, and again, it would say the same for ever.
      const holdsExpected = !answer.ok && (answer.record?.version ?? null) === expected;
      if (holdsExpected) throw new BrokenContract('it refused a swap of the very record that it holds');
      return answer;
    });
  }

  watch(key: string, onChange: () => void): () => void {
    try {
      return this.#store.watch(key, onChange);
    } catch {
      return () => {}; // A hint: whoever waits polls anyway.
    }
  }

  async #call<Answer extends ReadResult>(call: () => Promise<Answer>): Promise<Answer> {
    for (let left = attempts; ; left -= 1) {
      const began = { wall: this.#clock.now(), monotonic: this.#clock.monotonic() };
      try {
        const answer = await this.#inTime(call);
        const wasPaused = this.#since(began) > deadline;
        if (wasPaused && !isOwnWrite(answer)) throw new BrokenContract(`this process stood still for more than ${deadline} ms meanwhile`);
        this.#told = answer.now;
        if (!wasPaused || Number.isNaN(this.#said)) this.#set(answer.now, began);
        return answer;
      } catch (error) {
        if (left <= 1) throw unavailable(error);
      }
    }
  }

  /**
   * A process that stood still within a call does not know whether that was before the store answered or after it. By such an
   * answer it would take somebody's claim for older than it is; so it asks again, or goes by the one before, whose age it knows.
   */
  #set(now: number, began: Moment): void {
    this.#said = now;
    this.#began = began;
  }

  #since({ wall, monotonic }: Moment): number {
    return Math.max(this.#clock.monotonic() - monotonic, this.#clock.now() - wall);
  }

  async #inTime<Answer extends ReadResult>(call: () => Promise<Answer>): Promise<Answer> {
    const timer = startTimer(this.#clock, deadline, true);
    try {
      const late = timer.done.then(() => Promise.reject(new BrokenContract(`it gave no answer within ${deadline} ms`)));
      return checked(await Promise.race([Promise.resolve().then(call), late]));
    } finally {
      timer.cancel();
    }
  }
}

/** What was written is written, whenever that was. */
function isOwnWrite(answer: ReadResult): boolean {
  return 'ok' in answer && answer.ok === true;
}

/** Found out here; its message is ours and may be shown. */
class BrokenContract extends Error {}

/** An adapter that answers nonsense is as good as one that does not answer. */
function checked<Answer extends ReadResult>(answer: Answer): Answer {
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
  return new ActOnTokenError('store_unavailable', `The token store did not do its work: ${reason}. Check that it runs and can be reached.`);
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
