import { createSession } from '@act-on-token/core';
import { describe, expect, it } from 'vitest';
import { manualClock } from '../../core/test/support/manual-clock.ts';
import { appOrigin, type Browser, linkOn } from './support/browser.ts';
import { ada, bob, createWorld, type World } from './support/world.ts';

const sessionOf = async (browser: Browser) => JSON.parse((await browser.ask('/auth/session')).text);
const grantsSent = ({ emulator }: World) =>
  emulator.ledger.counters().grants.authorization_code.sent;

describe('signing in', () => {
  it('leads through Act-On back to where it began, with a cookie that says nothing', async () => {
    const world = createWorld();
    const browser = world.browser();
    const page = await browser.open('/auth/login?returnTo=/lists%3Fpage%3D2%23top');
    expect(page).toMatchObject({ url: `${appOrigin}/lists?page=2#top`, status: 200 });
    expect([...browser.jar]).toEqual([
      [
        expect.stringMatching(/^__Host-Http-act-on\.[\w-]{16}$/),
        { value: expect.any(String), sameSite: 'Strict', attributes: sessionAttributes },
      ],
    ]);
    expect(await sessionOf(browser)).toMatchObject({
      active: true,
      reason: null,
      mode: 'proxy',
      account: { name: ada.username },
      snapshot: {
        status: 'authorized',
        usable: true,
        needsGrant: false,
        grants: { used: 1, limit: 5 },
      },
    });
    expect(world.events).toEqual([{ type: 'signed_in', account: `1001/${ada.username}` }]);
  });
  // What is left of the 30 days, in whole seconds.
  const sessionAttributes = expect.stringMatching(
    /^Path=\/; Max-Age=(2592000|2591999); HttpOnly; Secure; SameSite=Strict$/,
  );

  it.each([
    ['none', 'cross-site', 'by itself'],
    ['same-origin', 'cross-site', 'by itself'],
    ['same-origin', 'none', 'by itself'],
    ['none', 'same-site', 'by itself'],
    // A link of another host chose where to return to.
    ['same-site', 'cross-site', 'by a redirect'],
    // No site in between, or a browser that does not say: the cookie comes along.
    ['same-origin', 'same-origin', 'by a redirect'],
    ['same-origin', null, 'by a redirect'],
  ])('that began from %s and comes back from %s goes on %s', async (began, back, how) => {
    const world = createWorld();
    const browser = world.browser();
    const navigates = (site: string | null, more: Record<string, string> = {}): RequestInit => ({
      headers: { 'sec-fetch-mode': 'navigate', ...(site && { 'sec-fetch-site': site }), ...more },
    });
    const returnTo = `/lists?a="<b>';url=//evil.example,#c"d`;
    const login = `/auth/login?${new URLSearchParams({ returnTo })}`;
    const { headers } = await browser.send(login, navigates(began));
    const to = headers.get('location') ?? '';
    const answer = await world.emulator.fetch(to, { redirect: 'manual' });
    const cookie = [...browser.jar].map(([name, { value }]) => `${name}=${value}`).join('; ');
    const page = await world.broker(
      new Request(answer.headers.get('location') ?? '', navigates(back, { cookie })),
    );
    const place = new URL(returnTo, appOrigin).href;
    const isItself = how === 'by itself';
    expect({
      status: page.status,
      refresh: page.headers.get('refresh'),
      location: page.headers.get('location'),
      policy: page.headers.get('content-security-policy')?.includes("default-src 'none'"),
    }).toEqual({
      status: isItself ? 200 : 303,
      refresh: isItself ? `0;url=${place}` : null,
      location: isItself ? null : place,
      policy: true,
    });
    const text = await page.text();
    expect(text).not.toMatch(/<b>|code=|state=|<script/);
    if (isItself) expect(text).toContain('href="https://app.example/lists?a=%22%3Cb%3E');
  });

  it('keeps what it must know in a cookie for ten minutes, sealed, that comes along from another site', async () => {
    const world = createWorld();
    const browser = world.browser();
    const answer = await browser.send('/auth/login?returnTo=/lists', {
      headers: { 'sec-fetch-mode': 'navigate' },
    });
    expect(answer.status).toBe(302);
    const [cookie] = answer.headers.getSetCookie();
    expect(cookie).toMatch(
      /^__Host-Http-act-on-signin\.[\w-]{16}=[\w.-]+; Path=\/; Max-Age=600; HttpOnly; Secure; SameSite=Lax$/,
    );
    const { searchParams, origin, pathname } = new URL(answer.headers.get('location') ?? '');
    expect(`${origin}${pathname}`).toBe('http://127.0.0.1:8400/authorize');
    expect([...searchParams.keys()].sort()).toEqual(
      [
        'client_id',
        'code_challenge',
        'code_challenge_method',
        'redirect_uri',
        'response_type',
        'scope',
        'state',
      ].sort(),
    );
    expect(searchParams.get('redirect_uri')).toBe(`${appOrigin}/auth/callback`);
    expect(cookie).not.toContain(searchParams.get('state'));
  });

  it('works with a server that enforces PKCE', async () => {
    await expect(createWorld({}, { pkce: 'enforce' }).signedIn()).resolves.toBeDefined();
  });

  it('costs no grant for who is signed in already', async () => {
    const world = createWorld();
    const browser = await world.signedIn();
    expect(await browser.open('/auth/login?returnTo=/lists')).toMatchObject({
      status: 303,
      url: `${appOrigin}/lists`,
    });
    expect(grantsSent(world)).toBe(1);
  });

  it('can be under way in several tabs at once', async () => {
    const world = createWorld();
    const browser = world.browser();
    const starts = [];
    for (const returnTo of ['/one', '/two', '/three'])
      starts.push(
        await browser.send(`/auth/login?returnTo=${returnTo}`, {
          headers: { 'sec-fetch-mode': 'navigate' },
        }),
      );
    const users = [ada.username, bob.username, ada.username];
    const ends = [];
    for (const [i, start] of starts.entries()) {
      world.emulator.configure({ autoConsent: users[i] ?? null });
      ends.push(await browser.open(start.headers.get('location') ?? '', 'cross-site'));
    }
    expect(ends.map(({ url }) => url)).toEqual(
      ['/one', '/two', '/three'].map((path) => `${appOrigin}${path}`),
    );
    expect((await sessionOf(browser)).accounts.map(({ name }: { name: string }) => name)).toEqual([
      ada.username,
      bob.username,
    ]);
    expect([...browser.jar.keys()].filter((name) => name.includes('signin'))).toEqual([]);
  });

  it('gives up the oldest of more than five that no one finishes', async () => {
    const browser = createWorld().browser();
    for (let i = 0; i < 9; i += 1)
      await browser.send('/auth/login', { headers: { 'sec-fetch-mode': 'navigate' } });
    expect(browser.jar.size).toBe(5);
  });

  it('that a link on another site asks for waits for a person, who then counts as the browser that it is', async () => {
    const world = createWorld();
    const browser = await world.signedIn();
    const before = grantsSent(world);
    const page = await browser.open('/auth/login?returnTo=/lists%3Fa%3D%3Cb%3E', 'cross-site');
    expect(page).toMatchObject({
      status: 200,
      url: `${appOrigin}/auth/login?returnTo=/lists%3Fa%3D%3Cb%3E`,
    });
    expect(page.headers.getSetCookie()).toEqual([]);
    expect(page.text).toContain('<b>/lists?a=%3Cb%3E</b>');
    expect(page.text).not.toMatch(/<script|http-equiv|<form/i);
    expect(page.headers.get('refresh')).toBeNull();
    expect(await browser.open(linkOn(page, 'Go on'))).toMatchObject({
      status: 303,
      url: `${appOrigin}/lists?a=%3Cb%3E`,
    });
    // Its strict cookie came along after all, so it was known to be signed in.
    expect(grantsSent(world)).toBe(before);
  });

  it.each([
    '/auth/login?onward=1',
    '/auth/login?another=1',
    '/auth/login?account=x',
    '/auth/login?returnTo=/lists&onward=1#x',
  ])('that another site asks for by %s begins with a person, too', async (url) => {
    const world = createWorld();
    for (const browser of [world.browser(), await world.signedIn()]) {
      const before = browser.jar.size;
      const page = await browser.open(url, 'cross-site');
      expect(page.text).toContain('>Go on</a>');
      expect({ status: page.status, cookies: browser.jar.size }).toEqual({
        status: 200,
        cookies: before,
      });
      expect((await browser.open(linkOn(page, 'Go on'))).url).toMatch(`${appOrigin}/`);
    }
  });

  it.each([
    ['same-site', 'href="/auth/login?returnTo=%2F"', 'href="/"'],
    ['same-origin', 'href="/auth/login?returnTo=%2Flists"', `href="${appOrigin}/lists"`],
    ['none', 'href="/auth/login?returnTo=%2Flists"', `href="${appOrigin}/lists"`],
  ])(
    'that came from %s and failed offers links to where the person may go',
    async (site, login, back) => {
      const browser = createWorld().browser();
      const headers = { 'sec-fetch-mode': 'navigate', 'sec-fetch-site': site };
      const start = await browser.send('/auth/login?returnTo=/lists', { headers });
      const state = new URL(start.headers.get('location') ?? '').searchParams.get('state');
      const page = await browser.open(
        `/auth/callback?error=access_denied&state=${state}`,
        'cross-site',
      );
      expect(page.text).toContain(login);
      expect(page.text).toContain(back);
    },
  );

  it('sends a code once, though its page is loaded twice at a time, and answers both alike', async () => {
    const world = createWorld();
    const browser = world.browser();
    const start = await browser.send('/auth/login?returnTo=/lists', {
      headers: { 'sec-fetch-mode': 'navigate' },
    });
    const back =
      (
        await world.emulator.fetch(start.headers.get('location') ?? '', { redirect: 'manual' })
      ).headers.get('location') ?? '';
    const hold = world.emulator.faults.arm({ route: 'token', kind: 'hold' });
    const both = [browser.open(back, 'cross-site'), browser.open(back, 'cross-site')];
    await hold.reached();
    await manualClock().advance(0); // The other one has come as far as it can by itself.
    hold.release();
    const [first, second] = await Promise.all(both);
    expect([first?.url, second?.url]).toEqual([`${appOrigin}/lists`, `${appOrigin}/lists`]);
    expect(first?.headers.getSetCookie()).toEqual(second?.headers.getSetCookie());
    expect(grantsSent(world)).toBe(1);
  });

  it('takes over the sign-in at another server', async () => {
    const world = createWorld();
    const browser = world.browser();
    const start = await browser.send('/auth/login?returnTo=/lists', {
      headers: { 'sec-fetch-mode': 'navigate' },
    });
    const back =
      (
        await world.emulator.fetch(start.headers.get('location') ?? '', { redirect: 'manual' })
      ).headers.get('location') ?? '';
    const other = world.browser(world.another());
    for (const [name, cookie] of browser.jar) other.jar.set(name, cookie);
    expect(await other.open(back, 'cross-site')).toMatchObject({ url: `${appOrigin}/lists` });
  });
});

describe('the hourly limit on grants', () => {
  it('is said before a code is sent, if it is known whose it will be', async () => {
    const world = createWorld({
      session: { grantLimit: { limit: 1, window: 3_600_000, reserve: 0 } },
    });
    const browser = await world.signedIn();
    world.emulator.revoke({ user: ada.username });
    world.pass(120_000);
    for (const [token] of world.emulator.exportState().maps.accessTokens)
      world.emulator.revoke({ token: String(token) });
    expect((await browser.ask('/auth/api/api/1/account')).status).toBe(401);
    const page = await browser.open('/auth/login?returnTo=/lists');
    expect(page).toMatchObject({
      status: 429,
      text: expect.stringMatching(/Too many sign-ins.*It will work again at \d\d:\d\d UTC/s),
    });
    expect(Number(page.headers.get('retry-after'))).toBeGreaterThan(3_000);
    expect(grantsSent(world)).toBe(1);
  });

  it('loses no tokens that are there already', async () => {
    const world = createWorld({
      session: { grantLimit: { limit: 1, window: 3_600_000, reserve: 0 } },
    });
    const browsers = [await world.signedIn(), await world.signedIn(), await world.signedIn()];
    world.pass(2 * 3_600_000);
    for (const browser of browsers)
      expect((await browser.ask('/auth/api/api/1/account')).status).toBe(200);
  });

  it('of Act-On itself is shown to the person', async () => {
    const world = createWorld();
    for (let i = 0; i < 5; i += 1) await world.signedIn();
    const page = await world.browser().open('/auth/login');
    expect(page).toMatchObject({ status: 429, text: expect.stringContaining('Too many sign-ins') });
  });
});

describe('what Act-On says', () => {
  it.each([
    ['access_denied', 403, 'You did not allow access'],
    ['temporarily_unavailable', 502, 'Act-On could not sign you in'],
  ])('%s is shown to the person', async (error, status, title) => {
    const world = createWorld();
    const browser = world.browser();
    const start = await browser.send('/auth/login?returnTo=/lists', {
      headers: { 'sec-fetch-mode': 'navigate' },
    });
    const state = new URL(start.headers.get('location') ?? '').searchParams.get('state');
    const page = await browser.open(`/auth/callback?error=${error}&state=${state}`, 'cross-site');
    expect(page).toMatchObject({ status, text: expect.stringContaining(title) });
    expect(page.text).toContain('href="/auth/login?returnTo=%2Flists"');
    expect(browser.jar.size).toBe(0);
  });

  it.each([
    ['drop_before', 503, 'Act-On did not answer'],
    ['status', 400, 'Act-On did not accept the sign-in'],
  ] as const)(
    'when it is asked for tokens (%s) is told too, and nothing is kept',
    async (kind, status, title) => {
      const world = createWorld();
      const body = JSON.stringify({ error: 'invalid_grant' });
      world.emulator.faults.arm(
        kind === 'status' ? { route: 'token', kind: 'bad_body', body } : { route: 'token', kind },
      );
      const browser = world.browser();
      expect(await browser.open('/auth/login')).toMatchObject({
        status,
        text: expect.stringContaining(title),
      });
      expect(browser.jar.size).toBe(0);
    },
  );
});

describe('one Act-On user in two browsers', () => {
  it('shares one record, so that neither kills the tokens of the other', async () => {
    const world = createWorld();
    const [laptop, phone] = [await world.signedIn(), await world.signedIn()];
    world.pass(3_700_000);
    expect((await laptop.ask('/auth/api/api/1/account')).status).toBe(200);
    expect((await phone.ask('/auth/api/api/1/account')).status).toBe(200);
    expect(world.emulator.ledger.counters().grants).toMatchObject({
      authorization_code: { sent: 2 },
      refresh_token: { sent: 1, granted: 1 },
    });
  });

  it('stays signed in in one when it signs out in the other; with the last one the tokens go', async () => {
    const world = createWorld();
    const [laptop, phone] = [await world.signedIn(), await world.signedIn()];
    expect((await laptop.ask('/auth/logout', { method: 'POST' })).status).toBe(204);
    expect(await sessionOf(laptop)).toMatchObject({
      active: false,
      reason: 'signed_out',
      account: null,
    });
    expect(await sessionOf(phone)).toMatchObject({ active: true });
    expect((await phone.ask('/auth/logout', { method: 'POST' })).status).toBe(204);
    const account = `1001/${ada.username}`;
    expect(world.events.slice(2)).toEqual([
      { type: 'signed_out', account, ended: false },
      { type: 'signed_out', account, ended: true },
    ]);
    const left = createSession({ endpoint: world.endpoint, store: world.store, account });
    await left.ready();
    expect(left.getSnapshot()).toMatchObject({ status: 'idle', usable: false, needsGrant: true });
  });
});

describe('several accounts in one browser', () => {
  it('are listed, the last one first, and picked by id', async () => {
    const world = createWorld();
    const browser = await world.signedIn(ada);
    await world.signIn(browser, bob);
    const { account, accounts } = await sessionOf(browser);
    expect(accounts.map(({ name }: { name: string }) => name)).toEqual([
      bob.username,
      ada.username,
    ]);
    expect(account).toEqual(accounts[0]);
    const asked = await browser.ask('/auth/api/api/1/account', {
      headers: { 'x-act-on-account': accounts[1].id },
    });
    expect(JSON.parse(asked.text).login).toBe(ada.username);
    expect(JSON.parse((await browser.ask('/auth/api/api/1/account')).text).login).toBe(
      bob.username,
    );
  });

  it('are left one by one', async () => {
    const world = createWorld();
    const browser = await world.signedIn(ada);
    await world.signIn(browser, bob);
    const { accounts } = await sessionOf(browser);
    await browser.ask('/auth/logout', {
      method: 'POST',
      headers: { 'x-act-on-account': accounts[0].id },
    });
    expect(await sessionOf(browser)).toMatchObject({
      active: true,
      accounts: [{ name: ada.username }],
    });
    await browser.ask('/auth/logout', { method: 'POST' });
    expect(browser.jar.size).toBe(0);
  });

  it('are not of any use by an id that is not of this browser', async () => {
    const world = createWorld();
    const [browser, other] = [await world.signedIn(ada), await world.signedIn(bob)];
    const { account } = await sessionOf(other);
    const asked = await browser.ask('/auth/api/api/1/account', {
      headers: { 'x-act-on-account': account.id },
    });
    expect(asked.status).toBe(409);
    expect(JSON.parse(asked.text)).toMatchObject({ error: 'account_changed', code: 'signed_out' });
  });
});

describe('signing in again', () => {
  it('sends the code under the claim of the account that is meant', async () => {
    const world = createWorld();
    const browser = await world.signedIn();
    world.emulator.revoke({ user: ada.username });
    world.pass(3_700_000);
    expect((await browser.ask('/auth/api/api/1/account')).status).toBe(401);
    const { account, login_url } = await sessionOf(browser);
    expect(login_url).toBe(`/auth/login?account=${account.id}`);
    const hold = world.emulator.faults.arm({ route: 'token', kind: 'hold' });
    const done = browser.open(`${login_url}&returnTo=/lists`);
    await hold.reached();
    expect(await sessionOf(browser)).toMatchObject({
      active: false,
      snapshot: { signingIn: true, grants: { used: 1 } },
    });
    hold.release();
    expect(await done).toMatchObject({ url: `${appOrigin}/lists` });
    expect(await sessionOf(browser)).toMatchObject({
      active: true,
      account,
      snapshot: { signingIn: false },
    });
  });

  it('leaves the account that was meant as it was if someone else signs in, and signs that one in', async () => {
    const world = createWorld();
    const browser = await world.signedIn(ada);
    world.emulator.revoke({ user: ada.username });
    world.pass(3_700_000);
    await browser.ask('/auth/api/api/1/account');
    const { account } = await sessionOf(browser);
    world.emulator.configure({ autoConsent: bob.username });
    await browser.open(`/auth/login?account=${account.id}&returnTo=/lists`);
    expect(await sessionOf(browser)).toMatchObject({
      active: true,
      account: { name: bob.username },
    });
    const adas = await browser.ask('/auth/session', {
      headers: { 'x-act-on-account': account.id },
    });
    expect(JSON.parse(adas.text)).toMatchObject({ active: false, reason: 'session_expired' });
    expect(grantsSent(world)).toBe(2);
  });

  it('makes a new session: a copy of the cookie of before is worth nothing after a minute', async () => {
    const world = createWorld();
    const browser = await world.signedIn();
    const copy = world.browser();
    for (const [name, cookie] of browser.jar) copy.jar.set(name, cookie);
    expect(await sessionOf(copy)).toMatchObject({ active: true });
    world.pass(61_000);
    await world.signIn(browser);
    expect(await sessionOf(browser)).toMatchObject({ active: true });
    expect(await sessionOf(copy)).toMatchObject({ active: false });
  });
});

describe('who an account belongs to', () => {
  it('is named by the app, if it wants to', async () => {
    const world = createWorld({ account: (_, who) => `tenant-7 ${who?.accountId}` });
    await world.signedIn();
    expect(world.events).toEqual([{ type: 'signed_in', account: 'tenant-7 1001' }]);
  });

  it.each([
    ['too long', 'x'.repeat(201)],
    ['empty', ''],
  ])('is not a name that is %s', async (_, name) => {
    const world = createWorld({ account: () => name });
    const page = await world.browser().open('/auth/login');
    expect(page.status).toBe(500);
    expect(world.events).toContainEqual({
      type: 'failed',
      route: 'callback',
      error: expect.objectContaining({ code: 'configuration' }),
    });
  });

  it('is this browser alone, where Act-On does not say who it is', async () => {
    const world = createWorld();
    const browser = world.browser();
    world.emulator.faults.arm({ route: 'api', kind: 'status', status: 404 });
    await browser.open('/auth/login?returnTo=/lists');
    expect(world.events).toEqual([
      { type: 'signed_in', account: expect.stringMatching(/^browser\/[\w-]{16}$/) },
    ]);
    expect((await browser.ask('/auth/api/api/1/list')).status).toBe(200);
  });

  it('is asked again when Act-On is busy', async () => {
    const world = createWorld();
    world.emulator.faults.arm({ route: 'api', kind: 'status', status: 503 });
    await world.signedIn();
    expect(world.events).toEqual([{ type: 'signed_in', account: `1001/${ada.username}` }]);
  });

  it.each([
    ['an id', '1001'],
    ['a function', (who: { login: string }) => who.login === ada.username],
  ])('must be whom the app expects, by %s; else nothing is kept', async (_, expectAccount) => {
    const world = createWorld({ expectAccount });
    await world.signedIn(ada);
    world.emulator.configure({ autoConsent: bob.username });
    const browser = world.browser();
    const page = await browser.open('/auth/login?returnTo=/lists');
    expect(page.status).toBe(403);
    expect(page.text).toContain('This is another Act-On account');
    expect(browser.jar.size).toBe(0);
    expect(await sessionOf(browser)).toMatchObject({ active: false });
  });

  it('must be known where the app expects someone', async () => {
    const world = createWorld({ expectAccount: '1001' });
    world.emulator.faults.arm({ route: 'api', kind: 'status', status: 404 });
    expect(await world.browser().open('/auth/login')).toMatchObject({ status: 403 });
  });
});

describe('the user of the app', () => {
  const user = (request: Request) => request.headers.get('x-app-user');
  const as = (name: string) => ({ headers: { 'x-app-user': name } });

  it('owns the accounts: the cookie of another one is refused, and comes back into force with its owner', async () => {
    let who: string | null = 'grace';
    const world = createWorld({ user: () => who });
    const browser = await world.signedIn();
    expect(await sessionOf(browser)).toMatchObject({ active: true });
    for (const other of ['mallory', null]) {
      who = other;
      expect(await sessionOf(browser)).toMatchObject({ active: false, accounts: [] });
      expect((await browser.ask('/auth/api/api/1/account')).status).toBe(401);
    }
    who = 'grace';
    expect(await sessionOf(browser)).toMatchObject({ active: true });
  });

  it('may sign out of Act-On after the app has signed him out, and no one else may', async () => {
    let who: string | null = 'grace';
    const world = createWorld({ user: () => who });
    const browser = await world.signedIn();
    who = 'mallory';
    await browser.ask('/auth/logout', { method: 'POST' });
    expect(browser.jar.size).toBe(1);
    who = null;
    await browser.ask('/auth/logout', { method: 'POST' });
    expect(browser.jar.size).toBe(0);
    expect(world.events.at(-1)).toEqual({
      type: 'signed_out',
      account: `1001/${ada.username}`,
      ended: true,
    });
  });

  it('must be there before an account can be added', async () => {
    const world = createWorld({ user });
    const page = await world.browser().open('/auth/login');
    expect(page).toMatchObject({
      status: 401,
      text: expect.stringContaining('Sign in to the app first'),
    });
  });

  it('cannot finish what another one began in the same browser', async () => {
    let who = 'grace';
    const world = createWorld({ user: () => who });
    const browser = world.browser();
    const start = await browser.send('/auth/login', { headers: { 'sec-fetch-mode': 'navigate' } });
    who = 'mallory';
    expect(await browser.open(start.headers.get('location') ?? '', 'cross-site')).toMatchObject({
      status: 400,
    });
    expect(grantsSent(world)).toBe(0);
  });

  it('that cannot be told is an error of the server, which tells nothing', async () => {
    const failing = () => Promise.reject(new Error('the password of the database is hunter2'));
    const world = createWorld({ user: failing });
    const answer = await world.browser().ask('/auth/session', as('grace'));
    expect(answer).toMatchObject({ status: 500, text: expect.not.stringContaining('hunter2') });
    expect(world.events).toEqual([{ type: 'failed', route: 'session', error: expect.any(Error) }]);
  });
});
