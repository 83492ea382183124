import { describe, expect, it } from 'vitest';
import { day, hour, pairOf, setup, setupCode } from './helpers.ts';

const wrong = { password: 'wrong' };

describe('the limit on grants', () => {
  it('E14 lets five attempts through in any hour and gives a slot back when it is an hour old', async () => {
    const { emulator, password } = setup();
    for (let attempt = 0; attempt < 5; attempt++) {
      expect((await password()).status).toBe(200);
      emulator.clock.advance(600_000);
    }
    expect((await password()).status).toBe(429);
    emulator.clock.advance(hour - 5 * 600_000 - 1);
    expect((await password()).status).toBe(429);
    emulator.clock.advance(1);
    expect((await password()).status).toBe(200);
    expect((await password()).status).toBe(429);
  });

  it('E14 counts failed attempts too, and judges the limit before the password', async () => {
    const { password } = setup();
    for (let attempt = 0; attempt < 5; attempt++) expect((await password(wrong)).status).toBe(403);
    expect((await password(wrong)).status).toBe(429);
    expect((await password()).status).toBe(429);
  });

  it('E14 does not count what is over the limit, nor what never got as far', async () => {
    const { emulator, password, post, client } = setup();
    for (let attempt = 0; attempt < 9; attempt++) await password(wrong);
    await password({ client_secret: 'wrong' });
    await post({ grant_type: 'password', ...client });
    emulator.clock.advance(hour);
    expect((await password()).status).toBe(200);
  });

  it('E14 counts per client and user', async () => {
    const clients = [{ id: 'other', secret: 'other-secret' }];
    const { password } = setup({ clients, users: [{ username: 'second', password: 'x' }] });
    for (let attempt = 0; attempt < 5; attempt++) await password();
    expect((await password()).status).toBe(429);
    expect((await password({ username: 'second', password: 'x' })).status).toBe(200);
    expect((await password({ client_id: 'other', client_secret: 'other-secret' })).status).toBe(
      200,
    );
  });

  it('E14 counts per client, or per account, where it is switched so', async () => {
    const users = [
      { username: 'one', password: 'x', account: 'shared' },
      { username: 'two', password: 'x', account: 'shared' },
    ];
    const clients = [{ id: 'other', secret: 's' }];
    for (const [limitKey, otherClient, otherAccount] of [
      ['client', 200, 429],
      ['account', 429, 200],
    ] as const) {
      const { password } = setup({ limitKey, users, clients });
      for (let attempt = 0; attempt < 5; attempt++)
        await password({ username: attempt % 2 ? 'one' : 'two', password: 'x' });
      expect((await password({ username: 'one', password: 'x' })).status).toBe(429);
      expect(
        (await password({ username: 'one', password: 'x', client_id: 'other', client_secret: 's' }))
          .status,
      ).toBe(otherClient);
      expect((await password()).status).toBe(otherAccount);
    }
  });

  it('E14 counts a code against the user who consented, and an unknown one against the client', async () => {
    const { code, exchangeCode, password, emulator } = setupCode();
    for (let attempt = 0; attempt < 4; attempt++)
      expect((await exchangeCode(await code())).status).toBe(200);
    expect((await password()).status).toBe(200);
    expect((await exchangeCode(await code())).status).toBe(429);
    for (let attempt = 0; attempt < 5; attempt++)
      expect((await exchangeCode('unknown')).status).toBe(403);
    expect((await exchangeCode('unknown')).status).toBe(429);
    expect(emulator.ledger.counters().attempts).toEqual({
      'test-client marketer@example.test': {
        used: 5,
        left: 0,
        nextAt: emulator.clock.now() + hour,
      },
      'test-client': { used: 5, left: 0, nextAt: emulator.clock.now() + hour },
    });
  });

  it('takes another limit, or none', async () => {
    const strict = setup({ grantLimit: { limit: 1, window: 1000 } });
    expect([(await strict.password()).status, (await strict.password()).status]).toEqual([
      200, 429,
    ]);
    strict.emulator.clock.advance(1000);
    expect((await strict.password()).status).toBe(200);
    const free = setup({ grantLimit: null });
    for (let attempt = 0; attempt < 20; attempt++) expect((await free.password()).status).toBe(200);
    expect(free.emulator.ledger.counters().attempts).toEqual({});
  });

  it.each([
    [
      'gateway',
      429,
      { httpCode: '429', httpMessage: 'Too Many Requests', moreInformation: 'Rate Limit exceeded' },
    ],
    ['too_many_attempts', 429, expect.objectContaining({ error: 'too_many_attempts' })],
    ['forbidden', 403, expect.objectContaining({ error: 'too_many_attempts' })],
    ['bad_request', 400, expect.objectContaining({ error: 'too_many_attempts' })],
  ] as const)('E15 says %s over the limit', async (limitAnswer, status, body) => {
    const { password } = setup({ limitAnswer, grantLimit: { limit: 0, window: hour } });
    const answer = await password();
    expect([answer.status, answer.body]).toEqual([status, body]);
    expect(answer.headers.get('retry-after')).toBeNull();
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('E15 says when to come back where it is switched so', async () => {
    const { emulator, password } = setup({
      grantLimit: { limit: 1, window: hour },
      limitRetryAfter: 'seconds',
    });
    await password();
    emulator.clock.advance(600_500);
    expect((await password()).headers.get('retry-after')).toBe('3000');
    emulator.configure({ limitRetryAfter: 'http-date' });
    expect((await password()).headers.get('retry-after')).toBe('Mon, 05 Jan 2026 10:00:00 GMT');
    emulator.configure({ limitAnswer: 'too_many_attempts' });
    expect((await password()).headers.get('retry-after')).toBe('Mon, 05 Jan 2026 10:00:00 GMT');
  });

  it('E16 E17 leaves refreshes uncounted unless it is switched so', async () => {
    for (const [countRefresh, last] of [
      [false, 200],
      [true, 429],
    ] as const) {
      const { pair, refresh } = setup({ countRefresh });
      let { refresh_token } = await pair();
      for (let refreshes = 0; refreshes < 4; refreshes++)
        refresh_token = pairOf(await refresh(refresh_token)).refresh_token;
      expect((await refresh(refresh_token)).status).toBe(last);
    }
  });
});

describe('the password grant', () => {
  it('E18 tells a wrong user and a wrong password in the same words', async () => {
    const { password } = setup();
    const refused = { error: 'invalid_grant', error_description: 'Wrong email or password.' };
    for (const fields of [wrong, { username: 'nobody' }, { username: '__proto__' }]) {
      const answer = await password(fields);
      expect([answer.status, answer.body]).toEqual([403, refused]);
    }
  });

  it('E18 takes names and passwords of any characters', async () => {
    const user = { username: '1234_user+a&b@example.test', password: 'p&=+ %41é✓' };
    expect((await setup({ users: [user] }).password(user)).status).toBe(200);
  });

  it('E19 refuses an account without API access, whatever the grant', async () => {
    const user = { username: 'closed', password: 'x', apiEnabled: false };
    const { password, code, exchangeCode } = setupCode({ users: [user], autoConsent: 'closed' });
    const answer = await password({ username: 'closed', password: 'x' });
    expect([answer.status, answer.body]).toEqual([
      403,
      { error: 'PUBLIC_API_FEATURE_NOT_ENABLED' },
    ]);
    expect((await exchangeCode(await code())).body).toEqual({
      error: 'PUBLIC_API_FEATURE_NOT_ENABLED',
    });
    expect((await password({ username: 'closed', password: 'wrong' })).body.error).toBe(
      'invalid_grant',
    );
  });

  it('E20 E21 answers with a pair in the words of the current servers', async () => {
    const { password } = setup();
    expect((await password()).body).toEqual({
      access_token: expect.any(String),
      refresh_token: expect.any(String),
      scope: 'offline-access',
      token_type: 'Bearer',
      expires_in: 3600,
    });
  });

  it('E21 tells one lifetime and keeps to another', async () => {
    const { emulator, password, api } = setup({ advertisedExpiresIn: 86_400, realLifetime: 60 });
    const answer = await password();
    expect(answer.body.expires_in).toBe(86_400);
    emulator.clock.advance(59_999);
    expect((await api('/api/1/account', pairOf(answer).access_token)).status).toBe(200);
    emulator.clock.advance(1);
    expect((await api('/api/1/account', pairOf(answer).access_token)).status).toBe(401);
  });

  it('E22 makes tokens in three styles, never the same twice', async () => {
    const uuid = await setup({ tokenStyle: 'uuid' }).pair();
    expect(uuid.access_token).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(uuid.refresh_token).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    const { pair } = setup({ tokenStyle: 'hex32', grantLimit: null });
    const seen = new Set<string>();
    for (let grants = 0; grants < 50; grants++)
      for (const token of Object.values(await pair()))
        if (typeof token === 'string') seen.add(token);
    expect([...seen].filter((token) => /^[0-9a-f]{32}$/.test(token)).length).toBeGreaterThanOrEqual(
      100,
    );
  });

  it('E22 makes JWTs of the length that real ones have, with an opaque refresh token', async () => {
    const { access_token, refresh_token } = await setup().pair();
    expect(access_token.length).toBeGreaterThan(1400);
    expect(access_token.length).toBeLessThan(1800);
    expect(refresh_token).toMatch(/^[0-9a-f]{32}$/);
    const [header, payload] = access_token
      .split('.')
      .map((part) => atob(part.replaceAll('-', '+').replaceAll('_', '/')).replace(/\0.*$/s, ''));
    expect(header).toContain('"typ":"JWT"');
    expect(JSON.parse(payload ?? '')).toMatchObject({
      sub: 'marketer@example.test',
      azp: 'test-client',
      scope: 'offline-access',
      exp: expect.any(Number),
    });
    const bare = await setup({ scope: null }).pair();
    expect(
      atob(bare.access_token.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? ''),
    ).not.toContain('"scope"');
  });
});

describe('a new grant', () => {
  it('E23 kills the refresh token before it, and leaves the access token alive', async () => {
    const { pair, refresh, api, emulator } = setup();
    const first = await pair();
    const second = await pair();
    expect((await refresh(first.refresh_token)).status).toBe(403);
    expect(emulator.ledger.entries.at(-1)).toMatchObject({
      error: 'invalid_grant',
      reason: 'superseded',
      replayed: false,
    });
    expect((await api('/api/1/account', first.access_token)).status).toBe(200);
    expect((await refresh(second.refresh_token)).status).toBe(200);
  });

  it('E23 leaves other users and other clients alone', async () => {
    const { pair, refresh } = setup({
      clients: [{ id: 'other', secret: 's' }],
      users: [{ username: 'second', password: 'x' }],
    });
    const first = await pair();
    await pair({ username: 'second', password: 'x' });
    await pair({ client_id: 'other', client_secret: 's' });
    expect((await refresh(first.refresh_token)).status).toBe(200);
  });

  it('E23 leaves all of them alive where `newGrantInvalidates` is off', async () => {
    const { pair, refresh } = setup({ newGrantInvalidates: false });
    const [first, second] = [await pair(), await pair()];
    expect((await refresh(first.refresh_token)).status).toBe(200);
    expect((await refresh(second.refresh_token)).status).toBe(200);
  });

  it('E23 kills the access token too where `revokeOldAccess` is on, by a refresh as well', async () => {
    const { pair, refresh, api } = setup({ revokeOldAccess: true });
    const first = await pair();
    const second = await pair();
    expect((await api('/api/1/account', first.access_token)).status).toBe(401);
    const third = pairOf(await refresh(second.refresh_token));
    expect((await api('/api/1/account', second.access_token)).status).toBe(401);
    expect((await api('/api/1/account', third.access_token)).status).toBe(200);
  });
});

describe('a refresh', () => {
  const refused = {
    error: 'invalid_grant',
    error_description: 'Unknown or invalid refresh token.',
  };

  it('E24 answers without a refresh token where `rotate` is off, and the old one goes on', async () => {
    const { pair, refresh } = setup({ rotate: false });
    const { refresh_token } = await pair();
    for (let refreshes = 0; refreshes < 3; refreshes++) {
      const answer = await refresh(refresh_token);
      expect(answer.status).toBe(200);
      expect(answer.body).not.toHaveProperty('refresh_token');
    }
  });

  it('E25 refuses a refresh token that is unknown, spent, revoked or another client’s', async () => {
    const { pair, refresh, emulator } = setup({ clients: [{ id: 'other', secret: 's' }] });
    const first = await pair();
    const foreign = await refresh(first.refresh_token, { client_id: 'other', client_secret: 's' });
    const second = pairOf(await refresh(first.refresh_token));
    const spent = await refresh(first.refresh_token);
    emulator.revoke({ token: second.refresh_token });
    const revoked = await refresh(second.refresh_token);
    for (const answer of [
      foreign,
      spent,
      revoked,
      await refresh('unknown'),
      await refresh(second.access_token),
    ]) {
      expect([answer.status, answer.body]).toEqual([403, refused]);
    }
    const reasons = emulator.ledger.entries
      .map((entry) => entry.reason)
      .filter((reason) => reason !== null);
    expect(reasons).toEqual(['foreign', 'spent', 'revoked', 'unknown', 'unknown']);
  });

  it('E26 spends the refresh token: of many requests at once exactly one succeeds', async () => {
    const { pair, refresh, emulator } = setup();
    const { refresh_token } = await pair();
    const answers = await Promise.all(Array.from({ length: 20 }, () => refresh(refresh_token)));
    expect(answers.filter((answer) => answer.status === 200)).toHaveLength(1);
    expect(emulator.ledger.counters()).toMatchObject({
      replays: 19,
      parallelRefreshes: 20,
      grants: { refresh_token: { sent: 20, granted: 1 } },
    });
  });

  it('E27 honours the token just spent within the overlap, and only that one', async () => {
    const { pair, refresh, emulator } = setup({ overlapSeconds: 30 });
    const first = await pair();
    const second = pairOf(await refresh(first.refresh_token));
    emulator.clock.advance(29_999);
    const again = pairOf(await refresh(first.refresh_token));
    expect((await refresh(second.refresh_token)).status).toBe(403);
    expect(emulator.ledger.entries.at(-1)).toMatchObject({ reason: 'superseded', replayed: false });
    const third = pairOf(await refresh(again.refresh_token));
    expect((await refresh(first.refresh_token)).status).toBe(403);
    expect((await refresh(third.refresh_token)).status).toBe(200);
    expect(emulator.ledger.counters().replays).toBe(2);
  });

  it('E27 ends the overlap on time, and has none by default', async () => {
    const { pair, refresh, emulator } = setup({ overlapSeconds: 30 });
    const first = await pair();
    await refresh(first.refresh_token);
    emulator.clock.advance(30_000);
    expect((await refresh(first.refresh_token)).status).toBe(403);
  });

  it('E28 kills the live token too when a spent one comes back, where it is switched so', async () => {
    for (const [reuseDetection, status] of [
      ['reject', 200],
      ['revokeFamily', 403],
    ] as const) {
      const { pair, refresh } = setup({ reuseDetection });
      const first = await pair();
      const second = pairOf(await refresh(first.refresh_token));
      await refresh(first.refresh_token);
      expect((await refresh(second.refresh_token)).status).toBe(status);
    }
  });

  it.each([
    ['absolute', 403],
    ['idle', 200],
  ] as const)('E29 lets a refresh token live 30 days, %s', async (refreshExpiry, afterUse) => {
    const { pair, refresh, emulator } = setup({ refreshExpiry });
    const first = await pair();
    emulator.clock.advance(30 * day - 1);
    const second = pairOf(await refresh(first.refresh_token));
    emulator.clock.advance(1);
    const answer = await refresh(second.refresh_token);
    expect(answer.status).toBe(afterUse);
    if (answer.status !== 200)
      return expect(emulator.ledger.entries.at(-1)?.reason).toBe('expired');
    emulator.clock.advance(30 * day);
    expect((await refresh(pairOf(answer).refresh_token)).status).toBe(403);
  });

  it('E30 ignores a scope, a user name and a password', async () => {
    const { pair, refresh } = setup();
    const { refresh_token } = await pair();
    expect(
      (await refresh(refresh_token, { scope: 'x', username: 'nobody', password: 'wrong' })).status,
    ).toBe(200);
  });
});

describe('revocation from outside', () => {
  it('E54 takes back one token', async () => {
    const { pair, refresh, api, emulator } = setup();
    const first = await pair();
    emulator.revoke({ token: first.access_token });
    expect((await api('/api/1/account', first.access_token)).status).toBe(401);
    const second = pairOf(await refresh(first.refresh_token));
    emulator.revoke({ token: second.refresh_token });
    expect((await refresh(second.refresh_token)).status).toBe(403);
    expect((await api('/api/1/account', second.access_token)).status).toBe(200);
  });

  it('E54 takes back all that a user, a client, or a user of a client has', async () => {
    const users = [{ username: 'second', password: 'x' }];
    const clients = [{ id: 'other', secret: 's' }];
    for (const [what, expected] of [
      [{ user: 'second' }, [200, 401, 200, 401]],
      [{ client: 'other' }, [200, 200, 401, 401]],
      [{ client: 'other', user: 'second' }, [200, 200, 200, 401]],
    ] as const) {
      const { pair, api, emulator } = setup({ users, clients, apiLimits: null });
      const second = { username: 'second', password: 'x' };
      const other = { client_id: 'other', client_secret: 's' };
      const pairs = [
        await pair(),
        await pair(second),
        await pair(other),
        await pair({ ...second, ...other }),
      ];
      emulator.revoke(what);
      const statuses = await Promise.all(
        pairs.map(async ({ access_token }) => (await api('/api/1/account', access_token)).status),
      );
      expect([what, statuses]).toEqual([what, expected]);
    }
  });

  it('E54 complains about a user, client or token that there is not', () => {
    const { emulator } = setup();
    expect(() => emulator.revoke({ user: 'nobody' })).toThrow('no such user');
    expect(() => emulator.revoke({ client: 'nobody' })).toThrow('no such client');
    expect(() => emulator.revoke({ token: 'canary' })).toThrow(/^no such token$/);
    expect(() => emulator.revoke({} as { token: string })).toThrow(
      '"what" must name a user, a client, both, or a token',
    );
  });
});
