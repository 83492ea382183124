import type { EmulatedActOn } from '../emulated-act-on.ts';
import { isMediaType, type Parameters, readParameters } from '../form.ts';
import { gatewayError, noStore } from '../gateway.ts';
import type { Client } from '../options.ts';
import type { ReceivedRequest } from '../received-request.ts';
import { Refusal } from '../refusal.ts';
import { readClientCredentials } from './client-credentials.ts';
import { invalidRequest, refuse } from './refuse.ts';

/**
 * What a client asks the token endpoint for, once it is sure that it is a client and that it asks
 * properly.
 */
export type TokenRequest = { readonly client: Client } & (
  | { readonly grantType: 'password'; readonly username: string; readonly password: string }
  | {
      readonly grantType: 'authorization_code';
      readonly code: string;
      readonly redirectUri: string;
      readonly codeVerifier: string | null;
    }
  | { readonly grantType: 'refresh_token'; readonly refreshToken: string }
);

/**
 * Parameters that must not be in a URL, where logs and histories keep them (RFC 6749 §2.3.1).
 */
export const secretParameters: readonly string[] = [
  'client_secret',
  'password',
  'refresh_token',
  'code',
];

/** Checks in the order in which Act-On would find a fault. Throws a Refusal. */
export function readTokenRequest(actOn: EmulatedActOn, received: ReceivedRequest): TokenRequest {
  if (received.method !== 'POST') throw methodNotAllowed(actOn);
  if (!isMediaType(received.headers.get('content-type'), 'application/x-www-form-urlencoded')) {
    throw invalidRequest('The content type must be application/x-www-form-urlencoded.');
  }
  const form = readForm(actOn, received);
  if (form.duplicate !== null) throw invalidRequest('A parameter must not be repeated.');
  const client = authenticate(actOn, received, form);
  return readGrant(actOn, client, form);
}

function methodNotAllowed(actOn: EmulatedActOn): Refusal {
  const headers = { ...noStore, allow: 'POST' };
  return new Refusal('method_not_allowed', () =>
    gatewayError(actOn, 405, 'Only POST is allowed', { headers }),
  );
}

function readForm(actOn: EmulatedActOn, received: ReceivedRequest): Parameters {
  const body = new URLSearchParams(received.body);
  const query = received.url.searchParams;
  if (!actOn.switches.urlSecretTrap) return readParameters(query, body);
  const secrets = readParameters(query).names();
  if (secrets.some((name) => secretParameters.includes(name)))
    throw invalidRequest('Secrets must be sent in the body, never in the URL.');
  // Act-On's own pages disagree on where `grant_type` goes, so it may be in either place. The
  // rest of the query is ignored.
  const grantType = new URLSearchParams(
    query.getAll('grant_type').map((value) => ['grant_type', value]),
  );
  return readParameters(grantType, body);
}

function authenticate(actOn: EmulatedActOn, received: ReceivedRequest, form: Parameters): Client {
  const { id, secret } = readClientCredentials(received.headers, form, actOn.switches.basicAuth);
  const client = id === null ? undefined : actOn.clients.get(id);
  if (!client || client.secret !== secret)
    throw refuse(actOn.profile.clientRejected, null, challengeFor(actOn, received));
  return client;
}

/** A client that tried a header learns which scheme there is (RFC 6749 §5.2). */
function challengeFor(
  { profile }: EmulatedActOn,
  { headers }: ReceivedRequest,
): Record<string, string> {
  const isAsked = profile.clientChallenge !== null && headers.has('authorization');
  return isAsked ? { 'www-authenticate': profile.clientChallenge } : {};
}

function readGrant(actOn: EmulatedActOn, client: Client, form: Parameters): TokenRequest {
  const grantType = required(form, 'grant_type');
  if (grantType === 'password') {
    return {
      grantType,
      client,
      username: required(form, 'username'),
      password: required(form, 'password'),
    };
  }
  if (grantType === 'refresh_token')
    return { grantType, client, refreshToken: required(form, 'refresh_token') };
  if (grantType !== 'authorization_code')
    throw refuse({ status: 400, error: 'unsupported_grant_type' });
  if (!client.codeGrantEnabled) throw refuse(actOn.profile.grantNotAllowed(grantType));
  return {
    grantType,
    client,
    code: required(form, 'code'),
    redirectUri: required(form, 'redirect_uri'),
    codeVerifier: form.get('code_verifier'),
  };
}

function required(form: Parameters, name: string): string {
  const value = form.get(name);
  if (value === null) throw invalidRequest(`Missing required parameter: ${name}`);
  return value;
}
