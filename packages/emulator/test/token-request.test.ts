import { describe, expect, it } from 'vitest';
import { redirectUri, setup, setupCode } from './helpers.ts';

describe('how a token request is judged', () => {
  it('E6 takes nothing but POST', async () => {
    const { emulator, post } = setup();
    const answer = await post('grant_type=password', { method: 'PUT' });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('POST');
    expect((await emulator.fetch('https://x.example/token')).status).toBe(405);
  });

  it('E7 takes nothing but a form, under whatever spelling of its type', async () => {
    const { post, client, emulator } = setup();
    const body = JSON.stringify({ grant_type: 'password', ...client, ...emulator.user });
    const json = await post(body, { headers: { 'content-type': 'application/json' } });
    expect([json.status, json.body.error]).toEqual([400, 'invalid_request']);
    // A documented slip: a JSON body under the type of a form is a form without a grant type, and
    // without a client.
    expect((await post(body)).status).toBe(401);
    const form = new URLSearchParams({
      grant_type: 'password',
      ...client,
      ...emulator.user,
    }).toString();
    const spelled = await post(form, {
      headers: { 'content-type': 'Application/X-WWW-Form-Urlencoded; charset=utf-8' },
    });
    expect(spelled.status).toBe(200);
  });

  it.each(['client_secret', 'password', 'refresh_token', 'code'])(
    'E8 refuses %s in the query',
    async (name) => {
      const { emulator, password, post, client } = setup();
      const answer = await post(
        { grant_type: 'password', ...client, ...emulator.user },
        { query: `?${name}=something` },
      );
      expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
      expect(emulator.ledger.counters().secretsInUrl).toBe(1);
      expect((await password()).status).toBe(200);
    },
  );

  it('E8 takes grant_type from the query, and nothing else', async () => {
    const { emulator, post, client } = setup();
    const { username, password } = emulator.user;
    expect(
      (await post({ ...client, username, password }, { query: '?grant_type=password' })).status,
    ).toBe(200);
    expect(
      (await post({ ...client, password }, { query: `?grant_type=password&username=${username}` }))
        .status,
    ).toBe(400);
  });

  it('E8 reads the query too when the trap is off, and counts it all the same', async () => {
    const { emulator, post, client } = setup({ urlSecretTrap: false });
    const query = `?${new URLSearchParams({ ...client, grant_type: 'password', ...emulator.user })}`;
    expect((await post('', { query })).status).toBe(200);
    expect(emulator.ledger.counters().secretsInUrl).toBe(1);
  });

  it('E9 refuses a repeated parameter, in the body or across body and query', async () => {
    const { post, client, emulator } = setup();
    const form = new URLSearchParams({ grant_type: 'password', ...client, ...emulator.user });
    const twice = await post(`${form}&username=other`);
    expect([twice.status, twice.body.error]).toEqual([400, 'invalid_request']);
    expect((await post(form, { query: '?grant_type=password' })).status).toBe(400);
    expect((await post(`${form}&unknown=1&unknown=2`)).status).toBe(400);
  });

  it('E9 takes an empty parameter for an absent one and ignores an unknown one', async () => {
    const { post, password, client } = setup();
    expect((await password({ unknown: 'x', scope: '' })).status).toBe(200);
    const empty = await post({ grant_type: '', ...client });
    expect([empty.status, empty.body.error]).toEqual([400, 'invalid_request']);
  });

  it('E10 refuses a client that is missing, unknown or has a wrong secret, before it looks at the grant', async () => {
    const { post, password } = setup();
    const refused = { error: 'access_denied', error_description: 'Unauthorized' };
    for (const answer of [
      await post({ grant_type: 'password' }),
      await post({ client_id: 'test-client' }),
      await password({ client_id: 'stranger' }),
      await password({ client_secret: 'wrong' }),
    ]) {
      expect([answer.status, answer.body]).toEqual([401, refused]);
    }
  });

  it('E11 refuses a missing and an unsupported grant type', async () => {
    const { post, client } = setup();
    const missing = await post(client);
    expect([missing.status, missing.body.error]).toEqual([400, 'invalid_request']);
    const unsupported = await post({ grant_type: 'client_credentials', ...client });
    expect([unsupported.status, unsupported.body.error]).toEqual([400, 'unsupported_grant_type']);
  });

  it('E11 refuses the code grant to a client that it is not enabled for, which is how clients begin', async () => {
    const answer = await setup().exchangeCode('any');
    expect([answer.status, answer.body.error]).toEqual([403, 'unauthorized_client']);
    expect(answer.body.error_description).toContain('not allowed for the client');
    expect((await setupCode().exchangeCode('any')).body.error).toBe('invalid_grant');
    expect((await setupCode({ codeGrantEnabled: false }).exchangeCode('any')).body.error).toBe(
      'unauthorized_client',
    );
  });

  it.each([
    ['password', 'username', { password: 'x' }],
    ['password', 'password', { username: 'x' }],
    ['refresh_token', 'refresh_token', {}],
    ['authorization_code', 'code', { redirect_uri: redirectUri }],
    ['authorization_code', 'redirect_uri', { code: 'x' }],
  ])('E12 refuses a %s grant without %s', async (grantType, missing, fields) => {
    const { post, client } = setupCode();
    const answer = await post({ grant_type: grantType, ...client, ...fields } as Record<
      string,
      string
    >);
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
    expect(answer.body.error_description).toContain(missing);
  });

  it('E6–E12 finds the first fault in the order of the rules', async () => {
    const { post, client } = setup();
    const plain = { headers: { 'content-type': 'text/plain' } };
    const statuses = [
      await post('a=1&a=2', { ...plain, method: 'PUT', query: '?code=1' }),
      await post('a=1&a=2', { ...plain, query: '?code=1' }),
      await post('a=1&a=2', { query: '?code=1' }),
      await post('a=1&a=2'),
      await post({}),
      await post(client),
      await post({ ...client, grant_type: 'password' }),
    ].map((answer) => `${answer.status} ${answer.body.error_description ?? ''}`);
    expect(statuses).toEqual([
      '405 ',
      expect.stringContaining('400 The content type'),
      expect.stringContaining('400 Secrets must'),
      expect.stringContaining('400 A parameter'),
      '401 Unauthorized',
      expect.stringContaining('grant_type'),
      expect.stringContaining('username'),
    ]);
  });

  it('E13 takes HTTP Basic only where it is switched on', async () => {
    const credentials = {
      authorization: `Basic ${btoa('test-client:test-client-secret')}`,
      'content-type': 'application/x-www-form-urlencoded',
    };
    const ask = (basicAuth: boolean) => {
      const { post, emulator } = setup({ basicAuth });
      return post({ grant_type: 'password', ...emulator.user }, { headers: credentials });
    };
    expect((await ask(false)).status).toBe(401);
    expect((await ask(true)).status).toBe(200);
  });

  it('E13 decodes both halves of HTTP Basic and refuses one that is not a client', async () => {
    const { post, emulator } = setup({
      basicAuth: true,
      clients: [{ id: 'a:b', secret: 'c:d é&' }],
    });
    const ask = (credentials: string) =>
      post(
        { grant_type: 'password', ...emulator.user },
        {
          headers: {
            authorization: `basic ${credentials}`,
            'content-type': 'application/x-www-form-urlencoded',
          },
        },
      );
    expect(
      (await ask(btoa(`${encodeURIComponent('a:b')}:${encodeURIComponent('c:d é&')}`))).status,
    ).toBe(200);
    expect((await ask(btoa('test-client:wrong'))).status).toBe(401);
    expect((await ask('!!!')).status).toBe(401);
    expect((await ask(btoa('%E0:x'))).status).toBe(401);
  });

  it('E13 refuses a client that authenticates twice', async () => {
    const { password } = setup({ basicAuth: true });
    const headers = {
      authorization: `Basic ${btoa('test-client:test-client-secret')}`,
      'content-type': 'application/x-www-form-urlencoded',
    };
    const answer = await password({}, { headers });
    expect([answer.status, answer.body.error]).toEqual([400, 'invalid_request']);
  });
});
