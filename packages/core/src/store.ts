/** What a store keeps for one account. It never looks inside `value`. */
export interface StoredRecord {
  /**
   * 128 random bits in hex, chosen by the writer, so that a writer recognises its own write when a
   * swap is replayed.
   */
  readonly version: string;
  readonly value: string;
  /**
   * Passed with a swap, and need not be kept: the account is signed out, and this record is there
   * to say so. A store may drop it some day.
   */
  readonly signedOut?: boolean;
}

/** What a store found, and when by its own clock. */
export interface ReadResult {
  readonly record: StoredRecord | null;
  /**
   * The store's clock when it answered, in epoch milliseconds. All who share a store judge leases
   * by this one clock.
   */
  readonly now: number;
  /**
   * Names the clock that `now` was read from, when a store has more than one (a node of a cluster);
   * absent: the store has one.
   */
  readonly clock?: string;
}

/**
 * How a swap ended. `record` is what the store holds after it: `next` if it won, the record that
 * was in its way if not.
 */
export interface SwapResult extends ReadResult {
  readonly ok: boolean;
}

/**
 * Where account records live: four methods and one property. Correctness rests on `swap` being
 * atomic and on nothing else. A method that cannot answer rejects, also where a record is damaged;
 * it never answers `ok: false` for a failure of its own.
 */
export interface TokenStore {
  /** The record as it stands, and the store's own clock, in one round trip. */
  read(key: string): Promise<ReadResult>;
  /**
   * Replaces the record only if its version still is `expected` (`null`: there is none), atomically
   * for all handles. A replayed call that already won answers `ok: true`: a store whose record has
   * `next.version` has obeyed.
   */
  swap(key: string, expected: string | null, next: StoredRecord): Promise<SwapResult>;
  /**
   * Calls back soon after the record changed anywhere in the store's reach. A hint: safety never
   * needs it. Returns a function that stops it.
   */
  watch(key: string, onChange: () => void): () => void;
  /**
   * How far a record is seen: by this process, this machine, this browser origin, or everyone on
   * the network.
   */
  readonly reach: 'process' | 'machine' | 'origin' | 'network';
  /** Closes only what the store itself opened; every later call rejects. */
  close(): Promise<void>;
}
