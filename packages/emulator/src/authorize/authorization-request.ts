import type { EmulatedActOn } from '../emulated-act-on.ts';
import { type Parameters, readParameters } from '../form.ts';
import type { Client } from '../options.ts';
import type { ReceivedRequest } from '../received-request.ts';
import { Refusal } from '../refusal.ts';
import { redirectTo } from './answers.ts';
import { errorPage } from './pages.ts';

/** What an application asks the user for, with everything in it checked. */
export interface AuthorizationRequest {
  readonly client: string;
  readonly redirectUri: string;
  readonly state: string | null;
  readonly challenge: string | null;
}

/**
 * Throws a Refusal: a page as long as it is unsure where to send the browser, from then on a
 * redirect (RFC 6749 §4.1.2.1).
 */
export function readAuthorizationRequest(
  actOn: EmulatedActOn,
  received: ReceivedRequest,
): AuthorizationRequest {
  const query = received.url.searchParams;
  const parameters = readParameters(query);
  if (actOn.switches.urlSecretTrap && parameters.get('client_secret') !== null) {
    throw refusePage('The client secret must never be in a URL.');
  }
  const client = actOn.clients.get(single(query, 'client_id') ?? '');
  if (!client) throw refusePage('This application is not known.');
  const redirectUri = readRedirectUri(client, query);
  const state = parameters.get('state');
  const fault = findFault(actOn, client, parameters);
  if (fault)
    throw new Refusal(fault.error, () =>
      redirectTo(actOn, redirectUri, { ...fault, ...(state !== null && { state }) }),
    );
  return { client: client.id, redirectUri, state, challenge: parameters.get('code_challenge') };
}

function readRedirectUri(client: Client, query: URLSearchParams): string {
  const redirectUri = query.has('redirect_uri')
    ? single(query, 'redirect_uri')
    : client.redirectUris[0];
  if (!redirectUri || !client.redirectUris.includes(redirectUri)) {
    throw refusePage('The redirect URI is not registered for this application.');
  }
  return redirectUri;
}

type Fault = { readonly error: string; readonly error_description: string };

function findFault(actOn: EmulatedActOn, client: Client, parameters: Parameters): Fault | null {
  const responseType = parameters.get('response_type');
  if (parameters.duplicate !== null) return invalidRequest('A parameter must not be repeated.');
  if (responseType === null) return invalidRequest('Missing required parameter: response_type');
  if (responseType !== 'code')
    return {
      error: 'unsupported_response_type',
      error_description: 'Only response_type=code is supported.',
    };
  if (!client.codeGrantEnabled)
    return {
      error: 'unauthorized_client',
      error_description: 'The code grant is not enabled for the client.',
    };
  const isPlain =
    parameters.get('code_challenge') !== null && parameters.get('code_challenge_method') !== 'S256';
  return actOn.switches.pkce === 'enforce' && isPlain
    ? invalidRequest('code_challenge_method must be S256.')
    : null;
}

function invalidRequest(description: string): Fault {
  return { error: 'invalid_request', error_description: description };
}

function refusePage(message: string): Refusal {
  return new Refusal('invalid_request', () => errorPage(message));
}

/** The value of a parameter that occurs once. */
function single(query: URLSearchParams, name: string): string | undefined {
  const values = query.getAll(name);
  return values.length === 1 ? values[0] : undefined;
}
