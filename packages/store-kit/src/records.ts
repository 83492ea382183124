import type { StoredRecord } from '@act-on-token/core';

/** A key that nothing was ever stored under. */
export function freshKey(): string {
  return `store-kit-${randomHex()}`;
}

/** A record with a version of its own, as a session writes one. */
export function freshRecord(value: string = randomHex()): StoredRecord {
  return { version: randomHex(), value };
}

/** 128 random bits. */
function randomHex(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
