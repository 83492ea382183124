import { createBroker } from '@act-on-token/broker';
import { actOnEndpoint } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import { createBrowser } from '../../../packages/broker/test/support/browser.ts';
import { redirectUri } from './redirect-uri.ts';
import { type ActOn, control, countersOf, expectSame, type Sentence } from './sentence.ts';

const { origin } = new URL(redirectUri);

export const brokerSentences: readonly Sentence[] = [
  {
    name: 'a browser signs in through the broker, calls the API, and signs out',
    async run(actOn) {
      const browser = await browserOf(actOn);
      expectSame('signed out at first', (await browser.ask('/auth/api/api/1/account')).status, 401);
      expectSame(
        'the page at the end',
        (await browser.open('/auth/login?returnTo=/lists')).url,
        `${origin}/lists`,
      );
      expectSame('the API call', (await browser.ask('/auth/api/api/1/account')).status, 200);
      expectSame('code grants', (await countersOf(actOn)).grants.authorization_code.sent, 1);
      expectSame(
        'signing out',
        (await browser.ask('/auth/logout', { method: 'POST', headers: { origin } })).status < 300,
        true,
      );
      expectSame('signed out at last', (await browser.ask('/auth/api/api/1/account')).status, 401);
    },
  },
];

async function browserOf(actOn: ActOn): Promise<ReturnType<typeof createBrowser>> {
  await control(actOn, 'reset', {});
  const endpoint = actOnEndpoint({
    clientId: actOn.client.id,
    clientSecret: actOn.client.secret,
    baseUrl: actOn.url,
  });
  const sessionSecret = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(32))));
  const broker = createBroker({ endpoint, store: memoryStore(), redirectUri, sessionSecret });
  return createBrowser(broker, (url) => fetch(url, { redirect: 'manual' }), origin);
}
