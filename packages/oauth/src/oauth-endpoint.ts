import {
  checkOptions,
  type Fetch,
  type GrantLimit,
  type OptionRules,
  type TokenClient,
  type TokenEndpoint,
  textFields,
  tokenEndpoint,
} from '@act-on-token/core';
import { type ClientAuth, clientAuths, proofOf } from './client-auth.ts';
import { revoke } from './revocation.ts';
import { aRequiredUrl, aUrl, misconfigured } from './urls.ts';

/** What an endpoint has however it was found. */
export interface CommonOptions {
  /** What messages call the server: `Xero`, say. */
  name: string;
  clientId: string;
  /** Belongs on a server: it never enters a URL, a message or a record. */
  clientSecret?: string | undefined;
  /** Where relative URLs of `session.fetch()` start. Default: the server's own origin. */
  apiBase?: string | URL | undefined;
  /** Further parameters of each token request: `audience` or `resource`, say. */
  parameters?: Readonly<Record<string, string>> | undefined;
  /**
   * Text fields of the answer that the session's snapshot shows as `fields`: `instance_url`, say.
   * Sixteen at most, none longer than 1,024 characters, and none that holds a secret.
   */
  fields?: readonly string[] | undefined;
  /** Grants that the server allows per user. Default: none, which here means a hundred an hour. */
  grantLimit?: GrantLimit | undefined;
  /**
   * Milliseconds after which the server forgets a refresh token that was not used; after nine tenths
   * of them the session warns with `expiring`. Default: never.
   */
  refreshTokenIdle?: number | undefined;
  /** Default: the runtime's own, looked up at each request. */
  fetch?: Fetch | undefined;
  /**
   * Milliseconds after which a token request is given up; from 1,000 to 120,000. Default 10,000.
   */
  requestTimeout?: number | undefined;
  /** Allows a client secret in a page, where no one else sees the page's code. Default `false`. */
  dangerouslyAllowBrowser?: boolean | undefined;
}

export interface OAuthEndpointOptions extends CommonOptions {
  /** The server's token endpoint. */
  tokenUrl: string | URL;
  /** Default `client_secret_basic`, or `none` without a `clientSecret`. */
  clientAuth?: ClientAuth | undefined;
  /** The server's authorization endpoint, for {@link authorizationRequest}. */
  authorizeUrl?: string | URL | undefined;
  /** The server's revocation endpoint (RFC 7009): a sign-out asks it to forget the refresh token. */
  revocationUrl?: string | URL | undefined;
  /**
   * Names the server in the key of the record: all who share accounts give the same. Default: the
   * token URL.
   */
  issuer?: string | undefined;
}

/** A token endpoint that also knows where a person signs in. */
export interface OAuthEndpoint extends TokenEndpoint {
  readonly authorizeUrl: URL | null;
  /** The `iss` that each redirect carries (RFC 9207), if the server says that it sends one. */
  readonly callbackIssuer: string | null;
}

const isTexts = (values: object): boolean =>
  Object.values(values).every((value) => typeof value === 'string');
const mostFields = 16;
/** They would be in snapshots and in bug reports. */
const secretField = /token|secret|password|assertion|code/i;

export const commonRules: OptionRules<CommonOptions> = {
  name: [
    (name) => typeof name === 'string' && /^[!-~]([ -~]{0,38}[!-~])?$/.test(name),
    null,
    'a name of at most 40 printable ASCII characters',
  ],
  clientId: ['text', null],
  clientSecret: ['text'],
  apiBase: aUrl,
  parameters: [
    (parameters) => typeof parameters === 'object' && isTexts(parameters),
    {},
    'an object of strings',
  ],
  fields: [
    (fields) =>
      Array.isArray(fields) &&
      fields.length <= mostFields &&
      fields.every(
        (field) => typeof field === 'string' && field !== '' && !secretField.test(field),
      ),
    undefined,
    'an array of at most 16 names, none of them of a token, a code or another secret',
  ],
  grantLimit: ['object', { limit: 100, window: 3_600_000, reserve: 0 }],
  refreshTokenIdle: [[60_000, 5 * 366 * 86_400_000]],
  fetch: ['function'],
  requestTimeout: [[1_000, 120_000], 10_000],
  dangerouslyAllowBrowser: ['boolean', false],
};

export const oauthEndpointRules: OptionRules<OAuthEndpointOptions> = {
  ...commonRules,
  tokenUrl: aRequiredUrl,
  clientAuth: [clientAuths],
  authorizeUrl: aUrl,
  revocationUrl: aUrl,
  issuer: ['text'],
};

type Defaulted = 'parameters' | 'grantLimit' | 'requestTimeout' | 'dangerouslyAllowBrowser';

/**
 * Describes a client of an authorization server whose addresses you know. Nothing is sent yet.
 * Throws `configuration` for a missing name or id, an unsafe URL, a client secret that is missing or
 * not used, and in a browser.
 *
 * @example
 * const endpoint = oauthEndpoint({
 *   name: 'Xero',
 *   tokenUrl: 'https://identity.xero.com/connect/token',
 *   clientId,
 *   clientSecret,
 *   apiBase: 'https://api.xero.com/api.xro/2.0/',
 * });
 */
export function oauthEndpoint(options: OAuthEndpointOptions): OAuthEndpoint {
  const checked = checkOptions<OAuthEndpointOptions, Defaulted>(
    'oauthEndpoint()',
    oauthEndpointRules,
    options,
  );
  const { clientId, clientSecret, revocationUrl, requestTimeout } = checked;
  const auth = checked.clientAuth ?? (clientSecret === undefined ? 'none' : 'client_secret_basic');
  checkSecret(auth, clientId, clientSecret, checked.dangerouslyAllowBrowser);
  const tokenUrl = new URL(checked.tokenUrl);
  const proof = proofOf(auth, clientId, clientSecret ?? '');
  const client = clientOf(checked, tokenUrl.href, proof);
  return {
    ...tokenEndpoint(client, {
      ...aboutOf(checked, checked.issuer ?? tokenUrl.href, tokenUrl),
      ...(revocationUrl === undefined
        ? {}
        : {
            revoke: (refreshToken) =>
              revoke(
                {
                  url: new URL(revocationUrl).href,
                  fetch: client.fetch,
                  requestTimeout,
                  proof: () => proof,
                },
                refreshToken,
              ),
          }),
    }),
    authorizeUrl: checked.authorizeUrl === undefined ? null : new URL(checked.authorizeUrl),
    callbackIssuer: null,
  };
}

/** How `sendGrant` speaks to it. */
export function clientOf(
  { fetch, fields, parameters, clientSecret }: CommonOptions,
  tokenUrl: string,
  proof: Pick<TokenClient, 'parameters' | 'headers' | 'secrets'> | ReturnType<typeof proofOf>,
): TokenClient {
  return {
    tokenUrl,
    // A wrapper, so that a fetch that is replaced later is the one that is called.
    fetch: (input, init) => (fetch ?? globalThis.fetch)(input, init),
    parameters: { ...proof.parameters, ...parameters },
    headers: proof.headers,
    // Without a secret of the client, the fingerprints are this process's own: no one may find a
    // password by them.
    secrets: [clientSecret ?? crypto.randomUUID(), ...proof.secrets],
    more: fields && textFields(fields),
  };
}

/** What else is known of it. */
export function aboutOf(
  checked: CommonOptions & { grantLimit: GrantLimit; requestTimeout: number },
  issuer: string,
  server: URL,
): Omit<TokenEndpoint, 'fetch' | 'send' | 'fingerprint'> {
  const { name, clientId, requestTimeout, grantLimit, refreshTokenIdle } = checked;
  const apiBase = new URL(checked.apiBase ?? server.origin);
  if (!apiBase.pathname.endsWith('/')) apiBase.pathname += '/';
  return { name, issuer, clientId, apiBase, requestTimeout, grantLimit, refreshTokenIdle };
}

export function checkSecret(
  auth: string,
  clientId: string,
  clientSecret: string | undefined,
  isAllowedInBrowser: boolean,
): void {
  const isSecret = auth.startsWith('client_secret');
  if (isSecret && clientSecret === undefined)
    throw misconfigured(
      `"clientAuth" is ${auth}, which needs "clientSecret". Give it, or set "clientAuth" to none.`,
    );
  if (!isSecret && clientSecret !== undefined)
    throw misconfigured(
      `"clientAuth" is ${auth}, which sends no "clientSecret". Leave it out, or choose another "clientAuth".`,
    );
  if (auth === 'client_secret_basic_raw' && clientId.includes(':'))
    throw misconfigured(
      '"clientId" has a colon in it, which ends the name in a Basic header. Set "clientAuth" to client_secret_basic.',
    );
  const { document, window } = globalThis as { document?: unknown; window?: unknown };
  if (
    clientSecret !== undefined &&
    document !== undefined &&
    window !== undefined &&
    !isAllowedInBrowser
  )
    throw misconfigured(
      'A web page cannot keep a client secret. Make this endpoint on your server, or set "dangerouslyAllowBrowser" if no one else can read this page.',
    );
}
