import { useActOnToken } from '@act-on-token/react';
import type { ReactElement } from 'react';
import { Header } from './header.tsx';
import { SignIn } from './sign-in.tsx';
import { SignedIn } from './signed-in.tsx';
import { Unknown } from './unknown.tsx';

export function App(): ReactElement {
  const { loaded, usable, needsGrant } = useActOnToken();
  // A token that lapsed is no reason to ask anybody: the next request renews it.
  const mustSignIn = needsGrant && !usable;
  const isSignedIn = loaded && !mustSignIn;
  return (
    <>
      <p className="unseen" role="status">
        {loaded && (isSignedIn ? 'You are signed in.' : 'You are not signed in.')}
      </p>
      <Header isSignedIn={isSignedIn} />
      <main>{loaded ? mustSignIn ? <SignIn /> : <SignedIn /> : <Unknown />}</main>
    </>
  );
}
