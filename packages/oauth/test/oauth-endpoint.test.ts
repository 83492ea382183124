import { type Fetch, isActOnTokenError } from '@act-on-token/core';
import { describe, expect, it } from 'vitest';
import { authorizationRequest, type OAuthEndpointOptions, oauthEndpoint } from '../src/index.ts';

const options = {
  name: 'Example',
  tokenUrl: 'https://id.example/oauth/token',
  clientId: 'client-1',
  clientSecret: 's3cret',
} satisfies OAuthEndpointOptions;
const grant = { type: 'refresh_token', refreshToken: 'refresh-1' } as const;
const patient = (): AbortSignal => new AbortController().signal;

/** What a request of an endpoint with these options holds. */
async function requestOf(
  more: Partial<OAuthEndpointOptions>,
): Promise<{ url: string; headers: Headers; form: Record<string, string> }> {
  let [url, headers, form]: [string, Headers, Record<string, string>] = ['', new Headers(), {}];
  const fetch: Fetch = async (input, init) => {
    url = String(input);
    headers = new Headers(init?.headers);
    form = Object.fromEntries(new URLSearchParams(String(init?.body)));
    return Response.json({ access_token: 'a', refresh_token: 'r' });
  };
  await oauthEndpoint({ ...options, fetch, ...more }).send(grant, patient());
  return { url, headers, form };
}

describe('oauthEndpoint()', () => {
  const awkward = { clientId: 'a b:c', clientSecret: 'ü:%+/&' };
  it('encodes both parts of a Basic header as a form is (RFC 6749 §2.3.1)', async () => {
    const { headers, form } = await requestOf(awkward);
    const expected = Buffer.from('a+b%3Ac:%C3%BC%3A%25%2B%2F%26').toString('base64');
    expect(headers.get('authorization')).toBe(`Basic ${expected}`);
    expect(form).toEqual({ grant_type: 'refresh_token', refresh_token: 'refresh-1' });
  });

  it('leaves both parts as they are for servers that do not decode them', async () => {
    const { headers } = await requestOf({
      ...awkward,
      clientId: 'a b',
      clientAuth: 'client_secret_basic_raw',
    });
    const expected = Buffer.from('a b:ü:%+/&').toString('base64');
    expect(headers.get('authorization')).toBe(`Basic ${expected}`);
  });

  it('puts a secret into the body if that is asked for, and further parameters', async () => {
    const { headers, form, url } = await requestOf({
      clientAuth: 'client_secret_post',
      parameters: { audience: 'https://api.example' },
    });
    expect(headers.get('authorization')).toBeNull();
    expect(url).toBe(options.tokenUrl);
    expect(form).toEqual({
      grant_type: 'refresh_token',
      client_id: 'client-1',
      client_secret: 's3cret',
      refresh_token: 'refresh-1',
      audience: 'https://api.example',
    });
  });

  it('is a public client without a secret', async () => {
    const { headers, form } = await requestOf({ clientSecret: undefined });
    expect(headers.get('authorization')).toBeNull();
    expect(form).toMatchObject({ client_id: 'client-1' });
    expect(form).not.toHaveProperty('client_secret');
  });

  it.each(['client_secret_basic', 'client_secret_basic_raw', 'client_secret_post'] as const)(
    'repeats no secret that the server quotes: %s',
    async (clientAuth) => {
      let said = '';
      const fetch: Fetch = async (_, init) => {
        said = `${new Headers(init?.headers).get('authorization')} ${init?.body}`;
        return Response.json({ error: 'invalid_client', error_description: said }, { status: 401 });
      };
      const endpoint = oauthEndpoint({ ...options, clientAuth, fetch });
      const text = JSON.stringify(await endpoint.send(grant, patient()));
      expect(text).toContain('[redacted]');
      for (const secret of ['s3cret', 'refresh-1', btoa('client-1:s3cret')])
        expect(text).not.toContain(secret);
    },
  );

  it('names the server in the key of a record by its token URL, or as it is told', () => {
    expect(oauthEndpoint(options).issuer).toBe('https://id.example/oauth/token');
    const issuer = 'https://id.example/tenant';
    expect(oauthEndpoint({ ...options, issuer }).issuer).toBe(issuer);
  });

  it('has its API at the origin of the token URL, or where it is told', () => {
    expect(oauthEndpoint(options).apiBase.href).toBe('https://id.example/');
    const apiBase = 'https://api.example/v2';
    expect(oauthEndpoint({ ...options, apiBase }).apiBase.href).toBe('https://api.example/v2/');
  });

  const wrong: [string, object][] = [
    ['"name"', { name: undefined }],
    ['"name"', { name: '' }],
    ['"name"', { name: 'x'.repeat(41) }],
    ['"name"', { name: 'Ex\nample' }],
    ['"name"', { name: 'Exämple' }],
    ['"tokenUrl"', { tokenUrl: undefined }],
    ['"tokenUrl"', { tokenUrl: '/token' }],
    ['"tokenUrl"', { tokenUrl: 'http://id.example/token' }],
    ['"tokenUrl"', { tokenUrl: 'https://ann:pw@id.example/token' }],
    ['"tokenUrl"', { tokenUrl: 'https://id.example/token#part' }],
    ['"tokenUrl"', { tokenUrl: 7 }],
    ['"authorizeUrl"', { authorizeUrl: 'javascript:alert(1)' }],
    ['"revocationUrl"', { revocationUrl: 'http://id.example/revoke' }],
    ['"apiBase"', { apiBase: 'api.example' }],
    ['"clientId"', { clientId: ' c' }],
    ['"clientAuth"', { clientAuth: 'basic' }],
    ['"clientSecret"', { clientSecret: undefined, clientAuth: 'client_secret_post' }],
    ['"clientSecret"', { clientAuth: 'none' }],
    ['"clientId"', { clientId: 'a:b', clientAuth: 'client_secret_basic_raw' }],
    ['"parameters"', { parameters: { audience: 7 } }],
    ['"fields"', { fields: 'instance_url' }],
    ['"fields"', { fields: ['id_token'] }],
    ['"fields"', { fields: ['clientSecret'] }],
    ['"fields"', { fields: Array.from({ length: 17 }, (_, at) => `field${at}`) }],
    ['"refreshTokenIdle"', { refreshTokenIdle: -1 }],
    ['"requestTimeout"', { requestTimeout: 0 }],
    ['"tokenUrl"', { tokenURL: options.tokenUrl, tokenUrl: undefined }],
  ];
  it.each(wrong)('refuses a wrong option, names it and not its value: %s %j', (named, more) => {
    try {
      oauthEndpoint({ ...options, ...more } as OAuthEndpointOptions);
      expect.unreachable();
    } catch (error) {
      expect(isActOnTokenError(error, 'configuration')).toBe(true);
      const { message } = error as Error;
      expect(message).toContain(named);
      expect(message).not.toMatch(/s3cret|ann:pw|Act-On/);
    }
  });
});

describe('authorizationRequest()', () => {
  const redirectUri = 'https://app.example/callback';
  const endpoint = oauthEndpoint({ ...options, authorizeUrl: 'https://id.example/authorize?t=1' });

  it('gives the URL, and what to keep until the redirect comes back', async () => {
    const { url, ...kept } = await authorizationRequest(endpoint, {
      redirectUri,
      scope: 'offline_access',
      parameters: { prompt: 'consent', client_id: 'another' },
    });
    expect(Object.fromEntries(url.searchParams)).toEqual({
      t: '1',
      prompt: 'consent',
      response_type: 'code',
      client_id: 'client-1',
      redirect_uri: redirectUri,
      scope: 'offline_access',
      state: kept.state,
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge_method: 'S256',
    });
    expect(kept).toEqual({
      state: expect.stringMatching(/^.{16,}$/),
      redirectUri,
      name: 'Example',
      codeVerifier: expect.stringMatching(/^[\w-]{43}$/),
    });
    expect(url.href).not.toContain(kept.codeVerifier);
  });

  it('sends no challenge if that is not wanted', async () => {
    const { url, codeVerifier } = await authorizationRequest(endpoint, {
      redirectUri,
      pkce: false,
    });
    expect(codeVerifier).toBeUndefined();
    expect(url.searchParams.has('code_challenge')).toBe(false);
  });

  it.each([
    ['"authorizeUrl"', oauthEndpoint(options), { redirectUri }],
    ['"redirectUri"', endpoint, { redirectUri: '/callback' }],
    ['"redirectUri"', endpoint, { redirectUri: `${redirectUri}#part` }],
  ])('refuses what cannot work: %s', async (named, where, given) => {
    await expect(authorizationRequest(where, given)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining(named),
    });
  });
});
