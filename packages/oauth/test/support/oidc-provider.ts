import { createServer } from 'node:http';
import Provider, { type JWKS } from 'oidc-provider';
import { listen } from '../../../../proof/support/listen.ts';
import {
  clientIdOf,
  type Method,
  redirectUri,
  type ServerSetup,
  secretOfClients,
  type TestServer,
} from './server.ts';

/** oidc-provider 9 on the loopback. A person who comes is signed in, and agrees to everything. */
export async function oidcProvider(
  { policy }: ServerSetup,
  clientKeys?: JWKS,
): Promise<TestServer> {
  const server = createServer();
  const listening = await listen(server);
  const issuer = `http://127.0.0.1:${listening.port}`;
  const clientOf = (method: Method) => ({
    client_id: clientIdOf(method),
    ...(method.startsWith('client_secret') ? { client_secret: secretOfClients } : {}),
    ...(method === 'private_key_jwt' ? { jwks: clientKeys } : {}),
    token_endpoint_auth_method: method,
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code' as const],
    redirect_uris: [redirectUri],
  });
  const methods: Method[] = ['client_secret_basic', 'client_secret_post', 'none'];
  if (clientKeys) methods.push('private_key_jwt');
  const provider = new Provider(issuer, {
    clients: methods.map(clientOf),
    clientAuthMethods: methods,
    cookies: { keys: ['a key of this test'] },
    features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
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
    signIn: comeBack,
    async accepts(accessToken) {
      const headers = { authorization: `Bearer ${accessToken}` };
      return (await fetch(`${issuer}/me`, { headers })).status === 200;
    },
    close: listening.close,
  };
}

/** A browser: keeps cookies, and follows redirects until one leaves the server. */
async function comeBack(start: URL): Promise<string> {
  const cookies = new Map<string, string>();
  for (let url = start, steps = 0; steps < 10; steps += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(url, { redirect: 'manual', headers: { cookie } });
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
