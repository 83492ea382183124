import type { TokenStore } from '@act-on-token/core';

/** An access token, and when it lapses by this machine's clock. */
export interface Held {
  readonly token: string;
  readonly expiresAt: number;
}

/** Where an access token lies between calls: in memory, and for other pages and tabs in a store, if there is one. */
export class KeptToken {
  readonly #store: TokenStore | undefined;
  readonly #key: () => string;
  readonly #now: () => number;
  #held: Held | null = null;
  /** Counts what was forgotten, so that what was still being fetched then is not kept. */
  #epoch = 0;

  constructor(store: TokenStore | undefined, key: () => string, now: () => number) {
    this.#store = store;
    this.#key = key;
    this.#now = now;
  }

  get held(): Held | null {
    return this.#held;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** The token at hand, or the one that another page left. A store that fails is as good as none. */
  async find(): Promise<Held | null> {
    if (this.#held !== null || this.#store === undefined) return this.#held;
    const epoch = this.#epoch;
    const found = await this.#store.read(this.#key()).catch(() => null);
    const stored = decode(found?.record?.value);
    if (epoch === this.#epoch && found !== null && stored !== null)
      this.#held ??= { token: stored.token, expiresAt: this.#now() + (stored.expiresAt - found.now) };
    return this.#held;
  }

  /** Keeps a token, unless it was asked for before the last sign-out. */
  async keep(held: Held, epoch: number): Promise<void> {
    if (epoch !== this.#epoch) return;
    this.#held = held;
    await this.#write((now) => ({ token: held.token, expiresAt: now + (held.expiresAt - this.#now()) }));
  }

  async forget(): Promise<void> {
    this.#epoch += 1;
    this.#held = null;
    await this.#write(() => null);
  }

  /** Whoever writes last has the newest: the broker gives all tabs the same token. */
  async #write(value: (now: number) => Held | null): Promise<void> {
    if (this.#store === undefined) return;
    try {
      const { record, now } = await this.#store.read(this.#key());
      if (record === null && value(now) === null) return;
      const version = crypto.randomUUID().replaceAll('-', '');
      await this.#store.swap(this.#key(), record?.version ?? null, { version, value: JSON.stringify(value(now)) });
    } catch {
      // Kept in memory only.
    }
  }
}

function decode(value: string | undefined): Held | null {
  try {
    const { token, expiresAt } = Object(JSON.parse(value ?? 'null')) as Record<string, unknown>;
    return typeof token === 'string' && typeof expiresAt === 'number' ? { token, expiresAt } : null;
  } catch {
    return null;
  }
}
