'use client';

import { actOnEndpoint, authorizationUrl, createSession } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import { ActOnTokenProvider, expectCallback, useActOnCallback } from '@act-on-token/react';
import { useRouter, useSearchParams } from 'next/navigation';
import { type ReactElement, Suspense } from 'react';

const baseUrl = process.env.NEXT_PUBLIC_ACT_ON_URL ?? '';
const clientId = 'test-client';
const endpoint = actOnEndpoint({
  clientId,
  clientSecret: 'test-client-secret',
  baseUrl,
  dangerouslyAllowBrowser: true,
});
const session = createSession({ endpoint, account: 'of the page', store: memoryStore() });

/** The page of the redirect in a tool that only its author can open: it holds the secret itself. */
export function Direct({ renderedAt }: { renderedAt: number }): ReactElement {
  return (
    <ActOnTokenProvider session={session}>
      <p id="rendered">{renderedAt}</p>
      <Suspense>
        <Callback />
      </Suspense>
    </ActOnTokenProvider>
  );
}

function Callback(): ReactElement {
  const { status } = useActOnCallback();
  const { refresh } = useRouter();
  return (
    <>
      <p id="callback">{status}</p>
      <p id="query">{useSearchParams().toString() || 'no query'}</p>
      <button type="button" onClick={signIn}>
        Sign in
      </button>
      <button type="button" onClick={refresh}>
        Refresh
      </button>
    </>
  );
}

async function signIn(): Promise<void> {
  const request = await authorizationUrl({
    clientId,
    baseUrl,
    redirectUri: `${location.origin}/direct`,
  });
  expectCallback(request);
  location.assign(request.url);
}
