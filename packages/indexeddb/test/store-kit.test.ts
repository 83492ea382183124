import 'fake-indexeddb/auto';
import { indexedDbStore } from '@act-on-token/indexeddb';
import { storeCases } from '@act-on-token/store-kit';
import { describe, it } from 'vitest';

describe('indexedDbStore on fake-indexeddb passes the store kit: it', () => {
  for (const { name, run } of storeCases) it(name, () => run(indexedDbStore));
});
