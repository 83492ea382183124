import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DenoKv, denoKvStore } from '@act-on-token/deno-kv';
import { afterAll, describe, expect, it } from 'vitest';
import { fromSource, plainEnv } from '../../../proof/support/processes.ts';
import { passesTheKitElsewhere, printedResults } from '../../../proof/support/store-kit.ts';

const folder = mkdtempSync(join(tmpdir(), 'act-on-token-deno-kv-'));
afterAll(() => rmSync(folder, { recursive: true }));
const importMap = new URL('./support/import-map.json', import.meta.url);
const rights = ['--unstable-kv', `--allow-read=${folder}`, `--allow-write=${folder}`];
const program = fileURLToPath(new URL('./support/run-kit.ts', import.meta.url));

passesTheKitElsewhere('denoKvStore under Deno', () =>
  printedResults(
    [...fromSource('Deno', { importMap, rights }), program, join(folder, 'kit.db')],
    plainEnv(join(folder, 'home')),
  ),
);

/** A database that fails in this way, and then answers that it is empty. */
function failing(times: number, message: string): DenoKv & { calls: number } {
  return {
    calls: 0,
    async get() {
      this.calls += 1;
      if (this.calls <= times) throw new Error(message);
      return { value: null, versionstamp: null };
    },
    watch: () => new ReadableStream(),
    atomic: () => ({
      check() {
        return this;
      },
      set() {
        return this;
      },
      commit: () => Promise.reject(new TypeError('Value too large (max 65536 bytes)')),
    }),
  };
}

describe('denoKvStore', () => {
  it('asks again while the database is locked', async () => {
    const kv = failing(3, 'database is locked');
    expect((await denoKvStore({ kv }).read('ada')).record).toBeNull();
    expect(kv.calls).toBe(4);
  });

  it('does not ask again for any other failure', async () => {
    const kv = failing(3, 'canary');
    const message =
      'Deno KV did not answer the store (Error). Check that the database is open and can be reached.';
    await expect(denoKvStore({ kv }).read('ada')).rejects.toThrow(message);
    expect(kv.calls).toBe(1);
  });

  it('says of a value that is too long what it may have', async () => {
    const store = denoKvStore({ kv: failing(0, '') });
    await expect(store.swap('ada', null, { version: 'a', value: 'canary' })).rejects.toThrow(
      'Deno KV did not answer the store (TypeError). The record is longer than the 64 KiB that a value may have.',
    );
  });
});
