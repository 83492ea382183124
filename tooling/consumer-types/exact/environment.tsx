import { createBroker } from '@act-on-token/broker';
import { createBrokerSession } from '@act-on-token/broker/client';
import {
  ActOnTokenError,
  actOnEndpoint,
  authorizationUrl,
  createSession,
  createSessionPool,
  pollingWatch,
  readCallback,
  sealedStore,
} from '@act-on-token/core';
import { fileStore } from '@act-on-token/file';
import { indexedDbStore } from '@act-on-token/indexeddb';
import { actOnKy, createRateLimit } from '@act-on-token/ky';
import { memoryStore } from '@act-on-token/memory';
import {
  ActOnTokenProvider,
  ActOnTokenSuspense,
  useActOnToken,
  useActOnTokenReady,
  useActOnTokenSelector,
} from '@act-on-token/react';
import { redisStore } from '@act-on-token/redis';
import { Redis } from 'ioredis';

// What a program reads from its environment may not be there, and each option that may be left out
// takes that as it is.
const text: string | undefined = process.env.ACT_ON_BASE_URL;
const number: number | undefined = text === undefined ? undefined : Number(text);
const flag: boolean | undefined = text === undefined ? undefined : text === '1';
const region: 'us' | 'eu' | undefined = text === 'eu' ? text : undefined;
const nothing: undefined = undefined;
const signal: AbortSignal | undefined = flag ? AbortSignal.timeout(1_000) : undefined;
const clock = nothing;
const waitUntil: ((work: Promise<unknown>) => void) | undefined = nothing;
const durations = {
  refreshAhead: number,
  minValidity: number,
  minRefreshInterval: number,
  maxLifetime: number,
  maxWait: number,
};
const grantLimit: { limit: number; window: number; reserve: number } | undefined = nothing;
const onUnknown: 'probe' | 'stop' | undefined = nothing;
const redirectUri = 'https://app.example/auth/callback';

const endpoint = actOnEndpoint({
  clientId: 'id',
  clientSecret: 'secret',
  region,
  baseUrl: text,
  fetch: nothing,
  requestTimeout: number,
  dangerouslyAllowBrowser: flag,
});
const store = memoryStore({ now: nothing });
const shared = {
  endpoint,
  store,
  ...durations,
  grantLimit,
  onUnknown,
  autoRefresh: flag,
  waitUntil,
  clock,
  credentials: nothing,
};
export const session = createSession({ ...shared, account: 'ada' });
export const pool = createSessionPool({ ...shared, maxConcurrent: number, idleAfter: number });
await session.getAccessToken({
  minValidity: number,
  rejected: text,
  signal,
  waitUntil,
  maxWait: number,
});
await session.authorize(
  { type: 'authorization_code', code: 'x', redirectUri, codeVerifier: text },
  { signal },
);
await authorizationUrl({
  clientId: 'id',
  redirectUri,
  region,
  baseUrl: text,
  scope: text,
  state: text,
  pkce: flag,
});
readCallback(redirectUri, { state: 'x', redirectUri, codeVerifier: text, issuer: text });
pollingWatch(
  async () => ({ record: null }),
  () => {},
  { interval: number, clock },
);
sealedStore(store, { current: new Uint8Array(32), previous: nothing });
export const error = new ActOnTokenError('closed', 'x', { retryAt: number, needsGrant: flag });

export const stores = [
  fileStore({ directory: '/x' }),
  indexedDbStore({ database: text }),
  redisStore(new Redis(), { prefix: text, ttl: number, tombstoneTtl: number }),
];
export const api = actOnKy(session, {
  rateLimit: createRateLimit({ limit: number, interval: number, maxWait: number }),
});
export const plain = actOnKy(session, { rateLimit: nothing });

export const broker = createBroker({
  endpoint,
  store,
  redirectUri,
  sessionSecret: 'x',
  mode: nothing,
  basePath: text,
  allowedPaths: nothing,
  maxBodySize: number,
  apiTimeout: number,
  sessionLifetime: number,
  cookieName: text,
  user: nothing,
  account: nothing,
  expectAccount: text,
  scope: text,
  pkce: flag,
  issuer: text,
  session: { minValidity: number, grantLimit },
  onEvent: nothing,
  waitUntil,
  clock,
});
export const page = createBrokerSession({
  url: '/auth',
  mode: nothing,
  account: text,
  store: nothing,
  fetch: nothing,
  clock,
});
page.signIn(text, { another: flag });

export function Page(): React.ReactNode {
  const { usable } = useActOnToken(page);
  useActOnTokenReady(nothing, nothing);
  useActOnTokenSelector((token) => token.usable, nothing, nothing);
  return (
    <ActOnTokenProvider session={session}>
      <ActOnTokenSuspense fallback={nothing}>{usable ? nothing : 'x'}</ActOnTokenSuspense>
    </ActOnTokenProvider>
  );
}
