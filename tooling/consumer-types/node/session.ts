import {
  actOnEndpoint,
  createSession,
  type Fetch,
  type Session,
  type SessionOptions,
  type TokenStore,
} from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';

const {
  ACT_ON_CLIENT_ID = '',
  ACT_ON_CLIENT_SECRET = '',
  ACT_ON_USERNAME = '',
  ACT_ON_PASSWORD = '',
} = process.env;
const store: TokenStore = memoryStore();

const options: SessionOptions = {
  endpoint: actOnEndpoint({
    clientId: ACT_ON_CLIENT_ID,
    clientSecret: ACT_ON_CLIENT_SECRET,
    requestTimeout: 5_000,
  }),
  account: ACT_ON_USERNAME,
  store,
  credentials: async () => ({ username: ACT_ON_USERNAME, password: ACT_ON_PASSWORD }),
  autoRefresh: true,
};
export const session: Session = createSession(options);

// The fetch of a session is one like any other.
export const fetch: Fetch = session.fetch;
export const response: Response = await session.fetch(
  new URL('https://api.actonsoftware.com/api/1/account'),
  { method: 'GET' },
);
session.on((event) => console.log(event.type));
process.on('SIGTERM', () => void session.close());

// @ts-expect-error a session without a store
createSession({ ...options, store: undefined });

// @ts-expect-error credentials are asked for, not kept
createSession({ ...options, credentials: { username: 'ada', password: 'x' } });

// @ts-expect-error a grant with a missing field
session.authorize({ type: 'refresh_token' });

// @ts-expect-error a duration is a number of milliseconds
createSession({ ...options, minValidity: '30s' });
