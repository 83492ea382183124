import type { TokenStore } from '@act-on-token/core';
import { repeatUntil } from '../deadline.ts';
import { expectThat } from '../expect.ts';
import { freshKey, freshRecord } from '../records.ts';
import { type StoreCase, storeCase } from '../store-case.ts';

// To show that a watcher is *not* called, these cases wait until another one was: a watcher that was
// going to be called has been by then.

export const watchCases: readonly StoreCase[] = [
  storeCase('calls a watcher after a change through another handle', async (open) => {
    const [store, other, key] = [await open(), await open(), freshKey()];
    await changeUntilCalled(other, key, watch(store, key));
  }),

  storeCase('calls a watcher after a change through its own handle', async (open) => {
    const [store, key] = [await open(), freshKey()];
    await changeUntilCalled(store, key, watch(store, key));
  }),

  storeCase('does not call a watcher after changes under other keys', async (open) => {
    const [store, other, key] = [await open(), await open(), freshKey()];
    const [bystander, called] = [watch(store, key), watch(store, `${key}-watched`)];
    await change(other, `${key}-unwatched`);
    await changeUntilCalled(other, `${key}-watched`, called);
    expectThat(
      bystander.calls === 0,
      'a watcher must be called after changes under its own key only.',
      `it was called ${bystander.calls} times.`,
    );
  }),

  storeCase('stops telling a watcher that stopped, and goes on telling others', async (open) => {
    const [store, other, key] = [await open(), await open(), freshKey()];
    const [stopped, called] = [watch(store, key), watch(store, key)];
    await changeUntilCalled(other, key, stopped);
    stopped.stop();
    stopped.stop();
    await expectSilence(stopped, () => changeUntilCalled(other, key, called));
  }),

  storeCase('stops telling the watchers of a handle that was closed', async (open) => {
    const [store, other, writer, key] = [await open(), await open(), await open(), freshKey()];
    const [closed, called] = [watch(store, key), watch(other, key)];
    await changeUntilCalled(writer, key, closed);
    await store.close();
    await expectSilence(closed, () => changeUntilCalled(writer, key, called));
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
 * Changes the record until the watcher is called. One change is not enough to ask for: a
 * subscription takes a moment to be set up, and a single hint may be lost. But a watcher that is
 * never called is broken.
 */
export async function changeUntilCalled(
  store: TokenStore,
  key: string,
  watcher: Watcher,
): Promise<void> {
  const before = watcher.calls;
  const isCalled = await repeatUntil(
    () => watcher.calls > before,
    () => change(store, key),
  );
  expectThat(
    isCalled,
    'a watcher must be called soon after the record changed.',
    'it was not called after many changes.',
  );
}

/** Twice, because the first call that others hear may be an echo of a change from before. */
async function expectSilence(
  watcher: Watcher,
  changeUntilOthersAreCalled: () => Promise<void>,
): Promise<void> {
  const before = watcher.calls;
  await changeUntilOthersAreCalled();
  await changeUntilOthersAreCalled();
  const late = watcher.calls - before;
  expectThat(
    late === 0,
    'a watcher that stopped, or whose handle was closed, must not be called any more.',
    `it was called ${late} times.`,
  );
}

async function change(store: TokenStore, key: string): Promise<void> {
  const { record } = await store.read(key);
  await store.swap(key, record?.version ?? null, freshRecord());
}
