import { expectLost, expectRecord, expectWon } from '../expect.ts';
import { freshKey, freshRecord } from '../records.ts';
import { openMany, type StoreCase, storeCase } from '../store-case.ts';

// A store may be right once and wrong a moment later: a replica that lags by a millisecond, a write
// that waits in a buffer, a failure now and then. So these go on for a while.
const rounds = 40;

export const acknowledgedCases: readonly StoreCase[] = [
  storeCase(
    'lets every swap win that expects what the swap before it has acknowledged, whichever handle sends it',
    async (open) => {
      const [stores, key] = [await openMany(open, 3), freshKey()];
      let expected: string | null = null;
      for (let round = 0; round < rounds; round += 1)
        for (const store of stores) {
          const next = freshRecord();
          const rule =
            'a swap that was acknowledged must be there for the next one, and no failure of the store may look like a conflict.';
          expectWon(await store.swap(key, expected, next), next, rule);
          expected = next.version;
        }
    },
  ),

  storeCase('reads what another handle has just written, again and again', async (open) => {
    const [writer, reader, key] = [await open(), await open(), freshKey()];
    let expected: string | null = null;
    for (let round = 0; round < rounds; round += 1) {
      const next = freshRecord();
      await writer.swap(key, expected, next);
      expectRecord(
        (await reader.read(key)).record,
        next,
        'a read must never come from a copy that lags.',
      );
      expected = next.version;
    }
  }),

  storeCase(
    'answers a swap that lost with what another handle has just written, again and again',
    async (open) => {
      const [writer, loser, key] = [await open(), await open(), freshKey()];
      let expected: string | null = null;
      for (let round = 0; round < rounds; round += 1) {
        const next = freshRecord();
        await writer.swap(key, expected, next);
        const late = await loser.swap(key, expected, freshRecord());
        expectLost(
          late,
          next,
          'the answer to a swap must come from where it was compared, never from a copy that lags.',
        );
        expected = next.version;
      }
    },
  ),
];
