import {
  type BrokerAccount,
  type BrokerSession,
  createBrokerSession,
} from '@act-on-token/broker/client';
import type { Session } from '@act-on-token/core';
import { indexedDbStore } from '@act-on-token/indexeddb';
import { actOnKy } from '@act-on-token/ky';
import { ActOnTokenProvider, useActOnToken } from '@act-on-token/react';

export const session: BrokerSession = createBrokerSession({ url: '/auth' });
export const inTokenMode: Session = createBrokerSession({
  url: new URL('/auth', location.href),
  mode: 'token',
  store: indexedDbStore(),
});

// It is a session like any other.
export const api = actOnKy(session);
export const App = () => (
  <ActOnTokenProvider session={session}>{useActOnToken(session).status}</ActOnTokenProvider>
);

export const who: string | undefined = session.account?.name;
export const others: readonly BrokerAccount[] = session.accounts;
export const link: string = session.loginUrl('/lists', { another: true });
session.signIn();

// @ts-expect-error there is no such mode
createBrokerSession({ url: '/auth', mode: 'direct' });

// @ts-expect-error a broker that is nowhere
createBrokerSession({});

// @ts-expect-error the server's side is another entry
export { createBroker } from '@act-on-token/broker/client';
