import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { accountKey } from '@act-on-token/core';
import { fileStore } from '@act-on-token/file';
import type { Variables } from './command.ts';

interface Pair {
  issuedAt: number;
  expiresAt: number;
}

/**
 * Lets time pass for the pair of this account: as if it had been issued so many milliseconds
 * earlier.
 */
export async function age(env: Variables, milliseconds: number): Promise<void> {
  await edit(env, (record) => {
    const pair = record.pair as Pair;
    return {
      ...record,
      pair: {
        ...pair,
        issuedAt: pair.issuedAt - milliseconds,
        expiresAt: pair.expiresAt - milliseconds,
      },
    };
  });
}

/** Puts something else where the record is. */
export async function edit(
  env: Variables,
  change: (record: Record<string, unknown>) => unknown,
): Promise<void> {
  const store = fileStore({ directory: directoryOf(env) });
  const key = accountKey(
    new URL(env.ACT_ON_BASE_URL ?? '').origin,
    env.ACT_ON_CLIENT_ID ?? '',
    env.ACT_ON_USERNAME ?? '',
  );
  const { record } = await store.read(key);
  const value = JSON.stringify(change(JSON.parse(record?.value ?? '{}')));
  const { ok } = await store.swap(key, record?.version ?? null, { version: randomUUID(), value });
  if (!ok) throw new Error('Somebody else changed the record meanwhile.');
  await store.close();
}

export function directoryOf(env: Variables): string {
  return join(env.HOME ?? '', '.local', 'state', 'act-on-token');
}
