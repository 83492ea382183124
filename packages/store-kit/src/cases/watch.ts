import type { TokenStore } from '@act-on-token/core';
import { repeatUntil } from '../deadline.ts';
import { expectThat } from '../expect.ts';
import { freshKey, freshRecord } from '../records.ts';
import { type StoreCase, storeCase } from '../store-case.ts';

// To show that someone is *not* told, these cases wait until someone else was: whoever was going to
// be told has been by then.

export const watchCases: readonly StoreCase[] = [
  storeCase('tells a watcher of a change through another handle', async (open) => {
    const [store, other, key] = [await open(), await open(), freshKey()];
    await changeUntilTold(other, key, watch(store, key));
  }),

  storeCase('tells a watcher of a change through its own handle', async (open) => {
    const [store, key] = [await open(), freshKey()];
    await changeUntilTold(store, key, watch(store, key));
  }),

  storeCase('does not tell a watcher of changes under other keys', async (open) => {
    const [store, other, key] = [await open(), await open(), freshKey()];
    const [bystander, told] = [watch(store, key), watch(store, `${key}-watched`)];
    await change(other, `${key}-unwatched`);
    await changeUntilTold(other, `${key}-watched`, told);
    expectThat(
      bystander.calls === 0,
      'a watcher must be told of changes under its own key only.',
      `it was told ${bystander.calls} times.`,
    );
  }),

  storeCase('stops telling a watcher that stopped, and goes on telling others', async (open) => {
    const [store, other, key] = [await open(), await open(), freshKey()];
    const [stopped, told] = [watch(store, key), watch(store, key)];
    await changeUntilTold(other, key, stopped);
    stopped.stop();
    stopped.stop();
    await expectSilence(stopped, () => changeUntilTold(other, key, told));
  }),

  storeCase('stops telling the watchers of a handle that was closed', async (open) => {
    const [store, other, writer, key] = [await open(), await open(), await open(), freshKey()];
    const [closed, told] = [watch(store, key), watch(other, key)];
    await changeUntilTold(writer, key, closed);
    await store.close();
    await expectSilence(closed, () => changeUntilTold(writer, key, told));
  }),
];

export interface Watcher {
  calls: number;
  stop(): void;
}

export function watch(store: TokenStore, key: string): Watcher {
  const watcher: Watcher = { calls: 0, stop: () => {} };
  watcher.stop = store.watch(key, () => {
    watcher.calls += 1;
  });
  return watcher;
}

/**
 * Changes the record until the watcher is told of it. One change is not enough to ask for: a
 * subscription takes a moment to be set up, and a single hint may be lost. But a watcher that is
 * never told is none.
 */
export async function changeUntilTold(
  store: TokenStore,
  key: string,
  watcher: Watcher,
): Promise<void> {
  const before = watcher.calls;
  const isTold = await repeatUntil(
    () => watcher.calls > before,
    () => change(store, key),
  );
  expectThat(
    isTold,
    'a watcher must be told soon after the record changed.',
    'it was not told of many changes.',
  );
}

/** Twice, because the first call that others hear may be an echo of a change from before. */
async function expectSilence(
  watcher: Watcher,
  changeUntilOthersAreTold: () => Promise<void>,
): Promise<void> {
  const before = watcher.calls;
  await changeUntilOthersAreTold();
  await changeUntilOthersAreTold();
  const late = watcher.calls - before;
  expectThat(
    late === 0,
    'a watcher that stopped, or whose handle was closed, must not be told any more.',
    `it was told ${late} times.`,
  );
}

async function change(store: TokenStore, key: string): Promise<void> {
  const { record } = await store.read(key);
  await store.swap(key, record?.version ?? null, freshRecord());
}
