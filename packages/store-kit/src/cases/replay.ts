import { expectLost, expectRecord, expectWon } from '../expect.ts';
import { freshKey, freshRecord } from '../records.ts';
import { type StoreCase, storeCase } from '../store-case.ts';

// Whoever got no answer to a swap sends the same swap again. If the first one had won, the second
// one finds its own record.
const rule = 'a swap must answer ok while the record has the version that it writes.';

export const replayCases: readonly StoreCase[] = [
  storeCase('answers ok when a swap that won is sent again', async (open) => {
    const [store, other, key, first, second] = [
      await open(),
      await open(),
      freshKey(),
      freshRecord(),
      freshRecord(),
    ];
    await store.swap(key, null, first);
    expectWon(await store.swap(key, null, first), first, rule);
    await store.swap(key, first.version, second);
    expectWon(await store.swap(key, first.version, second), second, rule);
    expectWon(await other.swap(key, first.version, second), second, rule);
  }),

  storeCase('answers ok twice when a swap is sent again before it was answered', async (open) => {
    const [store, other, key, first] = [await open(), await open(), freshKey(), freshRecord()];
    const results = await Promise.all([
      store.swap(key, null, first),
      store.swap(key, null, first),
      other.swap(key, null, first),
    ]);
    for (const result of results) expectWon(result, first, rule);
  }),

  storeCase('refuses a swap that is sent again after another writer moved on', async (open) => {
    const [store, other, key, first, mine, theirs] = [
      await open(),
      await open(),
      freshKey(),
      freshRecord(),
      freshRecord(),
      freshRecord(),
    ];
    await store.swap(key, null, first);
    await store.swap(key, first.version, mine);
    await other.swap(key, mine.version, theirs);
    expectLost(
      await store.swap(key, first.version, mine),
      theirs,
      'a swap that is sent again must lose once its record was replaced.',
    );
    expectRecord(
      (await store.read(key)).record,
      theirs,
      'a swap that is sent again must not bring back what was replaced.',
    );
  }),
];
