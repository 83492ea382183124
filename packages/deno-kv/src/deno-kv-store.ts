import {
  checkOptions,
  defineStore,
  type OptionRules,
  type PlaceAnswer,
  type TokenStore,
} from '@act-on-token/core';

type Key = readonly string[];
interface Entry {
  readonly value: unknown;
  readonly versionstamp: string | null;
}

/** What is used of a `Deno.Kv`. */
export interface DenoKv {
  // biome-ignore lint/suspicious/noExplicitAny: Deno's own types differ from version to version.
  get(key: any, options?: any): Promise<Entry>;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  watch(keys: any): ReadableStream<unknown>;
  atomic(): Atomic;
}

interface Atomic {
  // biome-ignore lint/suspicious/noExplicitAny: as above
  check(...checks: any[]): Atomic;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  set(key: any, value: unknown): Atomic;
  commit(): Promise<{ readonly ok: boolean }>;
}

export interface DenoKvStoreOptions {
  /** An open database: `await Deno.openKv()`. */
  kv: DenoKv;
  /** The first part of the keys of the records. Default: `act-on-token`. */
  prefix?: string | undefined;
  /**
   * Who can use the database: the programs of one machine, or those of a deployment. Default:
   * `network`.
   */
  reach?: 'machine' | 'network' | undefined;
}

export const denoKvRules: OptionRules<DenoKvStoreOptions> = {
  kv: ['get watch atomic', null, 'an open Deno.Kv'],
  prefix: ['text', 'act-on-token'],
  reach: [['machine', 'network'], 'network'],
};

/**
 * Keeps records in Deno KV. A read is one call, a swap two. Deno KV has no clock: leases go by the
 * clocks of the machines, whose latest time is kept with the record.
 *
 * ```ts
 * const store = denoKvStore({ kv: await Deno.openKv() });
 * ```
 *
 * The database stays the caller's. A value may have 64 KiB. A database that is locked is asked
 * again. Calls reject with `store_unavailable`, at the latest after 2.5 s; wrong options throw
 * `configuration`.
 */
export function denoKvStore(options: DenoKvStoreOptions): TokenStore {
  const { kv, prefix, reach } = checkOptions<DenoKvStoreOptions, 'prefix' | 'reach'>(
    'denoKvStore()',
    denoKvRules,
    options,
  );
  const find = (key: string) => kv.get([prefix, key], { consistency: 'strong' });
  return defineStore({
    name: 'Deno KV',
    reach,
    read: async (key) => answer((await find(key)).value),
    async swap(key, expected, { version, value, at }) {
      for (;;) {
        const { value: found, versionstamp } = await find(key);
        const held = answer(found);
        if (held.record?.version === version || (held.record?.version ?? null) !== expected)
          return held;
        const next = { version, value, at: Math.max(at, held.at ?? at) };
        const name: Key = [prefix, key];
        const { ok } = await kv
          .atomic()
          .check({ key: name, versionstamp })
          .set(name, next)
          .commit();
        if (ok) return answer(next);
      }
    },
    watch(key, onChange) {
      const reader = kv.watch([[prefix, key]]).getReader();
      // The first is what was there before.
      const hear = async (isChange: boolean): Promise<void> => {
        if ((await reader.read()).done) return;
        if (isChange) onChange();
        return hear(true);
      };
      hear(false).catch(() => {}); // A hint: the store looks as well.
      return () => reader.cancel();
    },
    isBusy: (error) => /database is locked/.test(String(error)),
    remedy: (error) =>
      /too large/i.test(String(error))
        ? 'The record is longer than the 64 KiB that a value may have.'
        : 'Check that the database is open and can be reached.',
  });
}

function answer(found: unknown): PlaceAnswer & { at?: number } {
  if (found === null) return { record: null };
  const { version, value, at } = Object(found);
  return { record: { version, value }, ...(typeof at === 'number' ? { at } : {}) };
}
