// Run with --expose-gc: loads the sessions of so many accounts into one pool and prints, as JSON,
// what they cost.
import {
  actOnEndpoint,
  type Clock,
  createSessionPool,
  type StoredRecord,
  type TokenStore,
} from '@act-on-token/core';

const [count = 100_000] = process.argv.slice(2).map(Number);
const now = Date.now();
const endpoint = actOnEndpoint({
  clientId: 'client',
  clientSecret: 'secret',
  fetch: () => Promise.reject(new Error('No token request is due.')),
});
/** As text that came over a network is: in one piece. */
const flat = (text: string): string => Buffer.from(text).toString();
const nameOf = (index: number): string => flat(`user-${index}@example.com`);

/**
 * Makes each record when it is asked for, so that the heap holds what the sessions keep and nothing
 * of a store.
 */
const store: TokenStore = {
  reach: 'network',
  read: async (key) => ({ record: recordOf(key), now: Date.now() }),
  swap: () => Promise.reject(new Error('Nothing is to be written.')),
  watch: () => () => {},
  close: async () => {},
};

function recordOf(key: string): StoredRecord {
  const [, id = ''] = /user-(\d+)@/.exec(key) ?? [];
  const token = (kind: string): string => `${kind}-${id.padStart(28, '0')}`;
  const pair = {
    accessToken: token('access'),
    refreshToken: token('refresh'),
    issuedAt: now,
    expiresAt: now + 3_600_000,
    scope: 'PRODUCTION',
    unanswered: 0,
  };
  const facts = {
    ended: null,
    claim: null,
    grants: [now],
    blocked: { refresh: null, grant: null },
    refused: null,
    refusal: null,
    conflicts: [],
    changedAt: 0,
    suspect: false,
  };
  const value = JSON.stringify({ schema: 1, lineage: 1, generation: 1, pair, ...facts });
  return { version: flat(id.padStart(32, '0')), value: flat(value) };
}

/** The runtime's time, counting the timers that are pending. */
function countingClock(): Clock & { readonly pending: number } {
  const timers = new Set<unknown>();
  const forget = (timer: unknown): void => void timers.delete(timer);
  return {
    now: () => Date.now(),
    monotonic: () => performance.now(),
    setTimeout(callback, delay) {
      const timer = setTimeout(() => {
        forget(timer);
        callback();
      }, delay).unref();
      timers.add(timer);
      return timer;
    },
    clearTimeout(timer) {
      clearTimeout(timer as NodeJS.Timeout);
      forget(timer);
    },
    get pending() {
      return timers.size;
    },
  };
}

function heap(): number {
  if (gc === undefined) throw new Error('Run this with --expose-gc.');
  for (let i = 0; i < 4; i += 1) gc();
  return process.memoryUsage().heapUsed;
}

const clock = countingClock();
const pool = createSessionPool({ endpoint, store, clock });
await pool.get('user-0@example.com').getAccessToken();
const before = heap();
for (let index = 1; index <= count; index += 1) await pool.get(nameOf(index)).getAccessToken();
const bytes = (heap() - before) / count;
console.log(
  JSON.stringify({
    accounts: pool.size - 1,
    timers: clock.pending,
    bytesPerAccount: Math.round(bytes),
  }),
);
