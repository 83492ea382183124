import type { TokenStore } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import { type StoreCase, storeCases } from '@act-on-token/store-kit';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { wrongStores } from './wrong-stores.ts';

// A store that keeps silent costs the kit its whole patience; here that passes at once.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the store kit', () => {
  it('gives every case a name of its own', () => {
    expect(new Set(storeCases.map(({ name }) => name)).size).toBe(storeCases.length);
  });

  it('finds nothing wrong with a right store', async () => {
    expect(await brokenBy(() => memoryStore().open)).toEqual([]);
  });

  it('may run all its cases on the same data, at once and again', async () => {
    const store = memoryStore();
    expect(await brokenBy(() => store.open)).toEqual([]);
    expect(await brokenBy(() => store.open)).toEqual([]);
  });

  it.each(wrongStores)('finds a store that $mistake', async ({ create, breaks }) => {
    expect(await brokenBy(create)).toEqual(sorted(breaks));
  });

  it('has no case that finds nothing', () => {
    const found = new Set(wrongStores.flatMap(({ breaks }) => breaks));
    const idle = storeCases.map(({ name }) => name).filter((name) => !found.has(name));
    // These are what every store does that works at all, and what the others build on.
    expect(idle).toEqual([
      'reads no record under a key that was never written',
      'writes the first record where none is expected',
      'replaces a record whose version is the expected one',
    ]);
  });

  it('says which rule was broken and what came instead', async () => {
    const wrong = wrongStores.find(({ mistake }) => mistake === 'cuts long values');
    const open = wrong?.create() ?? memoryStore;
    await expect(caseNamed('keeps a value of 64 kB').run(open)).rejects.toThrow(
      /^Broken rule: a value must come back as it was written, character by character\. Instead: expected version \w{32} with 64000 characters: .{60,70}, got /,
    );
  });

  it('gives up on a store that never answers', async () => {
    const { run } = caseNamed('writes the first record where none is expected');
    const hanging: TokenStore = { ...memoryStore(), swap: () => new Promise(() => {}) };
    const result = expect(run(() => hanging)).rejects.toThrow(
      'swap() has not settled within 5000 ms.',
    );
    await vi.runAllTimersAsync();
    await result;
  });

  it('leaves no timer behind', async () => {
    await brokenBy(() => memoryStore().open);
    expect(vi.getTimerCount()).toBe(0);
  });

  it.each(storeCases)('closes what it opened: $name', async ({ run }) => {
    const store = memoryStore();
    let open = 0;
    const counted = (): TokenStore => {
      const handle = store.open();
      open += 1;
      const close = async () => {
        await handle.close();
        open -= 1;
      };
      return { ...handle, close };
    };
    await settle(run(counted));
    expect(open).toBeLessThanOrEqual(0);
  });

  it('closes what it opened when a case fails', async () => {
    const close = vi.fn(async () => {});
    const wrong: TokenStore = {
      ...memoryStore(),
      close,
      read: async () => ({ record: { version: 'a', value: 'b' }, now: 1 }),
    };
    await expect(
      caseNamed('reads no record under a key that was never written').run(() => wrong),
    ).rejects.toThrow('Broken rule');
    expect(close).toHaveBeenCalledTimes(1);
  });
});

/** The names of the cases that reject, each on data of its own. */
async function brokenBy(create: () => () => TokenStore): Promise<string[]> {
  const names = storeCases.map(async ({ name, run }) =>
    run(create()).then(
      () => [],
      () => [name],
    ),
  );
  return sorted((await settle(Promise.all(names))).flat());
}

/** Lets as much time pass as it takes. */
async function settle<T>(promise: Promise<T>): Promise<T> {
  let isSettled = false;
  void promise
    .finally(() => {
      isSettled = true;
    })
    .catch(() => {});
  while (!isSettled) await vi.advanceTimersByTimeAsync(100);
  return promise;
}

function caseNamed(name: string): StoreCase {
  const found = storeCases.find((storeCase) => storeCase.name === name);
  if (found === undefined) throw new Error(`There is no case "${name}".`);
  return found;
}

const sorted = (names: readonly string[]): string[] => [...names].sort();
