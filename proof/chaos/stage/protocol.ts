// How a worker and a server talk, as far as a link has to understand it.

/** A piece of what a worker says, passed on at once. */
export interface Asked {
  readonly bytes: Buffer;
  /** What it writes into a record, if it writes. */
  readonly written: Written | null;
  /** Whether a request ends here: the server answers each once, in their order. */
  readonly isEnd: boolean;
}

/** A piece of what a server says. */
export interface Said {
  readonly bytes: Buffer;
  /** Whether it ends an answer, is a part of one, or answers nothing. */
  readonly place: 'end' | 'part' | 'push';
  /** Whether this text is one of its values. */
  has(text: string): boolean;
}

export interface Written {
  /** The key of the record, as the store sends it. */
  readonly key: string;
  readonly version: string;
  readonly value: string;
}

/** Takes the bytes of one connection as they come, and hands out the pieces that are complete. */
export interface Reader {
  asked(bytes: Buffer): Asked[];
  said(bytes: Buffer): Said[];
}

/**
 * The values that a store sends with a swap: the record, the version right before it, and the key
 * at `keyAt`. `null`: it is another request.
 */
export function writtenIn(values: readonly unknown[], keyAt: number): Written | null {
  const at = values.findIndex((each) => typeof each === 'string' && each.startsWith('{"schema":'));
  const [key, version, value] = [values[keyAt], values[at - 1], values[at]];
  return typeof version === 'string' && typeof value === 'string'
    ? { key: String(key), version, value }
    : null;
}
