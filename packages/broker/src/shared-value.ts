import { ActOnTokenError, type ReadResult, type TokenStore } from '@act-on-token/core';
import type { Settings } from './settings.ts';

/** Longest that one store call may take, in milliseconds. */
const patience = 5_000;
/** Somebody else may be quicker now and then, not for ever. */
const mostAttempts = 100;

/**
 * A value of the broker's own in the token store, next to the accounts' records: seen by all
 * servers, changed by compare-and-swap.
 */
export interface SharedValue<T> {
  read(): Promise<{ value: T; now: number }>;
  /**
   * Replaces the value by what `edit` makes of it; `null` leaves it. Resolves with what is there
   * then.
   */
  change(edit: (value: T, now: number) => T | null): Promise<T>;
}

/**
 * `decode` gets what was written, or `undefined` if there is nothing, or nothing readable. Its
 * calls reject with `store_unavailable`.
 */
export function sharedValue<T>(
  settings: Settings,
  kind: string,
  name: string,
  decode: (stored: unknown) => T,
): SharedValue<T> {
  const { store, endpoint } = settings;
  const key = JSON.stringify(['act-on-broker', endpoint.issuer, endpoint.clientId, kind, name]);
  const decoded = ({ record }: ReadResult): T =>
    decode(record === null ? undefined : parse(record.value));
  return {
    async read() {
      const found = await inTime(settings, () => store.read(key));
      return { value: decoded(found), now: found.now };
    },
    async change(edit) {
      let found = await inTime(settings, () => store.read(key));
      for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
        const value = decoded(found);
        const next = edit(value, found.now);
        if (next === null) return value;
        const swapped = await swap(
          settings,
          store,
          key,
          found.record?.version ?? null,
          JSON.stringify(next),
        );
        if (swapped.ok) return next;
        found = swapped;
      }
      throw unavailable(settings);
    },
  };
}

function swap(
  settings: Settings,
  store: TokenStore,
  key: string,
  expected: string | null,
  value: string,
): ReturnType<TokenStore['swap']> {
  const version = crypto.randomUUID().replaceAll('-', '');
  return inTime(settings, () => store.swap(key, expected, { version, value }));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * The store's answer, or `store_unavailable` with nothing of its error, which may quote what was
 * stored.
 */
async function inTime<T>(settings: Settings, call: () => Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(unavailable(settings)), patience);
  });
  try {
    return await Promise.race([call(), late]);
  } catch {
    throw unavailable(settings);
  } finally {
    clearTimeout(timer);
  }
}

function unavailable({ now }: Settings): ActOnTokenError {
  const message =
    'The token store did not respond as it should. Check that it runs and can be reached.';
  return new ActOnTokenError('store_unavailable', message, { retryAt: now() + 5_000 });
}
