import type { SwapResult } from '@act-on-token/core';
import { expectRecord, expectThat, expectWon } from '../expect.ts';
import { freshKey, freshRecord } from '../records.ts';
import { type StoreCase, storeCase } from '../store-case.ts';
import { changeUntilCalled, watch } from './watch.ts';

export const closeCases: readonly StoreCase[] = [
  storeCase('rejects reads and swaps after close', async (open) => {
    const [store, other, key] = [await open(), await open(), freshKey()];
    await store.close();
    expectThat(await rejects(store.read(key)), 'a read after close must reject.', 'it resolved.');
    expectThat(
      await rejects(store.swap(key, null, freshRecord())),
      'a swap after close must reject.',
      'it resolved.',
    );
    expectRecord((await other.read(key)).record, null, 'a swap after close must change nothing.');
  }),

  storeCase('calls no watcher back that was added after close', async (open) => {
    const [store, other, writer, key] = [await open(), await open(), await open(), freshKey()];
    await store.close();
    let calls = 0;
    try {
      store.watch(key, () => {
        calls += 1;
      });
    } catch {
      // A store may say so.
    }
    await changeUntilCalled(writer, key, watch(other, key));
    expectThat(
      calls === 0,
      'a handle that was closed must not call back.',
      `it called back ${calls} times.`,
    );
  }),

  storeCase(
    'answers no swap with ok: false because its handle is closed meanwhile',
    async (open) => {
      const other = await open();
      for (let round = 0; round < 5; round += 1) {
        const [store, key, first, second] = [
          await open(),
          freshKey(),
          freshRecord(),
          freshRecord(),
        ];
        await other.swap(key, null, first);
        const swap = store.swap(key, first.version, second).catch((): SwapResult | null => null);
        await store.close();
        const [answer, { record }] = [await swap, await other.read(key)];
        if (answer !== null)
          expectWon(
            answer,
            second,
            'a swap that cannot be carried out must reject: ok: false means that another one won.',
          );
        if (answer !== null || record?.version !== first.version)
          expectRecord(record, second, 'a swap that was acknowledged must be there.');
      }
    },
  ),

  storeCase('closes twice as well as once', async (open) => {
    const store = await open();
    await store.close();
    const isRejected = await rejects(store.close());
    expectThat(!isRejected, 'close must be idempotent.', 'the second close rejected.');
  }),

  storeCase('leaves other handles at work when one is closed', async (open) => {
    const [store, other, key, first, second] = [
      await open(),
      await open(),
      freshKey(),
      freshRecord(),
      freshRecord(),
    ];
    await store.swap(key, null, first);
    await store.close();
    expectRecord(
      (await other.read(key)).record,
      first,
      'closing a handle must not take away what it wrote.',
    );
    expectWon(
      await other.swap(key, first.version, second),
      second,
      'closing a handle must not close another one.',
    );
  }),
];

function rejects(call: Promise<unknown>): Promise<boolean> {
  return call.then(
    () => false,
    () => true,
  );
}
