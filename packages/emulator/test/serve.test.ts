import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { serveEmulator } from '@act-on-token/emulator';
import { describe, expect, it } from 'vitest';
import { createWire, csrfOf, location, pairOf, redirectUri } from './helpers.ts';
import { served } from './served.ts';

// As they are before the first server.
const runtime = { Request: globalThis.Request, Response: globalThis.Response };

/** An address of this machine that is not the one a server listens on by default. */
const address: string =
  Object.values(networkInterfaces())
    .flat()
    .find((each) => each?.family === 'IPv4' && !each.internal)?.address ?? '127.0.0.2';

describe('the server', () => {
  it('E1 E58 listens on loopback, on a free port, with the same answers', async () => {
    const { emulator, password, api, refresh } = await served();
    expect(emulator.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    const pair = pairOf(await password());
    expect((await api('/api/1/account', pair.access_token)).body.user_email).toBe(
      emulator.user.username,
    );
    expect((await refresh(pair.refresh_token)).status).toBe(200);
    expect((await refresh(pair.refresh_token)).body.error).toBe('invalid_grant');
    expect((await password({}, { headers: { 'content-type': 'text/plain' } })).status).toBe(400);
    expect((await api('/nowhere', null)).status).toBe(404);
    expect(emulator.ledger.counters()).toMatchObject({ requests: 6, replays: 1 });
  });

  it('E58 is one emulator, by fetch and over HTTP', async () => {
    const { emulator, password, refresh } = await served();
    const { refresh_token } = pairOf(await password());
    const inProcess = createWire(emulator, emulator.fetch, 'https://api.actonsoftware.com');
    expect((await inProcess.refresh(refresh_token)).status).toBe(200);
    expect((await refresh(refresh_token)).status).toBe(403);
    expect(emulator.ledger.counters()).toMatchObject({ requests: 3, replays: 1 });
  });

  it('E1 is not reached at another address of the machine unless it is asked for', async () => {
    const { emulator } = await served();
    const { port } = new URL(emulator.url);
    await expect(fetch(`http://${address}:${port}`)).rejects.toThrow('fetch failed');
    const { emulator: open } = await served({ hostname: '0.0.0.0' });
    const everywhere = await fetch(`http://${address}:${new URL(open.url).port}`);
    expect(everywhere.status).toBe(404);
  });

  it.each(['127.0.0.1', 'localhost', '0.0.0.0', '0'])(
    'has a URL that leads to it, and that a session takes for this machine, on %s',
    async (hostname) => {
      const { emulator } = await served({ hostname });
      expect(emulator.url).toMatch(/^http:\/\/(127\.0\.0\.1|localhost):\d+$/);
      expect((await fetch(emulator.url)).status).toBe(404);
    },
  );

  it.each([
    '',
    ' ',
    'a b',
    'http://localhost',
    'localhost:80',
    '127.0.0.1:80',
    '[::1]',
    'a/b',
    'u@h',
  ])('refuses %j, which is not the name of a host alone', async (hostname) => {
    await expect(serveEmulator({ hostname })).rejects.toThrow('"hostname"');
  });

  it('rejects an address that is not one of this machine', async () => {
    await expect(serveEmulator({ hostname: '203.0.113.9' })).rejects.toMatchObject({
      code: 'EADDRNOTAVAIL',
    });
  });

  it('rejects when the port is taken', async () => {
    const { emulator } = await served();
    await expect(serveEmulator({ port: Number(new URL(emulator.url).port) })).rejects.toMatchObject(
      { code: 'EADDRINUSE' },
    );
  });

  it('leaves the global Request and Response alone', async () => {
    await served();
    expect(globalThis.Request).toBe(runtime.Request);
    expect(globalThis.Response).toBe(runtime.Response);
  });

  it('closes with connections open and requests held, and more than once', async () => {
    const { emulator, password } = await served();
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const held = expect(password()).rejects.toThrow('fetch failed');
    await hold.reached();
    await Promise.all([emulator.close(), emulator.close(), held]);
    await expect(fetch(emulator.url)).rejects.toThrow('fetch failed');
  });

  it('answers HEAD without a body', async () => {
    const { emulator } = await served();
    const response = await fetch(`${emulator.url}/api/1/account`, { method: 'HEAD' });
    expect([response.status, await response.text()]).toEqual([401, '']);
  });
});

describe('faults over HTTP', () => {
  it('E43 resets the socket before anything is done', async () => {
    const { emulator, password, refresh } = await served();
    const { refresh_token } = pairOf(await password());
    emulator.faults.arm({ route: 'token', kind: 'drop_before' });
    await expect(refresh(refresh_token)).rejects.toMatchObject({
      message: 'fetch failed',
      cause: { code: 'ECONNRESET' },
    });
    expect(emulator.ledger.counters().grants.refresh_token).toEqual({ sent: 1, granted: 0 });
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  it('E44 commits and resets the socket: the refresh token is spent', async () => {
    const { emulator, password, refresh } = await served();
    const { refresh_token } = pairOf(await password());
    emulator.faults.arm({ route: 'token', kind: 'drop_after' });
    await expect(refresh(refresh_token)).rejects.toMatchObject({
      message: 'fetch failed',
      cause: { code: 'ECONNRESET' },
    });
    expect(emulator.ledger.counters().grants.refresh_token).toEqual({ sent: 1, granted: 1 });
    expect((await refresh(refresh_token)).status).toBe(403);
  });

  it('E43 sends not one byte on a connection that it drops', async () => {
    const { emulator } = await served();
    emulator.faults.arm({ route: 'api', kind: 'drop_before' });
    const socket = connect(Number(new URL(emulator.url).port), '127.0.0.1');
    const received: string[] = [];
    socket.on('data', (chunk) => received.push(String(chunk)));
    const error = new Promise((resolve) => socket.once('error', resolve));
    socket.write('GET /api/1/account HTTP/1.1\r\nHost: x\r\n\r\n');
    expect(await error).toMatchObject({ code: 'ECONNRESET' });
    expect(received).toEqual([]);
  });

  it('E45 cuts a body short, as a whole answer or by breaking the connection', async () => {
    const { emulator, client, password } = await served();
    emulator.faults.arm({ route: 'token', kind: 'truncate' });
    const half = await password();
    expect(half.status).toBe(200);
    expect(Number(half.headers.get('content-length'))).toBe(half.text.length);
    expect(() => JSON.parse(half.text)).toThrow(SyntaxError);
    emulator.faults.arm({ route: 'token', kind: 'truncate', cut: 'connection' });
    const body = new URLSearchParams({ grant_type: 'password', ...client, ...emulator.user });
    const response = await fetch(`${emulator.url}/token`, { method: 'POST', body });
    expect(response.status).toBe(200);
    await expect(response.text()).rejects.toThrow('terminated');
  });

  it('E42 holds, and works on a request that its sender gave up', async () => {
    const { emulator, password, refresh } = await served();
    const { refresh_token } = pairOf(await password());
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    const controller = new AbortController();
    const given = expect(
      refresh(refresh_token, {}, { signal: controller.signal }),
    ).rejects.toMatchObject({ name: 'AbortError' });
    await hold.reached();
    controller.abort();
    await given;
    hold.release();
    await expect.poll(() => emulator.ledger.entries.at(-1)?.outcome).toBe('answered');
    expect((await refresh(refresh_token)).status).toBe(403);
  });

  it('E46 E47 E49 E52 answers with statuses, pages, headers and redirects', async () => {
    const { emulator, password } = await served();
    emulator.faults.arm({ route: 'token', kind: 'status', status: 503 });
    emulator.faults.arm({ route: 'token', kind: 'status', status: 502, body: 'html' });
    emulator.faults.arm({ route: 'token', kind: 'too_many_requests', retryAfter: 7 });
    emulator.faults.arm({ route: 'token', kind: 'redirect' });
    emulator.faults.arm({ route: 'token', kind: 'status', status: 204 });
    expect((await password()).body.httpCode).toBe('503');
    expect((await password()).headers.get('content-type')).toBe('text/html');
    expect((await password()).headers.get('retry-after')).toBe('7');
    expect((await password({}, { redirect: 'manual' })).headers.get('location')).toBe(
      'https://elsewhere.example/token',
    );
    expect((await password()).status).toBe(204);
  });

  it('says so when a test’s own function fails', async () => {
    const { emulator, password } = await served();
    emulator.faults.arm({
      route: 'token',
      kind: 'bad_body',
      body: () => {
        throw new Error('a mistake in a test');
      },
    });
    expect(await password()).toMatchObject({
      status: 500,
      text: expect.stringContaining('a mistake in a test'),
    });
  });
});

it('E33 leads a browser through sign-in and consent to a pair', async () => {
  const { emulator, authorize, exchangeCode } = await served({ redirectUris: [redirectUri] });
  const page = await authorize({
    response_type: 'code',
    client_id: emulator.client.id,
    state: 's',
  });
  const submit = (step: string, fields: Record<string, string>) =>
    fetch(`${emulator.url}/authorize/${step}`, {
      method: 'POST',
      body: new URLSearchParams(fields),
      redirect: 'manual',
    });
  const consent = await submit('login', { csrf: csrfOf(await page.text()), ...emulator.user });
  const back = await submit('consent', { csrf: csrfOf(await consent.text()), consent: 'yes' });
  expect(back.status).toBe(302);
  expect((await exchangeCode(location(back).searchParams.get('code') ?? '')).status).toBe(200);
});
