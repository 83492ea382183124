import {
  ActOnTokenError,
  checkOptions,
  type Fetch,
  type GrantLimit,
  type OptionRules,
  type Outcome,
  sendGrant,
  type TokenClient,
  tokenEndpoint,
} from '@act-on-token/core';
import {
  type AuthorizationServer,
  allowInsecureRequests,
  type CryptoKey,
  customFetch,
  discoveryRequest,
  PrivateKeyJwt,
  processDiscoveryResponse,
} from 'oauth4webapi';
import { type ClientAuth, clientAuths, type Proof, proofOf } from './client-auth.ts';
import {
  aboutOf,
  type CommonOptions,
  checkSecret,
  clientOf,
  commonRules,
  type OAuthEndpoint,
} from './oauth-endpoint.ts';
import { revoke } from './revocation.ts';
import { aRequiredUrl, aUrl, misconfigured } from './urls.ts';

export interface DiscoverEndpointOptions extends CommonOptions {
  /**
   * Default: `private_key_jwt` with a `privateKey`, `client_secret_basic` with a `clientSecret`, and
   * `none` without either. `tls_client_auth`: `fetch` presents the client's certificate, and the
   * server's mTLS addresses are used where it has some.
   */
  clientAuth?: ClientAuth | 'private_key_jwt' | 'tls_client_auth' | undefined;
  /** Signs the client's assertions (RFC 7523). */
  privateKey?: CryptoKey | { key: CryptoKey; kid?: string } | undefined;
  /**
   * Where the metadata is: `oauth2` for RFC 8414, `oidc` for OpenID Connect Discovery. Default
   * `oauth2`.
   */
  algorithm?: 'oauth2' | 'oidc' | undefined;
}

export const discoverRules: OptionRules<DiscoverEndpointOptions> = {
  ...commonRules,
  clientAuth: [[...clientAuths, 'private_key_jwt', 'tls_client_auth']],
  privateKey: ['object', undefined, 'a CryptoKey, or { key, kid }'],
  algorithm: [['oauth2', 'oidc'], 'oauth2'],
};

type Checked = DiscoverEndpointOptions & {
  grantLimit: GrantLimit;
  requestTimeout: number;
  algorithm: 'oauth2' | 'oidc';
};

const longestMetadata = 1_048_576;

/**
 * Describes a client of an authorization server that publishes its addresses (RFC 8414). Asks for
 * them once; make one endpoint and keep it. Rejects with `configuration` for an option that is wrong
 * or metadata that are not the issuer's, and with `not_sent` if they cannot be had.
 */
export async function discoverEndpoint(
  issuer: string | URL,
  options: DiscoverEndpointOptions,
): Promise<OAuthEndpoint> {
  const checked = checkOptions<
    DiscoverEndpointOptions,
    'grantLimit' | 'requestTimeout' | 'algorithm' | 'dangerouslyAllowBrowser'
  >('discoverEndpoint()', discoverRules, options);
  checkOptions('discoverEndpoint()', { issuer: aRequiredUrl }, { issuer });
  const { clientId, clientSecret, privateKey, requestTimeout } = checked;
  const auth =
    checked.clientAuth ??
    (privateKey ? 'private_key_jwt' : clientSecret === undefined ? 'none' : 'client_secret_basic');
  checkSecret(auth, clientId, clientSecret, checked.dangerouslyAllowBrowser ?? false);
  if ((auth === 'private_key_jwt') !== (privateKey !== undefined))
    throw misconfigured(
      '"privateKey" goes with "clientAuth" private_key_jwt. Give both or neither.',
    );
  const server = await metadata(new URL(issuer), checked);
  const isMtls = auth === 'tls_client_auth';
  const tokenUrl = addressOf(server, 'token_endpoint', isMtls);
  if (tokenUrl === undefined)
    throw misconfigured('The metadata of this server name no token endpoint. Use oauthEndpoint().');
  const proof = proverOf(server, checked, auth);
  // The one that is asked for its proof each time has none of its own.
  const client = clientOf(
    checked,
    tokenUrl,
    auth === 'private_key_jwt' ? { parameters: {}, headers: {}, secrets: [] } : await proof(),
  );
  const revocationUrl = addressOf(server, 'revocation_endpoint', isMtls);
  const authorizeUrl = addressOf(server, 'authorization_endpoint', false);
  const found = tokenEndpoint(client, {
    ...aboutOf(checked, server.issuer, new URL(tokenUrl)),
    ...(revocationUrl === undefined
      ? {}
      : {
          revoke: (refreshToken) =>
            revoke(
              { url: revocationUrl, fetch: client.fetch, requestTimeout, proof },
              refreshToken,
            ),
        }),
  });
  return {
    ...found,
    ...(auth === 'private_key_jwt' ? { send: signing(client, proof) } : {}),
    authorizeUrl: authorizeUrl === undefined ? null : new URL(authorizeUrl),
    callbackIssuer:
      server.authorization_response_iss_parameter_supported === true ? server.issuer : null,
  };
}

async function metadata(issuer: URL, checked: Checked): Promise<AuthorizationServer> {
  const fetch: Fetch = checked.fetch ?? globalThis.fetch;
  const request = { isOver: false };
  try {
    const response = await discoveryRequest(issuer, {
      algorithm: checked.algorithm,
      signal: AbortSignal.timeout(checked.requestTimeout),
      [allowInsecureRequests]: issuer.protocol === 'http:',
      [customFetch]: async (url: string, init: object) =>
        bounded(await fetch(url, init as RequestInit)),
    });
    request.isOver = true;
    return await processDiscoveryResponse(issuer, response);
  } catch (error) {
    const { code, name } = Object(error) as { code?: unknown; name?: unknown };
    const seen = [code, name].find((word) => typeof word === 'string' && /^\w{1,60}$/.test(word));
    const detail = seen === undefined ? '' : ` (${seen})`;
    if (!request.isOver)
      throw new ActOnTokenError(
        'not_sent',
        `The metadata of ${checked.name} could not be read${detail}. Check the network and the issuer.`,
      );
    throw misconfigured(
      `What ${checked.name} answered is not the metadata of this issuer${detail}. Check the issuer, to the letter, and "algorithm".`,
    );
  }
}

/** The response with its body read, as long as that is short enough. */
async function bounded(response: Response): Promise<Response> {
  const reader = response.body?.getReader();
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for (let size = 0; reader !== undefined; ) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > longestMetadata) {
      await reader.cancel();
      throw new RangeError('too long');
    }
    chunks.push(value);
  }
  const { status, headers } = response;
  return new Response(chunks.length === 0 ? null : new Blob(chunks), { status, headers });
}

type Address = 'token_endpoint' | 'revocation_endpoint' | 'authorization_endpoint';

function addressOf(
  server: AuthorizationServer,
  name: Address,
  isMtls: boolean,
): string | undefined {
  const alias = isMtls ? server.mtls_endpoint_aliases?.[name] : undefined;
  const url = alias ?? server[name];
  if (url === undefined) return undefined;
  checkOptions('The metadata of this server', { [name]: aUrl }, { [name]: url });
  return url;
}

/** What proves the client's identity, made for each request. */
function proverOf(
  server: AuthorizationServer,
  { clientId, clientSecret, privateKey }: Checked,
  auth: NonNullable<DiscoverEndpointOptions['clientAuth']>,
): () => Promise<Proof> {
  if (auth !== 'private_key_jwt')
    return async () =>
      proofOf(auth === 'tls_client_auth' ? 'none' : auth, clientId, clientSecret ?? '');
  const prove = PrivateKeyJwt(privateKey as CryptoKey);
  return async () => {
    const [body, headers] = [new URLSearchParams(), new Headers()];
    await prove(server, { client_id: clientId }, body, headers);
    const parameters = Object.fromEntries(body);
    return { parameters, headers: {}, secrets: [parameters.client_assertion ?? ''] };
  };
}

/** Signs an assertion and sends the grant with it. What cannot be signed is not sent. */
function signing(client: TokenClient, proof: () => Promise<Proof>): OAuthEndpoint['send'] {
  return async (grant, signal): Promise<Outcome> => {
    let made: Proof;
    try {
      made = await proof();
    } catch {
      return { type: 'not_sent', detail: 'the client assertion could not be signed' };
    }
    const signed: TokenClient = {
      ...client,
      parameters: { ...client.parameters, ...made.parameters },
      secrets: [...client.secrets, ...made.secrets],
    };
    const answer = sendGrant(signed, grant, signal);
    // Set by the first request, and the same for all.
    if (signed.once) client.once = signed.once;
    return answer;
  };
}
