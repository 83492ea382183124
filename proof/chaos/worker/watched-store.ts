import type { TokenStore } from '@act-on-token/core';
import { viewOf } from '../../judge/record-view.ts';
import type { Diary } from './diary.ts';

/** Whose record lies under a key, and the claim that this process wrote into it last. */
export interface Held {
  readonly account: string;
  claim: string | null;
}

/**
 * The same store; what it is asked and what it answers goes into the diary. Nothing is awaited that
 * it does not await. `now` is the clock that the diary goes by.
 */
export function watchedStore(
  store: TokenStore,
  diary: Diary,
  held: ReadonlyMap<string, Held>,
  now = () => Date.now(),
): TokenStore {
  let swaps = 0;
  const heldAt = (key: string): Held => held.get(key) ?? { account: 'unknown', claim: null };
  return {
    reach: store.reach,
    async read(key) {
      const { account } = heldAt(key);
      const from = now();
      const answer = await store.read(key).catch((error: unknown) => failed(diary, account, error));
      diary.write({ type: 'read', account, from, record: viewOf(answer.record) });
      return answer;
    },
    async swap(key, expected, next) {
      const mine = heldAt(key);
      const { account } = mine;
      swaps += 1;
      const swap = swaps;
      const view = viewOf(next);
      mine.claim = view.claim?.id ?? null;
      diary.write({ type: 'swapping', account, swap, expected, next: view });
      const answer = await store
        .swap(key, expected, next)
        .catch((error: unknown) => failed(diary, account, error));
      diary.write({ type: 'swapped', account, swap, ok: answer.ok, record: viewOf(answer.record) });
      return answer;
    },
    watch: (key, onChange) => store.watch(key, onChange),
    close: () => store.close(),
  };
}

function failed(diary: Diary, account: string, error: unknown): never {
  diary.write({ type: 'store_failed', account });
  throw error;
}
