import { ActOnTokenSuspense, useActOnToken, useActOnTokenReady } from '@act-on-token/react';
import { type ReactElement, useEffect, useState } from 'react';
import { count } from './counts.ts';
import { signIn } from './session.ts';

export function Home(): ReactElement {
  const { status } = useActOnToken();
  count('home rendered');
  return (
    <main>
      <p id="status">{status}</p>
      <ActOnTokenSuspense fallback={<p id="account">…</p>}>
        <Account />
      </ActOnTokenSuspense>
    </main>
  );
}

function Account(): ReactElement {
  const { usable, fetch } = useActOnTokenReady('token');
  const [lists, setLists] = useState<number>();
  count('account rendered');
  useEffect(() => {
    if (!usable) return;
    void fetch('/api/1/list')
      .then((response) => response.json())
      .then(({ totalCount }) => setLists(totalCount));
  }, [usable, fetch]);
  if (usable) return <p id="account">{`${lists} lists`}</p>;
  return (
    <button type="button" onClick={signIn}>
      Sign in
    </button>
  );
}
