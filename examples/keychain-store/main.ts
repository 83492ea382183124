// A program of one user's desktop: the first run makes the key, the next finds it. Run it with
// `node main.ts`; it needs the keychain of a person who is logged in.
import { homedir } from 'node:os';
import { join } from 'node:path';
import { keychainStore } from './keychain-store.ts';

const directory = join(homedir(), '.act-on-token-example');
const store = await keychainStore({ directory, service: 'act-on-token example' });
const { record } = await store.read('runs');
const runs = Number(record?.value ?? 0) + 1;
await store.swap('runs', record?.version ?? null, {
  version: crypto.randomUUID(),
  value: `${runs}`,
});
await store.close();
console.log(`Run ${runs}: the record in ${directory} is sealed, and its key is in the keychain.`);
