// What a trusted page writes, with everything that a page may import, and Act-On in the page too.
// Bundled from the installed packages.
import { createBrokerSession } from '@act-on-token/broker/client';
import { actOnEndpoint, createSession } from '@act-on-token/core';
import { createEmulator } from '@act-on-token/emulator';
import { indexedDbStore } from '@act-on-token/indexeddb';
import { actOnKy } from '@act-on-token/ky';
import { ActOnTokenProvider, useActOnToken } from '@act-on-token/react';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';

const actOn = createEmulator();
const session = createSession({
  endpoint: actOnEndpoint({
    clientId: actOn.client.id,
    clientSecret: actOn.client.secret,
    fetch: actOn.fetch,
    dangerouslyAllowBrowser: true,
  }),
  account: actOn.user.username,
  store: indexedDbStore(),
});
await session.authorize({ type: 'password', ...actOn.user });
const { totalCount } = await actOnKy(session)
  .get('/api/1/list?listingtype=CONTACT_LIST')
  .json<{ totalCount: number }>();

const Shown = () =>
  createElement(
    'p',
    { id: 'shown' },
    `${useActOnToken().status}, ${totalCount} lists, ${createBrokerSession.name}`,
  );
const root = document.createElement('main');
document.body.append(root);
createRoot(root).render(
  createElement(ActOnTokenProvider, { session, children: createElement(Shown) }),
);
