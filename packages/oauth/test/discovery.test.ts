import { createServer } from 'node:http';
import { createSession, type Fetch, readCallback, type TokenEndpoint } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import { Agent, fetch as undiciFetch } from 'undici';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeCertificates } from '../../../proof/network/certificates.ts';
import { listen } from '../../../proof/support/listen.ts';
import {
  authorizationRequest,
  type DiscoverEndpointOptions,
  discoverEndpoint,
  type OAuthEndpoint,
} from '../src/index.ts';
import { oidcProvider } from './support/oidc-provider.ts';
import { clientIdOf, redirectUri, secretOfClients, type TestServer } from './support/server.ts';
import { testClock } from './support/test-clock.ts';

const twoHours = 7_200_000;
const clock = testClock();
const account = { account: 'ann', clock } as const;

async function signIn(server: TestServer, endpoint: OAuthEndpoint) {
  const { url, ...expected } = await authorizationRequest(endpoint, {
    redirectUri,
    scope: 'openid offline_access',
    parameters: { prompt: 'consent' },
  });
  return { grant: readCallback(await server.signIn(url), expected), expected };
}

/** A session signs in, refreshes and signs out, and the server sees one of each. */
async function liveOnce(server: TestServer, endpoint: OAuthEndpoint): Promise<void> {
  const store = memoryStore({ now: () => clock.now() });
  const session = createSession({ ...account, endpoint, store });
  await session.authorize((await signIn(server, endpoint)).grant);
  clock.skip(twoHours);
  const token = await session.getAccessToken();
  expect(await server.accepts(token)).toBe(true);
  expect(server.granted).toEqual({ code: 1, refresh: 1 });
  await session.signOut();
  expect(await server.accepts(token)).toBe(false);
  await session.close();
}

describe('discoverEndpoint(), with oidc-provider', () => {
  let server: TestServer;
  let keys: CryptoKeyPair;
  let forms: URLSearchParams[];
  const fetch: Fetch = (input, init) => {
    if (init?.method === 'POST') forms.push(new URLSearchParams(String(init.body)));
    return globalThis.fetch(input, init);
  };

  beforeEach(async () => {
    forms = [];
    keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
      'sign',
      'verify',
    ]);
    const jwk = await crypto.subtle.exportKey('jwk', keys.publicKey);
    const clientKeys = { keys: [{ ...jwk, kid: 'k1', use: 'sig', alg: 'ES256' }] };
    server = await oidcProvider({ policy: 'rotates, and revokes the family', clock }, {
      clientKeys,
    } as Parameters<typeof oidcProvider>[1]);
  });
  afterEach(() => server.close());

  const discover = (more: Partial<DiscoverEndpointOptions>): Promise<OAuthEndpoint> =>
    discoverEndpoint(server.issuer, {
      name: 'Example',
      clientId: clientIdOf('client_secret_basic'),
      algorithm: 'oidc',
      fetch,
      ...more,
    });

  const clients: [string, () => Partial<DiscoverEndpointOptions>][] = [
    ['client_secret_basic', () => ({ clientSecret: secretOfClients })],
    [
      'client_secret_post',
      () => ({
        clientId: clientIdOf('client_secret_post'),
        clientAuth: 'client_secret_post',
        clientSecret: secretOfClients,
      }),
    ],
    ['none', () => ({ clientId: clientIdOf('none') })],
    [
      'private_key_jwt',
      () => ({
        clientId: clientIdOf('private_key_jwt'),
        privateKey: { key: keys.privateKey, kid: 'k1' },
      }),
    ],
  ];
  it.each(clients)('signs in, refreshes and signs out as a client with %s', async (_, options) => {
    const endpoint = await discover(options());
    expect(endpoint).toMatchObject({ issuer: server.issuer, callbackIssuer: server.issuer });
    await liveOnce(server, endpoint);
  });

  it('signs an assertion of its own for each request', async () => {
    const privateKey = { key: keys.privateKey, kid: 'k1' };
    const endpoint = await discover({ clientId: clientIdOf('private_key_jwt'), privateKey });
    const { grant } = await signIn(server, endpoint);
    for (let times = 0; times < 2; times += 1)
      await endpoint.send(grant, new AbortController().signal);
    const assertions = forms.map((form) => form.get('client_assertion'));
    expect(assertions).toHaveLength(2);
    expect(new Set(assertions).size).toBe(2);
  });

  it('sends nothing if an assertion cannot be signed', async () => {
    const { publicKey } = keys;
    const endpoint = await discover({
      clientId: clientIdOf('private_key_jwt'),
      privateKey: { key: keys.privateKey },
    });
    Object.defineProperty(keys.privateKey, 'algorithm', { value: publicKey.usages });
    const session = createSession({ ...account, endpoint, store: memoryStore() });
    const { grant } = await signIn(server, endpoint);
    await expect(session.authorize(grant)).rejects.toMatchObject({
      code: 'not_sent',
      message: expect.stringContaining('the client assertion could not be signed'),
    });
    expect(forms).toEqual([]);
  });

  it('refuses a redirect that names another issuer', async () => {
    const endpoint = await discover({ clientSecret: secretOfClients });
    const { url, ...expected } = await authorizationRequest(endpoint, { redirectUri });
    const back = new URL(await server.signIn(url));
    back.searchParams.set('iss', 'https://evil.example');
    expect(() => readCallback(back, expected)).toThrow(
      /^The redirect from Example was not accepted: its "iss" names another server\./,
    );
  });

  it('tells metadata of another issuer from a server that cannot be reached', async () => {
    const other = server.issuer.replace('127.0.0.1', 'localhost');
    const options = { name: 'Example', clientId: 'c', algorithm: 'oidc' } as const;
    await expect(discoverEndpoint(other, options)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringMatching(/^What Example answered is not the metadata of this issuer/),
    });
    await server.close();
    await expect(discoverEndpoint(server.issuer, options)).rejects.toMatchObject({
      code: 'not_sent',
      message: expect.stringMatching(/^The metadata of Example could not be read/),
    });
  });
});

describe('metadata from a stranger', () => {
  const options = { name: 'Example', clientId: 'c', requestTimeout: 1_000 } as const;

  async function published(answer: (issuer: string) => string): Promise<{
    issuer: string;
    paths: string[];
    close(): Promise<void>;
  }> {
    const server = createServer();
    const { port, close } = await listen(server);
    const issuer = `http://127.0.0.1:${port}`;
    const paths: string[] = [];
    server.on('request', (request, response) => {
      paths.push(request.url ?? '');
      response.setHeader('content-type', 'application/json');
      response.end(answer(issuer));
    });
    return { issuer, paths, close };
  }

  it('is read where RFC 8414 puts it, and its mTLS addresses go with a certificate', async () => {
    const { issuer, paths, close } = await published((self) =>
      JSON.stringify({
        issuer: self,
        token_endpoint: `${self}/token`,
        mtls_endpoint_aliases: { token_endpoint: `${self}/mtls/token` },
      }),
    );
    const urls: string[] = [];
    const fetch: Fetch = (input, init) => {
      urls.push(String(input));
      return globalThis.fetch(input, init);
    };
    const send = (endpoint: TokenEndpoint) =>
      endpoint.send({ type: 'refresh_token', refreshToken: 'r' }, new AbortController().signal);
    await send(await discoverEndpoint(issuer, { ...options, fetch }));
    await send(
      await discoverEndpoint(issuer, { ...options, fetch, clientAuth: 'tls_client_auth' }),
    );
    expect(paths[0]).toBe('/.well-known/oauth-authorization-server');
    expect(urls.filter((url) => url.endsWith('token'))).toEqual([
      `${issuer}/token`,
      `${issuer}/mtls/token`,
    ]);
    await close();
  });

  const answers: [string, (issuer: string) => string][] = [
    ['no JSON', () => '<html>'],
    ['no token endpoint', (issuer) => JSON.stringify({ issuer })],
    [
      'an unsafe one',
      (issuer) => JSON.stringify({ issuer, token_endpoint: 'http://evil.example' }),
    ],
    ['no URL', (issuer) => JSON.stringify({ issuer, token_endpoint: 'token' })],
  ];
  it.each(answers)('is refused: %s', async (_, answer) => {
    const { issuer, close } = await published(answer);
    await expect(discoverEndpoint(issuer, options)).rejects.toMatchObject({
      code: 'configuration',
    });
    await close();
  });

  it('is not read on beyond 1 MiB', async () => {
    const { issuer, close } = await published((self) =>
      JSON.stringify({ issuer: self, token_endpoint: `${self}/token`, rest: 'x'.repeat(2 ** 21) }),
    );
    await expect(discoverEndpoint(issuer, options)).rejects.toMatchObject({ code: 'not_sent' });
    await close();
  });
});

describe('discoverEndpoint(), with oidc-provider over TLS', () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0).reverse()) await each.close();
  });

  async function start() {
    const { authority, good, ofClient } = await makeCertificates();
    const fetchAs = (certificate: object): Fetch => {
      const dispatcher = new Agent({ connect: { ca: authority, ...certificate } });
      open.push(dispatcher);
      return (input, init) =>
        undiciFetch(String(input), {
          ...init,
          dispatcher,
        } as never) as unknown as Promise<Response>;
    };
    const browser = fetchAs({}) as typeof fetch;
    const tls = { ...good, ca: authority, commonName: 'client of the tests', browser };
    const policy = 'rotates, and revokes the family';
    const server = await oidcProvider({ policy, clock }, { tls });
    open.push(server);
    const discover = (certificate: object): Promise<OAuthEndpoint> =>
      discoverEndpoint(server.issuer, {
        name: 'Example',
        clientId: clientIdOf('tls_client_auth'),
        clientAuth: 'tls_client_auth',
        algorithm: 'oidc',
        fetch: fetchAs(certificate),
      });
    return { server, discover, good, ofClient };
  }

  it('signs in, refreshes and signs out as a client that its certificate identifies', async () => {
    const { server, discover, ofClient } = await start();
    const endpoint = await discover(ofClient);
    await liveOnce(server, endpoint);
  });

  it.each(['no certificate', 'the certificate of another'])(
    'is refused as a client with %s, and says so',
    async (which) => {
      const { server, discover, good } = await start();
      const endpoint = await discover(which === 'no certificate' ? {} : good);
      const session = createSession({ ...account, endpoint, store: memoryStore() });
      const { grant } = await signIn(server, endpoint);
      await expect(session.authorize(grant)).rejects.toMatchObject({
        code: 'client_rejected',
        message: expect.stringContaining('Example refused the API client'),
      });
      expect(server.granted.code).toBe(0);
      await session.close();
    },
  );
});
