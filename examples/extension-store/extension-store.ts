// A token store for a browser extension: its service worker and its pages share one record, in
// chrome.storage.local or browser.storage.local.
import { defineStore, type TokenStore } from '@act-on-token/core';

type Changes = Readonly<Record<string, unknown>>;

/** What it needs of Chrome's `chrome`, and of what Firefox and Safari call `browser`. */
interface Extension {
  readonly runtime: { getURL(path: string): string };
  readonly extension?: { readonly inIncognitoContext?: boolean };
  readonly storage: {
    readonly local: {
      get(name: string): Promise<Record<string, unknown>>;
      set(items: Record<string, unknown>): Promise<void>;
      readonly onChanged: {
        addListener(listener: (changes: Changes) => void): void;
        removeListener(listener: (changes: Changes) => void): void;
      };
    };
  };
}

interface Held {
  readonly version: string;
  readonly value: string;
  readonly at: number;
}

/**
 * Keeps records in the storage of the extension that calls it, from its service worker and its
 * pages. Throws in a content script and in a private window of a "split" extension: they see the
 * same storage, but not the same locks.
 */
export function extensionStore(): TokenStore {
  const { browser, chrome } = globalThis as unknown as { browser?: Extension; chrome?: Extension };
  const extension = browser?.storage === undefined ? chrome : browser;
  if (extension?.storage?.local === undefined)
    throw new Error('There is no extension storage. Add "storage" to the permissions.');
  assertShared(extension);
  const { local } = extension.storage;
  const nameOf = (key: string) => `act-on-token:${key}`;
  const find = async (name: string) => ((await local.get(name))[name] ?? null) as Held | null;
  const answer = (held: Held | null) => ({ record: held, at: held?.at });

  return defineStore({
    name: 'The storage of this extension',
    reach: 'origin',
    read: async (key) => answer(await find(nameOf(key))),
    // The storage cannot compare and replace. A lock of this extension makes one step of it, and the
    // browser takes the lock from a context that ends.
    swap: (key, expected, next) =>
      navigator.locks.request(nameOf(key), async () => {
        const name = nameOf(key);
        const held = await find(name);
        if ((held?.version ?? null) !== expected) return answer(held);
        const { version, value, at } = next;
        await local.set({ [name]: { version, value, at } });
        return answer({ version, value, at });
      }),
    watch(key, onChange) {
      const hear = (changes: Changes) => nameOf(key) in changes && onChange();
      local.onChanged.addListener(hear);
      return () => local.onChanged.removeListener(hear);
    },
    remedy: (error) =>
      /quota/i.test(String(error))
        ? 'There is no room left. Delete data of this extension, or add "unlimitedStorage" to its permissions.'
        : 'If the extension was updated meanwhile, reload this page.',
  });
}

/** A content script has the locks of the website, a private window has locks of its own. */
function assertShared({ runtime, extension }: Extension): void {
  if (new URL(runtime.getURL('')).origin !== new URL(globalThis.location.href).origin)
    throw new Error(
      'A content script cannot share the record safely. Ask the service worker for a token.',
    );
  if (extension?.inIncognitoContext === true)
    throw new Error(
      'A private window cannot share the record safely. Leave "incognito" of the manifest at "spanning".',
    );
}
