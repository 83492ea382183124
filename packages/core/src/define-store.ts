import { startTimer, systemClock } from './clock.ts';
import { ActOnTokenError, isActOnTokenError } from './errors.ts';
import { forwardClock } from './forward-clock.ts';
import { toHex } from './key.ts';
import { checkOptions, type OptionRules } from './options.ts';
import { pollingWatch } from './polling-watch.ts';
import type { StoredRecord, SwapResult, TokenStore } from './store.ts';

type MaybePromise<T> = T | Promise<T>;

/** What a place holds under a key, after the call. */
export interface PlaceAnswer {
  /** `null`: nothing is there. */
  readonly record: { readonly version: string; readonly value: string } | null;
  /**
   * The place's clock in epoch milliseconds, from the same round trip. Left out where the place has
   * no clock: then this machine's time is used, which never goes back within a process.
   */
  readonly now?: number | undefined;
  /**
   * `at` of the record that the place holds, where it has no clock and keeps `at`: the time of the
   * answer is not earlier, unless `at` is more than an hour ahead of this machine.
   */
  readonly at?: number | undefined;
  /** See `ReadResult.clock`. */
  readonly clock?: string | undefined;
  /**
   * For a place that cannot write and answer in one step: whether this call wrote `next`. Left out:
   * the swap won if the place now holds the version of `next`.
   */
  readonly won?: boolean | undefined;
}

/** A place that can hold records: what differs from one store to another. */
export interface StorePlace {
  /** What error messages call it: "PostgreSQL". */
  name: string;
  /** How far a record is seen. See `TokenStore.reach`. */
  reach: TokenStore['reach'];
  /**
   * Finds the record under this key, as it is now: not in a snapshot that was opened earlier. Rejects
   * if it cannot, and if the record is damaged. An `ActOnTokenError` with the code
   * `store_unavailable` reaches the caller as it is; of any other error, its name and code do.
   */
  read(key: string): Promise<PlaceAnswer>;
  /**
   * Replaces the record if its version is `expected` (`null`: there is none), in one step for all
   * who use the place. Answers with what the place holds afterwards. `next.at` is this machine's
   * time, for a place without a clock to keep with the record.
   */
  swap(
    key: string,
    expected: string | null,
    next: StoredRecord & { readonly at: number },
  ): Promise<PlaceAnswer>;
  /**
   * Where the place can push: calls back after the record changed. Returns a function that stops
   * it, or a promise of one. The store looks every `interval` as well, because a push may get lost.
   */
  watch?:
    | ((key: string, onChange: () => void) => MaybePromise<(() => unknown) | undefined>)
    | undefined;
  /** Ends what the store itself opened. Called once. */
  close?: (() => MaybePromise<unknown>) | undefined;
  /** Whether the same call may succeed in a moment ("database is locked"): it is made again. */
  isBusy?: ((error: unknown) => boolean) | undefined;
  /**
   * What a person can do about this error, as a sentence without anything of the record; a
   * `TimeoutError` where no answer came in time. Default: to check that the place runs and can be
   * reached.
   */
  remedy?: ((error: unknown) => string | undefined) | undefined;
  /**
   * Milliseconds from one look for changes to the next, while something is watched. Default: 1,000;
   * 5,000 with `watch`.
   */
  interval?: number | undefined;
  /**
   * Milliseconds until a call that has no answer rejects; a session waits 3,000. Default: 2,500.
   */
  deadline?: number | undefined;
  /**
   * Whether `read`, `swap` and `watch` get the SHA-256 of the key, 64 lower-case hex digits that
   * any place can hold, in place of the key. Default: true.
   */
  hashKeys?: boolean | undefined;
}

const isFunction = (value: unknown): boolean => typeof value === 'function';

const placeRules: OptionRules<StorePlace> = {
  name: ['text', null],
  reach: [['process', 'machine', 'origin', 'network'], null],
  read: [isFunction, null, 'a function'],
  swap: [isFunction, null, 'a function'],
  watch: [isFunction, undefined, 'a function'],
  close: [isFunction, undefined, 'a function'],
  isBusy: [isFunction, () => false, 'a function'],
  remedy: [isFunction, () => undefined, 'a function'],
  interval: [[1, 86_400_000], undefined],
  deadline: [[1, 86_400_000], 2_500],
  hashKeys: ['boolean', true],
};

/**
 * Makes a token store from what a place can do: find a record, and replace it if its version is the
 * expected one.
 *
 * ```ts
 * const store = defineStore({ name: 'My database', reach: 'network', read, swap });
 * ```
 *
 * The rest is the same for every place, and done here: keys are hashed; a call without an answer
 * rejects after 2.5 s; a place that is busy is asked again until then; every failure is
 * `store_unavailable` in a message that names the place and holds nothing of the record; `watch`
 * looks every second; after `close()` reads and swaps reject and nothing is called back. Throws
 * `configuration` for a place that lacks something.
 */
export function defineStore(place: StorePlace): TokenStore {
  const {
    name,
    deadline,
    hashKeys,
    isBusy,
    remedy,
    interval = place.watch === undefined ? 1_000 : 5_000,
  } = checkOptions<StorePlace, 'deadline' | 'hashKeys' | 'isBusy' | 'remedy'>(
    'defineStore()',
    placeRules,
    place,
  );
  const stops = new Set<() => void>();
  let isClosed = false;

  const assertOpen = (): void => {
    if (isClosed)
      throw unavailable(`This ${name} store is closed. Close it after the sessions that use it.`);
  };
  const nameOf = async (key: string): Promise<string> => (hashKeys ? sha256(key) : key);

  /** Calls the place, again while it is busy, and gives up in time. */
  const call = async <Answer>(work: () => MaybePromise<Answer>): Promise<Answer> => {
    const timer = startTimer(systemClock, deadline, true);
    let isLate = false;
    const late = timer.done.then(() => {
      isLate = true;
      throw new Late();
    });
    const patiently = async (): Promise<Answer> => {
      for (let pause = 4; ; pause = Math.min(2 * pause, 100)) {
        try {
          return await work();
        } catch (error) {
          if (isLate || !isBusy(error)) throw error;
          await startTimer(systemClock, pause * (0.5 + Math.random()), true).done;
        }
      }
    };
    try {
      return await Promise.race([patiently(), late]);
    } catch (error) {
      throw isActOnTokenError(error, 'store_unavailable')
        ? error
        : unavailable(describe(name, deadline, error, remedy));
    } finally {
      timer.cancel();
    }
  };
  const read: TokenStore['read'] = async (key) => {
    assertOpen();
    const { record, now, clock } = await call(async () =>
      checked(await place.read(await nameOf(key))),
    );
    return { record, now, ...clock };
  };
  return {
    reach: place.reach,
    read,
    async swap(key, expected, next) {
      assertOpen();
      const answer = await call(async () =>
        checked(await place.swap(await nameOf(key), expected, { ...next, at: machineTime() })),
      );
      const { won = answer.record?.version === next.version, now, clock } = answer;
      const record = won ? { version: next.version, value: next.value } : answer.record;
      return { ok: won, record, now, ...clock } satisfies SwapResult;
    },
    watch(key, onChange) {
      assertOpen();
      const hint = (): void => queueMicrotask(() => stops.has(stop) && onChange());
      const stop = (): void => {
        if (!stops.delete(stop)) return;
        endLooks();
        void pushes.then((end) => end?.()).catch(() => {});
      };
      stops.add(stop);
      const endLooks = pollingWatch(() => read(key), hint, { interval });
      const pushes = nameOf(key)
        .then((named) => (stops.has(stop) ? place.watch?.(named, hint) : undefined))
        .catch(() => undefined); // A hint: the looks go on.
      return stop;
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      for (const stop of stops) stop();
      await call(async () => place.close?.());
    },
  };
}

class Late extends Error {
  override name = 'TimeoutError';
}
class Damaged extends Error {}

interface Checked {
  readonly record: StoredRecord | null;
  readonly now: number;
  readonly clock: { readonly clock?: string };
  readonly won?: boolean;
}

/** A record that lost a part is never taken for a record or for a free place. */
function checked({ record, now, at, clock, won }: PlaceAnswer): Checked {
  const { version, value } = Object(record);
  if (record !== null && (typeof version !== 'string' || typeof value !== 'string'))
    throw new Damaged();
  return {
    record: record === null ? null : { version, value },
    now: now ?? machineTime(at),
    clock: clock === undefined ? {} : { clock },
    ...(won === undefined ? {} : { won }),
  };
}

/** Of all stores of this process. A bundle without one leaves it out. */
const machineTime = /* @__PURE__ */ forwardClock();

async function sha256(text: string): Promise<string> {
  return toHex(
    new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))),
  );
}

/** In our own words: clients put commands, and the record with them, into their messages. */
function describe(
  name: string,
  deadline: number,
  error: unknown,
  remedy: (error: unknown) => string | undefined,
): string {
  if (error instanceof Damaged)
    return `${name} holds a damaged record under the key of this account. Restore it, or delete it and sign in again.`;
  const check = remedy(error) ?? 'Check that it runs and that this program can reach it.';
  return error instanceof Late
    ? `${name} gave no answer within ${deadline} ms. ${check}`
    : `${name} did not answer the store (${wordsOf(error)}). ${check}`;
}

/** What the error, or the one behind it, calls itself, if that can be nothing that was sent. */
function wordsOf(error: unknown): string {
  const { name, code, errno, cause } = Object(error) as Record<string, unknown>;
  const words = [name, code, errno].filter(
    (word, i) => /^[\w-]{1,40}$/.test(`${word ?? ''}`) && (i < 2 || typeof word === 'number'),
  );
  const own = [...new Set(words)].join(' ') || 'it failed';
  return typeof cause === 'object' && cause !== null && code === undefined
    ? `${own}: ${wordsOf(cause)}`
    : own;
}

const unavailable = (message: string): ActOnTokenError =>
  new ActOnTokenError('store_unavailable', message);
