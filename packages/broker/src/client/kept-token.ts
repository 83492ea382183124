import type { TokenStore } from '@act-on-token/core';

/** Whose a token is: the account, and the sign-in of one user of the app. */
export interface Owner {
  readonly accountId: string;
  readonly signIn: string;
}

/** An access token, whose it is, and when it lapses by this machine's clock. */
export interface Held extends Owner {
  readonly token: string;
  readonly expiresAt: number;
}

export function sameOwner(a: Owner | null, b: Owner | null): boolean {
  return a?.accountId === b?.accountId && a?.signIn === b?.signIn;
}

/** Other tabs write, too, now and then. */
const mostAttempts = 5;

/**
 * Where an access token is kept between calls: in memory, and for other pages and tabs in a store,
 * if there is one. It is given to its owner only, and that of another owner goes as soon as
 * the broker has said who is signed in.
 */
export class KeptToken {
  readonly #store: TokenStore | undefined;
  readonly #key: () => string;
  readonly #now: () => number;
  #held: Held | null = null;
  #owner: Owner | null = null;
  /** Counts owners, so that what was still being fetched for the last one is not kept. */
  #epoch = 0;
  /** One write after the other, or an older one might come last. */
  #writing: Promise<void> = Promise.resolve();

  constructor(store: TokenStore | undefined, key: () => string, now: () => number) {
    this.#store = store;
    this.#key = key;
    this.#now = now;
  }

  /** The token in memory, if the page is still its owner's. */
  get held(): Held | null {
    return this.#held;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /**
   * The owner's token, or the one that another page left for the same owner. A store that fails is
   * treated as none.
   */
  async find(owner: Owner): Promise<Held | null> {
    if (!sameOwner(owner, this.#owner)) return null;
    if (this.#held !== null || this.#store === undefined) return this.#held;
    const epoch = this.#epoch;
    await this.#writing;
    const found = await this.#store.read(this.#key()).catch(() => null);
    const stored = decode(found?.record?.value);
    if (epoch === this.#epoch && found !== null && stored !== null && sameOwner(stored, owner))
      this.#held ??= { ...stored, expiresAt: this.#now() + (stored.expiresAt - found.now) };
    return epoch === this.#epoch ? this.#held : null;
  }

  /** Keeps a token, unless the page has had another owner since `epoch`, when it was asked for. */
  async keep(held: Held, epoch: number): Promise<void> {
    if (epoch !== this.#epoch || !sameOwner(held, this.#owner)) return;
    this.#held = held;
    await this.#write((_, now) =>
      epoch === this.#epoch
        ? { ...held, expiresAt: now + (held.expiresAt - this.#now()) }
        : 'leave',
    );
  }

  /**
   * From now on the page is this owner's: what is kept of any other goes. `null`: no one's, so
   * all of it.
   */
  async belongTo(owner: Owner | null): Promise<void> {
    if (!sameOwner(owner, this.#owner)) [this.#epoch, this.#held] = [this.#epoch + 1, null];
    this.#owner = owner;
    await this.#write((stored) =>
      stored === null || sameOwner(stored, this.#owner) ? 'leave' : null,
    );
  }

  /** What cannot be written is kept in memory only. */
  #write(change: (stored: Held | null, now: number) => Held | null | 'leave'): Promise<void> {
    const { writing, store } = { writing: this.#writing, store: this.#store };
    if (store === undefined) return writing;
    this.#writing = writing.then(() => swap(store, this.#key(), change)).catch(() => {});
    return this.#writing;
  }
}

async function swap(
  store: TokenStore,
  key: string,
  change: (stored: Held | null, now: number) => Held | null | 'leave',
): Promise<void> {
  for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
    const { record, now } = await store.read(key);
    const next = change(decode(record?.value), now);
    if (next === 'leave') return;
    const version = crypto.randomUUID().replaceAll('-', '');
    const { ok } = await store.swap(key, record?.version ?? null, {
      version,
      value: JSON.stringify(next),
    });
    if (ok) return;
  }
}

function decode(value: string | undefined): Held | null {
  try {
    const { accountId, signIn, token, expiresAt } = Object(JSON.parse(value ?? 'null')) as Record<
      string,
      unknown
    >;
    const texts = [accountId, signIn, token].every((text) => typeof text === 'string');
    return texts && typeof expiresAt === 'number'
      ? ({ accountId, signIn, token, expiresAt } as Held)
      : null;
  } catch {
    return null;
  }
}
