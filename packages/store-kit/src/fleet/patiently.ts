import { setTimeout as delay } from 'node:timers/promises';
import type { StoredRecord, SwapResult, TokenStore } from '@act-on-token/core';

/** How long a store that is down is waited for, in milliseconds. */
const patience = 60_000;

/** The outcome of a call that is made again, with the same arguments, until it is answered. */
export async function patiently<Answer>(call: () => Promise<Answer>): Promise<Answer> {
  for (const end = Date.now() + patience; ; ) {
    try {
      return await call();
    } catch (error) {
      if (Date.now() > end) throw error;
      await delay(10);
    }
  }
}

/**
 * Changes the value under a key, beginning again with what is there whenever another process came
 * first. Resolves with what the store acknowledged.
 */
export async function change(
  store: TokenStore,
  key: string,
  edit: (value: string | null) => string,
): Promise<SwapResult> {
  let { record }: { record: StoredRecord | null } = await patiently(() => store.read(key));
  for (;;) {
    const next = { version: crypto.randomUUID(), value: edit(record?.value ?? null) };
    const expected = record?.version ?? null;
    const answer = await patiently(() => store.swap(key, expected, next));
    if (answer.ok) return answer;
    record = answer.record;
  }
}
