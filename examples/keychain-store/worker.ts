// Another process over the same keychain: waits for a word on its standard input, so that several
// begin at once, then opens the store, writes a record, and says what came of that.
import { once } from 'node:events';
import { ActOnTokenError } from '@act-on-token/core';
import { keychainStore } from './keychain-store.ts';

const [directory = '', service = '', key = ''] = process.argv.slice(2);
process.send?.('ready');
await once(process, 'message');
try {
  const store = await keychainStore({ directory, service });
  const { ok } = await store.swap(key, null, { version: 'a', value: `value of ${key}` });
  await store.close();
  process.send?.(ok ? 'written' : 'lost');
} catch (error) {
  process.send?.(error instanceof ActOnTokenError ? error.toJSON() : String(error));
}
process.disconnect();
