// An account picker in a real browser, and what it shows, render by render, within reach of the
// test.
import { createBrokerSession } from '@act-on-token/broker/client';
import { ActOnTokenProvider, useActOnAccount, useActOnToken } from '@act-on-token/react';
import type { ReactElement } from 'react';
import { createRoot } from 'react-dom/client';

declare global {
  var shown: { text: string; at: number }[];
  var signOutOf: (id: string) => Promise<void>;
  var accountIds: () => string[];
}

const session = createBrokerSession({ url: '/auth' });
globalThis.shown = [];
globalThis.accountIds = () => session.accounts.map(({ id }) => id);
/** Another session of this browser, of one account alone. */
globalThis.signOutOf = async (account) => {
  const another = createBrokerSession({ url: '/auth', account });
  await another.signOut();
  await another.close();
};

function Picker(): ReactElement {
  const { loaded, account, accounts } = useActOnToken();
  const current = useActOnAccount();
  const names = accounts.map(({ name }) => name).join(' ');
  const torn = current?.id === account?.id ? '' : ' torn';
  const text = loaded ? `[${names}] ${account?.name ?? 'nobody'}${torn}` : '…';
  globalThis.shown.push({ text, at: Date.now() });
  return <p>{text}</p>;
}

createRoot(document.body).render(
  <ActOnTokenProvider session={session}>
    <Picker />
  </ActOnTokenProvider>,
);
