import { describe, expect, it } from 'vitest';
import { isActOnTokenError } from '../../src/errors.ts';
import { checkGrant, type Grant, grantBody, grantSecrets } from '../../src/wire/grant.ts';

const password: Grant = {
  type: 'password',
  username: '0815_ann@example.test',
  password: 'pass word+&=%é',
};
const code: Grant = {
  type: 'authorization_code',
  code: 'code-1',
  redirectUri: 'https://app.test/cb?a=b',
  codeVerifier: 'verifier-1',
};
const codeAlone: Grant = {
  type: 'authorization_code',
  code: 'code-1',
  redirectUri: 'https://app.test/cb',
};
const refresh: Grant = { type: 'refresh_token', refreshToken: 'refresh-1' };

/** The message of the configuration error for what JavaScript may pass. */
function faultOf(grant: unknown): string {
  try {
    checkGrant(grant as Grant);
  } catch (error) {
    if (isActOnTokenError(error, 'configuration')) return error.message;
    throw error;
  }
  return 'none';
}

describe('a grant', () => {
  it.each([password, code, codeAlone, refresh])('can be sent: %j', (grant) => {
    expect(faultOf(grant)).toBe('none');
  });

  it.each<[Grant, Record<string, string>]>([
    [password, { username: '0815_ann@example.test', password: 'pass word+&=%é' }],
    [
      code,
      { code: 'code-1', redirect_uri: 'https://app.test/cb?a=b', code_verifier: 'verifier-1' },
    ],
    [codeAlone, { code: 'code-1', redirect_uri: 'https://app.test/cb' }],
    [refresh, { refresh_token: 'refresh-1' }],
  ])('becomes a form with the names of the wire: %j', (grant, fields) => {
    const form = new URLSearchParams(
      grantBody(grant, { client_id: 'client&1', client_secret: 'sécret' }),
    );
    expect([...form].sort()).toEqual(
      Object.entries({
        grant_type: grant.type,
        client_id: 'client&1',
        client_secret: 'sécret',
        ...fields,
      }).sort(),
    );
  });

  it('sends nothing that is not its own', () => {
    const more = { ...refresh, username: 'ann', scope: 'all' };
    expect(grantBody(more, { client_id: 'c', client_secret: 's' })).toBe(
      'grant_type=refresh_token&client_id=c&client_secret=s&refresh_token=refresh-1',
    );
  });

  it('names what no message may repeat', () => {
    expect(grantSecrets(password)).toEqual(['pass word+&=%é']);
    expect(grantSecrets(code)).toEqual(['code-1', 'verifier-1']);
    expect(grantSecrets(codeAlone)).toEqual(['code-1']);
    expect(grantSecrets(refresh)).toEqual(['refresh-1']);
  });
});

describe('a grant is refused', () => {
  const types = [
    undefined,
    null,
    '',
    'Password',
    'client_credentials',
    'constructor',
    'toString',
    '__proto__',
    7,
  ];
  it.each(types)('for the type %j', (type) => {
    expect(faultOf({ ...password, type })).toContain('"grant.type"');
  });

  it.each([undefined, null, 'password', 7, []])('if it is %j', (grant) => {
    expect(faultOf(grant)).toContain('"grant.type"');
  });

  it.each<[Grant, string]>([
    [password, 'username'],
    [password, 'password'],
    [code, 'code'],
    [code, 'redirectUri'],
    [refresh, 'refreshToken'],
  ])('if %j has no %s, naming it', (grant, field) => {
    for (const value of [undefined, null, '', 7, ['x']])
      expect(faultOf({ ...grant, [field]: value })).toContain(`"grant.${field}"`);
  });

  it.each([null, '', 7])('if its verifier is %j', (codeVerifier) => {
    expect(faultOf({ ...code, codeVerifier })).toContain('"grant.codeVerifier"');
  });

  it('without repeating what it holds', () => {
    const message = faultOf({ ...password, username: '' });
    expect(message).not.toContain('pass word');
  });
});
