// What runs in the pages: `tab` is all that a test can call there. It is bundled from the sources by chromium.ts.
import { accountKey, actOnEndpoint, createSession, type Session } from '@act-on-token/core';
import { indexedDbStore } from '@act-on-token/indexeddb';
import { storeCases } from '@act-on-token/store-kit';

export interface ActOn {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly baseUrl: string;
  readonly username: string;
  readonly password: string;
}

let session: Session;
let account: ActOn;
let answers: Promise<string[]>;
let signedOut: Promise<void>;
const kept = indexedDbStore({ database: 'kept' });

const program = {
  runCase(name: string): Promise<void> | undefined {
    return storeCases.find((storeCase) => storeCase.name === name)?.run(() => indexedDbStore({ database: 'kit' }));
  },

  /** Writes 200 kB that no browser can compress, through a handle that is kept; gives the message of the error if that fails. */
  async write(): Promise<string> {
    const value = [1, 2, 3, 4].map(() => crypto.getRandomValues(new Uint8Array(16_384)).join()).join();
    const { record } = await kept.read('key');
    const swap = kept.swap('key', record?.version ?? null, { version: crypto.randomUUID(), value });
    return swap.then(
      () => 'written',
      (error: Error) => error.message,
    );
  },
  holds: async (): Promise<boolean> => (await kept.read('key')).record !== null,

  open(actOn: ActOn): void {
    account = actOn;
    const endpoint = actOnEndpoint({ ...actOn, dangerouslyAllowBrowser: true });
    session = createSession({ endpoint, account: actOn.username, store: indexedDbStore() });
  },

  signIn: () => session.authorize({ type: 'password', ...account }),
  signOut: () => session.signOut(),

  /** Makes the account as it will be in two hours: the access token has lapsed for every tab. */
  async expire(): Promise<boolean> {
    const store = indexedDbStore();
    const key = accountKey(actOnEndpoint({ ...account, dangerouslyAllowBrowser: true }).issuer, account.clientId, account.username);
    const { record } = await store.read(key);
    const facts = JSON.parse(record?.value ?? 'null');
    facts.pair.issuedAt -= 7_200_000;
    facts.pair.expiresAt -= 7_200_000;
    const next = { version: crypto.randomUUID(), value: JSON.stringify(facts) };
    return (await store.swap(key, record?.version ?? null, next)).ok;
  },

  /** Asks for a token this many times at once, and lets the test go on meanwhile. */
  ask(callers: number): void {
    answers = Promise.all(Array.from({ length: callers }, () => session.getAccessToken()));
  },
  answers: async (): Promise<string[]> => [...new Set(await answers)],

  /** Shows the session as a page would: it looks when it is told that something changed, and never by itself. */
  async show(): Promise<string> {
    signedOut = new Promise((resolve) => {
      session.subscribe(() => session.getSnapshot().status === 'idle' && resolve());
    });
    await session.ready();
    return session.getSnapshot().status;
  },
  whenSignedOut: () => signedOut.then(() => session.getSnapshot().status),
};

declare global {
  var tab: typeof program;
}
globalThis.tab = program;
