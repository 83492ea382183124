import type { ReadResult, StoredRecord, SwapResult, TokenStore } from '@act-on-token/core';
import { type MemoryStore, memoryStore } from '@act-on-token/memory';

/** A store with one plausible mistake, and the cases that are there to find it. */
export interface WrongStore {
  readonly mistake: string;
  readonly breaks: readonly string[];
  /** New data; the function it returns opens handles on them. */
  create(): () => TokenStore;
}

/**
 * A right store but for what `change` replaces in each handle; `siblings` are the right handles
 * opened so far, `shared` is one that no case can close.
 */
export function wrongStore(
  mistake: string,
  breaks: readonly string[],
  change: (
    right: MemoryStore,
    siblings: readonly MemoryStore[],
    shared: MemoryStore,
  ) => Partial<TokenStore>,
): WrongStore {
  const create = () => {
    const [store, siblings]: [MemoryStore, MemoryStore[]] = [memoryStore(), []];
    return () => {
      const right = store.open();
      siblings.push(right);
      return { ...right, ...change(right, siblings, store) };
    };
  };
  return { mistake, breaks, create };
}

/** Asks the right store for another key than the one it was given. */
export function withKeys(right: TokenStore, toKey: (key: string) => string): Partial<TokenStore> {
  return {
    read: (key) => right.read(toKey(key)),
    swap: (key, expected, next) => right.swap(toKey(key), expected, next),
    watch: (key, onChange) => right.watch(toKey(key), onChange),
  };
}

/** Stores another value than the one it was given. */
export function withValues(
  right: TokenStore,
  toValue: (value: string) => string,
): Partial<TokenStore> {
  return {
    swap: (key, expected, next) =>
      right.swap(key, expected, { ...next, value: toValue(next.value) }),
  };
}

/** Answers swaps otherwise than the right store does. */
export function withAnswers(
  right: TokenStore,
  toAnswer: (result: SwapResult, next: StoredRecord) => SwapResult,
): Partial<TokenStore> {
  return {
    swap: async (key, expected, next) => toAnswer(await right.swap(key, expected, next), next),
  };
}

/** Writes whatever version stands there. */
export async function overwrite(
  right: TokenStore,
  key: string,
  next: StoredRecord,
): Promise<SwapResult> {
  const { record } = await right.read(key);
  const result = await right.swap(key, record?.version ?? null, next);
  return result.ok ? result : overwrite(right, key, next);
}

/** Answers with another time, or with the name of a clock. */
export function onClock(
  right: TokenStore,
  toTime: (now: number) => Pick<ReadResult, 'now' | 'clock'>,
): Partial<TokenStore> {
  return {
    async read(key) {
      const answer = await right.read(key);
      return { ...answer, ...toTime(answer.now) };
    },
    async swap(key, expected, next) {
      const answer = await right.swap(key, expected, next);
      return { ...answer, ...toTime(answer.now) };
    },
  };
}

/** What all handles on the same data share, made by the first of them. */
export function sharedBy<Thing>(make: () => Thing): (shared: TokenStore) => Thing {
  const things = new WeakMap<TokenStore, Thing>();
  return (shared) => {
    const thing = things.get(shared) ?? make();
    things.set(shared, thing);
    return thing;
  };
}
