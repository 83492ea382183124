import type { StoredRecord, TokenStore } from '@act-on-token/core';
import { indexedDbStore } from '@act-on-token/indexeddb';
import { memoryStore } from '@act-on-token/memory';
import { storeCases } from '@act-on-token/store-kit';

// There is no Node here.
// @ts-expect-error
export const folder = process.cwd();

export const store: TokenStore = memoryStore();
export const atNoon: TokenStore = memoryStore({ now: () => 1_800_000_000_000 }).open();

export const ofThisOrigin: TokenStore = indexedDbStore();
export const named: TokenStore = indexedDbStore({ database: 'mine' });

export const kept: StoredRecord | null = (await store.read('key')).record;

for (const { name, run } of storeCases)
  console.log(
    name,
    run(memoryStore().open),
    run(async () => memoryStore()),
  );

// @ts-expect-error a clock is a function, because it is asked again and again
memoryStore({ now: Date.now() });

// @ts-expect-error a swap needs to be told what it expects
store.swap('key', undefined, { version: 'a', value: 'b' });

// @ts-expect-error a record that was read is not for changing
if (kept) kept.value = 'mine';

// @ts-expect-error a store without watch is none
export const half: TokenStore = {
  read: store.read,
  swap: store.swap,
  reach: 'process',
  close: store.close,
};
