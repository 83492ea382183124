import { createHash } from 'node:crypto';
import { defineStore, type PlaceAnswer, type TokenStore } from '@act-on-token/core';
import type { Driver } from './any-client.ts';
import { checked, remedies } from './run-script.ts';

/** Checked options. */
interface Settings {
  readonly prefix: string;
  /** What a record's hash is kept for, in milliseconds; undefined: for ever. */
  readonly ttl: number | undefined;
  readonly tombstoneTtl: number | undefined;
}

/** The same store for a client that is not ioredis: the same script, keys and channels. */
export function storeOnDriver(driver: Driver, script: string, settings: Settings): TokenStore {
  const { prefix, ttl, tombstoneTtl } = settings;
  const digest = createHash('sha1').update(script).digest('hex');
  const run = async (key: string, args: string[] = []): Promise<PlaceAnswer> => {
    const reply = await driver.run(script, digest, prefix + key, args).catch((error: unknown) => {
      if (wordOf(error) !== 'NOSCRIPT') throw error;
      return driver.run(script, null, prefix + key, args);
    });
    const [now, version, value, server] = checked(reply);
    const record = version === null || value === null ? null : { version, value };
    // Without the right to INFO no server has a name; then each key has a clock of its own.
    return { record, now: Number(now), clock: server ?? prefix + key };
  };
  return defineStore({
    name: 'Redis',
    reach: 'network',
    hashKeys: false,
    read: (key) => run(key),
    swap: (key, expected, { version, value, signedOut }) => {
      const condition = expected === null ? '' : `=${expected}`;
      const lifetime = String((signedOut ? tombstoneTtl : ttl) ?? '');
      return run(key, [condition, version, value, lifetime, prefix + key]);
    },
    watch: driver.subscribe && ((key, onChange) => driver.subscribe?.(prefix + key, onChange)),
    remedy: (error) => {
      const word = wordOf(error);
      const remedy = word === undefined ? undefined : remedies[word];
      return remedy && `Redis answered ${word}: ${remedy}.`;
    },
  });
}

/** The word in capitals that an error of Redis begins with, wherever the client puts it. */
function wordOf(error: unknown): string | undefined {
  const message = String(Object(error).message);
  return [...Object.keys(remedies), 'NOSCRIPT'].find((word) =>
    new RegExp(`(^|[\\s:"])${word}\\b`).test(message),
  );
}
