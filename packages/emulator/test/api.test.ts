import { describe, expect, it } from 'vitest';
import { day, setup, type Wire } from './helpers.ts';

const unauthorized = { httpCode: '401', httpMessage: 'Unauthorized', moreInformation: '' };

async function signedIn(options: Parameters<typeof setup>[0] = {}) {
  const all = setup({ apiLimits: null, ...options });
  const { access_token, refresh_token } = await all.pair();
  const call = (path: string, init: RequestInit = {}) => all.api(path, access_token, init);
  const write = (method: string, path: string, record: unknown) =>
    call(path, { method, body: JSON.stringify(record) });
  return { ...all, access_token, refresh_token, call, write };
}

describe('authorization of API calls', () => {
  it('E38 takes a bearer token, its scheme in any case', async () => {
    const { emulator, access_token } = await signedIn();
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      const headers = { authorization: `${scheme} ${access_token}` };
      expect((await emulator.fetch('https://x.example/api/1/account', { headers })).status).toBe(
        200,
      );
    }
  });

  it('E38 refuses a token that is missing, unknown, expired or revoked', async () => {
    const { emulator, api, access_token } = await signedIn();
    const missing = await api('/api/1/account', null);
    expect([missing.status, missing.body, missing.headers.get('www-authenticate')]).toEqual([
      401,
      unauthorized,
      'Bearer',
    ]);
    const unknown = await api('/api/1/account', 'unknown');
    emulator.clock.advance(3_600_000);
    const expired = await api('/api/1/account', access_token);
    emulator.clock.advance(-1);
    emulator.revoke({ token: access_token });
    const revoked = await api('/api/1/account', access_token);
    for (const answer of [unknown, expired, revoked]) {
      expect([answer.status, answer.body]).toEqual([401, unauthorized]);
      expect(answer.headers.get('www-authenticate')).toBe("Bearer error='invalid_token'");
    }
    expect(emulator.ledger.counters().api401s).toBe(4);
  });

  it('E38 leaves the header out where it is switched off', async () => {
    const { api } = setup({ wwwAuthenticate: false });
    expect((await api('/api/1/account', 'unknown')).headers.get('www-authenticate')).toBeNull();
  });

  it('E38 guards every route', async () => {
    const { api } = setup();
    const routes = [
      'GET account',
      'GET list',
      'GET list/l-0001',
      'POST list',
      'PUT list/l-0001',
      'GET list/1/status',
      'GET list/optout',
      'PUT list/optout',
      'POST list/l-0001/record',
      'PUT list/l-0001/record',
      'GET list/l-0001/record/l-0001:1',
      'GET message',
      'POST message/1/send',
      'GET ../../ucl/v2/1000/contact/',
      'POST ../../ucl/v2/1000/contact/byFields',
    ];
    for (const route of routes) {
      const [method = '', path] = route.split(' ');
      expect([route, (await api(`/api/1/${path}`, null, { method })).status]).toEqual([route, 401]);
    }
  });

  it('E39 takes neither a refresh token nor a token in the URL', async () => {
    const { emulator, api, access_token, refresh_token } = await signedIn();
    expect((await api('/api/1/account', refresh_token)).status).toBe(401);
    expect((await api(`/api/1/account?access_token=${access_token}`, null)).status).toBe(401);
    expect(emulator.ledger.counters().secretsInUrl).toBe(1);
    const body = new URLSearchParams({ access_token });
    expect((await api('/api/1/message/1/send', null, { method: 'POST', body })).status).toBe(401);
  });
});

describe('API routes', () => {
  it('E40 says who the token belongs to', async () => {
    const { call } = await signedIn();
    expect((await call('/api/1/account')).body).toEqual({
      account_id: 1000,
      cname: expect.any(String),
      user_name: 'marketer',
      user_email: 'marketer@example.test',
      account_name: 'marketer@example.test',
      user_type: 'MARKETING',
      isAdmin: true,
      login: 'marketer@example.test',
      time_zone: expect.any(String),
    });
  });

  it.each(['?listingtype=CONTACT_LIST', '?listingtype=contact_list', ''])(
    'E40 lists the contact lists for %j',
    async (query) => {
      const { call } = await signedIn();
      const { body } = await call(`/api/1/list${query}`);
      expect(body).toMatchObject({ offset: 0, count: 3, totalCount: 3 });
      expect(body.result).toContainEqual(
        expect.objectContaining({
          id: 'l-0001',
          name: 'Newsletter',
          sourceSize: '12',
          bIsList: true,
        }),
      );
    },
  );

  it('E40 lists other types apart, and refuses an unknown one', async () => {
    const { call } = await signedIn({
      lists: [{ name: 'People' }, { name: 'Firms', type: 'ACCOUNT_LIST' }],
    });
    expect((await call('/api/1/list?listingtype=account_list')).body).toMatchObject({
      totalCount: 1,
      result: [{ id: 'l-0002', name: 'Firms' }],
    });
    const unknown = await call('/api/1/list?listingtype=everything');
    expect([unknown.status, unknown.body.errorCode]).toEqual([400, '10010']);
  });

  it('E40 pages through lists, a thousand at most', async () => {
    const lists = Array.from({ length: 1001 }, (_, number) => ({ name: `List ${number}` }));
    const { call } = await signedIn({ lists });
    const page = async (query: string) => (await call(`/api/1/list?${query}`)).body;
    expect(await page('count=5000')).toMatchObject({ offset: 0, count: 1000, totalCount: 1001 });
    expect(await page('count=2&offset=1000')).toMatchObject({
      offset: 1000,
      count: 1,
      totalCount: 1001,
      result: [{ name: 'List 1000' }],
    });
    expect(await page('count=0')).toMatchObject({ count: 0, result: [] });
    expect(await page('offset=2000')).toMatchObject({ count: 0, totalCount: 1001 });
    expect(await page('count=-1&offset=x')).toMatchObject({ offset: 0, count: 1000 });
  });

  it('E40 shows a list, and pages through its contacts', async () => {
    const { call } = await signedIn();
    const { body } = await call('/api/1/list/l-0001?count=1&offset=1');
    expect(body).toEqual({
      listId: 'l-0001',
      offset: 1,
      count: 1,
      totalCount: 12,
      emailColumn: 0,
      headers: ['Email', 'First Name', 'Last Name'],
      data: [['blaise.baker@example.test', 'Blaise', 'Baker']],
    });
    const missing = await call('/api/1/list/l-9999');
    expect([missing.status, missing.body.errorCode]).toEqual([404, 10004]);
  });

  it('E40 inserts a contact, again if it is asked again', async () => {
    const { call, write } = await signedIn();
    const record = { Email: 'new@example.test', 'First Name': 'New', Unknown: 'ignored' };
    const first = await write('POST', '/api/1/list/l-0003/record', record);
    expect(first.body).toEqual({
      status: 'success',
      message: 'Record inserted',
      id: 'l-0003:4',
      contact_id: 'l-0003:4',
    });
    expect((await write('POST', '/api/1/list/l-0003/record', record)).body.id).toBe('l-0003:5');
    expect((await call('/api/1/list/l-0003?offset=3')).body.data).toEqual([
      ['new@example.test', 'New', ''],
      ['new@example.test', 'New', ''],
    ]);
  });

  it('E40 changes the contact with an address, or adds it', async () => {
    const { call, write } = await signedIn();
    const put = (email: string, record: unknown) =>
      write('PUT', `/api/1/list/l-0003/record?email=${encodeURIComponent(email)}`, record);
    expect((await put('ADA.archer@example.test', { 'Last Name': 'Lovelace' })).body).toMatchObject({
      message: 'Record updated',
      id: 'l-0003:1',
    });
    expect((await put('a+b@example.test', { 'First Name': 'Plus' })).body).toMatchObject({
      message: 'Record inserted',
      id: 'l-0003:4',
    });
    const { data } = (await call('/api/1/list/l-0003')).body;
    expect(data).toContainEqual(['ada.archer@example.test', 'Ada', 'Lovelace']);
    expect(data).toContainEqual(['a+b@example.test', 'Plus', '']);
  });

  it('E40 refuses a record that is not a JSON object, a list that is not there, and an update without an address', async () => {
    const { call, write } = await signedIn();
    const broken = await call('/api/1/list/l-0001/record', { method: 'POST', body: '{' });
    expect([broken.status, broken.body.errorCode]).toEqual([400, 10004]);
    expect((await write('POST', '/api/1/list/l-0001/record', [1])).status).toBe(400);
    expect((await write('POST', '/api/1/list/none/record', {})).status).toBe(404);
    expect((await write('PUT', '/api/1/list/none/record?email=x', {})).status).toBe(404);
    expect((await write('PUT', '/api/1/list/l-0001/record', {})).status).toBe(400);
  });

  it('E40 counts a message each time it is sent', async () => {
    const { call, emulator } = await signedIn();
    const send = () =>
      call('/api/1/message/custom/send', {
        method: 'POST',
        body: new URLSearchParams({ subject: 'Hello' }),
      });
    expect((await send()).body.status).toBe('success');
    await send();
    emulator.faults.arm({ route: 'api', kind: 'drop_before' });
    await expect(send()).rejects.toThrow('fetch failed');
    emulator.faults.arm({ route: 'api', kind: 'drop_after' });
    await expect(send()).rejects.toThrow('fetch failed');
    expect(emulator.ledger.counters().sends).toBe(3);
  });

  it('keeps the lists of one account from another', async () => {
    const users = [
      { username: 'colleague', password: 'x', account: 'marketer@example.test' },
      { username: 'stranger', password: 'x' },
    ];
    const { write, pair, api } = await signedIn({ users });
    await write('POST', '/api/1/list/l-0003/record', { Email: 'new@example.test' });
    const countFor = async (username: string) =>
      (await api('/api/1/list/l-0003', (await pair({ username, password: 'x' })).access_token)).body
        .totalCount;
    expect([await countFor('colleague'), await countFor('stranger')]).toEqual([4, 3]);
  });
});

describe('limits on API calls', () => {
  const statuses = async ({ api }: Wire, token: string, calls: number) => {
    const answers = [];
    for (let call = 0; call < calls; call++)
      answers.push((await api('/api/1/account', token)).status);
    return answers;
  };

  it('E41 takes five calls in any second', async () => {
    const all = setup();
    const { access_token } = await all.pair();
    expect(await statuses(all, access_token, 6)).toEqual([200, 200, 200, 200, 200, 429]);
    expect((await all.api('/api/1/account', access_token)).body).toEqual({
      httpCode: '429',
      httpMessage: 'Too Many Requests',
      moreInformation: 'Rate Limit exceeded',
    });
    all.emulator.clock.advance(999);
    expect(await statuses(all, access_token, 1)).toEqual([429]);
    all.emulator.clock.advance(1);
    expect(await statuses(all, access_token, 1)).toEqual([200]);
  });

  it('E41 takes so many calls in any day, and counts per account', async () => {
    const limits = { apiLimits: { perSecond: 100, perDay: 7 }, realLifetime: 10 * 86_400 };
    const all = setup({ ...limits, users: [{ username: 'second', password: 'x' }] });
    const { access_token } = await all.pair();
    const second = await all.pair({ username: 'second', password: 'x' });
    expect((await statuses(all, access_token, 8)).at(-1)).toBe(429);
    expect(await statuses(all, second.access_token, 1)).toEqual([200]);
    all.emulator.clock.advance(day - 1);
    expect(await statuses(all, access_token, 1)).toEqual([429]);
    all.emulator.clock.advance(1);
    expect(await statuses(all, access_token, 1)).toEqual([200]);
  });

  it('E41 does not count what it refused, for want of a token or of calls', async () => {
    const all = setup();
    const { access_token } = await all.pair();
    await statuses(all, 'unknown', 9);
    await statuses(all, access_token, 9);
    all.emulator.clock.advance(1000);
    expect(await statuses(all, access_token, 5)).toEqual([200, 200, 200, 200, 200]);
  });

  it('E41 says when to come back where it is switched so', async () => {
    const { pair, api, emulator } = setup({
      apiLimits: { perSecond: 1, perDay: 2 },
      limitRetryAfter: 'seconds',
    });
    const { access_token } = await pair();
    await api('/api/1/account', access_token);
    expect((await api('/api/1/account', access_token)).headers.get('retry-after')).toBe('1');
    emulator.clock.advance(1000);
    await api('/api/1/account', access_token);
    expect((await api('/api/1/account', access_token)).headers.get('retry-after')).toBe('86399');
    emulator.configure({ limitRetryAfter: 'absent' });
    expect((await api('/api/1/account', access_token)).headers.get('retry-after')).toBeNull();
  });

  it('E41 says what is left where it is switched so', async () => {
    const { pair, api, emulator } = setup({ rateLimitHeaders: true });
    const { access_token } = await pair();
    const { headers } = await api('/api/1/account', access_token);
    expect(headers.get('x-ratelimit-limit')).toBe('name=default,5;');
    expect(headers.get('x-ratelimit-remaining')).toBe('name=default,4;');
    emulator.configure({ rateLimitHeaders: false });
    expect((await api('/api/1/account', access_token)).headers.get('x-ratelimit-limit')).toBeNull();
  });
});
