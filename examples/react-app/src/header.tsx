import { useActOnToken } from '@act-on-token/react';
import type { ReactElement } from 'react';
import { session } from './session.ts';

export function Header({ isSignedIn }: { isSignedIn: boolean }): ReactElement {
  const { signOut } = useActOnToken();
  return (
    <header className="top">
      <p className="brand">
        <img src="/icon.svg" alt="" width="28" height="28" /> Act-On lists
      </p>
      {isSignedIn && (
        <nav aria-label="Account">
          <span className="account">{session.account?.name}</span>
          <a href="/" target="_blank" rel="noopener">
            Open another tab
          </a>
          <button type="button" onClick={() => void signOut().catch(() => {})}>
            Sign out
          </button>
        </nav>
      )}
    </header>
  );
}
