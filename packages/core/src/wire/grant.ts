import { misconfigured } from '../errors.ts';

/** User name and password of an Act-On user. Legacy: Act-On recommends it for in-house programs, RFC 9700 §2.4 advises against it; never in a browser. */
export interface PasswordGrant {
  readonly type: 'password';
  /** As Act-On knows it; child users of an agency are named `<account>_user@domain`. Sent as it is. */
  readonly username: string;
  readonly password: string;
}

/** What came back from `/authorize`; see {@link readCallback}. RFC 6749 §4.1.3. */
export interface AuthorizationCodeGrant {
  readonly type: 'authorization_code';
  readonly code: string;
  /** The same, to the letter, as was sent to `/authorize`. */
  readonly redirectUri: string;
  /** RFC 7636 §4.5, if `/authorize` was sent a challenge. */
  readonly codeVerifier?: string;
}

/** A refresh token: of the pair at hand, or of one that you bring from elsewhere. RFC 6749 §6. */
export interface RefreshTokenGrant {
  readonly type: 'refresh_token';
  readonly refreshToken: string;
}

export type Grant = PasswordGrant | AuthorizationCodeGrant | RefreshTokenGrant;

/** The fields that each grant sends, by the name they have in TypeScript and the one they have on the wire. */
const parameters: Record<Grant['type'], Record<string, string>> = {
  password: { username: 'username', password: 'password' },
  authorization_code: { code: 'code', redirectUri: 'redirect_uri', codeVerifier: 'code_verifier' },
  refresh_token: { refreshToken: 'refresh_token' },
};
const optionalFields: readonly string[] = ['codeVerifier'];

/** The form body of `POST /token`. Act-On wants the client's credentials in it too; a URL never carries any of this (RFC 6749 §2.3.1). */
export function grantBody(grant: Grant, clientId: string, clientSecret: string): string {
  const body = new URLSearchParams({ grant_type: grant.type, client_id: clientId, client_secret: clientSecret });
  for (const [field, value] of grantFields(grant)) body.append(parameters[grant.type][field] ?? field, value);
  return body.toString();
}

/** Everything in a grant that no message may repeat. */
export function grantSecrets(grant: Grant): string[] {
  return grantFields(grant)
    .filter(([field]) => field !== 'username' && field !== 'redirectUri')
    .map(([, value]) => value);
}

function grantFields(grant: Grant): [string, string][] {
  return Object.keys(parameters[grant.type]).flatMap((field) => {
    const value = (grant as unknown as Record<string, string | undefined>)[field];
    return value === undefined ? [] : [[field, value] as [string, string]];
  });
}

/** Throws `configuration`, naming the field, unless `grant` is one that can be sent. */
export function checkGrant(grant: Grant): void {
  if (typeof grant !== 'object' || grant === null || !Object.hasOwn(parameters, grant.type))
    throw misconfigured(`"grant.type" must be "password", "authorization_code" or "refresh_token".`);
  for (const field of Object.keys(parameters[grant.type])) {
    const value: unknown = (grant as unknown as Record<string, unknown>)[field];
    if (value === undefined && optionalFields.includes(field)) continue;
    if (typeof value !== 'string' || value === '')
      throw misconfigured(`"grant.${field}" of a ${grant.type} grant must be a non-empty string.`);
  }
}
