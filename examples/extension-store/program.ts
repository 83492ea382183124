// What the service worker and the pages of the extension under test run.
import { actOnEndpoint, createSession, type Session } from '@act-on-token/core';
import { storeCases } from '@act-on-token/store-kit';
import { expire } from '../../proof/support/expire.ts';
import { extensionStore } from './extension-store.ts';

interface Looks {
  get: unknown;
}

export interface ActOn {
  readonly url: string;
  readonly client: { readonly id: string; readonly secret: string };
  readonly user: { readonly username: string; readonly password: string };
}

const acts = {
  /** One case of the store kit. */
  runCase: (name: string): Promise<void> =>
    storeCases.find((each) => each.name === name)?.run(extensionStore) as Promise<void>,

  /** Raises a counter, as often as this. */
  async raise(key: string, times: number): Promise<void> {
    const store = extensionStore();
    for (let done = 0; done < times; ) {
      const { record } = await store.read(key);
      const value = `${Number(record?.value ?? 0) + 1}`;
      const next = { version: crypto.randomUUID(), value };
      if ((await store.swap(key, record?.version ?? null, next)).ok) done += 1;
    }
    await store.close();
  },

  async read(key: string): Promise<string | null> {
    const store = extensionStore();
    const { record } = await store.read(key);
    await store.close();
    return record?.value ?? null;
  },

  /** Resolves once a change was heard of, by a push: looks fail meanwhile. */
  async hear(key: string): Promise<void> {
    const store = extensionStore();
    const { chrome } = globalThis as unknown as { chrome: { storage: { local: Looks } } };
    const { local } = chrome.storage;
    const { get } = local;
    const heard = new Promise<void>((resolve) => store.watch(key, resolve));
    local.get = () => Promise.reject(new Error('No look is wanted.'));
    await heard;
    local.get = get;
    await store.close();
  },

  /** The session's token has lapsed for everyone who shares the record. */
  async expire(actOn: ActOn): Promise<void> {
    const store = extensionStore();
    await expire(store, endpointOf(actOn), actOn);
    await store.close();
  },

  async signIn(actOn: ActOn): Promise<void> {
    const session = open(actOn);
    await session.authorize({ type: 'password', ...actOn.user });
    await session.close();
  },

  /** What so many callers get at once. */
  async ask(actOn: ActOn, callers: number): Promise<string[]> {
    const session = open(actOn);
    const tokens = await Promise.all(
      Array.from({ length: callers }, () => session.getAccessToken()),
    );
    await session.close();
    return tokens;
  },

  /** What opening a store throws here. */
  refusal(): string {
    try {
      extensionStore();
      return 'none';
    } catch (error) {
      return String(error);
    }
  },
};

function endpointOf({ url, client }: ActOn): ReturnType<typeof actOnEndpoint> {
  return actOnEndpoint({
    clientId: client.id,
    clientSecret: client.secret,
    baseUrl: url,
    // Only for an extension that its owner alone installs: everyone can unpack a published one.
    dangerouslyAllowBrowser: true,
  });
}

function open(actOn: ActOn): Session {
  return createSession({
    endpoint: endpointOf(actOn),
    account: actOn.user.username,
    store: extensionStore(),
  });
}

declare global {
  var program: Program;
}
export type Program = typeof acts;
globalThis.program = acts;
