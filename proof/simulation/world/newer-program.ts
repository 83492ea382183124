import type { StoredRecord, TokenStore } from '@act-on-token/core';

/**
 * The store as a later version of the library uses it: what it writes has fields that this version
 * does not know, of the record, of its pair and of its claim. It reads what this version wrote.
 */
export function newerProgram(store: TokenStore): TokenStore {
  return {
    reach: store.reach,
    read: (key) => store.read(key),
    swap: (key, expected, next) => store.swap(key, expected, withMore(next)),
    watch: (key, onChange) => store.watch(key, onChange),
    close: () => store.close(),
  };
}

function withMore({ version, value, ...more }: StoredRecord): StoredRecord {
  const record = JSON.parse(value) as Record<string, unknown> & {
    pair: object | null;
    claim: object | null;
  };
  const pair = record.pair && { ...record.pair, proof: { type: 'dpop', since: 1 } };
  const claim = record.claim && { ...record.claim, holder: 'a later version' };
  return {
    ...more,
    version,
    value: JSON.stringify({ later: ['something', 2], ...record, pair, claim }),
  };
}
