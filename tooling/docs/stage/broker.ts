import { type Broker, createBroker } from '@act-on-token/broker';
import { actOnEndpoint } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import { createBrowser } from '../../../packages/broker/test/support/browser.ts';
import { emulator } from './stage.ts';

/** A broker at `/auth` of this origin, where no user is signed in. */
export function createStagedBroker(origin: string): Broker {
  return createBroker({
    endpoint: actOnEndpoint({
      clientId: '…',
      clientSecret: '…',
      dangerouslyAllowBrowser: true,
      fetch: emulator.fetch,
    }),
    store: memoryStore(),
    redirectUri: `${origin}/auth/callback`,
    sessionSecret: 'a secret of at least thirty-two characters',
  });
}

/** The same for a page: what it fetches goes to the broker. */
export function brokerAtAuth(): void {
  const broker = createStagedBroker(location.origin);
  const browser = createBrowser(
    broker,
    (url) => emulator.fetch(url, { redirect: 'manual' }),
    location.origin,
  );
  globalThis.fetch = (input, init) =>
    browser.fetch(input instanceof Request ? input : new URL(input, location.href), init);
}
