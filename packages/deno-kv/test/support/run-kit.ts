// Runs the store kit under Deno, on a database in this file, and prints what came of it as JSON.
import { argv } from 'node:process';
import { type DenoKv, denoKvStore } from '@act-on-token/deno-kv';
import { kitResults } from '../../../../proof/support/kit-results.ts';

type Database = DenoKv & { close(): void };
const { Deno } = globalThis as unknown as {
  Deno: { openKv(file?: string): Promise<Database> };
};

/** Each handle has a connection of its own, as another process would. */
async function open() {
  const kv = await Deno.openKv(argv[2]);
  const store = denoKvStore({ kv, reach: 'machine' });
  let isOpen = true;
  const close = async () => {
    await store.close();
    if (isOpen) kv.close();
    isOpen = false;
  };
  return { ...store, close };
}

console.log(JSON.stringify(await kitResults(open)));
