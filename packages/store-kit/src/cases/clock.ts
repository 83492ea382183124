import type { TokenStore } from '@act-on-token/core';
import { expectThat } from '../expect.ts';
import { freshKey, freshRecord } from '../records.ts';
import { openMany, type StoreCase, storeCase } from '../store-case.ts';

export const clockCases: readonly StoreCase[] = [
  storeCase('tells the time with every answer', async (open) => {
    for (const now of await timesOf(await open())) {
      expectThat(Number.isFinite(now), 'now must be a finite number of milliseconds.', `it was ${now}.`);
    }
  }),

  storeCase('never lets its clock go back, whichever handle asks', async (open) => {
    const stores = await openMany(open, 3);
    const times: number[] = [];
    for (let round = 0; round < 5; round += 1) for (const store of stores) times.push(...(await timesOf(store)));
    const backwards = times.findIndex((now, i) => now < (times[i - 1] ?? now));
    const rule = 'the time of an answer must not be earlier than that of an answer before it.';
    expectThat(backwards === -1, rule, `${times[backwards]} came after ${times[backwards - 1]}.`);
  }),
];

/** The times that every kind of answer carries, in the order of the calls: a read, a swap that won, its replay, one that lost. */
async function timesOf(store: TokenStore): Promise<number[]> {
  const [key, record] = [freshKey(), freshRecord()];
  const answers = [
    await store.read(key),
    await store.swap(key, null, record),
    await store.swap(key, null, record),
    await store.swap(key, null, freshRecord()),
  ];
  return answers.map(({ now }) => now);
}
