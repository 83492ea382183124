import type { TokenStore } from '@act-on-token/core';

/** Adds one to the number under `key`, however often others come first. */
export async function increment(store: TokenStore, key: string): Promise<void> {
  let { record } = await store.read(key);
  for (let isWon = false; !isWon; ) {
    const next = { version: crypto.randomUUID(), value: String(Number(record?.value ?? 0) + 1) };
    const result = await store.swap(key, record?.version ?? null, next);
    [record, isWon] = [result.record, result.ok];
  }
}
