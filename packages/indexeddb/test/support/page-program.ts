// What runs in the pages: `tab` is all that a test can call there. It is bundled from the sources
// by site.ts.
import {
  accountKey,
  actOnEndpoint,
  createSession,
  isActOnTokenError,
  type Session,
  type SessionOptions,
  sealedStore,
} from '@act-on-token/core';
import { indexedDbStore } from '@act-on-token/indexeddb';
import { storeCases } from '@act-on-token/store-kit';

export interface ActOn {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly username: string;
  readonly password: string;
  /** Where requests to Act-On go instead. */
  readonly url: string;
  /** Milliseconds after which a token request is given up. */
  readonly requestTimeout: number;
}

let session: Session;
let account: ActOn;
let answers: Promise<string[]>;
let returns = 0;
let isFrozen = false;
const keys = { current: crypto.getRandomValues(new Uint8Array(32)) };
const kept = indexedDbStore({ database: 'kept' });
const records = indexedDbStore();

// The clock of the machine, which a test moves on in all tabs: nobody waits for a lease or a
// lifetime to end.
let ahead = 0;
const [now, monotonic] = [Date.now, performance.now.bind(performance)];
Date.now = () => now() + ahead;
performance.now = () => monotonic() + ahead;

addEventListener('pageshow', ({ persisted }) => {
  if (persisted) returns += 1;
});
document.addEventListener('freeze', () => {
  isFrozen = true;
});

const program = {
  runCase(name: string, isSealed: boolean): Promise<void> | undefined {
    const open = () => indexedDbStore({ database: 'kit' });
    return storeCases
      .find((storeCase) => storeCase.name === name)
      ?.run(isSealed ? () => sealedStore(open(), keys) : open);
  },

  /**
   * Writes about this many bytes that no browser can compress, through a handle that is kept; gives
   * the message of the error if that fails.
   */
  async write(bytes = 200_000): Promise<string> {
    const parts = Array.from({ length: Math.ceil(bytes / 60_000) }, () =>
      crypto.getRandomValues(new Uint8Array(16_384)).join(),
    );
    const { record } = await kept.read('key');
    const swap = kept.swap('key', record?.version ?? null, {
      version: crypto.randomUUID(),
      value: parts.join().slice(0, bytes),
    });
    return swap.then(
      () => 'written',
      (error: Error) => error.message,
    );
  },
  holds: async (): Promise<boolean> => (await kept.read('key')).record !== null,

  /**
   * The time of the store, once by a read and once by a swap, and by how much the first is ahead of
   * this machine's.
   */
  async times(): Promise<{ told: [read: number, swap: number]; ahead: number }> {
    const read = await kept.read('time');
    const ahead = read.now - now();
    const swap = await kept.swap('time', read.record?.version ?? null, {
      version: crypto.randomUUID(),
      value: '',
    });
    return { told: [read.now, swap.now], ahead };
  },

  /** A session that shows itself to somebody, as a page does. */
  open(actOn: ActOn, options: Partial<SessionOptions> = {}): void {
    account = actOn;
    const endpoint = actOnEndpoint({ ...actOn, fetch: toEmulator, dangerouslyAllowBrowser: true });
    session = createSession({
      endpoint,
      account: actOn.username,
      store: indexedDbStore(),
      ...options,
    });
    session.subscribe(() => {});
  },

  signIn: () => session.authorize({ type: 'password', ...account }),
  signOut: () => session.signOut(),

  /** Asks for a token this many times at once, and lets the test go on meanwhile. */
  ask(callers = 1, options?: { rejected: string }): void {
    const codeOf = (error: unknown): string =>
      isActOnTokenError(error) ? error.code : String(error);
    answers = Promise.all(
      Array.from({ length: callers }, () => session.getAccessToken(options).catch(codeOf)),
    );
  },
  /** The tokens, or the codes of the errors, that came of it. */
  answers: async (): Promise<string[]> => [...new Set(await answers)],

  current: () => session.currentAccessToken(),
  snapshot() {
    const { error, ...rest } = session.getSnapshot();
    return { ...rest, error: error && { code: error.code, message: error.message } };
  },
  /** The version of the record in the store. */
  async version(): Promise<string | undefined> {
    const { record } = await records.read(keyOf(account));
    return record?.version;
  },
  /**
   * Resolves when whatever had begun to read or write is done: an attempt to write comes after all
   * that.
   */
  async rest(): Promise<void> {
    await records.swap(keyOf(account), 'of nobody', { version: crypto.randomUUID(), value: '' });
  },

  pass(milliseconds: number): void {
    ahead += milliseconds;
  },
  /** How often this page came back from the back/forward cache. */
  returns: () => returns,
  isFrozen: () => isFrozen,
};

const keyOf = ({ clientId, username }: ActOn): string => accountKey('act-on', clientId, username);

/** For the library it is Act-On itself that is asked. */
function toEmulator(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  return fetch(new URL(new URL(String(input)).pathname, account.url), init);
}

declare global {
  var tab: typeof program;
}
globalThis.tab = program;
// In a frame it says at once what becomes of a read.
if (parent !== globalThis.window)
  program
    .holds()
    .then(String, (error: Error) => error.message)
    .then((said) => parent.postMessage(said, '*'));
