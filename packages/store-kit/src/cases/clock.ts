import type { ReadResult, TokenStore } from '@act-on-token/core';
import { expectThat } from '../expect.ts';
import { freshKey, freshRecord } from '../records.ts';
import { openMany, type StoreCase, storeCase } from '../store-case.ts';

export const clockCases: readonly StoreCase[] = [
  storeCase('gives the time with every answer', async (open) => {
    for (const { now } of await answersAbout(freshKey(), await open())) {
      expectThat(
        Number.isFinite(now),
        'now must be a finite number of milliseconds.',
        `it was ${now}.`,
      );
    }
  }),

  storeCase('never lets its clock go back, whichever handle asks', async (open) => {
    const stores = await openMany(open, 3);
    const latest = new Map<string | undefined, number>();
    for (let round = 0; round < 5; round += 1)
      for (const store of stores)
        for (const { now, clock } of await answersAbout(freshKey(), store)) {
          const before = latest.get(clock) ?? now;
          const rule =
            'the time of an answer must not be earlier than that of an answer before it by the same clock.';
          expectThat(!(now < before), rule, `${now} came after ${before}.`);
          latest.set(clock, now);
        }
  }),

  storeCase(
    'goes by one clock in all answers about a record, and names it in all or in none',
    async (open) => {
      const stores = await openMany(open, 3);
      for (const key of [freshKey(), freshKey()]) {
        const clocks: unknown[] = [];
        for (const store of stores)
          clocks.push(...(await answersAbout(key, store)).map(({ clock }) => clock));
        const [first] = clocks;
        const isName = first === undefined || (typeof first === 'string' && first !== '');
        expectThat(
          isName,
          'clock must be a name, or absent where the store has one clock.',
          `it was ${JSON.stringify(first)}.`,
        );
        const other = clocks.find((clock) => clock !== first);
        const rule = 'all who share a record must judge its leases by the same clock.';
        expectThat(
          clocks.every((clock) => clock === first),
          rule,
          `answers about one record named ${first} and ${other}.`,
        );
      }
    },
  ),
];

/**
 * Every kind of answer, in the order of the calls: a read, a swap that won, its replay, one that
 * lost.
 */
async function answersAbout(key: string, store: TokenStore): Promise<ReadResult[]> {
  const [read, next] = [await store.read(key), freshRecord()];
  const expected = read.record?.version ?? null;
  return [
    read,
    await store.swap(key, expected, next),
    await store.swap(key, expected, next),
    await store.swap(key, freshRecord().version, freshRecord()),
  ];
}
