import { createHash } from 'node:crypto';
import { createEmulator } from '@act-on-token/emulator';
import { describe, expect, it } from 'vitest';
import {
  type AuthorizationUrlOptions,
  authorizationUrl,
  readCallback,
} from '../../src/wire/authorization.ts';
import { actOnEndpoint, type Region } from '../../src/wire/endpoint.ts';

const redirectUri = 'https://app.example.test/callback?tenant=7';
const options = { clientId: 'client-1', redirectUri };
/** What JavaScript passes where TypeScript would not. */
const untyped = <T>(value: unknown): T => value as T;

describe('the URL of the sign-in page', () => {
  it('says who asks, for what, where to come back to, and what proves it', async () => {
    const { url, state, codeVerifier = '' } = await authorizationUrl(options);
    expect(url.origin + url.pathname).toBe('https://api.actonsoftware.com/authorize');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      response_type: 'code',
      client_id: 'client-1',
      redirect_uri: redirectUri,
      scope: 'PRODUCTION',
      state,
      code_challenge: createHash('sha256').update(codeVerifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
  });

  it('has state and verifier that no one can guess, and neither the verifier nor any secret', async () => {
    const { url, state, codeVerifier = '' } = await authorizationUrl(options);
    expect(state).toMatch(/^[\w-]{22,}$/);
    expect(codeVerifier).toMatch(/^[\w.~-]{43,128}$/);
    expect(url.href).not.toContain(codeVerifier);
    expect([...url.searchParams.keys()]).not.toContain('client_secret');
  });

  it('is another each time', async () => {
    const many = await Promise.all(Array.from({ length: 1_000 }, () => authorizationUrl(options)));
    expect(new Set(many.map(({ state }) => state)).size).toBe(1_000);
    for (const { state, codeVerifier = '' } of many)
      expect(`${state}${codeVerifier}`).toMatch(/^[\w-]{65,}$/);
    expect(new Set(many.map(({ codeVerifier }) => codeVerifier)).size).toBe(1_000);
  });

  it('has no challenge where that is not wanted', async () => {
    const request = await authorizationUrl({ ...options, pkce: false });
    expect(request).not.toHaveProperty('codeVerifier');
    expect([...request.url.searchParams.keys()].sort()).toEqual([
      'client_id',
      'redirect_uri',
      'response_type',
      'scope',
      'state',
    ]);
  });

  it('takes the state and scope that it is given, to the letter', async () => {
    const given = { state: 'sixteen chars &+', scope: 'offline-access a+b' };
    const { url, state } = await authorizationUrl({ ...options, ...given });
    expect(state).toBe(given.state);
    expect(new URL(url.href).searchParams.get('state')).toBe(given.state);
    expect(new URL(url.href).searchParams.get('scope')).toBe(given.scope);
  });

  it.each<[Partial<AuthorizationUrlOptions>, string]>([
    [{ region: 'us' }, 'https://api.actonsoftware.com/authorize'],
    [{ region: 'eu' }, 'https://api-eu.actonsoftware.com/authorize'],
    [{ baseUrl: 'https://gateway.test/act-on' }, 'https://gateway.test/act-on/authorize'],
    [{ baseUrl: new URL('http://localhost:8080/') }, 'http://localhost:8080/authorize'],
  ])('with %j begins %s', async (more, expected) => {
    const { url } = await authorizationUrl({ ...options, ...more });
    expect(url.origin + url.pathname).toBe(expected);
  });

  it('leaves what is to be kept as plain JSON', async () => {
    const { url, ...kept } = await authorizationUrl(options);
    expect(JSON.parse(JSON.stringify(kept))).toEqual(kept);
    expect(kept).toEqual({ state: kept.state, redirectUri, codeVerifier: kept.codeVerifier });
  });
});

describe('a sign-in does not begin with', () => {
  it.each<[string, Partial<AuthorizationUrlOptions>]>([
    ['clientId', { clientId: '' }],
    ['clientId', { clientId: ' ' }],
    ['clientId', { clientId: untyped<string>(undefined) }],
    ['redirectUri', { redirectUri: '' }],
    ['redirectUri', { redirectUri: '/callback' }],
    ['redirectUri', { redirectUri: 'https://app.example.test/callback#part' }],
    ['redirectUri', { redirectUri: untyped<string>(undefined) }],
    ['state', { state: '' }],
    ['state', { state: 'fifteen letters' }],
    ['region', { region: untyped<Region>('mars') }],
    ['baseUrl', { baseUrl: 'http://api.actonsoftware.com' }],
    ['baseUrl', { region: 'eu', baseUrl: 'https://api.actonsoftware.com' }],
  ])('a bad %s: %j', async (name, more) => {
    const bad = authorizationUrl({ ...options, ...more });
    await expect(bad).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining(`"${name}"`),
    });
  });
});

describe('a sign-in with Act-On', () => {
  const setup = (pkce: 'enforce' | 'ignore') => {
    const emulator = createEmulator({
      redirectUris: [redirectUri],
      autoConsent: 'marketer@example.test',
      pkce,
      issuer: 'https://act-on.test',
    });
    const { id: clientId, secret: clientSecret } = emulator.client;
    const endpoint = actOnEndpoint({ clientId, clientSecret, fetch: emulator.fetch });
    const visit = async (url: URL): Promise<string> =>
      (await emulator.fetch(url, { redirect: 'manual' })).headers.get('location') ?? '';
    return { emulator, endpoint, clientId, visit };
  };

  it.each([true, false])('ends with a pair (code challenge: %j)', async (pkce) => {
    const { emulator, endpoint, clientId, visit } = setup(pkce ? 'enforce' : 'ignore');
    const { url, ...kept } = await authorizationUrl({ clientId, redirectUri, pkce });
    const grant = readCallback(await visit(url), {
      ...JSON.parse(JSON.stringify(kept)),
      issuer: 'https://act-on.test',
    });
    expect(grant).toEqual({
      type: 'authorization_code',
      code: grant.code,
      ...kept,
      state: undefined,
    });
    expect(await endpoint.send(grant, new AbortController().signal)).toMatchObject({
      type: 'granted',
    });
    expect(emulator.ledger.entries.some(({ secretInUrl }) => secretInUrl)).toBe(false);
  });

  it('is refused if the verifier is another', async () => {
    const { endpoint, clientId, visit } = setup('enforce');
    const { url, ...kept } = await authorizationUrl({ clientId, redirectUri });
    const grant = { ...readCallback(await visit(url), kept), codeVerifier: 'x'.repeat(43) };
    expect(await endpoint.send(grant, new AbortController().signal)).toMatchObject({
      type: 'rejected',
    });
  });
});
