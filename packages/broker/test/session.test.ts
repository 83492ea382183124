import { describe, expect, it } from 'vitest';
import type { Browser } from './support/browser.ts';
import { ada, createWorld, revoke, sessionSecret, type World } from './support/world.ts';

const sessionOf = async (browser: Browser) => JSON.parse((await browser.ask('/auth/session')).text);
const sealedIn = (browser: Browser) => [...browser.jar.values()][0]?.value;
const anHour = 3_600_000;
const aDay = 24 * anHour;

/** A browser with the same cookies, at another broker. */
function at(world: World, broker: World['broker'], browser: Browser): Browser {
  const other = world.browser(broker);
  for (const [name, cookie] of browser.jar) other.jar.set(name, cookie);
  return other;
}

describe('GET session', () => {
  it('says that no one is signed in, and where to', async () => {
    const { browser, clock } = createWorld();
    const { now, ...answer } = await sessionOf(browser());
    expect(Math.abs(now - clock.now())).toBeLessThan(60_000);
    expect(answer).toEqual({
      active: false,
      reason: 'signed_out',
      mode: 'proxy',
      login_url: '/auth/login',
      account: null,
      accounts: [],
      snapshot: {
        status: 'idle',
        expiresAt: null,
        reason: null,
        usable: false,
        needsGrant: true,
        signingIn: false,
        saved: true,
        error: null,
        grants: { used: 0, limit: 5, nextAt: null },
      },
      api_base: 'http://127.0.0.1:8400/',
    });
  });

  it('shows what another server did', async () => {
    const world = createWorld();
    const browser = await world.signedIn();
    await browser.ask('/auth/api/api/1/account');
    const before = (await sessionOf(browser)).snapshot.expiresAt;
    world.pass(anHour + 60_000);
    expect(await sessionOf(browser)).toMatchObject({
      active: true,
      snapshot: { status: 'expired', reason: 'lapsed', usable: false },
    });
    await at(world, world.another(), browser).ask('/auth/api/api/1/account');
    const { snapshot } = await sessionOf(browser);
    expect(snapshot).toMatchObject({ status: 'authorized', usable: true });
    expect(snapshot.expiresAt).toBeGreaterThan(before);
  });

  it('tells of a dead refresh token: first that a person is needed, and when the access token has lapsed, that it is over', async () => {
    const world = createWorld();
    const browser = await world.signedIn();
    revoke(world);
    world.pass(anHour - 120_000);
    await browser.ask('/auth/api/api/1/account'); // refreshes ahead, in vain
    const dead = async () => (await sessionOf(browser)).snapshot.needsGrant;
    await expect.poll(dead).toBe(true);
    expect(await sessionOf(browser)).toMatchObject({
      active: true,
      snapshot: { usable: true, error: { code: 'session_expired' } },
    });
    world.pass(180_000);
    expect(await sessionOf(browser)).toMatchObject({
      active: false,
      reason: 'session_expired',
      account: { name: ada.username },
    });
    const refused = await browser.ask('/auth/api/api/1/account');
    const { account } = await sessionOf(browser);
    expect(refused.status).toBe(401);
    expect(JSON.parse(refused.text)).toMatchObject({
      error: 'login_required',
      code: 'session_expired',
      login_url: `/auth/login?account=${account.id}`,
    });
  });

  it('says when to come back while the store is down', async () => {
    const world = createWorld();
    const browser = await world.signedIn();
    await world.store.close();
    const answer = await browser.ask('/auth/session');
    expect(answer).toMatchObject({ status: 503 });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(JSON.parse(answer.text)).toMatchObject({
      error: 'temporarily_unavailable',
      code: 'store_unavailable',
    });
    expect(browser.jar.size).toBe(1);
  });
});

describe('while the store is down', () => {
  it('a token that lives still serves who was seen before', async () => {
    const world = createWorld();
    const browser = await world.signedIn();
    await browser.ask('/auth/api/api/1/account');
    await world.store.close();
    expect((await browser.ask('/auth/api/api/1/account')).status).toBe(200);
    world.pass(11 * 60_000);
    expect((await browser.ask('/auth/api/api/1/account')).status).toBe(503);
  });

  it('no one is signed in or out by half', async () => {
    const world = createWorld();
    const browser = await world.signedIn();
    await world.store.close();
    expect((await browser.ask('/auth/logout', { method: 'POST' })).status).toBe(503);
    expect(browser.jar.size).toBe(1);
    const page = await world.browser().open('/auth/login');
    expect(page).toMatchObject({
      status: 503,
      text: expect.stringContaining('Please try again in a minute'),
    });
    expect(world.emulator.ledger.counters().grants.authorization_code.sent).toBe(1);
  });
});

describe('the session cookie', () => {
  it('lives as long as it is used, for thirty days each time, if the app allows that', async () => {
    const world = createWorld({ maxSessionAge: 400 * aDay });
    const browser = await world.signedIn();
    const first = sealedIn(browser);
    await sessionOf(browser);
    expect(sealedIn(browser)).toBe(first);
    for (let day = 0; day < 40; day += 20) {
      world.pass(20 * aDay);
      await sessionOf(browser);
    }
    expect(sealedIn(browser)).not.toBe(first);
    expect((await sessionOf(browser)).accounts).toHaveLength(1);
    world.pass(30 * aDay);
    expect((await sessionOf(browser)).accounts).toEqual([]);
  });

  it('ends thirty days after the sign-in, however much it is used, and so does a copy of it', async () => {
    const world = createWorld();
    const browser = await world.signedIn();
    const copy = at(world, world.broker, browser);
    for (let day = 1; day < 30; day += 1) {
      world.pass(aDay + 1);
      expect(await sessionOf(browser)).toMatchObject({ active: true });
      const [{ attributes } = { attributes: '' }] = browser.jar.values();
      // No browser keeps it longer than it is worth something.
      expect(Number(/Max-Age=(\d+)/.exec(attributes)?.[1])).toBeLessThanOrEqual(
        (30 - day + 1) * 86_400,
      );
    }
    world.pass(aDay);
    expect(await sessionOf(browser)).toMatchObject({ active: false, accounts: [] });
    expect((await browser.ask('/auth/api/api/1/account')).status).toBe(401);
    expect(await sessionOf(copy)).toMatchObject({ active: false, accounts: [] });
  });

  it.each([
    ['its owner', (owner: Browser) => [owner] as const],
    ['who copied it', (_: Browser, copy: Browser) => [copy] as const],
  ])(
    'is another one after a day, and the old one ends a minute after %s came with the new one',
    async (_, pick) => {
      const world = createWorld();
      const browser = await world.signedIn();
      const copy = at(world, world.another(), browser);
      const [first] = pick(browser, copy);
      const last = first === browser ? copy : browser;
      world.pass(aDay + 1);
      await first.ask('/auth/api/api/1/account');
      await first.ask('/auth/api/api/1/account');
      world.pass(61_000);
      expect(await sessionOf(last)).toMatchObject({ active: false });
      expect((await last.ask('/auth/api/api/1/account')).status).toBe(401);
      expect(await sessionOf(first)).toMatchObject({ active: true });
      // The next sign-in of the browser ends whatever others have of it.
      await world.signIn(browser);
      world.pass(61_000);
      await world.signIn(browser);
      expect(await sessionOf(browser)).toMatchObject({ active: true });
    },
  );

  it('is not lost with an answer that did not arrive, nor between requests that go out together', async () => {
    const world = createWorld();
    const browser = await world.signedIn();
    for (let day = 0; day < 3; day += 1) {
      world.pass(aDay + 1);
      const lost = at(world, world.broker, browser);
      await lost.ask('/auth/session');
    }
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => browser.ask('/auth/api/api/1/account')),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(200));
    const [name = ''] = browser.jar.keys();
    const sealed = answers
      .flatMap(({ headers }) => headers.getSetCookie())
      .map((line) => line.slice(name.length + 1).split(';')[0] ?? '');
    expect(sealed.length).toBeGreaterThan(0);
    for (const value of sealed) {
      const each = world.browser();
      each.jar.set(name, { value, sameSite: 'Strict', attributes: '' });
      expect(await sessionOf(each)).toMatchObject({ active: true });
    }
  });

  it('keeps the order of the accounts when it is made again', async () => {
    const world = createWorld();
    const browser = await world.signedIn({ username: 'bob@example.test' });
    world.pass(1_000);
    await world.signIn(browser);
    const names = async () =>
      (await sessionOf(browser)).accounts.map(({ name }: { name: string }) => name);
    const [, second] = (await sessionOf(browser)).accounts;
    const before = await names();
    world.pass(2 * aDay);
    await browser.ask('/auth/session', { headers: { 'x-act-on-account': second.id } });
    expect(await names()).toEqual(before);
  });

  it('is opened with an older key and sealed with the newest; with a key that was removed it is worth nothing', async () => {
    const world = createWorld();
    const browser = await world.signedIn();
    const [older, newer] = [sessionSecret, 'YSBuZXdlciBzZWNyZXQgZm9yIHRlc3RzIG9ubHksIDIwMjY'];
    const rotating = at(world, world.another({ sessionSecret: [newer, older] }), browser);
    const before = sealedIn(rotating);
    expect(await sessionOf(rotating)).toMatchObject({ active: true });
    expect(sealedIn(rotating)).not.toBe(before);
    const rotated = world.another({ sessionSecret: newer });
    expect(await sessionOf(at(world, rotated, rotating))).toMatchObject({ active: true });
    expect(await sessionOf(at(world, rotated, browser))).toMatchObject({
      active: false,
      accounts: [],
    });
  });

  it('does not open at another broker that shares the secret', async () => {
    const world = createWorld();
    const browser = await world.signedIn();
    const other = world.another({ redirectUri: 'https://app.example/other/callback' });
    const stranger = at(world, other, browser);
    expect(JSON.parse((await stranger.ask('/other/session')).text)).toMatchObject({
      active: false,
      accounts: [],
    });
  });

  it('is worth nothing after the sign-out, neither here nor at another server, not even after the next sign-in', async () => {
    const world = createWorld();
    const browser = await world.signedIn();
    const copies = [world.broker, world.another()].map((broker) => at(world, broker, browser));
    await browser.ask('/auth/logout', { method: 'POST' });
    for (const again of [false, true]) {
      if (again) await world.signIn(browser);
      for (const copy of copies) {
        expect((await copy.ask('/auth/api/api/1/account')).status).toBe(401);
        expect(await sessionOf(copy)).toMatchObject({ active: false });
      }
    }
    expect(await sessionOf(browser)).toMatchObject({ active: true });
  });

  it('of a copy cannot sign out the browser that it was copied from', async () => {
    const world = createWorld();
    const browser = await world.signedIn();
    const copy = at(world, world.broker, browser);
    world.pass(61_000);
    await world.signIn(browser);
    expect((await copy.ask('/auth/logout', { method: 'POST' })).status).toBe(204);
    expect(await sessionOf(browser)).toMatchObject({ active: true });
  });
});
