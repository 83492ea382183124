import { createBrokerSession } from '@act-on-token/broker/client';
import { actOnEndpoint, createSession, type Session } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import { ActOnTokenProvider, useActOnToken } from '@act-on-token/react';
import { ActOnTokenDevtools } from '@act-on-token/react/devtools';
import { type ReactElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';

/** What the site writes into its pages. */
export interface DevtoolsSettings {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly baseUrl: string;
  readonly username: string;
  readonly password: string;
  readonly mode: 'proxy' | 'token';
}

declare global {
  var settings: DevtoolsSettings;
  var pageSession: Session;
}

const { mode, username, password, ...client } = globalThis.settings;

function sessionOfPage(): Session {
  if (location.pathname === '/broker') return createBrokerSession({ url: '/auth', mode });
  return createSession({
    endpoint: actOnEndpoint({ ...client, dangerouslyAllowBrowser: true }),
    account: username,
    store: memoryStore(),
    // The test does not wait for a token to come of age.
    minRefreshInterval: 0,
  });
}

globalThis.pageSession = sessionOfPage();

function App(): ReactElement {
  const { authorize, signIn, status } = useActOnToken();
  const isBroker = location.pathname === '/broker';
  return (
    <main>
      <h1>Contact lists</h1>
      <p>The session is {status}.</p>
      <button
        type="button"
        onClick={() => (isBroker ? signIn() : authorize({ type: 'password', username, password }))}
      >
        Sign in
      </button>
    </main>
  );
}

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no root.');
createRoot(root).render(
  <StrictMode>
    <ActOnTokenProvider session={globalThis.pageSession}>
      <App />
      <ActOnTokenDevtools />
    </ActOnTokenProvider>
  </StrictMode>,
);
