import { useActOnToken } from '@act-on-token/react';
import type { ReactElement } from 'react';
import { session } from './session.ts';

/** Before the broker has answered once: neither data nor a sign-in page. */
export function Unknown(): ReactElement {
  const { error } = useActOnToken();
  if (error === null) return <p className="narrow quiet">One moment …</p>;
  return (
    <section className="card narrow" role="alert">
      <h1>The server cannot be reached</h1>
      <p>{error.message}</p>
      <button type="button" onClick={() => void session.lookUp().catch(() => {})}>
        Try again
      </button>
    </section>
  );
}
