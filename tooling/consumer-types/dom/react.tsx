import { authorizationUrl, readCallback, type Session } from '@act-on-token/core';
import {
  type ActOnCallback,
  type ActOnToken,
  type ActOnTokenActions,
  ActOnTokenProvider,
  ActOnTokenSuspense,
  expectCallback,
  type ReadyActOnToken,
  takeExpectedCallback,
  useActOnCallback,
  useActOnToken,
  useActOnTokenReady,
  useActOnTokenSelector,
} from '@act-on-token/react';
import type { ReactNode } from 'react';

declare const session: Session;
declare function sameText(a: string, b: string): boolean;

export function App({ children }: { children: ReactNode }) {
  return (
    <ActOnTokenProvider session={session}>
      <Status />
      {children}
    </ActOnTokenProvider>
  );
}

function Status() {
  const token: ActOnToken = useActOnToken();
  const { authorize, fetch, getAccessToken, signOut }: ActOnTokenActions = token;
  const signIn = () => authorize({ type: 'password', username: 'ada@example.com', password: '…' });
  const lists: () => Promise<Response> = () => fetch('/api/1/list');
  const accessToken: () => Promise<string> = () => getAccessToken({ minValidity: 60_000 });
  // The status tells what else there is.
  if (token.status === 'expired')
    return (
      <button type="button" onClick={signIn}>
        {token.reason.toUpperCase()}
      </button>
    );
  const until: number | null = token.expiresAt;
  return (
    <button type="button" onClick={() => void [signOut(), lists(), accessToken()]}>
      {until}
    </button>
  );
}

export function useParts() {
  const usable: boolean = useActOnTokenSelector((token) => token.usable);
  const grants: { used: number } = useActOnTokenSelector(
    ({ grants }) => ({ used: grants.used }),
    (a, b) => a.used === b.used,
    session,
  );
  // @ts-expect-error a snapshot has no token in it
  useActOnTokenSelector((token) => token.accessToken);
  // @ts-expect-error what is compared is what was selected
  useActOnTokenSelector((token) => token.usable, sameText);
  return { usable, grants, other: useActOnToken(session).loaded };
}

// @ts-expect-error there is nothing to provide
export const Empty = () => <ActOnTokenProvider />;

export function Wrong() {
  const token = useActOnToken();
  // @ts-expect-error it is not for changing
  token.usable = true;
  // @ts-expect-error only an expired token has a reason
  return token.status === 'authorized' ? token.reason.toUpperCase() : null;
}

export const Waiting = () => (
  <ActOnTokenSuspense fallback="…">
    <Ready />
    <Callback />
  </ActOnTokenSuspense>
);

function Ready() {
  const token: ReadyActOnToken = useActOnTokenReady('token', session);
  const isKnown: true = useActOnTokenReady().loaded;
  // @ts-expect-error there are the record and the token to wait for
  useActOnTokenReady('grant');
  return token.status === 'expired' ? token.reason.toUpperCase() : String(isKnown);
}

function Callback() {
  const { status, error }: ActOnCallback = useActOnCallback();
  // @ts-expect-error what is done has no error
  if (status === 'done') return error.message;
  return status === 'failed' ? <p>{error.message}</p> : <p>{status}</p>;
}

export async function signIn() {
  const request = await authorizationUrl({
    clientId: 'x',
    redirectUri: 'https://app.example/callback',
  });
  expectCallback(request);
  const expected = takeExpectedCallback(request.state);
  if (expected !== null) await session.authorize(readCallback(request.url, expected));
}
