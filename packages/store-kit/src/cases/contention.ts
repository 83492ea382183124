import type { StoredRecord, TokenStore } from '@act-on-token/core';
import { expectLost, expectRecord, expectThat } from '../expect.ts';
import { freshKey, freshRecord } from '../records.ts';
import { openMany, type StoreCase, storeCase } from '../store-case.ts';

const handles = 8;
const rounds = 10;
const incrementsEach = 13;

export const contentionCases: readonly StoreCase[] = [
  storeCase('lets exactly one of many simultaneous first swaps win', async (open) => {
    const stores = await openMany(open, handles);
    for (let round = 0; round < rounds; round += 1) await race(stores, freshKey(), null);
  }),

  storeCase('lets exactly one of many simultaneous swaps win', async (open) => {
    const [stores, key] = [await openMany(open, handles), freshKey()];
    let standing: StoredRecord | null = null;
    for (let round = 0; round < rounds; round += 1) standing = await race(stores, key, standing);
  }),

  storeCase('loses no increment of a counter that many handles raise at once', async (open) => {
    const [stores, key] = [await openMany(open, handles), freshKey()];
    await Promise.all(stores.map((store) => raise(store, key)));
    const total = String(handles * incrementsEach);
    const counted = await Promise.all(
      stores.map(async (store) => (await store.read(key)).record?.value),
    );
    expectThat(
      counted.every((count) => count === total),
      'what a swap that won has written may only be replaced by a swap that expects it.',
      `after ${total} increments the handles read ${counted.join(', ')}.`,
    );
  }),
];

/** All handles swap at once from the same record; resolves with the winner's. */
async function race(
  stores: readonly TokenStore[],
  key: string,
  standing: StoredRecord | null,
): Promise<StoredRecord | null> {
  const drafts = stores.map(() => freshRecord());
  const results = await Promise.all(
    stores.map((store, i) =>
      store.swap(key, standing?.version ?? null, drafts[i] ?? freshRecord()),
    ),
  );
  const winners = results.filter(({ ok }) => ok);
  const rule = 'of the swaps that expect the same version exactly one must win.';
  expectThat(
    winners.length === 1,
    rule,
    `${winners.length} of ${stores.length} simultaneous swaps won.`,
  );
  const won = winners[0]?.record ?? null;
  for (const result of results) if (!result.ok) expectLost(result, won, rule);
  expectRecord(
    (await stores[0]?.read(key))?.record ?? null,
    won,
    'a read must give what the winner wrote.',
  );
  return won;
}

/** Adds its increments one by one, each to the newest count that it was told of. */
async function raise(store: TokenStore, key: string): Promise<void> {
  for (let i = 0; i < incrementsEach; i += 1) {
    let { record } = await store.read(key);
    for (let isWon = false; !isWon; ) {
      const next = freshRecord(String(countOf(record) + 1));
      const result = await store.swap(key, record?.version ?? null, next);
      isWon = result.ok;
      expectProgress(record, result.record);
      record = result.record;
    }
  }
}

/**
 * Won or lost, the count is higher now: whoever lost did so because another one won. That also is
 * why `raise` comes to an end.
 */
function expectProgress(before: StoredRecord | null, after: StoredRecord | null): void {
  const rule =
    'a swap may lose only because the record has changed, and must answer with what it changed to.';
  expectThat(
    countOf(after) > countOf(before),
    rule,
    `after a swap from count ${countOf(before)} the answer held count ${countOf(after)}.`,
  );
}

function countOf(record: StoredRecord | null): number {
  return Number(record?.value ?? '0');
}
