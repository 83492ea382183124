import { describe, expect, it } from 'vitest';
import { pairOf, redirectUri, setup, setupCode } from './helpers.ts';

const rfc = { profile: 'rfc' } as const;
const wrong = { password: 'wrong' };

describe('rfc, to the letter', () => {
  it('E10 refuses a client, and tells one that tried a header which scheme there is', async () => {
    const { password, post, emulator } = setup(rfc);
    const answer = await password({ client_secret: 'wrong' });
    expect([answer.status, answer.body, answer.headers.get('www-authenticate')]).toEqual([
      401,
      { error: 'invalid_client' },
      null,
    ]);
    const headers = {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${btoa(`${emulator.client.id}:wrong`)}`,
    };
    const basic = await post({ grant_type: 'password', ...emulator.user }, { headers });
    expect([basic.status, basic.body, basic.headers.get('www-authenticate')]).toEqual([
      401,
      { error: 'invalid_client' },
      'Basic realm="act-on"',
    ]);
  });

  it('E13 takes HTTP Basic, as it must, and knows the client by it', async () => {
    const { post, emulator } = setup(rfc);
    const authorization = `Basic ${btoa(`${emulator.client.id}:${emulator.client.secret}`)}`;
    const headers = { 'content-type': 'application/x-www-form-urlencoded', authorization };
    expect((await post({ grant_type: 'password', ...emulator.user }, { headers })).status).toBe(
      200,
    );
    expect(emulator.ledger.entries).toMatchObject([
      { client: emulator.client.id, user: emulator.user.username },
    ]);
  });

  it('E11 E18 E25 E36 refuses with 400 and a bare code', async () => {
    const { password, refresh, exchangeCode } = setupCode(rfc);
    for (const answer of [
      await password(wrong),
      await refresh('unknown'),
      await exchangeCode('unknown'),
    ]) {
      expect([answer.status, answer.body]).toEqual([400, { error: 'invalid_grant' }]);
    }
    const closed = await setup(rfc).exchangeCode('any');
    expect([closed.status, closed.body]).toEqual([400, { error: 'unauthorized_client' }]);
  });

  it('E21 E22 answers without a scope, with token_type in lower case and opaque tokens', async () => {
    const { body } = await setup(rfc).password();
    const hex32 = expect.stringMatching(/^[0-9a-f]{32}$/);
    expect(body).toEqual({
      access_token: hex32,
      refresh_token: hex32,
      token_type: 'bearer',
      expires_in: 3600,
    });
  });

  it('E36 takes back what was issued for a code when it comes twice', async () => {
    const { code, exchangeCode, refresh, api } = setupCode({ ...rfc, redirectUris: [redirectUri] });
    const issued = await code();
    const first = pairOf(await exchangeCode(issued));
    expect((await exchangeCode(issued)).status).toBe(400);
    expect((await refresh(first.refresh_token)).status).toBe(400);
    expect((await api('/api/1/account', first.access_token)).status).toBe(401);
  });

  it('E38 refuses a call with the double quotes of RFC 6750', async () => {
    const { api } = setup(rfc);
    const bad = await api('/api/1/account', 'unknown');
    expect([bad.status, bad.headers.get('www-authenticate')]).toEqual([
      401,
      'Bearer error="invalid_token"',
    ]);
    expect((await api('/api/1/account', null)).headers.get('www-authenticate')).toBe('Bearer');
  });
});
