/** Four 32-bit words: where a seeded generator stands. */
export type RandomState = readonly [number, number, number, number];

/** A source of random bytes: the runtime's own, or one that a seed makes repeatable. */
export interface Random {
  bytes(count: number): Uint8Array;
  /** The position of a seeded generator; `null` if there is no seed. */
  save(): RandomState | null;
  restore(state: RandomState | null): void;
}

/**
 * Without a seed every byte is the runtime's cryptographic randomness. With one, the same draws
 * give the same bytes.
 */
export function createRandom(seed: string | undefined): Random {
  return seed === undefined ? cryptographicRandom() : seededRandom(wordsOf(seed));
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function cryptographicRandom(): Random {
  // A call to the system costs more than the bytes that it brings.
  let pool = new Uint8Array(0);
  const bytes = (count: number): Uint8Array => {
    if (pool.length < count) pool = globalThis.crypto.getRandomValues(new Uint8Array(8192));
    const drawn = pool.slice(0, count);
    pool = pool.subarray(count);
    return drawn;
  };
  return {
    bytes,
    save: () => null,
    restore() {},
  };
}

function seededRandom(start: RandomState): Random {
  let state = start;
  const next = (): number => {
    const step = sfc32(state);
    state = step.state;
    return step.word;
  };
  return {
    bytes: (count) => Uint8Array.from({ length: count }, () => next() >>> 24),
    save: () => state,
    restore(saved) {
      state = saved ?? start;
    },
  };
}

/**
 * One step of sfc32 (PractRand, public domain): 128 bits of state, so a token of 128 bits carries
 * what the seed gives it.
 */
function sfc32([a, b, c, counter]: RandomState): { state: RandomState; word: number } {
  const word = (((a + b) | 0) + counter) | 0;
  return {
    state: [
      b ^ (b >>> 9),
      (c + (c << 3)) | 0,
      (((c << 21) | (c >>> 11)) + word) | 0,
      (counter + 1) | 0,
    ],
    word,
  };
}

/**
 * Spreads a text over four words (FNV-1a, one basis per word) and stirs them, so that near seeds
 * give far states.
 */
function wordsOf(seed: string): RandomState {
  const word = (basis: number): number => {
    let hash = basis;
    for (const byte of new TextEncoder().encode(seed)) hash = Math.imul(hash ^ byte, 16777619);
    return hash | 0;
  };
  let state: RandomState = [word(0x811c9dc5), word(0x9e3779b9), word(0x7f4a7c15), 1];
  for (let round = 0; round < 15; round++) state = sfc32(state).state;
  return state;
}
