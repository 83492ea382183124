import 'fake-indexeddb/auto';
import { sealedStore } from '@act-on-token/core';
import { indexedDbStore } from '@act-on-token/indexeddb';
import { storeCases } from '@act-on-token/store-kit';
import { describe, it } from 'vitest';

const keys = { current: crypto.getRandomValues(new Uint8Array(32)) };

describe('sealedStore over indexedDbStore on fake-indexeddb passes the store kit: it', () => {
  for (const { name, run } of storeCases)
    it(name, () => run(() => sealedStore(indexedDbStore(), keys)));
});
