import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  accountKey,
  createSession,
  readCallback,
  type Session,
  type SessionOptions,
  type TokenEndpoint,
  type TokenStore,
} from '@act-on-token/core';
import { fileStore } from '@act-on-token/file';
import { type MemoryStore, memoryStore } from '@act-on-token/memory';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { endOf, forkWorker, nextMessage } from '../../../proof/support/processes.ts';
import { startFlakyProxy } from '../../../proof/support/tcp-proxy.ts';
import {
  authorizationRequest,
  type ClientAuth,
  type OAuthEndpoint,
  type OAuthEndpointOptions,
  oauthEndpoint,
} from '../src/index.ts';
import { oauth2Server } from './support/oauth2-server.ts';
import { oidcProvider } from './support/oidc-provider.ts';
import {
  clientIdOf,
  type Method,
  type Policy,
  redirectUri,
  type ServerSetup,
  secretOfClients,
  type TestServer,
} from './support/server.ts';
import { type TestClock, testClock } from './support/test-clock.ts';
import type { Message, Setup } from './support/worker.ts';

const twoHours = 7_200_000;

interface Kind {
  readonly program: string;
  readonly policy: Policy;
  readonly start: (setup: ServerSetup) => Promise<TestServer>;
  /** A Basic header whose parts this server reads as they were meant. */
  readonly basic: ClientAuth;
}

const oidc = {
  program: 'oidc-provider',
  start: oidcProvider,
  basic: 'client_secret_basic',
} as const;
const node = {
  program: '@node-oauth/oauth2-server',
  start: oauth2Server,
  basic: 'client_secret_basic_raw',
} as const;
const kinds: readonly Kind[] = [
  { ...oidc, policy: 'rotates, and revokes the family' },
  { ...oidc, policy: 'keeps it' },
  { ...node, policy: 'rotates, and revokes the family' },
  { ...node, policy: 'rotates, after 30 s of grace' },
  { ...node, policy: 'keeps it' },
];

describe.each(kinds)('$program, where a used refresh token: $policy', (kind) => {
  const { policy, basic } = kind;
  let clock: TestClock;
  let server: TestServer;
  let store: MemoryStore;
  const sessions: Session[] = [];
  /** Everything that was said to anyone. */
  const said: string[] = [];

  beforeEach(async () => {
    await start(1);
  });
  afterEach(async () => {
    for (const session of sessions.splice(0)) {
      said.push(session.describe(), JSON.stringify(session.getSnapshot()));
      await session.close();
    }
    await server.close();
    expect(said.join('\n')).not.toContain('Act-On');
    expect(said.splice(0).join('\n')).not.toContain(secretOfClients);
  });

  async function start(speed: number): Promise<void> {
    await server?.close();
    clock = testClock(speed);
    server = await kind.start({ policy, clock });
    store = memoryStore({ now: () => clock.now() });
  }

  function endpointFor(
    method: Method,
    clientAuth: ClientAuth,
    more: Partial<OAuthEndpointOptions> = {},
  ): OAuthEndpoint {
    return oauthEndpoint(optionsFor(method, clientAuth, more));
  }

  function optionsFor(
    method: Method,
    clientAuth: ClientAuth,
    more: Partial<OAuthEndpointOptions> = {},
  ): OAuthEndpointOptions {
    const { tokenUrl, authorizeUrl, revocationUrl } = server;
    return {
      name: 'Example',
      tokenUrl,
      authorizeUrl,
      revocationUrl,
      clientId: clientIdOf(method),
      clientAuth,
      ...(method === 'none' ? {} : { clientSecret: secretOfClients }),
      ...more,
    };
  }

  const posting = (more: Partial<OAuthEndpointOptions> = {}): OAuthEndpoint =>
    endpointFor('client_secret_post', 'client_secret_post', more);

  function sessionOf(endpoint: TokenEndpoint, more: Partial<SessionOptions> = {}): Session {
    const session = createSession({ endpoint, account: 'ann', store, clock, ...more });
    session.on((event) => said.push(JSON.stringify(event)));
    sessions.push(session);
    return session;
  }

  async function codeOf(endpoint: OAuthEndpoint) {
    const { url, ...expected } = await authorizationRequest(endpoint, {
      redirectUri,
      scope: 'openid offline_access',
      parameters: { prompt: 'consent' },
    });
    return readCallback(await server.signIn(url), expected);
  }

  async function signIn(session: Session, endpoint: OAuthEndpoint): Promise<void> {
    await session.authorize(await codeOf(endpoint));
  }

  const failureOf = async (work: Promise<unknown>): Promise<{ code: string; message: string }> => {
    const error = await work.then(
      () => new Error('it succeeded'),
      (reason: Error) => reason,
    );
    said.push(error.message);
    return error as Error & { code: string };
  };

  const auths: [Method, ClientAuth][] = [
    ['client_secret_basic', basic],
    ['client_secret_post', 'client_secret_post'],
    ['none', 'none'],
  ];
  it.each(auths)('signs in and refreshes as a client with %s', async (method, clientAuth) => {
    const endpoint = endpointFor(method, clientAuth);
    const session = sessionOf(endpoint);
    await signIn(session, endpoint);
    const first = await session.getAccessToken();
    expect(await server.accepts(first)).toBe(true);
    for (let round = 1; round <= 3; round += 1) {
      clock.skip(twoHours);
      const next = await session.getAccessToken();
      expect(next).not.toBe(first);
      expect(await server.accepts(next)).toBe(true);
      expect(server.granted).toEqual({ code: 1, refresh: round });
    }
    expect(server.refused).toEqual([]);
  });

  it('refreshes once for 1,000 callers', async () => {
    const endpoint = posting();
    await signIn(sessionOf(endpoint), endpoint);
    clock.skip(twoHours);
    const several = Array.from({ length: 10 }, () => sessionOf(endpoint, { store: store.open() }));
    const calls = Array.from({ length: 1_000 }, (_, at) =>
      (several[at % 10] as Session).getAccessToken(),
    );
    expect(new Set(await Promise.all(calls)).size).toBe(1);
    expect(server.granted.refresh).toBe(1);
  });

  it('names a code that was used before', async () => {
    const endpoint = posting();
    const grant = await codeOf(endpoint);
    await sessionOf(endpoint).authorize(grant);
    const { code, message } = await failureOf(
      sessionOf(endpoint, { account: 'bob' }).authorize(grant),
    );
    expect([code, message]).toEqual([
      'grant_rejected',
      expect.stringMatching(/^Example refused this sign-in\..*"invalid_grant"/),
    ]);
    expect(message).not.toContain(grant.type === 'authorization_code' ? grant.code : '?');
  });

  it.each([
    ['client_secret_post', 'client_secret_post'],
    ['client_secret_basic', basic],
  ] as [Method, ClientAuth][])('names a wrong secret: %s', async (method, clientAuth) => {
    const endpoint = endpointFor(method, clientAuth, { clientSecret: 'wrong' });
    const session = sessionOf(endpoint);
    const { code, message } = await failureOf(signIn(session, endpoint));
    expect([code, message]).toEqual([
      'client_rejected',
      expect.stringMatching(/^Example refused the API client\..*"invalid_client"/),
    ]);
  });

  const recovers = policy === 'keeps it';
  it(`after a lost answer probes, and ${recovers ? 'goes on' : 'says that a sign-in is needed'}`, async () => {
    await start(5);
    const proxy = await startFlakyProxy(server.port);
    const endpoint = posting({
      tokenUrl: server.tokenUrl.replace(/:\d+/, `:${proxy.port}`),
      // The probe comes 20 seconds later than that: when the grace is over.
      requestTimeout: 20_000,
    });
    const session = sessionOf(endpoint);
    await signIn(session, endpoint);
    clock.skip(twoHours);
    proxy.loseAnswerTo('grant_type=refresh_token');
    if (recovers) expect(await server.accepts(await session.getAccessToken())).toBe(true);
    else {
      const { code, message } = await failureOf(session.getAccessToken());
      expect([code, message]).toEqual([
        'session_expired',
        expect.stringContaining('invalid_grant'),
      ]);
      expect(session.getSnapshot()).toMatchObject({ needsGrant: true, reason: 'unknown' });
      expect(server.refused).toHaveLength(1);
    }
    // The request whose answer got lost, and one probe.
    expect(proxy.seen).toBe(2);
    await proxy.close();
  });

  if (policy === 'rotates, after 30 s of grace')
    it('after a lost answer goes on, if the probe comes within the grace', async () => {
      await start(4);
      const proxy = await startFlakyProxy(server.port);
      const endpoint = posting({
        tokenUrl: server.tokenUrl.replace(/:\d+/, `:${proxy.port}`),
        requestTimeout: 5_000,
      });
      const session = sessionOf(endpoint);
      await signIn(session, endpoint);
      clock.skip(twoHours);
      proxy.loseAnswerTo('grant_type=refresh_token');
      expect(await server.accepts(await session.getAccessToken())).toBe(true);
      expect(proxy.seen).toBe(2);
      await proxy.close();
    });

  it('ends the session at the server too, where that can be asked', async () => {
    const endpoint = posting();
    const session = sessionOf(endpoint);
    await signIn(session, endpoint);
    const token = await session.getAccessToken();
    const stored = JSON.parse((await recordOf(store, endpoint)).value);
    await session.signOut();
    expect(session.getSnapshot()).toMatchObject({ status: 'idle', needsGrant: true });
    const { revocationUrl } = server;
    expect(await server.accepts(token)).toBe(revocationUrl === undefined);
    const { refreshToken } = stored.pair;
    const again = sessionOf(endpoint, { account: 'bob' });
    const importing = again.authorize({ type: 'refresh_token', refreshToken });
    if (revocationUrl === undefined) await importing;
    else expect((await failureOf(importing)).code).toBe('grant_rejected');
  });

  describe('with 8 processes of 100 callers each', { timeout: 240_000 }, () => {
    let directory: string;
    beforeAll(() => {
      directory = mkdtempSync(join(tmpdir(), 'act-on-token-oauth-'));
    });
    afterAll(() => rmSync(directory, { recursive: true, force: true }));

    it('refreshes once', async () => {
      const options = optionsFor('client_secret_post', 'client_secret_post', {
        requestTimeout: 100_000,
      });
      const endpoint = oauthEndpoint(options);
      const files = fileStore({ directory });
      await signIn(sessionOf(endpoint, { store: files }), endpoint);
      await lapse(files, endpoint);
      const setup: Setup = { directory, callers: 100, account: 'ann', endpoint: options };
      const workers = Array.from({ length: 8 }, () =>
        forkWorker(new URL('./support/worker.ts', import.meta.url), setup),
      );
      await Promise.all(workers.map((worker) => nextMessage(worker)));
      const answers = workers.map((worker) =>
        nextMessage<Extract<Message, { type: 'answered' }>>(worker),
      );
      for (const worker of workers) worker.send('go');
      const all = await Promise.all(answers);
      expect(all.flatMap(({ failures }) => failures)).toEqual([]);
      expect(all.flatMap(({ tokens }) => tokens)).toHaveLength(800);
      expect(new Set(all.flatMap(({ tokens }) => tokens)).size).toBe(1);
      expect(server.granted.refresh).toBe(1);
      for (const worker of workers) worker.disconnect();
      await Promise.all(workers.map(endOf));
      await files.close();
    });
  });
});

async function recordOf(store: TokenStore, { issuer, clientId }: TokenEndpoint) {
  const { record } = await store.read(accountKey(issuer, clientId, 'ann'));
  if (record === null) throw new Error('Nobody is signed in.');
  return record;
}

/** Makes the account as it will be two hours later: the access token has lapsed. */
async function lapse(store: TokenStore, endpoint: TokenEndpoint): Promise<void> {
  const { value, version } = await recordOf(store, endpoint);
  const account = JSON.parse(value);
  account.pair.issuedAt -= twoHours;
  account.pair.expiresAt -= twoHours;
  const key = accountKey(endpoint.issuer, endpoint.clientId, 'ann');
  const next = { version: crypto.randomUUID(), value: JSON.stringify(account) };
  expect((await store.swap(key, version, next)).ok).toBe(true);
}
