import type { TokenStore } from '@act-on-token/core';
import { within } from './deadline.ts';

/** One rule of the contract. */
export interface StoreCase {
  /** The rule as a sentence about the store: "lets exactly one of many simultaneous swaps win". */
  readonly name: string;
  /**
   * Rejects with an Error if the store breaks the rule. `open` must give another handle on the same
   * data each time.
   */
  run(open: () => TokenStore | Promise<TokenStore>): Promise<void>;
}

/** Opens one more handle, whose calls cannot hang and which the case need not close. */
export type Open = () => Promise<TokenStore>;

/** A case from what it does; closes every handle that it opened, also if it fails. */
export function storeCase(name: string, body: (open: Open) => Promise<void>): StoreCase {
  return {
    name,
    async run(open) {
      if (typeof open !== 'function')
        throw new TypeError(
          'run() must be given a function that opens one more handle on the same data.',
        );
      const handles = new Set<TokenStore>();
      const openOne = async () => impatient(await within('open()', async () => open()), handles);
      await body(openOne).catch(async (error: unknown) => {
        // The broken rule is the news; that such a store does not close either is none.
        await closeAll(handles).catch(() => {});
        throw error;
      });
      await closeAll(handles);
    },
  };
}

/** Opens several handles, as that many processes would. */
export function openMany(open: Open, count: number): Promise<TokenStore[]> {
  return Promise.all(Array.from({ length: count }, open));
}

/**
 * The same handle with a deadline on each call. It leaves `handles` once the case itself has closed
 * it.
 */
function impatient(store: TokenStore, handles: Set<TokenStore>): TokenStore {
  for (const name of ['read', 'swap', 'watch', 'close'] as const)
    if (typeof store?.[name] !== 'function')
      throw new TypeError(`open() must give a token store: this one has no function "${name}".`);
  const handle: TokenStore = {
    reach: store.reach,
    read: (key) => within('read()', () => store.read(key)),
    swap: (key, expected, next) => within('swap()', () => store.swap(key, expected, next)),
    watch: (key, onChange) => store.watch(key, onChange),
    close() {
      handles.delete(handle);
      return within('close()', () => store.close());
    },
  };
  handles.add(handle);
  return handle;
}

async function closeAll(handles: ReadonlySet<TokenStore>): Promise<void> {
  await Promise.all([...handles].map((handle) => handle.close()));
}
