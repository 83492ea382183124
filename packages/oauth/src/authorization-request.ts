import { type AuthorizationRequest, checkOptions, type OptionRules } from '@act-on-token/core';
import {
  calculatePKCECodeChallenge,
  generateRandomCodeVerifier,
  generateRandomState,
} from 'oauth4webapi';
import type { OAuthEndpoint } from './oauth-endpoint.ts';
import { misconfigured } from './urls.ts';

export interface AuthorizationOptions {
  /** As it is registered; sent again, to the letter, with the code. */
  redirectUri: string;
  /** Ask for what gives a refresh token: `offline_access` at most servers. */
  scope?: string | undefined;
  /** Send a code challenge (RFC 7636, S256). Default `true`. */
  pkce?: boolean | undefined;
  /** Further parameters: `prompt` or `audience`, say. */
  parameters?: Readonly<Record<string, string>> | undefined;
}

export const authorizationRules: OptionRules<AuthorizationOptions> = {
  redirectUri: [
    (uri) => typeof uri === 'string' && !/[#\s]/.test(uri) && URL.canParse(uri),
    null,
    'an absolute URL without a fragment or white space, as it is registered',
  ],
  scope: ['text'],
  pkce: ['boolean', true],
  parameters: [
    (parameters) =>
      typeof parameters === 'object' &&
      Object.values(parameters).every((value) => typeof value === 'string'),
    {},
    'an object of strings',
  ],
};

/** What to keep until the redirect comes back, for `readCallback()`. All but `url` is plain JSON. */
export interface ServerAuthorizationRequest extends AuthorizationRequest {
  /** What messages call the server. */
  readonly name: string;
  readonly issuer?: string;
}

/**
 * Starts the authorization code grant: the URL of the server's sign-in page. Hand what it returns to
 * core's `readCallback()` when the redirect comes back. Rejects with `configuration` if the endpoint
 * does not know where a person signs in, or the redirect URI is not absolute or has a fragment.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1
 */
export async function authorizationRequest(
  endpoint: OAuthEndpoint,
  options: AuthorizationOptions,
): Promise<ServerAuthorizationRequest> {
  const checked = checkOptions<AuthorizationOptions, 'pkce' | 'parameters'>(
    'authorizationRequest()',
    authorizationRules,
    options,
  );
  const { authorizeUrl, callbackIssuer, clientId, name } = endpoint;
  if (!authorizeUrl)
    throw misconfigured('This endpoint has no authorization endpoint. Give "authorizeUrl".');
  const { redirectUri, scope } = checked;
  const state = generateRandomState();
  const url = new URL(authorizeUrl);
  const parameters: Record<string, string> = {
    ...checked.parameters,
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    state,
    ...(scope === undefined ? {} : { scope }),
  };
  const codeVerifier = checked.pkce ? generateRandomCodeVerifier() : undefined;
  if (codeVerifier !== undefined) {
    parameters.code_challenge = await calculatePKCECodeChallenge(codeVerifier);
    parameters.code_challenge_method = 'S256';
  }
  for (const [key, value] of Object.entries(parameters)) url.searchParams.set(key, value);
  return {
    url,
    state,
    redirectUri,
    name,
    ...(codeVerifier === undefined ? {} : { codeVerifier }),
    ...(callbackIssuer === null ? {} : { issuer: callbackIssuer }),
  };
}
