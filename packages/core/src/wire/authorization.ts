import { ActOnTokenError, printable } from '../errors.ts';
import { checkOptions, type OptionRules } from '../options.ts';
import { aBaseUrl, aRegion, type Region, readBase } from './endpoint.ts';
import { type AuthorizationCodeGrant, aRedirectUri } from './grant.ts';

export interface AuthorizationUrlOptions {
  clientId: string;
  /** Registered with Act-On's support; sent again, to the letter, with the code. */
  redirectUri: string;
  /** Default `us`. Not together with `baseUrl`. */
  region?: Region | undefined;
  baseUrl?: string | URL | undefined;
  /** Default `PRODUCTION`, which is what Act-On documents. */
  scope?: string | undefined;
  /**
   * Default: 128 random bits. It comes back with the code and proves that the redirect answers this
   * very request.
   */
  state?: string | undefined;
  /**
   * Send a code challenge (RFC 7636, S256). Default `true`: Act-On does not document it, and a
   * server that knows nothing of it ignores it (RFC 6749 §3.1).
   */
  pkce?: boolean | undefined;
}

export const authorizationRules: OptionRules<AuthorizationUrlOptions> = {
  clientId: ['text', null],
  redirectUri: aRedirectUri,
  region: aRegion,
  baseUrl: aBaseUrl,
  scope: ['text', 'PRODUCTION'],
  state: [
    (state) => /^[ -~]{16,}$/.test(state),
    undefined,
    'at least 16 printable ASCII characters that no one can guess',
  ],
  pkce: ['boolean', true],
};

/**
 * Where to send the person, and what to keep until the redirect comes back. All but `url` is plain
 * JSON.
 */
export interface AuthorizationRequest {
  readonly url: URL;
  readonly state: string;
  readonly redirectUri: string;
  readonly codeVerifier?: string;
}

/**
 * Starts the authorization code grant: the URL of Act-On's sign-in page. The client secret is not
 * in it (RFC 6749 §2.3.1). Rejects with `configuration` for a missing client id or a redirect URI
 * that is not absolute or has a fragment.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1
 */
export async function authorizationUrl(
  options: AuthorizationUrlOptions,
): Promise<AuthorizationRequest> {
  const checked = checkOptions<AuthorizationUrlOptions, 'scope' | 'pkce'>(
    'authorizationUrl()',
    authorizationRules,
    options,
  );
  const { clientId, redirectUri, scope, state = randomText(16) } = checked;
  const url = new URL('authorize', readBase(checked));
  const parameters: Record<string, string> = {
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope,
    state,
  };
  for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
  if (!checked.pkce) return { url, state, redirectUri };
  const codeVerifier = randomText(32);
  url.searchParams.set('code_challenge', await challengeOf(codeVerifier));
  url.searchParams.set('code_challenge_method', 'S256');
  return { url, state, redirectUri, codeVerifier };
}

function randomText(bytes: number): string {
  return base64url(crypto.getRandomValues(new Uint8Array(bytes)));
}

async function challengeOf(verifier: string): Promise<string> {
  return base64url(
    new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier))),
  );
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/**
 * What {@link authorizationUrl} gave, kept until now; `issuer` if the server is known to send one
 * (RFC 9207).
 */
export interface ExpectedCallback {
  readonly state: string;
  readonly redirectUri: string;
  readonly codeVerifier?: string | undefined;
  readonly issuer?: string | undefined;
  /** What messages call the server. Default `Act-On`. */
  readonly name?: string | undefined;
}

export const expectedRules: OptionRules<ExpectedCallback> = {
  state: ['string'],
  redirectUri: aRedirectUri,
  codeVerifier: ['string'],
  issuer: ['secret'],
  name: ['text', 'Act-On'],
};

const longestCode = 4_096;

/**
 * Reads the redirect that came back from the server and gives the grant to hand to
 * `session.authorize()`. Throws `callback` if it does not answer this request, says that the person
 * refused, or is malformed; no grant was used then.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2
 */
export function readCallback(
  url: string | URL,
  expected: ExpectedCallback,
): AuthorizationCodeGrant {
  const { name } = Object(expected) as ExpectedCallback;
  const refused: Refuse = (reason) => callbackError(reason, name);
  if (!URL.canParse(url)) throw refused('it is not an absolute URL');
  // Kept in the browser that began, so elsewhere, or after a second visit, there may be nothing
  // whatever the type says.
  if (
    expected === null ||
    // Stryker disable next-line ConditionalExpression: what is not an object has no state, and is refused for that.
    typeof expected !== 'object'
  )
    throw refused('nothing was kept of a sign-in that began here');
  checkOptions('readCallback()', expectedRules, expected);
  const callback = new URL(url);
  checkPlace(callback, expected.redirectUri, refused);
  const query = callback.searchParams;
  for (const name of ['code', 'state', 'error', 'iss']) {
    if (query.getAll(name).length > 1)
      throw refused(`the parameter "${name}" is in it more than once`);
  }
  const state = query.get('state');
  if (!expected.state || state === null || !sameText(state, expected.state)) {
    throw refused(
      'its "state" is not the one that was sent, so it answers another request, perhaps of another browser',
    );
  }
  if (expected.issuer !== undefined && query.get('iss') !== expected.issuer)
    throw refused('its "iss" names another server');
  const error = query.get('error');
  if (error !== null) throw refused(`${name ?? 'Act-On'} says ${quoted(query, expected)}`);
  return {
    type: 'authorization_code',
    code: readCode(query.get('code'), refused),
    redirectUri: expected.redirectUri,
    ...verifierOf(expected),
  };
}

type Refuse = (reason: string) => ActOnTokenError;

const verifierOf = ({ codeVerifier }: ExpectedCallback): { codeVerifier?: string } =>
  codeVerifier === undefined ? {} : { codeVerifier };

function checkPlace(callback: URL, redirectUri: string, refused: Refuse): void {
  const expected = new URL(redirectUri);
  // Not the origin: that of an app's own scheme is "null", whatever the host.
  if (
    callback.protocol !== expected.protocol ||
    callback.host !== expected.host ||
    callback.pathname !== expected.pathname
  ) {
    throw refused('it came to another address than "redirectUri"');
  }
  if (/[#&](code|state|access_token|error)=/.test(callback.hash))
    throw refused('its parameters are in the fragment, as in a flow that is not used here');
}

function readCode(code: string | null, refused: Refuse): string {
  if (!code) throw refused('it carries no "code"');
  if (code.length > longestCode || !/^[\x20-\x7e]+$/.test(code))
    throw refused('its "code" is not an authorization code (RFC 6749 Appendix A.11)');
  return code;
}

// Stryker disable next-line StringLiteral: an empty text is not looked for, and a made-up one is not there.
function quoted(query: URLSearchParams, { state, codeVerifier = '' }: ExpectedCallback): string {
  const secrets = [codeVerifier, state, ...query.getAll('code')];
  const words = [query.get('error'), query.get('error_description')].filter(
    (word) => word !== null,
  );
  return words.map((word) => `"${printable(word, secrets)}"`).join(': ');
}

/** In constant time for texts of one length. */
function sameText(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let at = 0; at < a.length; at += 1)
    difference |= a.charCodeAt(at) ^ b.charCodeAt(at % b.length);
  return difference === 0;
}

function callbackError(reason: string, name: unknown): ActOnTokenError {
  const server = typeof name === 'string' ? name : 'Act-On';
  return new ActOnTokenError(
    'callback',
    `The redirect from ${server} was not accepted: ${reason}. Nothing was sent; start the sign-in again.`,
  );
}
