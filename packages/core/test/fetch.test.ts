import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { memoryStore } from '@act-on-token/memory';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { actOnEndpoint, createSession, type Session } from '../src/index.ts';

describe('session.fetch, over real HTTP', () => {
  let emulator: ServedEmulator;
  let session: Session;

  beforeEach(async () => {
    emulator = await serveEmulator();
    const { client, user, url } = emulator;
    const endpoint = actOnEndpoint({ clientId: client.id, clientSecret: client.secret, baseUrl: url });
    session = createSession({ endpoint, account: user.username, store: memoryStore(), minRefreshInterval: 0 });
    await session.authorize({ type: 'password', ...user });
  });
  afterEach(async () => {
    await session.close();
    await emulator.close();
  });

  const refreshes = (): number => emulator.ledger.counters().grants.refresh_token.sent;
  const rejectOnce = (): void => void emulator.faults.arm({ route: 'api', kind: 'unauthorized' });

  it('resolves relative URLs against the API, with and without a leading slash', async () => {
    for (const path of ['/api/1/account', 'api/1/account', '//api/1/account']) {
      expect((await session.fetch(path)).status).toBe(200);
    }
    expect((await session.fetch(new URL('/api/1/account', emulator.url))).status).toBe(200);
  });

  it('replaces a token that the API refused and replays the request once', async () => {
    rejectOnce();
    const response = await session.fetch('/api/1/account');
    expect(response.status).toBe(200);
    expect(emulator.ledger.counters()).toMatchObject({ apiCalls: 2, api401s: 1 });
    expect(refreshes()).toBe(1);
  });

  it('replays bodies that can be replayed: text, a form, and a Request that carries one', async () => {
    const list = '/api/1/list/l-0001/record';
    const json = JSON.stringify({ 'E-mail Address': 'ada@example.test' });
    const headers = { 'content-type': 'application/json' };
    rejectOnce();
    expect((await session.fetch(list, { method: 'POST', headers, body: json })).status).toBe(200);
    await pause();
    rejectOnce();
    expect((await session.fetch(new Request(new URL(list, emulator.url), { method: 'POST', headers, body: json }))).status).toBe(200);
  });

  it('hands over the 401 for a body that is gone once it was sent', async () => {
    rejectOnce();
    const stream = new Blob(['{}']).stream();
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: stream, duplex: 'half' } as RequestInit;
    expect((await session.fetch('/api/1/list/l-0001/record', init)).status).toBe(401);
    expect(refreshes()).toBe(0);
  });

  it('hands over the second 401 instead of trying for ever', async () => {
    emulator.faults.arm({ route: 'api', kind: 'unauthorized', times: Number.POSITIVE_INFINITY });
    expect((await session.fetch('/api/1/account')).status).toBe(401);
    expect(refreshes()).toBe(1);
    expect(emulator.ledger.counters().apiCalls).toBe(2);
  });

  it('sends one refresh for many requests that are refused at once', async () => {
    emulator.configure({ apiLimits: null });
    emulator.revoke({ token: await session.getAccessToken() });
    const responses = await Promise.all(Array.from({ length: 20 }, () => session.fetch('/api/1/account')));
    expect(responses.every(({ status }) => status === 200)).toBe(true);
    expect(refreshes()).toBe(1);
  });

  it('keeps the token from every other origin, with a clear refusal', async () => {
    for (const url of [
      'https://elsewhere.example/api',
      'http://localhost:1/',
      'javascript:alert(1)',
      'https://api.actonsoftware.com/api/1/account',
    ]) {
      await expect(session.fetch(url)).rejects.toMatchObject({ code: 'configuration' });
    }
    await expect(session.fetch(emulator.url.replace('://', '://user:pw@'))).rejects.toMatchObject({ code: 'configuration' });
  });

  it('does not carry the token along when the API redirects to another origin', async () => {
    const seen: (string | undefined)[] = [];
    const other = createServer((request, response) => {
      seen.push(request.headers.authorization);
      response.end('{}');
    });
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/stolen`;
    emulator.faults.arm({ route: 'api', kind: 'redirect', location, status: 307 });
    await session.fetch('/api/1/account');
    expect(seen).toEqual([undefined]);
    await new Promise((resolve) => other.close(resolve));
  });

  it('obeys the caller’s signal', async () => {
    const hold = emulator.faults.arm({ route: 'api', kind: 'hold' });
    const abort = new AbortController();
    const response = session.fetch('/api/1/account', { signal: abort.signal });
    await hold.reached();
    abort.abort();
    await expect(response).rejects.toMatchObject({ name: 'AbortError' });
    hold.release();
  });

  it('may be passed around without its session', async () => {
    const { fetch } = session;
    expect((await fetch('/api/1/account')).status).toBe(200);
    expect(session.fetch).toBe(fetch);
  });

  /** Act-On takes five API calls a second; its clock goes on at a word. */
  async function pause(): Promise<void> {
    emulator.clock.advance(1_000);
  }
});
