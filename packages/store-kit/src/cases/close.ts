import { expectRecord, expectThat, expectWon } from '../expect.ts';
import { freshKey, freshRecord } from '../records.ts';
import { type StoreCase, storeCase } from '../store-case.ts';

export const closeCases: readonly StoreCase[] = [
  storeCase('rejects reads and swaps after close', async (open) => {
    const [store, other, key] = [await open(), await open(), freshKey()];
    await store.close();
    expectThat(await rejects(store.read(key)), 'a read after close must reject.', 'it resolved.');
    expectThat(await rejects(store.swap(key, null, freshRecord())), 'a swap after close must reject.', 'it resolved.');
    expectRecord((await other.read(key)).record, null, 'a swap after close must change nothing.');
  }),

  storeCase('closes twice as well as once', async (open) => {
    const store = await open();
    await store.close();
    const isRejected = await rejects(store.close());
    expectThat(!isRejected, 'close must be idempotent.', 'the second close rejected.');
  }),

  storeCase('leaves other handles at work when one is closed', async (open) => {
    const [store, other, key, first, second] = [await open(), await open(), freshKey(), freshRecord(), freshRecord()];
    await store.swap(key, null, first);
    await store.close();
    expectRecord((await other.read(key)).record, first, 'closing a handle must not take away what it wrote.');
    expectWon(await other.swap(key, first.version, second), second, 'closing a handle must not close another one.');
  }),
];

function rejects(call: Promise<unknown>): Promise<boolean> {
  return call.then(
    () => false,
    () => true,
  );
}
