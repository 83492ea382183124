import { type BrokerSessionOptions, createBrokerSession } from '@act-on-token/broker/client';
import { memoryStore } from '@act-on-token/memory';
import { describe, expect } from 'vitest';
import type { Browser, Received } from '../../packages/broker/test/support/browser.ts';
import { openPage } from '../../packages/broker/test/support/page.ts';
import { ada, bob, createWorld, type World } from '../../packages/broker/test/support/world.ts';
import { attacker } from './attack.ts';
import {
  account,
  codesSent,
  copyOf,
  isIntact,
  navigate,
  openApp,
  refuse,
  sessionOf,
  type Try,
} from './support/app.ts';

// Bob uses the same app, signed in to his own Act-On account: from his own browser, or next at
// Ada's machine. He also has the scripts of the page at his command, and wants more of the API than
// the app lets pages have.

const { honest, attack } = attacker('another app user');
const aDay = 86_400_000;

const paths: readonly (readonly [string, number])[] = [
  ...(
    [
      'token',
      'authorize',
      'api/2/list',
      'api/1',
      'api/1/',
      'api/10/list',
      'API/1/list',
      '%61pi/1/list',
    ] as const
  ).map((path) => [path, 403] as const),
  ...[
    'api/1/../../token',
    'api/1/%2e%2e/%2e%2e/token',
    'api/1/.%2e/%2E./token',
    'api/1/..\\..\\token',
  ].map((path) => [path, 403] as const),
  ...[
    'api/1/%252e%252e/token',
    'api/1/..%2f..%2ftoken',
    'api/1/..%5c..%5ctoken',
    'api/1/..;/..;/token',
    'api/1/list;a=b',
  ].map((path) => [path, 400] as const),
  ...[
    'api/1//list',
    '/api/1/list',
    '//evil.example/api/1/list',
    'api/1/list%00',
    'api/1/list%0d%0aX:%20y',
    'api/1/%c0%ae%c0%ae/token',
  ].map((path) => [path, 400] as const),
  ...[
    'api/1/%ff',
    'api/1/%',
    'api/1/%zz',
    'api/1/list%3Fx',
    'api/1/list%23x',
    'api/1/...',
    'http://evil.example/api/1/list',
  ].map((path) => [path, 400] as const),
  ...[
    'https:%2f%2fevil.example/api/1/list',
    'api/1/%20../token',
    'api/1/..%20/token',
    'api/1/%E2%80%A5/token',
    'api/1/%EF%BC%8E%EF%BC%8E/token',
  ].map((path) => [path, 400] as const),
  ...[
    'api/1/x%EF%BC%8Ftoken',
    'api/1/%E2%84%80',
    'api/1/.%E2%80%8B./token',
    'api/1/.%C2%AD./token',
    'api/1/..%C2%A0/token',
    'api/1/x%EF%BC%BC..',
  ].map((path) => [path, 400] as const),
  ...[
    'api/1/%E3%80%82%E3%80%82/token',
    'api/1/x%E2%88%95token',
    'api/1/x%EF%BC%85252e',
    'api/1/x%CD%BEy',
    'api/1/%EF%BB%BF..',
  ].map((path) => [path, 400] as const),
  ['api/1/@evil.example/..%40', 404],
  ['../../elsewhere', 404],
  ['token?/api/1/list', 403],
  ['api/2/list?x=/api/1/list', 403],
  ['token#/api/1/list', 403],
  ['../token', 404],
];

const send = {
  method: 'POST',
  body: 'to=x%40example.test',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
};
const message = '/auth/api/api/1/message/m-1/send';
const keyed = (key: string, body = send.body): RequestInit => ({
  ...send,
  body,
  headers: { ...send.headers, 'idempotency-key': key },
});
const idOf = async (browser: Browser): Promise<string> => (await sessionOf(browser)).account.id;

/** A page of this browser, in token mode or as the app has it. */
function page(world: World, browser: Browser, options: Partial<BrokerSessionOptions> = {}) {
  openPage();
  const fetch: Browser['fetch'] = (input, init) =>
    new URL(input instanceof Request ? input.url : input).origin === 'https://app.example'
      ? browser.fetch(input, init)
      : world.emulator.fetch(input, init);
  return createBrokerSession({ url: '/auth', fetch, clock: world.clock, ...options });
}
const whoami = async (session: ReturnType<typeof page>): Promise<string> =>
  (await (await session.fetch('/api/1/account')).json()).login;

describe('another app user', () => {
  honest('both are signed in, each in a browser of their own', async () => {
    const app = await openApp();
    const bobs = await app.signedIn(bob);
    await isIntact(app.victim);
    expect(await sessionOf(bobs)).toMatchObject({ active: true, account: { name: bob.username } });
  });
  honest('one browser has both accounts, and picks one', async () => {
    const app = await openApp();
    const adas = await idOf(app.victim);
    await app.signIn(app.victim, bob);
    const answer = await app.victim.ask(account, { headers: { 'x-act-on-account': adas } });
    expect(JSON.parse(answer.text).login).toBe(ada.username);
  });
  honest('the paths that the app allows work', async () => {
    const { victim } = await openApp();
    for (const path of ['api/1/list', 'api/1/account', 'api/1/list/l-0001'])
      expect((await victim.ask(`/auth/api/${path}`)).status).toBe(200);
  });

  for (const [path, status] of paths) {
    const each: Try = {
      what: path,
      status,
      go: ({ victim }) => victim.ask(`/auth/api/${path}`),
      also: (answer) => expect((answer as Received).text).not.toMatch(/access_token|refresh_token/),
    };
    attack(`calls Act-On at ${path}`, () => refuse(each));
  }

  attack("names Ada's account in his own browser", async () => {
    const app = await openApp();
    const bobs = await app.signedIn(bob);
    for (const id of [await idOf(app.victim), 'none', '', '__proto__', '*']) {
      const answer = await bobs.ask(account, { headers: { 'x-act-on-account': id } });
      expect(answer.status).toBe(409);
      expect(answer.text).not.toContain(ada.username);
    }
  });
  attack('signs Ada out by naming her account', async () => {
    const app = await openApp();
    const bobs = await app.signedIn(bob);
    await bobs.ask('/auth/logout', {
      method: 'POST',
      headers: { 'x-act-on-account': await idOf(app.victim) },
    });
    await isIntact(app.victim);
    expect(await sessionOf(bobs)).toMatchObject({ active: true });
  });
  attack("puts his session under the name of Ada's account", async () => {
    const app = await openApp();
    const bobs = await app.signedIn(bob);
    const [[name = ''] = []] = [...app.victim.jar];
    const [cookie] = bobs.jar.values();
    const other = app.browser();
    if (cookie !== undefined) other.jar.set(name, cookie);
    expect((await other.ask(account)).status).toBe(401);
  });
  for (const mode of ['copied', 'left behind'] as const)
    attack(`uses Ada's cookie, ${mode}, as the app's user that he is`, async () => {
      let user: string | null = 'ada';
      const app = await openApp({ user: () => user });
      const browser = mode === 'copied' ? copyOf(app, app.victim) : app.victim;
      for (const other of ['bob', null, 'ADA', 'ada ', ' ada']) {
        user = other;
        expect(await sessionOf(browser)).toMatchObject({ active: false, accounts: [] });
        expect((await browser.ask(account)).status).toBe(401);
      }
      user = 'ada';
      await isIntact(app.victim);
    });
  attack('finishes the sign-in that Ada began at this machine', async () => {
    let user = 'ada';
    const world = createWorld({ user: () => user });
    const browser = world.browser();
    const start = await browser.send('/auth/login', { headers: navigate });
    user = 'bob';
    expect((await browser.open(start.headers.get('location') ?? '', 'cross-site')).status).toBe(
      400,
    );
    expect(codesSent(world)).toBe(0);
  });
  attack('signs Ada out of Act-On while she is signed in to the app', async () => {
    let user: string | null = 'ada';
    const app = await openApp({ user: () => user });
    user = 'bob';
    await app.victim.ask('/auth/logout', { method: 'POST' });
    user = 'ada';
    await isIntact(app.victim);
  });

  for (const mode of ['proxy', 'token'] as const) {
    const open = (user?: () => string) => openApp({ mode, ...(user && { user }) });
    attack(`has Ada's page act as him, after he signed in at her machine (${mode})`, async () => {
      const app = await open();
      const session = page(app, app.victim, { mode });
      await session.ready();
      await app.signIn(app.victim, bob);
      expect(await whoami(session)).toBe(ada.username);
    });
    attack(`has her page act as him when her account is gone (${mode})`, async () => {
      const app = await open();
      const session = page(app, app.victim, { mode });
      await session.ready();
      const adas = await idOf(app.victim);
      await app.signIn(app.victim, bob);
      await app.victim.ask('/auth/logout', {
        method: 'POST',
        headers: { 'x-act-on-account': adas },
      });
      app.pass(7_200_000);
      await expect(session.fetch('/api/1/account')).rejects.toMatchObject({ code: 'signed_out' });
      expect(session.account?.name).toBe(bob.username);
    });
    attack(`has a page that shows nobody act as him (${mode})`, async () => {
      const app = await open();
      const session = page(app, app.victim, { mode });
      await session.signOut();
      await app.signIn(app.victim, bob);
      await expect(session.fetch('/api/1/account')).rejects.toMatchObject({ code: 'signed_out' });
    });
    attack(`acts as Ada in a page of his after he came to her machine (${mode})`, async () => {
      let user = 'ada';
      const app = await open(() => user);
      const session = page(app, app.victim, { mode });
      await whoami(session);
      user = 'bob';
      const his = page(app, app.victim, { mode });
      await expect(his.fetch('/api/1/account')).rejects.toMatchObject({ code: 'signed_out' });
      expect(his.accounts).toEqual([]);
    });
    attack(`signs out with her page who came after her (${mode})`, async () => {
      const app = await open();
      const session = page(app, app.victim, { mode });
      await session.ready();
      await app.signIn(app.victim, bob);
      await session.signOut();
      expect(await sessionOf(app.victim)).toMatchObject({ accounts: [{ name: bob.username }] });
    });
  }
  for (const [what, next] of [
    ['his account', bob],
    ['the same account', ada],
  ] as const)
    attack(`gets the token that Ada's page kept, signed in to ${what}`, async () => {
      let user = 'ada';
      const app = await openApp({ mode: 'token', user: () => user });
      const store = memoryStore({ now: app.clock.now });
      const hers = page(app, app.victim, { mode: 'token', store });
      const token = await hers.getAccessToken();
      user = 'bob';
      const before = page(app, app.victim, { mode: 'token', store });
      await expect(before.getAccessToken()).rejects.toMatchObject({ code: 'signed_out' });
      expect(before.currentAccessToken()).toBeUndefined();
      await app.signIn(app.victim, next);
      const asked = app.victim.received.length;
      const his = page(app, app.victim, { mode: 'token', store });
      await his.getAccessToken();
      expect(app.victim.received.slice(asked).some(({ url }) => url.endsWith('/auth/token'))).toBe(
        true,
      );
      const key = JSON.stringify(['act-on-broker', 'https://app.example/auth/', null]);
      if (next === bob) expect((await store.read(key)).record?.value).not.toContain(token);
    });
  for (const [what, value] of [
    ['without an owner', { token: 'planted', expiresAt: 9e15 }],
    ['of another sign-in', { accountId: 'x', signIn: 'y', token: 'planted', expiresAt: 9e15 }],
  ] as const)
    attack(`leaves a token ${what} where Ada's page keeps hers`, async () => {
      const app = await openApp({ mode: 'token' });
      const store = memoryStore({ now: app.clock.now });
      await store.swap(JSON.stringify(['act-on-broker', 'https://app.example/auth/', null]), null, {
        version: 'v',
        value: JSON.stringify(value),
      });
      expect(await page(app, app.victim, { mode: 'token', store }).getAccessToken()).not.toBe(
        'planted',
      );
    });
  for (const when of ['while tokens live', 'while they are refreshed'])
    attack(`gets what was meant for Ada from requests at the same moment, ${when}`, async () => {
      const app = await openApp({ mode: 'token' });
      await app.signIn(app.victim, bob);
      if (when !== 'while tokens live') app.pass(7_200_000);
      const { accounts } = await sessionOf(app.victim);
      const ask = (id: string) =>
        app.victim.ask('/auth/token', {
          method: 'POST',
          body: '{}',
          headers: { 'x-act-on-account': id },
        });
      const answers = await Promise.all(
        Array.from({ length: 10 }, (_, i) => ask(accounts[i % 2].id)),
      );
      for (const [i, { text }] of answers.entries()) {
        const [, payload = ''] = JSON.parse(text).access_token.split('.');
        expect(JSON.parse(Buffer.from(payload, 'base64url').toString()).sub).toBe(
          accounts[i % 2].name,
        );
      }
    });

  attack("gets Ada's answer by her idempotency key", async () => {
    const app = await openApp();
    const bobs = await app.signedIn(bob);
    const before = app.emulator.ledger.counters().sends;
    await app.victim.ask(message, keyed('key-number-1'));
    await bobs.ask(message, keyed('key-number-1'));
    expect(app.emulator.ledger.counters().sends).toBe(before + 2);
  });
  attack('gets an answer for another body, path or content type under one key', async () => {
    const { victim } = await openApp();
    await victim.ask(message, keyed('key-number-1'));
    expect((await victim.ask(message, keyed('key-number-1', 'to=y%40example.test'))).status).toBe(
      422,
    );
    expect((await victim.ask(message, keyed('key-number-1', ''))).status).toBe(422);
    expect((await victim.ask(`${message}?x=1`, keyed('key-number-1'))).status).toBe(422);
    const json = {
      ...keyed('key-number-1'),
      headers: { 'content-type': 'application/json', 'idempotency-key': 'key-number-1' },
    };
    expect((await victim.ask(message, json)).status).toBe(422);
  });
  attack("pushes Ada's answer out with 300 keys of his own", async () => {
    const app = await openApp();
    const bobs = await app.signedIn(bob);
    await app.victim.ask(message, keyed('key-number-1'));
    const before = app.emulator.ledger.counters().sends;
    for (let i = 0; i < 300; i += 1)
      await bobs.ask('/auth/api/api/1/none', keyed(`key-number-${i}`));
    await app.victim.ask(message, keyed('key-number-1'));
    expect(app.emulator.ledger.counters().sends).toBe(before);
  });
  for (const key of ['short', 'x'.repeat(300), 'with space in it', 'ünïcödé-key']) {
    attack(`sends the idempotency key ${key.slice(0, 20)}`, async () => {
      const { victim, broker } = await openApp();
      const headers = new Headers({ 'x-act-on-broker': '1', origin: 'https://app.example' });
      const get = (name: string): string | null =>
        name === 'idempotency-key'
          ? key
          : name === 'cookie'
            ? [...victim.jar].map(([each, { value }]) => `${each}=${value}`).join('; ')
            : Headers.prototype.get.call(headers, name);
      Object.defineProperty(headers, 'get', { value: get });
      const request = Object.defineProperty(
        new Request(`https://app.example${message}`, { method: 'POST', body: 'x' }),
        'headers',
        {
          value: headers,
        },
      );
      expect((await broker(request)).status).toBe(400);
    });
  }

  for (const [what, pass] of [
    ['after she signed out', null],
    ['after thirty days, though it was used each day', 30],
  ] as const)
    attack(`uses a copy of Ada's cookie ${what}`, async () => {
      const app = await openApp();
      const copy = copyOf(app, app.victim);
      if (pass === null) await app.victim.ask('/auth/logout', { method: 'POST' });
      for (let day = 0; day < (pass ?? 0); day += 1) {
        app.pass(aDay + 1);
        await copy.ask('/auth/session');
      }
      for (const browser of [copy, copyOf(app, copy, app.another())]) {
        expect(await sessionOf(browser)).toMatchObject({ active: false, accounts: [] });
        expect((await browser.ask(account)).status).toBe(401);
      }
    });
  attack(
    'keeps a copy of a cookie for 400 days, where sessions are never to end by disuse',
    async () => {
      const app = await openApp({ sessionLifetime: 1_000 * aDay });
      const copy = copyOf(app, app.victim);
      app.pass(400 * aDay);
      expect(await sessionOf(copy)).toMatchObject({ active: false });
    },
  );
  attack('uses a copy that is older than the day on which its owner came back', async () => {
    const app = await openApp();
    const copy = copyOf(app, app.victim);
    app.pass(aDay + 1);
    await app.victim.ask('/auth/session');
    await app.victim.ask('/auth/session');
    app.pass(61_000);
    expect(await sessionOf(copy)).toMatchObject({ active: false });
    expect(await sessionOf(app.victim)).toMatchObject({ active: true });
  });
  attack('uses a cookie that is signed out, after the store was put back', async () => {
    const app = await openApp();
    const copy = copyOf(app, app.victim);
    const key = JSON.stringify([
      'act-on-broker',
      app.endpoint.issuer,
      app.endpoint.clientId,
      'browsers',
      `1001/${ada.username}`,
    ]);
    const backup = (await app.store.read(key)).record;
    await app.victim.ask('/auth/logout', { method: 'POST' });
    await app.store.swap(key, (await app.store.read(key)).record?.version ?? null, {
      version: 'restored',
      value: backup?.value ?? '',
    });
    expect(await sessionOf(copy)).toMatchObject({ active: false });
    expect(app.events.map(({ type }) => type)).toContain('store_went_back');
  });
  attack('signs Ada out with a copy of her cookie that is worth nothing any more', async () => {
    const app = await openApp();
    const copy = copyOf(app, app.victim);
    app.pass(61_000);
    await app.signIn(app.victim);
    await copy.ask('/auth/logout', { method: 'POST' });
    await isIntact(app.victim);
  });
  attack('gets an account that the app does not expect', async () => {
    const world = createWorld({
      expectAccount: (who: { login: string }) => who.login === ada.username,
    });
    world.emulator.configure({ autoConsent: bob.username });
    const browser = world.browser();
    expect((await browser.open('/auth/login')).status).toBe(403);
    expect(await sessionOf(browser)).toMatchObject({ active: false });
  });
  attack('takes a session with a user that fails to be told', async () => {
    let fails = false;
    const app = await openApp({
      user: () => {
        if (fails) throw new Error('the database is down');
        return 'ada';
      },
    });
    fails = true;
    expect((await app.victim.ask('/auth/session')).status).toBe(500);
    expect((await app.victim.ask(account)).status).toBe(500);
  });
});
