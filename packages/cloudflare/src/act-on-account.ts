/** What Workers hand to the constructor of an object, as far as it is used here. */
export interface ObjectState {
  readonly storage: {
    get(key: string): Promise<unknown>;
    put(key: string, value: unknown): Promise<void>;
  };
}

/** What the store sends to the object of an account. Without `next` it is a read. */
export interface AccountCall {
  readonly expected?: string | null;
  readonly next?: { readonly version: string; readonly value: string };
}

interface Held {
  readonly version: string;
  readonly value: string;
  readonly at: number;
}

const anHour = 3_600_000;

/**
 * The Durable Object of one account. A Worker exports this class and binds a namespace to it;
 * `durableObjectStore()` is the only caller.
 */
export class ActOnAccount {
  readonly #storage: ObjectState['storage'];

  constructor(state: ObjectState) {
    this.#storage = state.storage;
  }

  /**
   * Reads the record, or replaces it if its version is the expected one. No other request to this
   * object runs while it waits for its storage, and the answer leaves once the write is safe.
   */
  async fetch(request: Request): Promise<Response> {
    const { expected, next }: AccountCall = await request.json();
    const held = ((await this.#storage.get('record')) ?? null) as Held | null;
    const wall = Date.now();
    // A clock that was set back stands still until it has caught up with the record.
    const now = held !== null && held.at > wall && held.at - wall <= anHour ? held.at : wall;
    const isDue = next !== undefined && (held?.version ?? null) === expected;
    if (isDue) await this.#storage.put('record', { ...next, at: now });
    return Response.json({ record: isDue ? next : held, now });
  }
}
