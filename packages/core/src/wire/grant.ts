import { checkOption, checkOptions, type OptionRule, type OptionRules } from '../options.ts';

/**
 * User name and password of an Act-On user. Legacy: Act-On recommends it for in-house programs, RFC
 * 9700 §2.4 advises against it; never in a browser.
 */
export interface PasswordGrant {
  readonly type: 'password';
  /**
   * As Act-On knows it; child users of an agency are named `<account>_user@domain`. Sent as it is.
   */
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
  readonly codeVerifier?: string | undefined;
}

/** A refresh token: of the current pair, or of one that you bring from elsewhere. RFC 6749 §6. */
export interface RefreshTokenGrant {
  readonly type: 'refresh_token';
  readonly refreshToken: string;
}

export type Grant = PasswordGrant | AuthorizationCodeGrant | RefreshTokenGrant;

export const aRedirectUri: OptionRule = [
  (uri) => typeof uri === 'string' && !/[#\s]/.test(uri) && URL.canParse(uri),
  null,
  'an absolute URL without a fragment or white space, as it is registered',
];

const type: OptionRule = [['password', 'authorization_code', 'refresh_token'], null];

/** What each grant holds. All but its type is sent, under these names as the wire spells them. */
export const grantRules: {
  readonly [Type in Grant['type']]: OptionRules<Extract<Grant, { type: Type }>>;
} = {
  password: { type, username: ['text', null], password: ['secret', null] },
  authorization_code: {
    type,
    code: ['secret', null],
    redirectUri: aRedirectUri,
    codeVerifier: ['secret'],
  },
  refresh_token: { type, refreshToken: ['secret', null] },
};

/**
 * The form body of a token request. `parameters` are the client's: Act-On wants its credentials in
 * the body too; a URL never carries any of this (RFC 6749 §2.3.1).
 */
export function grantBody(grant: Grant, parameters: Readonly<Record<string, string>>): string {
  const body = new URLSearchParams({ grant_type: grant.type, ...parameters });
  for (const [field, value] of grantFields(grant))
    body.append(field.replace(/[A-Z]/, '_$&').toLowerCase(), value);
  return body.toString();
}

/** Everything in a grant that no message may repeat. */
export function grantSecrets(grant: Grant): string[] {
  return grantFields(grant)
    .filter(([field]) => field !== 'username' && field !== 'redirectUri')
    .map(([, value]) => value);
}

function grantFields(grant: Grant): [string, string][] {
  const values = grant as unknown as Record<string, string | undefined>;
  return Object.keys(grantRules[grant.type]).flatMap((field) => {
    const value = field === 'type' ? undefined : values[field];
    return value === undefined ? [] : [[field, value] as [string, string]];
  });
}

/** Throws `configuration`, naming the field, unless `grant` is one that can be sent. */
export function checkGrant(grant: Grant): void {
  checkOption('grant.type', type, grant?.type);
  checkOptions('a grant', grantRules[grant.type] as OptionRules<Grant>, grant, 'grant.');
}
