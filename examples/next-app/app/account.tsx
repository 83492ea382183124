'use client';

import { useActOnTokenReady } from '@act-on-token/react';
import type { ReactElement } from 'react';
import { Count } from './count';
import { Lists } from './lists';
import { session } from './session';

export function Account(): ReactElement {
  const { usable, needsGrant, signOut } = useActOnTokenReady();
  if (needsGrant && !usable) {
    return (
      <p>
        <a className="button" href={session.loginUrl()}>
          Sign in with Act-On
        </a>
      </p>
    );
  }
  return (
    <>
      <Lists />
      <Count />{' '}
      <button type="button" onClick={() => void signOut()}>
        Sign out
      </button>
    </>
  );
}
