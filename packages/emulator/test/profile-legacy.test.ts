import { describe, expect, it } from 'vitest';
import { day, hour, read, setup, setupCode, start } from './helpers.ts';

const legacy = { profile: 'legacy' } as const;
const wrong = { password: 'wrong' };

describe('legacy, as WSO2', () => {
  it('E10 refuses a client as RFC 6749 has it', async () => {
    const { password } = setup(legacy);
    for (const fields of [{ client_id: 'stranger' }, { client_secret: 'wrong' }]) {
      const answer = await password(fields);
      expect([answer.status, answer.body.error, answer.headers.get('www-authenticate')]).toEqual([
        401,
        'invalid_client',
        null,
      ]);
    }
  });

  it('E11 refuses the code grant with 400', async () => {
    const answer = await setup(legacy).exchangeCode('any');
    expect([answer.status, answer.body.error]).toEqual([400, 'unauthorized_client']);
  });

  it('E18 E25 E36 refuses a password, a refresh token and a code with 400 invalid_grant, in its own words', async () => {
    const { password, refresh, exchangeCode } = setupCode(legacy);
    const answers = [
      await password(wrong),
      await refresh('unknown'),
      await exchangeCode('unknown'),
    ];
    expect(answers.map(({ status, body }) => [status, body.error])).toEqual(
      Array(3).fill([400, 'invalid_grant']),
    );
    expect(answers.map(({ body }) => body.error_description)).toEqual([
      'Provided Authorization Grant is invalid',
      'Persisted access token data not found',
      'Invalid authorization code received from token request',
    ]);
  });

  it('E19 refuses an account without API access as the others do', async () => {
    const user = { username: 'closed', password: 'x', apiEnabled: false };
    const answer = await setup({ ...legacy, users: [user] }).password({
      username: 'closed',
      password: 'x',
    });
    expect([answer.status, answer.body]).toEqual([
      403,
      { error: 'PUBLIC_API_FEATURE_NOT_ENABLED' },
    ]);
  });

  it('E21 E22 answers with the scope default, and tokens that are UUIDs', async () => {
    const { body } = await setup(legacy).password();
    const uuid = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(body).toEqual({
      access_token: uuid,
      refresh_token: uuid,
      scope: 'default',
      token_type: 'Bearer',
      expires_in: 3600,
    });
  });

  it('E23 kills the access token before it, by a grant and by a refresh', async () => {
    const { pair, refresh, api } = setup(legacy);
    const [first, second] = [await pair(), await pair()];
    expect((await api('/api/1/account', first.access_token)).status).toBe(401);
    await refresh(second.refresh_token);
    expect((await api('/api/1/account', second.access_token)).status).toBe(401);
  });

  it('E23 leaves it alive where that is switched off', async () => {
    const { pair, api } = setup({ ...legacy, revokeOldAccess: false });
    const first = await pair();
    await pair();
    expect((await api('/api/1/account', first.access_token)).status).toBe(200);
  });

  it('E29 fails with 500 when both tokens have expired, where it is switched so', async () => {
    const lifetimes = { realLifetime: 60, refreshLifetime: 30, refreshExpiry: 'idle' } as const;
    const { pair, refresh, emulator } = setup({ ...legacy, ...lifetimes, expiredPairFails: true });
    const { refresh_token } = await pair();
    emulator.clock.advance(59_999);
    expect((await refresh(refresh_token)).status).toBe(400);
    emulator.clock.advance(1);
    const failed = await refresh(refresh_token);
    expect([failed.status, failed.body]).toEqual([
      500,
      { fault: expect.objectContaining({ code: 500, message: 'Internal Server Error' }) },
    ]);
    expect(emulator.ledger.entries.at(-1)).toMatchObject({
      error: 'server_error',
      reason: 'expired',
    });
    emulator.configure({ expiredPairFails: false });
    expect((await refresh(refresh_token)).body.error).toBe('invalid_grant');
  });

  it('E38 refuses a call with a fault in JSON', async () => {
    const { api } = setup(legacy);
    const bad = await api('/api/1/account', 'unknown');
    expect([bad.status, bad.body]).toEqual([
      401,
      {
        fault: {
          code: 900901,
          message: 'Invalid Credentials',
          description: expect.stringContaining('(900901) - Invalid Credentials'),
        },
      },
    ]);
    expect(bad.headers.get('www-authenticate')).toMatch(
      /^OAuth2 realm="WSO2 API Manager", error="invalid_token", error_description=/,
    );
    const missing = await api('/api/1/account', null);
    expect([missing.status, missing.body]).toEqual([
      401,
      { fault: expect.objectContaining({ code: 900902, message: 'Missing Credentials' }) },
    ]);
    expect(missing.headers.get('www-authenticate')).toBe('OAuth2 realm="WSO2 API Manager"');
  });

  it('E38 refuses a call with a fault in XML where it is switched so', async () => {
    const { api, emulator } = setup({ ...legacy, faultFormat: 'xml', wwwAuthenticate: false });
    const bad = await api('/api/1/account', 'unknown');
    expect([
      bad.status,
      bad.headers.get('content-type'),
      bad.headers.get('www-authenticate'),
    ]).toEqual([401, 'application/xml; charset=UTF-8', null]);
    expect(bad.text).toMatch(
      /^<ams:fault xmlns:ams="http:\/\/wso2\.org\/apimanager\/security"><ams:code>900901<\/ams:code><ams:message>Invalid Credentials<\/ams:message><ams:description>[^<]+<\/ams:description><\/ams:fault>$/,
    );
    const nowhere = await read(await emulator.fetch('https://api.actonsoftware.com/nowhere'));
    expect(nowhere.text).toMatch(
      /^<am:fault xmlns:am="http:\/\/wso2\.org\/apimanager"><am:code>404<\/am:code><am:type>Status report</,
    );
  });

  it('E5 answers an unknown path with a fault', async () => {
    const { emulator } = setup(legacy);
    for (const path of ['/nowhere', '/.well-known/oauth-authorization-server']) {
      const answer = await read(await emulator.fetch(`https://api.actonsoftware.com${path}`));
      expect([answer.status, answer.body]).toEqual([
        404,
        { fault: expect.objectContaining({ code: 404, message: 'Not Found' }) },
      ]);
    }
  });

  it('E15 tells over the limit when to come back, in the body and as an HTTP-date, neither of them too early', async () => {
    const { password, emulator } = setup({ ...legacy, grantLimit: { limit: 1, window: hour } });
    emulator.clock.advance(500);
    await password();
    const answer = await password();
    const description = 'You have exceeded your quota';
    const nextAccessTime = '2026-Jan-05 10:00:01+0000 UTC';
    expect([answer.status, answer.body]).toEqual([
      429,
      { fault: { code: 900802, message: 'Message throttled out', description, nextAccessTime } },
    ]);
    expect(answer.headers.get('retry-after')).toBe('Mon, 05 Jan 2026 10:00:01 GMT');
    emulator.clock.advance(Date.UTC(2026, 0, 5, 10, 0, 1) - emulator.clock.now());
    expect((await password()).status).toBe(200);
    emulator.configure({ faultFormat: 'xml', limitRetryAfter: 'absent' });
    const xml = await password();
    expect([xml.headers.get('content-type'), xml.headers.get('retry-after')]).toEqual([
      'application/xml; charset=UTF-8',
      null,
    ]);
    expect(xml.text).toContain(
      '<amt:fault xmlns:amt="http://wso2.org/apimanager/throttling"><amt:code>900802</amt:code>',
    );
    expect(xml.text).toContain(
      '<amt:nextAccessTime>2026-Jan-05 11:00:01+0000 UTC</amt:nextAccessTime>',
    );
  });

  it('E41 says when to come back after a day’s calls, and does not after a burst', async () => {
    const { pair, api, emulator } = setup({
      ...legacy,
      realLifetime: 2 * 86_400,
      apiLimits: { perSecond: 1, perDay: 2 },
    });
    const { access_token } = await pair();
    const call = () => api('/api/1/account', access_token);
    await call();
    const burst = await call();
    expect([burst.status, burst.headers.get('retry-after')]).toEqual([429, null]);
    expect(burst.body).toEqual({
      fault: {
        code: 900807,
        message: 'Message throttled out',
        description: 'You have exceeded your quota',
      },
    });
    emulator.clock.advance(1000);
    expect((await call()).status).toBe(200);
    emulator.clock.advance(1000);
    const over = await call();
    expect([over.status, over.headers.get('retry-after')]).toEqual([
      429,
      'Tue, 06 Jan 2026 09:00:00 GMT',
    ]);
    expect(over.body).toEqual({
      fault: expect.objectContaining({
        code: 900803,
        nextAccessTime: '2026-Jan-06 09:00:00+0000 UTC',
      }),
    });
    emulator.clock.advance(start + day - emulator.clock.now());
    expect((await call()).status).toBe(200);
  });

  it('E46 E49 E55 speaks its own language in faults too', async () => {
    const { password, api, pair, emulator } = setup(legacy);
    const { access_token } = await pair();
    emulator.faults.arm({ route: 'token', kind: 'status', status: 503 });
    expect((await password()).body).toEqual({
      fault: expect.objectContaining({ code: 503, message: 'Service Unavailable' }),
    });
    emulator.faults.arm({
      route: 'token',
      kind: 'too_many_requests',
      retryAfter: new Date(start + 30_000),
    });
    const late = await password();
    expect([late.status, late.headers.get('retry-after')]).toEqual([
      429,
      'Mon, 05 Jan 2026 09:00:30 GMT',
    ]);
    expect(late.body).toEqual({
      fault: expect.objectContaining({
        code: 900803,
        nextAccessTime: '2026-Jan-05 09:00:30+0000 UTC',
      }),
    });
    emulator.faults.arm({ route: 'api', kind: 'unauthorized' });
    expect((await api('/api/1/account', access_token)).body).toEqual({
      fault: expect.objectContaining({ code: 900901 }),
    });
  });
});
