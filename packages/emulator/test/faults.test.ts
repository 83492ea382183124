import { afterEach, describe, expect, it, vi } from 'vitest';
import { host, hour, pairOf, setup, start } from './helpers.ts';

afterEach(() => {
  vi.useRealTimers();
});

const reset = { message: 'fetch failed', cause: { code: 'ECONNRESET' } };

describe('arming', () => {
  it('strikes as often as it is asked to, once by default', async () => {
    const { emulator, password } = setup({ grantLimit: null });
    const once = emulator.faults.arm({ route: 'token', kind: 'status', status: 500 });
    expect([once.left, (await password()).status, once.left, (await password()).status]).toEqual([
      1, 500, 0, 200,
    ]);
    emulator.faults.arm({ route: 'token', kind: 'status', status: 503, times: 2 });
    expect([
      (await password()).status,
      (await password()).status,
      (await password()).status,
    ]).toEqual([503, 503, 200]);
    const always = emulator.faults.arm({
      route: 'token',
      kind: 'status',
      status: 502,
      times: Number.POSITIVE_INFINITY,
    });
    for (let request = 0; request < 5; request++) expect((await password()).status).toBe(502);
    always.disarm();
    expect((await password()).status).toBe(200);
  });

  it('strikes only its route, grant type and match', async () => {
    const { emulator, password, refresh, api } = setup({
      users: [{ username: 'second', password: 'x' }],
    });
    const status = { kind: 'status', status: 500 } as const;
    emulator.faults.arm({ route: 'token', grantType: 'refresh_token', ...status });
    emulator.faults.arm({
      route: 'api',
      match: ({ method, path }) => method === 'POST' && path.endsWith('/send'),
      ...status,
    });
    emulator.faults.arm({
      route: 'token',
      match: { user: 'second', grantType: 'password' },
      ...status,
    });
    const { refresh_token, access_token } = pairOf(await password());
    expect((await api('/api/1/account', access_token)).status).toBe(200);
    expect((await refresh(refresh_token)).status).toBe(500);
    expect((await api('/api/1/message/1/send', access_token, { method: 'POST' })).status).toBe(500);
    expect((await password({ username: 'second', password: 'x' })).status).toBe(500);
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  it('strikes in the order of arming, one outcome per request', async () => {
    const { emulator, password } = setup({ grantLimit: null });
    for (const status of [500, 502, 503])
      emulator.faults.arm({ route: 'token', kind: 'status', status });
    expect([
      (await password()).status,
      (await password()).status,
      (await password()).status,
      (await password()).status,
    ]).toEqual([500, 502, 503, 200]);
  });

  it('is undone by clear', async () => {
    const { emulator, password } = setup();
    emulator.faults.arm({ route: 'token', kind: 'drop_before', times: 3 });
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const held = password();
    const settled = expect(held).rejects.toMatchObject(reset);
    await hold.reached();
    emulator.faults.clear();
    await settled;
    expect((await password()).status).toBe(200);
  });

  it('refuses a fault that could not strike', () => {
    const { faults } = setup().emulator;
    const arm = (fault: object) => () => faults.arm(fault as Parameters<typeof faults.arm>[0]);
    expect(arm({ route: 'token', kind: 'explode' })).toThrow('"kind"');
    expect(arm({ route: 'tokens', kind: 'hold' })).toThrow('"route"');
    expect(arm({ route: 'token', kind: 'hold', times: 0 })).toThrow('"times"');
    expect(arm({ route: 'token', kind: 'hold', times: 1.5 })).toThrow('"times"');
    expect(arm({ route: 'api', kind: 'hold', grantType: 'password' })).toThrow('"grantType"');
    expect(arm({ route: 'token', kind: 'delay' })).toThrow('"ms"');
    expect(arm({ route: 'token', kind: 'status', status: 42 })).toThrow('"status"');
    expect(arm({ route: 'token', kind: 'unauthorized' })).toThrow('"unauthorized"');
    expect(arm({ route: 'token', kind: 'clock_jump', ms: '1' })).toThrow('"ms"');
    expect(arm({ route: 'token', kind: 'revoke', what: {} })).toThrow('"what"');
    expect(arm({ route: 'token', kind: 'bad_body' })).toThrow('"body"');
    expect(arm({ route: 'token', kind: 'redirect', status: 200 })).toThrow('"status"');
    expect(arm({ route: 'token', kind: 'hold', when: 'later' })).toThrow('"when"');
    expect(arm({ route: 'token', kind: 'hold', match: { username: 'x' } })).toThrow('"match"');
    expect(arm({ route: 'token', kind: 'hold', time: 2 })).toThrow('has no "time"');
  });

  it('spares a CORS preflight', async () => {
    const { emulator } = setup({ cors: ['https://app.example'] });
    const fault = emulator.faults.arm({ route: 'token', kind: 'drop_before' });
    const init = {
      method: 'OPTIONS',
      headers: { origin: 'https://app.example', 'access-control-request-method': 'POST' },
    };
    expect((await emulator.fetch(`${host}/token`, init)).status).toBe(204);
    expect(fault.left).toBe(1);
  });
});

describe('waiting', () => {
  it('E42 delays by a real timer', async () => {
    vi.useFakeTimers();
    const { emulator, password } = setup();
    const delay = emulator.faults.arm({ route: 'token', kind: 'delay', ms: 5_000 });
    let status = 0;
    const delayed = password().then((answer) => {
      status = answer.status;
    });
    await delay.reached();
    await vi.advanceTimersByTimeAsync(4_999);
    expect(status).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    await delayed;
    expect(status).toBe(200);
  });

  it('E42 holds a request before it is worked on, until it is released', async () => {
    const { emulator, password } = setup();
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const held = password();
    await hold.reached();
    expect(emulator.ledger.entries).toMatchObject([
      { outcome: 'open', processed: false, granted: false, status: null },
    ]);
    expect(emulator.ledger.counters().grants.password).toEqual({ sent: 1, granted: 0 });
    hold.release();
    expect((await held).status).toBe(200);
    expect(emulator.ledger.entries).toMatchObject([
      { outcome: 'answered', processed: true, granted: true, status: 200, faults: ['hold'] },
    ]);
  });

  it('E42 holds an answer after the request was worked on', async () => {
    const { emulator, pair, refresh } = setup();
    const { refresh_token } = await pair();
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold', when: 'after' });
    const held = refresh(refresh_token);
    await hold.reached();
    expect((await refresh(refresh_token)).status).toBe(403);
    hold.release();
    expect((await held).status).toBe(200);
  });

  it('E42 holds several at once and lets all of them go', async () => {
    const { emulator, password } = setup();
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold', times: 3 });
    const held = [password(), password(), password()];
    await hold.reached(3);
    expect(emulator.ledger.counters().concurrentTokenRequests).toEqual({
      peak: 3,
      byAccount: { 'test-client marketer@example.test': 3 },
    });
    hold.release();
    expect((await Promise.all(held)).map((answer) => answer.status)).toEqual([200, 200, 200]);
  });

  it('lets a hold and an outcome strike the same request', async () => {
    const { emulator, pair, refresh } = setup();
    const { refresh_token } = await pair();
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold', when: 'after' });
    emulator.faults.arm({ route: 'token', kind: 'drop_after' });
    const held = expect(refresh(refresh_token)).rejects.toMatchObject(reset);
    await hold.reached();
    hold.release();
    await held;
    expect(emulator.ledger.entries.at(-1)).toMatchObject({
      faults: ['hold', 'drop_after'],
      granted: true,
      outcome: 'dropped',
    });
  });
});

describe('what goes wrong', () => {
  it('E43 drops the connection before anything is done', async () => {
    const { emulator, pair, refresh } = setup();
    const { refresh_token } = await pair();
    const fault = emulator.faults.arm({ route: 'token', kind: 'drop_before' });
    const error = await refresh(refresh_token).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(TypeError);
    expect(error).toMatchObject(reset);
    await fault.reached();
    expect(emulator.ledger.entries.at(-1)).toMatchObject({
      outcome: 'dropped',
      processed: false,
      granted: false,
      status: null,
    });
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  it('E44 commits, then drops the connection: the refresh token is spent', async () => {
    const { emulator, pair, refresh } = setup();
    const { refresh_token } = await pair();
    emulator.faults.arm({ route: 'token', kind: 'drop_after' });
    await expect(refresh(refresh_token)).rejects.toMatchObject(reset);
    expect(emulator.ledger.entries.at(-1)).toMatchObject({
      outcome: 'dropped',
      processed: true,
      granted: true,
      status: null,
    });
    expect((await refresh(refresh_token)).status).toBe(403);
    expect(emulator.ledger.counters().replays).toBe(1);
  });

  it('E45 commits, then sends half of the body as if it were whole', async () => {
    const { emulator, pair, refresh } = setup();
    const { refresh_token } = await pair();
    emulator.faults.arm({ route: 'token', kind: 'truncate' });
    const answer = await refresh(refresh_token);
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/json']);
    expect(answer.text).toMatch(/^\{"access_token":"/);
    expect(() => JSON.parse(answer.text)).toThrow(SyntaxError);
    expect((await refresh(refresh_token)).status).toBe(403);
  });

  it('E45 commits, then breaks the connection within the body', async () => {
    const { emulator, client } = setup();
    emulator.faults.arm({ route: 'token', kind: 'truncate', cut: 'connection' });
    const body = new URLSearchParams({ grant_type: 'password', ...client, ...emulator.user });
    const response = await emulator.fetch(`${host}/token`, { method: 'POST', body });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toMatchObject({
      message: 'terminated',
      cause: { code: 'ECONNRESET' },
    });
  });

  it.each([500, 502, 503])('E46 answers %i in JSON in place of Act-On', async (status) => {
    const { emulator, pair, refresh } = setup();
    const { refresh_token } = await pair();
    emulator.faults.arm({ route: 'token', kind: 'status', status });
    const answer = await refresh(refresh_token);
    expect([answer.status, answer.body.httpCode, answer.headers.get('content-type')]).toEqual([
      status,
      String(status),
      'application/json',
    ]);
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  it('E46 answers an error although the request was worked on', async () => {
    const { emulator, pair, refresh } = setup();
    const { refresh_token } = await pair();
    emulator.faults.arm({ route: 'token', kind: 'status', status: 502, when: 'after' });
    expect((await refresh(refresh_token)).status).toBe(502);
    expect(emulator.ledger.entries.at(-1)).toMatchObject({
      status: 502,
      processed: true,
      granted: true,
    });
    expect((await refresh(refresh_token)).status).toBe(403);
  });

  it.each([502, 200])('E47 E48 answers %i with a page', async (status) => {
    const { emulator, password } = setup();
    emulator.faults.arm({ route: 'token', kind: 'status', status, body: 'html' });
    const answer = await password();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([status, 'text/html']);
    expect(answer.text).toMatch(/^<!doctype html>/);
  });

  it('answers a status that can have no body', async () => {
    const { emulator, password } = setup();
    emulator.faults.arm({ route: 'token', kind: 'status', status: 204 });
    expect(await password()).toMatchObject({ status: 204, text: '' });
  });

  it.each([
    [undefined, null],
    [30, '30'],
    [new Date(Date.UTC(2026, 0, 5, 9, 0, 30)), 'Mon, 05 Jan 2026 09:00:30 GMT'],
    ['soon', 'soon'],
  ])('E49 answers 429 with Retry-After %s', async (retryAfter, header) => {
    const { emulator, password, api } = setup();
    emulator.faults.arm({
      route: 'token',
      kind: 'too_many_requests',
      ...(retryAfter !== undefined && { retryAfter }),
    });
    const answer = await password();
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, header]);
    expect(answer.body).toEqual({
      httpCode: '429',
      httpMessage: 'Too Many Requests',
      moreInformation: 'Rate Limit exceeded',
    });
    emulator.faults.arm({ route: 'api', kind: 'too_many_requests' });
    expect((await api('/api/1/account', null)).status).toBe(429);
  });

  it('E50 sends an empty 200', async () => {
    const { emulator, password } = setup();
    emulator.faults.arm({ route: 'token', kind: 'bad_body', body: '' });
    expect(await password()).toMatchObject({ status: 200, text: '' });
  });

  it.each([
    { access_token: undefined },
    { access_token: 42 },
    { expires_in: -1 },
    { expires_in: '3600' },
    { expires_in: null },
  ])('E50 changes members of a good body: %o', async (patch) => {
    const { emulator, password } = setup();
    emulator.faults.arm({ route: 'token', kind: 'bad_body', body: patch });
    const { status, body, headers } = await password();
    expect(status).toBe(200);
    for (const [name, value] of Object.entries(patch)) expect(body[name]).toBe(value);
    expect(body.refresh_token).toEqual(expect.any(String));
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('E50 sends whatever a function makes of a good body', async () => {
    const { emulator, password } = setup();
    emulator.faults.arm({
      route: 'token',
      kind: 'bad_body',
      body: (good) => JSON.stringify(good).replace('3600', 'NaN'),
    });
    expect((await password()).text).toContain('"expires_in":NaN');
    emulator.faults.arm({
      route: 'token',
      kind: 'bad_body',
      body: ({ access_token }) => ({ access_token }),
    });
    expect(Object.keys((await password()).body)).toEqual(['access_token']);
    emulator.faults.arm({
      route: 'token',
      kind: 'bad_body',
      body: { expires_in: 7 },
      without: ['access_token', 'scope'],
    });
    expect(Object.keys((await password()).body)).toEqual([
      'refresh_token',
      'token_type',
      'expires_in',
    ]);
  });

  it('E50 leaves a refusal as it is', async () => {
    const { emulator, password } = setup();
    const fault = emulator.faults.arm({ route: 'token', kind: 'bad_body', body: '' });
    expect((await password({ password: 'wrong' })).body.error).toBe('invalid_grant');
    expect(fault.left).toBe(0);
  });

  it('E51 sends a good body under a wrong type', async () => {
    const { emulator, password } = setup();
    emulator.faults.arm({ route: 'token', kind: 'wrong_content_type' });
    const answer = await password();
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain']);
    expect(pairOf(answer).access_token).not.toBe('');
    emulator.faults.arm({ route: 'token', kind: 'wrong_content_type', contentType: 'text/html' });
    expect((await password()).headers.get('content-type')).toBe('text/html');
  });

  it('E52 redirects to another origin', async () => {
    const { emulator, password } = setup();
    emulator.faults.arm({ route: 'token', kind: 'redirect' });
    const answer = await password({}, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([
      307,
      'https://elsewhere.example/token',
    ]);
    expect(emulator.ledger.counters()).toMatchObject({
      redirectsFollowed: 0,
      grants: { password: { sent: 1, granted: 0 } },
    });
    emulator.faults.arm({
      route: 'token',
      kind: 'redirect',
      status: 302,
      location: '/sign-in',
      when: 'after',
    });
    const after = await password({}, { redirect: 'manual' });
    expect([after.status, after.headers.get('location')]).toEqual([302, '/sign-in']);
    expect(emulator.ledger.counters().grants.password.granted).toBe(1);
  });

  it('E55 refuses a good token once, as a replica does that lags behind', async () => {
    const { emulator, pair, api } = setup();
    const { access_token } = await pair();
    emulator.faults.arm({ route: 'api', kind: 'unauthorized' });
    const refused = await api('/api/1/account', access_token);
    expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([
      401,
      "Bearer error='invalid_token'",
    ]);
    expect((await api('/api/1/account', access_token)).status).toBe(200);
    expect(emulator.ledger.counters().api401s).toBe(1);
  });

  it('E53 lets the clock jump before a request is worked on, or after', async () => {
    const { emulator, pair, api } = setup();
    const { access_token } = await pair();
    const fault = emulator.faults.arm({ route: 'api', kind: 'clock_jump', ms: hour });
    expect((await api('/api/1/account', access_token)).status).toBe(401);
    await fault.reached();
    emulator.faults.arm({ route: 'api', kind: 'clock_jump', ms: -hour });
    expect((await api('/api/1/account', access_token)).status).toBe(200);
    emulator.faults.arm({ route: 'api', kind: 'clock_jump', ms: hour, when: 'after' });
    expect((await api('/api/1/account', access_token)).status).toBe(200);
    expect(emulator.clock.now()).toBe(start + hour);
    expect(emulator.ledger.entries.at(-1)).toMatchObject({
      faults: ['clock_jump'],
      outcome: 'answered',
      processed: true,
    });
  });

  it('E54 takes back what a request’s client and user have, before it is worked on or after', async () => {
    const { emulator, pair, api, refresh } = setup({
      users: [{ username: 'second', password: 'x' }],
      clients: [{ id: 'other', secret: 's' }],
    });
    const [first, second] = [await pair(), await pair({ username: 'second', password: 'x' })];
    const elsewhere = await pair({ client_id: 'other', client_secret: 's' });
    emulator.faults.arm({ route: 'token', grantType: 'refresh_token', kind: 'revoke' });
    expect((await refresh(first.refresh_token)).status).toBe(403);
    expect((await api('/api/1/account', first.access_token)).status).toBe(401);
    expect((await api('/api/1/account', elsewhere.access_token)).status).toBe(200);
    emulator.faults.arm({ route: 'api', kind: 'revoke', when: 'after' });
    expect((await api('/api/1/account', second.access_token)).status).toBe(200);
    expect((await api('/api/1/account', second.access_token)).status).toBe(401);
  });

  it('E54 takes back what it is told, and nothing for a stranger', async () => {
    const { emulator, pair, api } = setup();
    const { access_token } = await pair();
    emulator.faults.arm({ route: 'api', kind: 'revoke' });
    await api('/api/1/account', 'unknown');
    expect((await api('/api/1/account', access_token)).status).toBe(200);
    emulator.faults.arm({ route: 'api', kind: 'revoke', what: { token: access_token } });
    expect((await api('/api/1/account', null)).status).toBe(401);
    expect((await api('/api/1/account', access_token)).status).toBe(401);
  });

  it('lets an event and an outcome strike the same request', async () => {
    const { emulator, pair, refresh, api } = setup();
    const { refresh_token, access_token } = await pair();
    emulator.faults.arm({ route: 'token', kind: 'revoke', when: 'after' });
    emulator.faults.arm({ route: 'token', kind: 'drop_after' });
    await expect(refresh(refresh_token)).rejects.toMatchObject(reset);
    expect((await api('/api/1/account', access_token)).status).toBe(401);
  });

  it('strikes /authorize as well', async () => {
    const { emulator, authorize } = setup();
    emulator.faults.arm({ route: 'authorize', kind: 'status', status: 503, body: 'html' });
    expect((await authorize({})).status).toBe(503);
    expect((await authorize({})).status).toBe(400);
  });
});
