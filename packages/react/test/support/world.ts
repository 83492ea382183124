import {
  type AuthorizationRequest,
  actOnEndpoint,
  authorizationUrl,
  createSession,
  type Session,
  type TokenStore,
} from '@act-on-token/core';
import { createEmulator, type Emulator } from '@act-on-token/emulator';
import { memoryStore } from '@act-on-token/memory';
import { expect } from 'vitest';
import { type ManualClock, manualClock } from '../../../core/test/support/manual-clock.ts';

/** An Act-On, a clock that stands still, and a store that counts who reads and watches it. */
export interface World {
  readonly clock: ManualClock;
  readonly emulator: Emulator;
  readonly store: CountingStore;
  /** A session as each page has its own. */
  session(): Session;
  signedIn(): Promise<Session>;
  /**
   * Begins a code grant and says Yes at Act-On: what to keep, and the address to which Act-On
   * redirects.
   */
  consent(): Promise<{ request: AuthorizationRequest; redirect: string }>;
  /** Refreshes although the token is still good. */
  refresh(session: Session): Promise<void>;
}

export interface CountingStore extends TokenStore {
  readonly reads: number;
  /** While set, no read gets an answer but a failure. */
  isDown: boolean;
  /** Watches that were ever begun, and those that go on. */
  readonly watches: { readonly begun: number; readonly open: number };
}

export const aMinute = 60_000;
export const anHour = 3_600_000;
/** In the document that these tests run in. */
export const redirectUri = 'http://localhost:3000/callback?lang=en';

export function world(): World {
  const clock = manualClock();
  const emulator = createEmulator({
    now: () => clock.now(),
    redirectUris: [redirectUri],
    autoConsent: 'marketer@example.test',
  });
  const store = countingStore(memoryStore({ now: () => clock.now() }));
  const { client, user, fetch } = emulator;
  const endpoint = actOnEndpoint({
    clientId: client.id,
    clientSecret: client.secret,
    fetch,
    dangerouslyAllowBrowser: true,
  });
  const session = (): Session => createSession({ endpoint, account: user.username, store, clock });
  return {
    clock,
    emulator,
    store,
    session,
    async signedIn() {
      const created = session();
      await clock.settle(created.authorize({ type: 'password', ...user }));
      return created;
    },
    async consent() {
      const request = await authorizationUrl({ clientId: client.id, redirectUri });
      const answer = await fetch(request.url, { redirect: 'manual' });
      return { request, redirect: answer.headers.get('location') ?? '' };
    },
    async refresh(created) {
      const { granted } = emulator.ledger.counters().grants.refresh_token;
      // A token of less than a minute would be left as it is.
      await clock.advance(2 * aMinute);
      await clock.settle(created.getAccessToken({ minValidity: anHour }));
      await clock.advance(0);
      expect(emulator.ledger.counters().grants.refresh_token.granted).toBe(granted + 1);
    },
  };
}

function countingStore(store: TokenStore): CountingStore {
  let reads = 0;
  let begun = 0;
  let open = 0;
  let isDown = false;
  return {
    ...store,
    get isDown() {
      return isDown;
    },
    set isDown(next) {
      isDown = next;
    },
    read(key) {
      reads += 1;
      return isDown ? Promise.reject(new Error('The store is down.')) : store.read(key);
    },
    watch(key, onChange) {
      begun += 1;
      open += 1;
      const stop = store.watch(key, onChange);
      return () => {
        open -= 1;
        stop();
      };
    },
    get reads() {
      return reads;
    },
    get watches() {
      return { begun, open };
    },
  };
}
