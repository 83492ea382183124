import { type BrokerSession, createBrokerSession } from '@act-on-token/broker/client';
import type { ActOnTokenError } from '@act-on-token/core';
import { actOnKy } from '@act-on-token/ky';
import { describe, expect, it } from 'vitest';
import { apiUrl } from '../src/client/api-url.ts';
import type { Browser } from './support/browser.ts';
import { openPage } from './support/page.ts';
import { ada, createWorld, type Instead } from './support/world.ts';

const echo: Instead = async (request) => {
  if (!new URL(request.url).pathname.startsWith('/api/1/test/')) return null;
  const { method, url, headers } = request;
  return Response.json({
    method,
    url,
    type: headers.get('content-type'),
    body: await request.text(),
  });
};

async function page(
  options: Parameters<typeof createWorld>[0] = {},
): Promise<{ browser: Browser; session: BrokerSession }> {
  openPage();
  const browser = await createWorld(options, {}, echo).signedIn();
  return { browser, session: createBrokerSession({ url: '/auth', fetch: browser.fetch }) };
}

const errorOf = (work: Promise<unknown>): Promise<ActOnTokenError> =>
  work.then(
    () => Promise.reject(new Error('It should fail.')),
    (error) => error,
  );
const lastRequest = ({ received }: Browser) => received.at(-1)?.url;

describe('session.fetch in proxy mode', () => {
  it('goes through the broker, and gets no token', async () => {
    const { browser, session } = await page();
    const response = await session.fetch('/api/1/account');
    expect(await response.json()).toMatchObject({ login: ada.username });
    expect(lastRequest(browser)).toBe('https://app.example/auth/api/api/1/account');
    expect(await errorOf(session.getAccessToken())).toMatchObject({
      code: 'no_token_in_proxy_mode',
      message: expect.stringContaining('session.fetch()'),
    });
    expect(session.currentAccessToken()).toBeUndefined();
  });

  it.each([
    ['text', { body: 'a=1', headers: { 'content-type': 'text/plain' } }, 'a=1'],
    ['form', { body: new URLSearchParams({ a: 'b c' }) }, 'a=b+c'],
    ['bytes', { body: new TextEncoder().encode('ü') }, 'ü'],
    ['a blob', { body: new Blob(['blob'], { type: 'text/csv' }) }, 'blob'],
  ])('sends %s', async (_, init, body) => {
    const { session } = await page();
    const response = await session.fetch('api/1/test/a?x=1', { method: 'POST', ...init });
    expect(await response.json()).toMatchObject({
      method: 'POST',
      url: 'http://127.0.0.1:8400/api/1/test/a?x=1',
      body,
    });
  });

  it('takes a Request apart, body and all, and what is given next to it counts more', async () => {
    const { session } = await page();
    const request = new Request('https://api.actonsoftware.com/api/1/test/a', {
      method: 'PUT',
      body: '{"a":1}',
      headers: { 'content-type': 'application/json' },
    });
    expect(await (await session.fetch(request)).json()).toMatchObject({
      method: 'PUT',
      type: 'application/json',
      body: '{"a":1}',
    });
    expect(request.bodyUsed).toBe(false);
    expect(await (await session.fetch(request, { body: 'b' })).json()).toMatchObject({
      method: 'PUT',
      body: 'b',
    });
  });

  it('names what changes something, so that it is never carried out twice, and leaves a name that is there', async () => {
    const { browser } = await page();
    const keys: (string | null)[] = [];
    const session = createBrokerSession({
      url: '/auth',
      fetch(input, init) {
        keys.push(new Headers(init?.headers).get('idempotency-key'));
        return browser.fetch(input, init);
      },
    });
    await session.fetch('/api/1/test/a');
    await session.fetch('/api/1/test/a', { method: 'post', body: 'x' });
    await session.fetch('/api/1/test/a', { method: 'DELETE' });
    await session.fetch('/api/1/test/a', {
      method: 'POST',
      headers: { 'idempotency-key': 'my-own-key' },
    });
    // The first request asked who is there.
    keys.shift();
    expect(keys).toEqual([
      null,
      expect.stringMatching(/^[\da-f-]{36}$/),
      expect.stringMatching(/^[\da-f-]{36}$/),
      'my-own-key',
    ]);
    expect(keys[1]).not.toBe(keys[2]);
  });

  it('rejects as a session does when the broker refuses, and hands over what Act-On refuses', async () => {
    const { session } = await page();
    expect((await session.fetch('/api/1/none')).status).toBe(404);
    expect(await errorOf(session.fetch('/token'))).toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('/api/1/'),
    });
    await session.signOut();
    expect(await errorOf(session.fetch('/api/1/account'))).toMatchObject({
      code: 'signed_out',
      needsGrant: true,
    });
  });

  it('fails as fetch does without a network, and signs no one out', async () => {
    const { browser, session } = await page();
    await session.ready();
    browser.offline = true;
    expect(await errorOf(session.fetch('/api/1/account'))).toBeInstanceOf(TypeError);
    expect(session.getSnapshot()).toMatchObject({ usable: true, needsGrant: false });
  });

  it('can be aborted', async () => {
    const { session } = await page();
    const abort = new AbortController();
    const request = session.fetch('/api/1/account', { signal: abort.signal });
    abort.abort(new Error('changed my mind'));
    expect(await errorOf(request)).toMatchObject({
      message: expect.stringMatching(/changed my mind|aborted/),
    });
  });

  it('can be passed around, to ky say', async () => {
    const { session } = await page();
    const { fetch } = session;
    expect((await fetch('/api/1/account')).status).toBe(200);
    const api = actOnKy(session, { prefix: 'api/1' });
    expect(await api.get('account').json()).toMatchObject({ login: ada.username });
    expect(await api.post('test/a', { json: { a: 1 } }).json()).toMatchObject({
      method: 'POST',
      body: '{"a":1}',
    });
  });
});

describe('a URL of the API', () => {
  const base = new URL('https://app.example/auth/api/');
  const gateway = new URL('http://127.0.0.1:8400/act-on/');
  const here = 'https://app.example/auth/api';

  it.each([
    ['/api/1/list', `${here}/api/1/list`],
    ['api/1/list?x=/y', `${here}/api/1/list?x=/y`],
    ['//api/1/list', `${here}/api/1/list`],
    ['api/1/list:1', `${here}/api/1/list:1`],
    ['https://api.actonsoftware.com/api/1/list?x=1', `${here}/api/1/list?x=1`],
    ['https://api-eu.actonsoftware.com/ucl/v2/x', `${here}/ucl/v2/x`],
    ['https://restapi.actonsoftware.com/api/1/list', `${here}/api/1/list`],
    ['http://127.0.0.1:8400/act-on/api/1/list', `${here}/api/1/list`],
    [`${here}/api/1/list`, `${here}/api/1/list`],
    [new URL('https://api.actonsoftware.com/api/1/list'), `${here}/api/1/list`],
  ])('%s is %s', (input, url) => {
    expect(apiUrl(input, base, gateway).href).toBe(url);
  });

  it.each([
    ['https://evil.example/api/1/list'],
    ['https://app.example/other'],
    ['https://api.actonsoftware.com.evil.example/api/1/list'],
    ['http://api.actonsoftware.com/api/1/list'],
    ['https://user:pass@api.actonsoftware.com/api/1/list'],
    ['http://127.0.0.1:8400/elsewhere'],
    ['../session'],
    ['api/../../session'],
    ['%2e%2e/session'],
    ['javascript:alert(1)'],
    ['data:text/plain,x'],
  ])('%s is refused', (input) => {
    expect(() => apiUrl(input, base, gateway)).toThrow(
      expect.objectContaining({ code: 'configuration' }),
    );
  });
});
