import {
  type ActOnTokenError,
  actOnEndpoint,
  authorizationUrl,
  createSession,
  isActOnTokenError,
  readCallback,
  type Session,
  type SessionEvent,
  type Snapshot,
} from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';

const endpoint = actOnEndpoint({
  clientId: 'id',
  clientSecret: 'secret',
  region: 'eu',
  dangerouslyAllowBrowser: true,
});
export const session: Session = createSession({
  endpoint,
  account: 'ada@example.com',
  store: memoryStore(),
});

const request = await authorizationUrl({
  clientId: 'id',
  redirectUri: 'https://app.example/callback',
});
sessionStorage.setItem('flow', JSON.stringify({ ...request, url: undefined }));
await session.authorize(readCallback(location.href, request));

export const token: string = await session.getAccessToken({
  minValidity: 60_000,
  signal: AbortSignal.timeout(5_000),
});
export const lists: Response = await session.fetch('/api/1/list');

/** `status` tells apart what else a snapshot has. */
export function label(snapshot: Snapshot): string {
  switch (snapshot.status) {
    case 'idle':
      return 'Sign in';
    case 'expired':
      return snapshot.reason;
    default:
      return new Date(snapshot.expiresAt).toISOString();
  }
}

/** So does `type` of an event, and `code` of an error. */
export function log(event: SessionEvent): string | number | null {
  if (event.type === 'refresh_failed') return event.error.retryAt;
  return event.type === 'unknown' ? event.detail : null;
}
export const closed = (error: unknown): 'closed' | undefined =>
  isActOnTokenError(error, 'closed') ? error.code : undefined;

// @ts-expect-error a session without a store
createSession({ endpoint, account: 'ada@example.com' });

// @ts-expect-error a session without an account
createSession({ endpoint, store: memoryStore() });

// @ts-expect-error an endpoint without its secret
actOnEndpoint({ clientId: 'id' });

// @ts-expect-error a region that Act-On does not have
actOnEndpoint({ clientId: 'id', clientSecret: 'secret', region: 'apac' });

// @ts-expect-error a grant with a missing field
session.authorize({ type: 'password', username: 'ada@example.com' });

// @ts-expect-error a code without the redirect URI that it was issued for
session.authorize({ type: 'authorization_code', code: 'abc' });

// @ts-expect-error a grant that Act-On does not have
session.authorize({ type: 'client_credentials' });

// @ts-expect-error a callback that nobody can check
readCallback(location.href, { redirectUri: 'https://app.example/callback' });

// @ts-expect-error a snapshot carries no token
export const leaked = session.getSnapshot().accessToken;

// @ts-expect-error a snapshot is not for changing
session.getSnapshot().usable = true;

// @ts-expect-error there is no such code
isActOnTokenError(new Error('x'), 'expired');

// @ts-expect-error an error is not for changing
export const change = (error: ActOnTokenError) => (error.code = 'closed');
