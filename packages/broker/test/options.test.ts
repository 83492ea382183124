import { inspect } from 'node:util';
import { type BrokerEvent, type BrokerOptions, createBroker } from '@act-on-token/broker';
import { isActOnTokenError } from '@act-on-token/core';
import { describe, expect, it } from 'vitest';
import { createWorld, redirectUri, sessionSecret } from './support/world.ts';

const { endpoint, store } = createWorld();
const good: BrokerOptions = { endpoint, store, redirectUri, sessionSecret };

const wrong: readonly (readonly [string, object, RegExp])[] = [
  ['no endpoint', { endpoint: undefined }, /"endpoint"/],
  ['no store', { store: {} }, /"store"/],
  ['no redirect URI', { redirectUri: undefined }, /"redirectUri"/],
  ['a relative redirect URI', { redirectUri: '/auth/callback' }, /"redirectUri"/],
  [
    'a redirect URI in the clear',
    { redirectUri: 'http://app.example/auth/callback' },
    /"redirectUri" must be https/,
  ],
  ['a redirect URI with a query', { redirectUri: `${redirectUri}?a=1` }, /"redirectUri"/],
  ['no secret', { sessionSecret: undefined }, /"sessionSecret"/],
  ['an empty list of secrets', { sessionSecret: [] }, /"sessionSecret"/],
  ['a short secret', { sessionSecret: 'short' }, /"sessionSecret".*openssl/],
  [
    'a short secret among the older ones',
    { sessionSecret: [sessionSecret, 'short'] },
    /"sessionSecret"/,
  ],
  ['a secret that is a placeholder', { sessionSecret: 'x'.repeat(64) }, /"sessionSecret"/],
  ['an unknown mode', { mode: 'both' }, /"mode"/],
  ['a base path that is none', { basePath: 'auth/' }, /"basePath"/],
  ['a base path that climbs', { basePath: '/a/..' }, /"basePath"/],
  ['an allowed path without its slashes', { allowedPaths: ['/api/1'] }, /"allowedPaths"/],
  ['an allowed path that climbs', { allowedPaths: ['/api/../'] }, /"allowedPaths"/],
  ['an allowed path that is everything', { allowedPaths: ['/'] }, /"allowedPaths"/],
  ['a negative size', { maxBodySize: -1 }, /"maxBodySize"/],
  ['a timeout that is no number', { apiTimeout: Number.NaN }, /"apiTimeout"/],
  ['a lifetime of a second', { sessionLifetime: 1_000 }, /"sessionLifetime"/],
  ['a cookie name with a blank', { cookieName: 'my app' }, /"cookieName"/],
  ['a user that is no function', { user: 'ada' }, /"user"/],
  ['an account that is no function', { account: 'ada' }, /"account"/],
  ['an expected account that is neither', { expectAccount: 7 }, /"expectAccount"/],
];

describe('createBroker', () => {
  it.each(wrong)('refuses %s', (_, options, message) => {
    const attempt = () => createBroker({ ...good, ...options } as BrokerOptions);
    expect(attempt).toThrow(message);
    try {
      attempt();
    } catch (error) {
      expect(isActOnTokenError(error, 'configuration')).toBe(true);
      expect(String(error)).not.toContain(sessionSecret);
    }
  });

  it('takes http on this machine', () => {
    for (const host of ['localhost:5173', '127.0.0.1:3000', '[::1]:3000'])
      createBroker({ ...good, redirectUri: `http://${host}/auth/callback` });
  });

  it.each([
    ['https://app.example/auth/callback', undefined, '/auth'],
    ['https://app.example/callback', undefined, ''],
    ['https://app.example/a/b/c', undefined, '/a/b'],
    ['https://app.example/oauth/return', '/act-on', '/act-on'],
  ])('with %s and base path %s is mounted at "%s"', async (uri, basePath, base) => {
    const broker = createBroker({
      ...good,
      redirectUri: uri,
      ...(basePath === undefined ? {} : { basePath }),
    });
    const get = (path: string) =>
      broker(new Request(`https://app.example${path}`, { headers: { 'x-act-on-broker': '1' } }));
    expect((await get(`${base}/session`)).status).toBe(200);
    expect((await get(new URL(uri).pathname)).status).toBe(400);
    expect((await get('/elsewhere')).status).toBe(404);
  });

  it('lets no listener harm a request', async () => {
    const broker = createBroker({
      ...good,
      onEvent() {
        throw new Error('the log is full');
      },
    });
    const answer = await broker(new Request('https://app.example/auth/session'));
    expect(answer.status).toBe(403);
  });

  const noUsers: readonly unknown[] = [
    '',
    true,
    false,
    0,
    7,
    {},
    { id: 'ada' },
    [],
    ['ada'],
    () => 'ada',
    Symbol('ada'),
    7n,
  ];
  it.each(noUsers.map((value) => ({ value, shown: inspect(value) })))(
    'serves no one whom "user" names by $shown',
    async ({ value }) => {
      const events: BrokerEvent[] = [];
      for (const answer of [value, Promise.resolve(value)]) {
        const broker = createBroker({
          ...good,
          user: () => answer as never,
          onEvent: (event) => events.push(event),
        });
        const request = new Request('https://app.example/auth/session', {
          headers: { 'x-act-on-broker': '1', origin: 'https://app.example' },
        });
        expect((await broker(request)).status).toBe(500);
      }
      const error = expect.objectContaining({
        code: 'configuration',
        message: expect.stringMatching(/^"user" must give a non-empty string/),
      });
      expect(events).toEqual([
        expect.objectContaining({ error }),
        expect.objectContaining({ error }),
      ]);
    },
  );

  it.each(['ada', null, undefined])('takes %s from "user"', async (value) => {
    const broker = createBroker({ ...good, user: () => value as never });
    const request = new Request('https://app.example/auth/session', {
      headers: { 'x-act-on-broker': '1', origin: 'https://app.example' },
    });
    expect((await broker(request)).status).toBe(200);
  });

  it('can be closed, and closes no store', async () => {
    const world = createWorld();
    const browser = await world.signedIn();
    await browser.ask('/auth/api/api/1/account');
    await world.broker.close();
    await expect(world.store.read('anything')).resolves.toBeDefined();
  });
});
