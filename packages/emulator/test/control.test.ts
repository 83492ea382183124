import { request as send } from 'node:http';
import type { LedgerEntry } from '@act-on-token/emulator';
import { describe, expect, it } from 'vitest';
import { createGuard } from '../src/control/who-may.ts';
import { type Answer, hour, pairOf, read, start } from './helpers.ts';
import { served } from './served.ts';

/** A served emulator that is controlled over HTTP, and whoever controls it. */
async function controlled(options: Parameters<typeof served>[0] = {}) {
  const all = await served({ control: true, ...options });
  const control = async (method: string, path: string, body?: unknown): Promise<Answer> => {
    const json =
      body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    return read(await fetch(`${all.emulator.url}/__emulator${path}`, { method, ...json }));
  };
  return { ...all, control };
}

/** The status of a request for the ledger whose `Host` is another. */
function statusAs(
  host: string,
  url: string,
  headers: Record<string, string> = {},
): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = send(`${url}/__emulator/ledger`, { headers: { ...headers, host } }, (response) =>
      resolve(response.resume().statusCode),
    );
    sent.on('error', reject).end();
  });
}

describe('the control API', () => {
  it('is as unknown as it is to Act-On unless it is switched on', async () => {
    const { emulator } = await served();
    const answer = await read(await fetch(`${emulator.url}/__emulator`));
    expect([answer.status, answer.body.httpMessage]).toEqual([404, 'Not Found']);
    expect(emulator.ledger.counters().requests).toBe(1);
  });

  it('says who it is, and what there is not', async () => {
    const { emulator, control } = await controlled({ profile: 'legacy' });
    const { client, user, profile } = emulator;
    expect(await control('GET', '')).toMatchObject({
      status: 200,
      body: { profile, client, user, now: expect.any(Number) },
    });
    for (const path of ['/nothing', '/faults/1', '/faults/x/reached'])
      expect(await control('GET', path)).toMatchObject({
        status: 404,
        body: { error: expect.any(String) },
      });
    expect((await read(await fetch(`${emulator.url}/__emulators`))).body).toHaveProperty('fault');
  });

  it('E56 shows the ledger, from the start or from an entry on, and is in it nowhere', async () => {
    const { emulator, control, password } = await controlled();
    await password();
    await password({ password: 'wrong' });
    const { body } = await control('GET', '/ledger');
    expect(body).toEqual(
      JSON.parse(
        JSON.stringify({ entries: emulator.ledger.entries, counters: emulator.ledger.counters() }),
      ),
    );
    const later = (await control('GET', '/ledger?after=1')).body.entries as LedgerEntry[];
    expect(later.map((entry) => entry.number)).toEqual([2]);
    expect(emulator.ledger.counters().requests).toBe(2);
    expect((await control('GET', '/ledger?after=x')).status).toBe(400);
  });

  it('E53 moves the clock', async () => {
    const { emulator, control, pair, api } = await controlled();
    const { access_token } = await pair();
    const { body } = await control('POST', '/clock', { advance: hour });
    expect(Math.abs(Number(body.now) - emulator.clock.now())).toBeLessThan(10_000);
    expect((await api('/api/1/account', access_token)).status).toBe(401);
    expect((await control('GET', '/clock')).body.now).toBeGreaterThanOrEqual(Number(body.now));
    expect((await control('POST', '/clock', { ms: 1 })).body.error).toContain('"advance"');
  });

  it('E53 sets the clock to a time, later or earlier, and a clock that stands still stays there', async () => {
    const { emulator, control } = await controlled({ now: () => start });
    for (const now of [start + hour, start - hour, start]) {
      expect((await control('POST', '/clock', { now })).body).toEqual({ now });
      expect(emulator.clock.now()).toBe(now);
    }
    for (const wrong of [{ now: 'noon' }, { now: null }, { now: start, advance: 1 }])
      expect(await control('POST', '/clock', wrong)).toMatchObject({
        status: 400,
        body: { error: expect.stringMatching(/"now"/) },
      });
    expect(emulator.clock.now()).toBe(start);
  });

  it('E54 takes tokens back', async () => {
    const { emulator, control, pair, refresh } = await controlled();
    const { refresh_token } = await pair();
    expect((await control('POST', '/revoke', { user: emulator.user.username })).status).toBe(204);
    expect((await refresh(refresh_token)).status).toBe(403);
    expect(await control('POST', '/revoke', { user: 'nobody' })).toMatchObject({
      status: 404,
      body: { error: 'no such user: "nobody"' },
    });
    expect((await control('POST', '/revoke', { users: 'x' })).status).toBe(400);
  });

  it('turns switches, and refuses those that there are not', async () => {
    const { emulator, control } = await controlled();
    const turned = await control('PATCH', '/switches', { overlapSeconds: 30, grantLimit: null });
    expect(turned.body).toMatchObject({ overlapSeconds: 30, grantLimit: null, rotate: true });
    expect((await control('GET', '/switches')).body).toEqual(emulator.switches());
    for (const switches of [{ overlap: 30 }, { rotate: 1 }, { autoConsent: 'nobody' }]) {
      expect(await control('PATCH', '/switches', switches)).toMatchObject({
        status: 400,
        body: { error: expect.any(String) },
      });
    }
    expect(emulator.switches()).toEqual(turned.body);
  });

  it('E57 exports the state, and begins again', async () => {
    const { emulator, control, pair, refresh } = await controlled();
    const { refresh_token } = await pair();
    const { body } = await control('GET', '/state');
    expect(body).toEqual(JSON.parse(JSON.stringify(emulator.exportState())));
    expect((await control('POST', '/reset')).status).toBe(204);
    expect((await refresh(refresh_token)).status).toBe(403);
    expect(emulator.ledger.counters().requests).toBe(1);
  });

  it('takes nothing but JSON objects', async () => {
    const { emulator } = await controlled();
    const post = (body: string, type: string) =>
      fetch(`${emulator.url}/__emulator/faults`, {
        method: 'POST',
        body,
        headers: { 'content-type': type },
      });
    const fault = JSON.stringify({ route: 'token', kind: 'drop_before' });
    for (const response of [
      await post(fault, 'text/plain'),
      await post('{', 'application/json'),
      await post('[]', 'application/json'),
    ]) {
      expect(response.status).toBe(400);
    }
    expect((await post(fault, 'application/json; charset=utf-8')).status).toBe(201);
  });
});

describe('faults over the control API', () => {
  it('E42–E55 arms a fault of every kind', async () => {
    const { control, password, api, pair } = await controlled({ grantLimit: null });
    const { access_token } = await pair();
    const token = { route: 'token' };
    const arm = (fault: object) => control('POST', '/faults', fault);
    const struck = async (fault: object) => {
      expect(await arm(fault)).toMatchObject({ status: 201, body: { left: 1, fault } });
      return password({}, { redirect: 'manual' }).then(
        ({ status }) => status,
        (error: Error) => error.message,
      );
    };
    expect(await struck({ ...token, kind: 'delay', ms: 1 })).toBe(200);
    expect(await struck({ ...token, kind: 'drop_before' })).toBe('fetch failed');
    expect(await struck({ ...token, kind: 'drop_after' })).toBe('fetch failed');
    expect(await struck({ ...token, kind: 'truncate', cut: 'connection' })).toBe('terminated');
    expect(await struck({ ...token, kind: 'status', status: 502, body: 'html' })).toBe(502);
    expect(await struck({ ...token, kind: 'too_many_requests', retryAfter: 'soon' })).toBe(429);
    expect(
      await struck({
        ...token,
        kind: 'bad_body',
        body: { expires_in: -1 },
        without: ['access_token'],
      }),
    ).toBe(200);
    expect(await struck({ ...token, kind: 'wrong_content_type' })).toBe(200);
    expect(await struck({ ...token, kind: 'redirect' })).toBe(307);
    expect(await struck({ ...token, kind: 'clock_jump', ms: -1 })).toBe(200);
    expect(await struck({ ...token, kind: 'revoke', when: 'after' })).toBe(200);
    await arm({ route: 'api', kind: 'unauthorized' });
    expect((await api('/api/1/account', access_token)).status).toBe(401);
  });

  it('refuses a fault that could not strike', async () => {
    const { control } = await controlled();
    for (const [fault, error] of [
      [{ route: 'token', kind: 'explode' }, '"kind"'],
      [{ route: 'token', kind: 'drop_before', time: 2 }, '"time"'],
      [{ route: 'token', kind: 'drop_before', times: 0 }, '"times"'],
      [{ route: 'token', kind: 'drop_before', match: 'x' }, '"match"'],
    ] as const) {
      expect(await control('POST', '/faults', fault)).toMatchObject({
        status: 400,
        body: { error: expect.stringContaining(error) },
      });
    }
  });

  it('strikes as often as it is asked to and whom it is told', async () => {
    const { control, password, emulator } = await controlled({
      users: [{ username: 'second', password: 'x' }],
    });
    const match = { user: 'second' };
    const { body } = await control('POST', '/faults', {
      route: 'token',
      kind: 'status',
      status: 500,
      times: null,
      match,
    });
    expect((await password()).status).toBe(200);
    for (let request = 0; request < 3; request++)
      expect((await password({ username: 'second', password: 'x' })).status).toBe(500);
    expect(await control('GET', `/faults/${body.id}`)).toMatchObject({ body: { left: null } });
    expect((await control('DELETE', `/faults/${body.id}`)).status).toBe(204);
    expect((await password({ username: 'second', password: 'x' })).status).toBe(200);
    expect((await control('GET', `/faults/${body.id}`)).status).toBe(410);
    expect(emulator.ledger.counters().grants.password).toEqual({ sent: 5, granted: 2 });
  });

  it('E42 says when a request is held, and releases it', async () => {
    const { control, refresh, pair } = await controlled();
    const { refresh_token } = await pair();
    const { body } = await control('POST', '/faults', { route: 'token', kind: 'hold', times: 2 });
    const reached = control('GET', `/faults/${body.id}/reached?count=2`);
    const held = [refresh(refresh_token), refresh(refresh_token)];
    expect(await reached).toMatchObject({ status: 200, body: { id: body.id, left: 0 } });
    expect((await control('POST', `/faults/${body.id}/release`)).status).toBe(200);
    expect((await Promise.all(held)).map((answer) => answer.status).sort()).toEqual([200, 403]);
  });

  it('disarms all at once, those of this process too, and whoever waits for one learns it', async () => {
    const { control, password, emulator } = await controlled();
    emulator.faults.arm({ route: 'token', kind: 'drop_before' });
    const { body } = await control('POST', '/faults', { route: 'token', kind: 'drop_before' });
    const reached = control('GET', `/faults/${body.id}/reached`);
    const list = (await control('GET', '/faults')).text;
    expect(JSON.parse(list)).toEqual([
      { id: body.id, left: 1, fault: { route: 'token', kind: 'drop_before' } },
    ]);
    expect((await control('DELETE', '/faults')).status).toBe(204);
    expect(await reached).toMatchObject({ status: 410, body: { error: 'the fault was disarmed' } });
    expect(pairOf(await password()).access_token).not.toBe('');
    expect((await control('GET', '/faults')).text).toBe('[]');
  });

  it('never gives a number twice, not after a reset', async () => {
    const { control } = await controlled();
    const fault = { route: 'token', kind: 'drop_before' };
    const first = await control('POST', '/faults', fault);
    await control('POST', '/reset');
    expect((await control('GET', '/faults')).text).toBe('[]');
    expect((await control('POST', '/faults', fault)).body.id).not.toBe(first.body.id);
  });
});

describe('who may control', () => {
  it.each([
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'same-origin' }],
  ])('refuses a page in a browser: %o', async (headers) => {
    const { emulator } = await controlled();
    for (const [method, path] of [
      ['GET', '/ledger'],
      ['POST', '/reset'],
      ['OPTIONS', '/faults'],
    ] as const) {
      const response = await fetch(`${emulator.url}/__emulator${path}`, { method, headers });
      expect([path, response.status, response.headers.get('access-control-allow-origin')]).toEqual([
        path,
        403,
        null,
      ]);
    }
  });

  it('sends no CORS headers, not to an origin that Act-On would answer', async () => {
    const { emulator } = await controlled({ cors: ['https://app.example'] });
    const response = await fetch(`${emulator.url}/__emulator/ledger`, {
      headers: { origin: 'https://app.example' },
    });
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([
      403,
      null,
    ]);
  });

  it('shows itself to a person who types the address', async () => {
    const { emulator } = await controlled();
    expect(
      (await fetch(`${emulator.url}/__emulator/ledger`, { headers: { 'sec-fetch-site': 'none' } }))
        .status,
    ).toBe(200);
  });

  it.each([
    ['127.0.0.1', 'evil.example'],
    ['127.0.0.1', '127.0.0.1.evil.example:80'],
    ['127.0.0.1', 'emulator:8400'],
    ['127.0.0.1', '192.168.1.5:8400'],
    ['0.0.0.0', 'evil.example'],
    ['0.0.0.0', '127.0.0.1.evil.example'],
    ['0.0.0.0', '1.2.3.4.evil.example'],
  ])('listens on %s and refuses to be called by a foreign name: %s', async (hostname, host) => {
    const { emulator } = await controlled({ hostname });
    expect(await statusAs(host, emulator.url)).toBe(403);
  });

  it.each([
    ['localhost', 'LOCALHOST:80'],
    ['0.0.0.0', '192.168.1.5:8400'],
    ['0.0.0.0', '[fd00::5]:8400'],
    ['0.0.0.0', 'localhost:8400'],
  ])('listens on %s and is controlled by the name %s', async (hostname, host) => {
    const { emulator } = await controlled({ hostname });
    expect(await statusAs(host, emulator.url)).toBe(200);
  });

  it.each([
    'act-on',
    'ACT-ON',
    'act-on.internal',
    'münchen.test',
    'fd00::5',
    '10.1.2.3',
    '0.0.0.0',
  ])('takes the name that it listens on, %s, whatever else is refused', (hostname) => {
    const whyRefused = createGuard(hostname);
    const host = hostname.includes(':') ? `[${hostname}]` : hostname;
    expect(whyRefused(new Request(`http://${host}:8400/__emulator`))).toBe(null);
    expect(whyRefused(new Request('http://localhost/__emulator'))).toBe(null);
    for (const foreign of [`${host}.evil.example`, 'evil.example', 'act'])
      if (URL.canParse(`http://${foreign}`))
        expect(whyRefused(new Request(`http://${foreign}/__emulator`))).toContain('listens on');
  });

  it('refuses a page in a browser by every name', async () => {
    const { emulator } = await controlled({ hostname: '0.0.0.0' });
    expect(await statusAs('192.168.1.5', emulator.url, { origin: 'http://192.168.1.5' })).toBe(403);
  });
});
