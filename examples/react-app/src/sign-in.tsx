import { useActOnToken } from '@act-on-token/react';
import { type ReactElement, useEffect, useState } from 'react';
import { person } from './demo.ts';
import { session } from './session.ts';

/** Nobody is signed in, or Act-On forgot about it. */
export function SignIn(): ReactElement {
  const { reason } = useActOnToken();
  return (
    <section className="card narrow">
      <h1>{reason === null ? 'You are not signed in' : 'Please sign in again'}</h1>
      <p>
        Act-On asks whether this app may use your account. The app itself sees neither your password
        nor a token.
      </p>
      <a className="primary" href={session.loginUrl('/')}>
        Sign in with Act-On
      </a>
      <Person />
    </section>
  );
}

function Person(): ReactElement | null {
  const [known, setKnown] = useState<{ username: string; password: string }>();
  useEffect(() => {
    person().then(setKnown, () => {});
  }, []);
  if (known === undefined) return null;
  return (
    <dl className="person">
      <dt>User name of the demo</dt>
      <dd>
        <code>{known.username}</code>
      </dd>
      <dt>Password</dt>
      <dd>
        <code>{known.password}</code>
      </dd>
    </dl>
  );
}
