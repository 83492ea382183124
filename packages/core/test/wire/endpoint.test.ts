import { createEmulator } from '@act-on-token/emulator';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type ActOnEndpointOptions,
  actOnEndpoint,
  type Fetch,
  type TokenEndpoint,
} from '../../src/wire/endpoint.ts';
import type { Grant } from '../../src/wire/grant.ts';

const client = { clientId: 'client-1', clientSecret: 'secret-1' };
const patient = (): AbortSignal => new AbortController().signal;
const make = (options: Partial<ActOnEndpointOptions> = {}): TokenEndpoint =>
  actOnEndpoint({ ...client, ...options });

describe('an endpoint', () => {
  it.each<[string, Partial<ActOnEndpointOptions>, string]>([
    ['the United States, if nothing else is said', {}, 'https://api.actonsoftware.com/token'],
    ['the United States', { region: 'us' }, 'https://api.actonsoftware.com/token'],
    ['Europe', { region: 'eu' }, 'https://api-eu.actonsoftware.com/token'],
    [
      'the legacy host',
      { baseUrl: 'https://restapi.actonsoftware.com' },
      'https://restapi.actonsoftware.com/token',
    ],
    [
      'a gateway under a path',
      { baseUrl: 'https://gateway.test/act-on' },
      'https://gateway.test/act-on/token',
    ],
    [
      'a gateway under a path with a slash',
      { baseUrl: 'https://gateway.test/act-on/' },
      'https://gateway.test/act-on/token',
    ],
    [
      'a URL object',
      { baseUrl: new URL('https://gateway.test/act-on') },
      'https://gateway.test/act-on/token',
    ],
    ['this machine by name', { baseUrl: 'http://localhost:8080' }, 'http://localhost:8080/token'],
    [
      'this machine by its first address',
      { baseUrl: 'http://127.0.0.1:8080' },
      'http://127.0.0.1:8080/token',
    ],
    [
      'this machine by another of its addresses',
      { baseUrl: 'http://127.1.2.3' },
      'http://127.1.2.3/token',
    ],
    [
      'this machine by its IPv6 address',
      { baseUrl: 'http://[::1]:8080' },
      'http://[::1]:8080/token',
    ],
    [
      'this machine with a certificate',
      { baseUrl: 'https://localhost' },
      'https://localhost/token',
    ],
  ])('sends to %s', async (_, options, expected) => {
    const { fetch, requests } = recorder();
    await make({ ...options, fetch }).send({ type: 'refresh_token', refreshToken: 'r' }, patient());
    expect(requests.map(({ url }) => url)).toEqual([expected]);
  });

  it.each<[string, Partial<ActOnEndpointOptions>]>([
    ['the American host', {}],
    ['the European host', { region: 'eu' }],
    ['the legacy host', { baseUrl: 'https://restapi.actonsoftware.com/' }],
  ])('has one issuer for all hosts of Act-On: %s', (_, options) => {
    expect(make(options).issuer).toBe('act-on');
  });

  it('has the origin as issuer elsewhere, so that another server is another account', () => {
    expect(make({ baseUrl: 'http://127.0.0.1:8080/path/' }).issuer).toBe('http://127.0.0.1:8080');
    expect(make({ baseUrl: 'https://api.actonsoftware.com:8443' }).issuer).toBe(
      'https://api.actonsoftware.com:8443',
    );
    expect(make({ baseUrl: 'https://api.actonsoftware.com.evil.test' }).issuer).toBe(
      'https://api.actonsoftware.com.evil.test',
    );
  });

  it('says where API calls start, its client and its patience', () => {
    const endpoint = make({ baseUrl: 'https://gateway.test/act-on' });
    expect(endpoint).toMatchObject({ clientId: 'client-1', requestTimeout: 10_000 });
    expect(new URL('api/1/account', endpoint.apiBase).href).toBe(
      'https://gateway.test/act-on/api/1/account',
    );
  });

  it('leaves the URL object alone that it is given', () => {
    const baseUrl = new URL('https://gateway.test/act-on');
    make({ baseUrl });
    expect(baseUrl.href).toBe('https://gateway.test/act-on');
  });
});

describe('a token request', () => {
  it.each<[string, Grant, Record<string, string>]>([
    [
      'a password grant',
      { type: 'password', username: 'ann', password: 'word' },
      { grant_type: 'password', username: 'ann', password: 'word' },
    ],
    [
      'a refresh',
      { type: 'refresh_token', refreshToken: 'r' },
      { grant_type: 'refresh_token', refresh_token: 'r' },
    ],
    [
      'a code grant',
      {
        type: 'authorization_code',
        code: 'c',
        redirectUri: 'https://app.test/cb',
        codeVerifier: 'v',
      },
      {
        grant_type: 'authorization_code',
        code: 'c',
        redirect_uri: 'https://app.test/cb',
        code_verifier: 'v',
      },
    ],
    [
      'a code grant without a verifier',
      { type: 'authorization_code', code: 'c', redirectUri: 'https://app.test/cb' },
      { grant_type: 'authorization_code', code: 'c', redirect_uri: 'https://app.test/cb' },
    ],
  ])('of %s has everything in its body and nothing in its URL', async (_, grant, fields) => {
    const { fetch, requests } = recorder();
    const signal = patient();
    await make({ fetch }).send(grant, signal);
    const [request] = requests;
    expect(requests).toHaveLength(1);
    expect(request?.url).toBe('https://api.actonsoftware.com/token');
    expect(request?.init).toMatchObject({ method: 'POST', redirect: 'manual', signal });
    expect(request?.init.headers).toEqual({
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    });
    expect([...new URLSearchParams(String(request?.init.body))].sort()).toEqual(
      Object.entries({ ...fields, client_id: 'client-1', client_secret: 'secret-1' }).sort(),
    );
  });

  it('carries any character that a user name, password or secret may have', async () => {
    const odd = '+ & @ = % é %2B ; # ? " \' \\ ß € 😀';
    const user = { username: `0815_ann+act-on&co@example.test ${odd}`, password: ` ${odd} ` };
    const emulator = createEmulator({
      users: [user],
      clients: [{ id: `client ${odd}`, secret: odd }],
    });
    const endpoint = make({ clientId: `client ${odd}`, clientSecret: odd, fetch: emulator.fetch });
    const outcome = await endpoint.send({ type: 'password', ...user }, patient());
    expect(outcome).toMatchObject({ type: 'granted', lifetime: 3_600_000 });
    expect(emulator.ledger.entries).toMatchObject([
      { method: 'POST', path: '/token', user: user.username, secretInUrl: false },
    ]);
  });

  it('spends a refresh token once: the second time it is refused', async () => {
    const emulator = createEmulator();
    const endpoint = make({
      clientId: emulator.client.id,
      clientSecret: emulator.client.secret,
      fetch: emulator.fetch,
    });
    const first = await endpoint.send({ type: 'password', ...emulator.user }, patient());
    const refreshToken = (first.type === 'granted' && first.refreshToken) || '';
    expect(await endpoint.send({ type: 'refresh_token', refreshToken }, patient())).toMatchObject({
      type: 'granted',
    });
    expect(await endpoint.send({ type: 'refresh_token', refreshToken }, patient())).toEqual({
      type: 'rejected',
      detail: 'HTTP 403, "invalid_grant", "Unknown or invalid refresh token."',
    });
  });

  it('of a wrong client is distinguished from one of a wrong user', async () => {
    const emulator = createEmulator();
    const wrong = make({
      clientId: emulator.client.id,
      clientSecret: 'wrong',
      fetch: emulator.fetch,
    });
    const right = make({
      clientId: emulator.client.id,
      clientSecret: emulator.client.secret,
      fetch: emulator.fetch,
    });
    const grant: Grant = { type: 'password', username: emulator.user.username, password: 'wrong' };
    expect(await wrong.send(grant, patient())).toMatchObject({
      type: 'not_processed',
      reason: 'client',
    });
    expect(await right.send(grant, patient())).toMatchObject({ type: 'rejected' });
  });

  it('waits longer after too many grants than after too many refreshes', async () => {
    const tooMany: Fetch = async () => new Response(null, { status: 429 });
    const endpoint = make({ fetch: tooMany });
    expect(
      await endpoint.send({ type: 'refresh_token', refreshToken: 'r' }, patient()),
    ).toMatchObject({ retryAfter: 60_000 });
    expect(
      await endpoint.send({ type: 'password', username: 'u', password: 'p' }, patient()),
    ).toMatchObject({ retryAfter: 720_000 });
  });
});

describe('the fetch of an endpoint', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  it("is the runtime's own, even if that is replaced later", async () => {
    const endpoint = make();
    const { fetch, requests } = recorder();
    vi.stubGlobal('fetch', fetch);
    await endpoint.send({ type: 'refresh_token', refreshToken: 'r' }, patient());
    await endpoint.fetch('https://api.actonsoftware.com/api/1/account');
    expect(requests.map(({ url }) => new URL(url).pathname)).toEqual(['/token', '/api/1/account']);
  });
});

function recorder(): { fetch: Fetch; requests: { url: string; init: RequestInit }[] } {
  const requests: { url: string; init: RequestInit }[] = [];
  const fetch: Fetch = async (input, init = {}) => {
    requests.push({ url: String(input), init });
    return new Response('{}');
  };
  return { fetch, requests };
}
