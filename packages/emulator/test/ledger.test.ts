import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { hour, pairOf, redirectUri, setup, setupCode, start } from './helpers.ts';

describe('the ledger', () => {
  it('E56 records every request and its outcome, in order', async () => {
    const { emulator, pair, refresh, api } = setup();
    const { refresh_token, access_token } = await pair();
    emulator.clock.advance(1000);
    await api('/api/1/list?listingtype=CONTACT_LIST&count=3', access_token);
    await refresh(refresh_token);
    await refresh(refresh_token);
    expect(emulator.ledger.entries).toMatchObject([
      {
        number: 1,
        at: start,
        method: 'POST',
        route: 'token',
        path: '/token',
        grantType: 'password',
        token: null,
        status: 200,
        granted: true,
      },
      {
        number: 2,
        at: start + 1000,
        method: 'GET',
        route: 'api',
        path: '/api/1/list',
        parameters: ['listingtype', 'count'],
        token: 'access_token 1',
        status: 200,
      },
      {
        number: 3,
        grantType: 'refresh_token',
        token: 'refresh_token 1',
        client: 'test-client',
        user: 'marketer@example.test',
        granted: true,
        replayed: false,
      },
      {
        number: 4,
        token: 'refresh_token 1',
        status: 403,
        error: 'invalid_grant',
        reason: 'spent',
        granted: false,
        replayed: true,
      },
    ]);
  });

  it('E56 counts grants sent and granted, by type', async () => {
    const { emulator, code, exchangeCode, pair, password, refresh, post, client } = setupCode();
    await refresh((await pair()).refresh_token);
    await password({ password: 'wrong' });
    await password({ client_id: 'stranger' });
    await exchangeCode(await code());
    await refresh('unknown');
    await post({ ...client, grant_type: 'other' });
    expect(emulator.ledger.counters().grants).toEqual({
      password: { sent: 3, granted: 1 },
      authorization_code: { sent: 1, granted: 1 },
      refresh_token: { sent: 2, granted: 1 },
    });
  });

  it('E56 says what is left of the grant limit at the moment it is asked', async () => {
    const { emulator, password } = setup();
    await password();
    await password({ username: 'nobody' });
    const attempts = () => emulator.ledger.counters().attempts;
    expect(attempts()).toEqual({
      'test-client marketer@example.test': { used: 1, left: 4, nextAt: null },
      'test-client unknown user 1': { used: 1, left: 4, nextAt: null },
    });
    for (let attempt = 0; attempt < 6; attempt++) await password();
    expect(attempts()['test-client marketer@example.test']).toEqual({
      used: 5,
      left: 0,
      nextAt: start + hour,
    });
    emulator.clock.advance(hour);
    expect(attempts()['test-client marketer@example.test']).toEqual({
      used: 0,
      left: 5,
      nextAt: null,
    });
    emulator.configure({ limitKey: 'client' });
    await password();
    emulator.configure({ limitKey: 'account' });
    await password();
    expect(attempts()).toMatchObject({
      'test-client': { used: 1 },
      'account marketer@example.test': { used: 1 },
    });
  });

  it('E56 counts a replay that a fault answered, and one that the overlap honoured', async () => {
    const { emulator, pair, refresh } = setup({ overlapSeconds: 30 });
    const { refresh_token } = await pair();
    await refresh(refresh_token);
    emulator.faults.arm({ route: 'token', kind: 'status', status: 500 });
    await refresh(refresh_token);
    expect(emulator.ledger.counters().replays).toBe(1);
    expect((await refresh(refresh_token)).status).toBe(200);
    expect(emulator.ledger.counters().replays).toBe(2);
  });

  it('E56 counts secrets in URLs by their name and by their value', async () => {
    const { emulator, api, pair } = setup();
    const { access_token, refresh_token } = await pair();
    const count = async (path: string) => {
      const before = emulator.ledger.counters().secretsInUrl;
      await api(path, null);
      return emulator.ledger.counters().secretsInUrl - before;
    };
    expect(await count('/api/1/account?access_token=x')).toBe(1);
    expect(await count(`/api/1/account?t=${refresh_token}`)).toBe(1);
    expect(await count(`/api/1/account/${access_token}`)).toBe(1);
    expect(await count(`/api/1/account?q=${encodeURIComponent(emulator.user.password)}`)).toBe(1);
    expect(await count('/api/1/account?access_token=&count=5')).toBe(0);
  });

  it('E56 counts what is under way at once: per refresh token, per account and in all', async () => {
    const { emulator, pair, refresh, password } = setup({
      users: [{ username: 'second', password: 'x' }],
    });
    const { refresh_token } = await pair();
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold', times: 4 });
    const held = [
      refresh(refresh_token),
      refresh(refresh_token),
      password(),
      password({ username: 'second', password: 'x' }),
    ];
    await hold.reached(4);
    hold.release();
    await Promise.all(held);
    await refresh('other');
    expect(emulator.ledger.counters()).toMatchObject({
      parallelRefreshes: 2,
      refreshTokens: {
        'refresh_token 1': { sent: 2, peak: 2 },
        'refresh_token 2': { sent: 1, peak: 1 },
      },
      concurrentTokenRequests: {
        peak: 4,
        byAccount: { 'test-client marketer@example.test': 3, 'test-client second': 1 },
      },
    });
  });

  it('E56 hands out copies that do not change any more', async () => {
    const { emulator, password } = setup();
    const { entries } = emulator.ledger;
    const counters = emulator.ledger.counters();
    const again = structuredClone(counters);
    await password();
    expect(entries).toEqual([]);
    expect(counters).toEqual(again);
  });

  it('keeps the last entries only, and counts all', async () => {
    const { emulator, api } = setup({ ledgerLimit: 3 });
    for (let call = 0; call < 10; call++) await api('/api/1/account', null);
    expect(emulator.ledger.entries.map((entry) => entry.number)).toEqual([8, 9, 10]);
    expect(emulator.ledger.counters().requests).toBe(10);
  });
});

describe('what the ledger keeps to itself', () => {
  it('E56 shows no token, secret, password, code or anti-CSRF token, wherever a client put it', async () => {
    const canaries = [
      'canary-password',
      'canary-secret',
      'canary-token',
      'canary-code',
      'canary-verifier',
      'canary-user-field',
    ];
    const options = {
      clients: [{ id: 'other', secret: 'canary-secret' }],
      users: [{ username: 'second', password: 'canary-password' }],
    };
    const { emulator, post, password, refresh, exchangeCode, code, pair, api, authorize, client } =
      setupCode({
        ...options,
        grantLimit: null,
      });
    const first = await pair({ username: 'second', password: 'canary-password' });
    const second = pairOf(
      await refresh(first.refresh_token, {
        client_id: 'other',
        client_secret: 'canary-secret',
      }).then(() => refresh(first.refresh_token)),
    );
    const issued = await code({ state: 'canary-token' });
    await exchangeCode(issued, { code_verifier: 'canary-verifier' });
    await exchangeCode('canary-code');
    await refresh('canary-token');
    await password({ username: 'canary-user-field', password: 'canary-password' });
    await password({ client_id: 'canary-secret', 'canary-token': '1' });
    await post(
      { ...client, grant_type: 'canary-password' },
      { query: '?canary-token=1&client_secret=canary-secret' },
    );
    await post('canary-token', { headers: { 'content-type': 'text/plain' } });
    await api(`/api/1/list/canary-password/record?email=canary-token`, 'canary-token', {
      method: 'PUT',
      body: 'canary-secret',
    });
    await api(`/api/1/list/x-canary-secret-x`, second.access_token);
    await api(`/api/1/account/${second.access_token}`, null);
    await api(`/canary-code?code=canary-code`, null);
    await api('/%E0%A4%A/canary-user', null, { headers: { 'x-test': 'canary-token' } });
    await authorize({
      response_type: 'code',
      client_id: 'test-client',
      redirect_uri: redirectUri,
      client_secret: 'canary-secret',
    });
    emulator.configure({ autoConsent: null });
    await authorize({ response_type: 'code', client_id: 'test-client' });
    const secrets = [
      ...canaries,
      ...Object.values(first),
      ...Object.values(second),
      issued,
      emulator.client.secret,
      emulator.user.password,
    ];
    const shown = [
      JSON.stringify([emulator.ledger.entries, emulator.ledger.counters()]),
      inspect(emulator.ledger, { depth: 20, showHidden: true, getters: true }),
      inspect(emulator.ledger.counters(), { depth: 20 }),
    ];
    for (const secret of secrets.filter(
      (value) => typeof value === 'string' && !['offline-access', 'Bearer'].includes(value),
    ))
      for (const text of shown) expect(text.includes(secret), `${secret} in ${text}`).toBe(false);
  });

  it('shows the words of Act-On’s own in a path, and no others', async () => {
    const { emulator, api } = setup();
    for (const path of [
      '/api/1/list/l-0001/record',
      '/api/1/message/42/send',
      '/api/1/hunter2',
      '/.well-known/openid-configuration',
    ])
      await api(path, null);
    expect(emulator.ledger.entries.map((entry) => entry.path)).toEqual([
      '/api/1/list/l-0001/record',
      '/api/1/message/***/send',
      '/api/1/***',
      '/.well-known/openid-configuration',
    ]);
  });
});
