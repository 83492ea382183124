import { useActOnCallback } from '@act-on-token/react';
import { type ReactElement, useEffect } from 'react';
import { count } from './counts.ts';

const edition = 'first edition';

export function Callback(): ReactElement {
  const { status, error } = useActOnCallback();
  count('callback rendered');
  useEffect(() => {
    count('callback mounted');
    // Whatever a page loads at its start: the server notes where the browser says that it comes
    // from.
    void fetch('/beacon', { referrerPolicy: 'unsafe-url' });
  }, []);
  return (
    <main>
      <h1>{edition}</h1>
      <p id="callback">{error?.code ?? status}</p>
    </main>
  );
}
