import { createServer } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { TLSSocket } from 'node:tls';
import Provider, { type Configuration, type JWKS } from 'oidc-provider';
import { listen } from '../../../../proof/support/listen.ts';
import {
  clientIdOf,
  type Method,
  redirectUri,
  type ServerSetup,
  secretOfClients,
  type TestServer,
} from './server.ts';

/** What a server over TLS has: its certificate, and what its clients' are checked against. */
export interface Tls extends Pick<ServerOptions, 'key' | 'cert' | 'ca'> {
  /** The common name in the certificate of the client with `tls_client_auth`. */
  readonly commonName: string;
  /** A browser, which trusts this server. */
  readonly browser: typeof fetch;
}

/** oidc-provider 9 on the loopback. A person who comes is signed in, and agrees to everything. */
export async function oidcProvider(
  { policy }: ServerSetup,
  { clientKeys, tls }: { readonly clientKeys?: JWKS; readonly tls?: Tls } = {},
): Promise<TestServer> {
  const server = tls
    ? createTlsServer({ ...tls, requestCert: true, rejectUnauthorized: false })
    : createServer();
  const listening = await listen(server);
  const issuer = tls ? `https://localhost:${listening.port}` : `http://127.0.0.1:${listening.port}`;
  const browser = tls?.browser ?? fetch;
  const clientOf = (method: Method) => ({
    client_id: clientIdOf(method),
    ...(method.startsWith('client_secret') ? { client_secret: secretOfClients } : {}),
    ...(method === 'private_key_jwt' ? { jwks: clientKeys } : {}),
    ...(method === 'tls_client_auth' ? { tls_client_auth_subject_dn: tls?.commonName } : {}),
    token_endpoint_auth_method: method,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code' as const],
    redirect_uris: [redirectUri],
  });
  const methods: Method[] = ['client_secret_basic', 'client_secret_post', 'none'];
  if (clientKeys) methods.push('private_key_jwt');
  if (tls) methods.push('tls_client_auth');
  const provider = new Provider(issuer, {
    clients: methods.map(clientOf),
    clientAuthMethods: methods,
    cookies: { keys: ['a key of this test'] },
    features: {
      devInteractions: { enabled: false },
      revocation: { enabled: true },
      ...(tls ? { mTLS: mtls } : {}),
    },
    findAccount: (_, accountId) => ({ accountId, claims: () => ({ sub: accountId }) }),
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    issueRefreshToken: () => true,
    rotateRefreshToken: policy !== 'keeps it',
    ttl: { AccessToken: 3_600, AuthorizationCode: 60, Grant: 86_400, RefreshToken: 86_400 },
  });
  const granted = { code: 0, refresh: 0 };
  const refused: string[] = [];
  provider.on('grant.success', ({ oidc }) => {
    if (oidc.params?.grant_type === 'refresh_token') granted.refresh += 1;
    else granted.code += 1;
  });
  provider.on('grant.error', (_, error) => refused.push(error.message));
  const answer = provider.callback();
  server.on('request', async (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return answer(request, response);
    const { params, prompt, grantId } = await provider.interactionDetails(request, response);
    const grant =
      (grantId && (await provider.Grant.find(grantId))) ||
      new provider.Grant({ accountId: 'ann', clientId: String(params.client_id) });
    grant.addOIDCScope('openid offline_access');
    const result =
      prompt.name === 'login'
        ? { login: { accountId: 'ann' } }
        : { consent: { grantId: await grant.save() } };
    await provider.interactionFinished(request, response, result);
  });
  return {
    port: listening.port,
    issuer,
    tokenUrl: `${issuer}/token`,
    authorizeUrl: `${issuer}/auth`,
    revocationUrl: `${issuer}/token/revocation`,
    granted,
    refused,
    signIn: (url) => comeBack(url, browser),
    async accepts(accessToken) {
      const headers = { authorization: `Bearer ${accessToken}` };
      return (await browser(`${issuer}/me`, { headers })).status === 200;
    },
    close: listening.close,
  };
}

/** How oidc-provider reads the certificate of a connection that a test made. */
const mtls: NonNullable<Configuration['features']>['mTLS'] = {
  enabled: true,
  tlsClientAuth: true,
  getCertificate: ({ socket }) =>
    (socket as TLSSocket).getPeerX509Certificate()?.toString() ?? undefined,
  certificateAuthorized: ({ socket }) => (socket as TLSSocket).authorized,
  certificateSubjectMatches: ({ socket }, property, expected) =>
    property === 'tls_client_auth_subject_dn' &&
    (socket as TLSSocket).getPeerCertificate().subject.CN === expected,
};

/** A browser: keeps cookies, and follows redirects until one leaves the server. */
async function comeBack(start: URL, browser: typeof fetch): Promise<string> {
  const cookies = new Map<string, string>();
  for (let url = start, steps = 0; steps < 10; steps += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await browser(url, { redirect: 'manual', headers: { cookie } });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    const location = response.headers.get('location');
    if (location === null) throw new Error(`${response.status}: ${await response.text()}`);
    if (location.startsWith(redirectUri)) return location;
    url = new URL(location, url);
  }
  throw new Error('The sign-in did not end.');
}
