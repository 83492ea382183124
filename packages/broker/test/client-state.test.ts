import {
  type BrokerSession,
  type BrokerSessionOptions,
  createBrokerSession,
} from '@act-on-token/broker/client';
import { type ActOnTokenError, isActOnTokenError } from '@act-on-token/core';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ManualClock, manualClock } from '../../core/test/support/manual-clock.ts';
import { Tabs } from '../src/client/tabs.ts';
import { type Browser, held } from './support/browser.ts';
import { openPage } from './support/page.ts';
import { ada, bob, createWorld, revoke, type World } from './support/world.ts';

const anHour = 3_600_000;
const opened: BrokerSession[] = [];
afterEach(() => Promise.all(opened.splice(0).map((session) => session.close())));

/** A tab of this browser. */
function tab(browser: Browser, options: Partial<BrokerSessionOptions> = {}): BrokerSession {
  const session = createBrokerSession({ url: '/auth', fetch: browser.fetch, ...options });
  opened.push(session);
  return session;
}

/** Listens, and counts how often it was called. */
function listening(session: BrokerSession): { calls: number; stop(): void } {
  const heard = { calls: 0, stop: () => {} };
  heard.stop = session.subscribe(() => {
    heard.calls += 1;
  });
  return heard;
}

const lookups = ({ received }: Browser) =>
  received.filter(({ url }) => url.endsWith('/auth/session')).length;
const waitFor = <T>(check: () => T | Promise<T>) =>
  vi.waitFor(check, { timeout: 20_000, interval: 5 });
const errorOf = (work: Promise<unknown>): Promise<ActOnTokenError> =>
  work.then(
    () => Promise.reject(new Error('It should fail.')),
    (error) => error,
  );

describe('a new session', () => {
  it('sends nothing and touches no page, and knows nothing', async () => {
    const browser = createWorld().browser();
    const session = tab(browser);
    expect(session.getSnapshot()).toEqual({
      loaded: false,
      usable: false,
      needsGrant: false,
      signingIn: false,
      saved: true,
      error: null,
      grants: { used: 0, limit: 5, nextAt: null },
      status: 'idle',
      expiresAt: null,
      reason: null,
      account: null,
      accounts: [],
    });
    expect(session.getSnapshot()).toBe(session.getSnapshot());
    expect(session).toMatchObject({ account: null, accounts: [] });
    expect(session.loginUrl('/lists')).toBe('/auth/login?returnTo=%2Flists');
    expect(session.apiBase.pathname).toBe('/auth/api/');
    expect(browser.received).toEqual([]);
  });

  it('cannot send anything on a server that renders', async () => {
    const session = tab(createWorld().browser());
    expect(await errorOf(session.lookUp())).toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('"url" is relative'),
    });
    expect(await errorOf(session.fetch('/api/1/list'))).toMatchObject({ code: 'configuration' });
    expect(() => session.signIn()).toThrow('works in a page only');
  });

  it.each([
    ['no options', undefined, /"url"/],
    ['no url', {}, /"url"/],
    ['an unknown mode', { url: '/auth', mode: 'direct' }, /"mode"/],
    ['a store in proxy mode', { url: '/auth', store: {} }, /"store"/],
  ])('refuses %s', (_, options, message) => {
    expect(() => createBrokerSession(options as BrokerSessionOptions)).toThrow(message);
  });
});

describe('the state of a page', () => {
  it('is looked up once for all who want to know at a time', async () => {
    openPage();
    const browser = await createWorld().signedIn();
    const session = tab(browser);
    const first = listening(session);
    await Promise.all([session.ready(), session.lookUp(), session.ready()]);
    expect(lookups(browser)).toBe(1);
    expect(first.calls).toBe(1);
    expect(session.account?.name).toBe(ada.username);
    expect(session.getSnapshot()).toMatchObject({
      loaded: true,
      usable: true,
      needsGrant: false,
      status: 'authorized',
    });
  });

  it('is asked for again by who asks while an older question is under way, once for all of them', async () => {
    openPage();
    const world = createWorld();
    const browser = await world.signedIn(ada);
    const slow = held(browser.fetch, '/auth/session');
    const session = tab(browser, { fetch: slow.fetch });
    const first = session.ready();
    await slow.arrived;
    await world.signIn(browser, bob);
    const later = [session.lookUp(), session.lookUp(), session.lookUp()];
    slow.release();
    await first;
    expect(session.account?.name).toBe(ada.username);
    await Promise.all(later);
    expect(session.account?.name).toBe(bob.username);
    expect(lookups(browser)).toBe(2);
  });

  it('is asked for again also where the older question fails', async () => {
    openPage();
    const browser = await createWorld().signedIn(ada);
    const slow = held(async (...request) => {
      const answer = await browser.fetch(...request);
      return lookups(browser) === 1 ? new Response(null, { status: 502 }) : answer;
    }, '/auth/session');
    const session = tab(browser, { fetch: slow.fetch });
    const first = errorOf(session.lookUp());
    await slow.arrived;
    const later = session.lookUp();
    slow.release();
    expect(await first).toMatchObject({ code: 'not_sent' });
    await later;
    expect(session.account?.name).toBe(ada.username);
  });

  it('works without its session: taken apart, handed on, or through a proxy', async () => {
    openPage();
    const session = tab(await createWorld().signedIn());
    const { getSnapshot, subscribe, ready, on, describe: tell, loginUrl, lookUp } = session;
    const heard: boolean[] = [];
    const stop = subscribe(({ usable, account }) => void heard.push(usable && account !== null));
    on(() => {})();
    await Promise.all([ready(), lookUp()]);
    expect([getSnapshot(), heard, loginUrl('/x')]).toEqual([
      session.getSnapshot(),
      [true],
      expect.stringMatching(/^\/auth\/login\?returnTo=%2Fx&account=/),
    ]);
    expect(tell()).not.toContain(ada.username);
    const proxy = new Proxy(session, {});
    expect([proxy.account, proxy.accounts, proxy.apiBase.href]).toEqual([
      session.account,
      session.accounts,
      session.apiBase.href,
    ]);
    expect(await proxy.fetch('/api/1/account').then(({ status }) => status)).toBe(200);
    stop();
  });

  it('has the times of this machine, however wrong its clock is', async () => {
    openPage();
    const clock = manualClock();
    const session = tab(await createWorld().signedIn(), { clock });
    await session.ready();
    const { expiresAt } = session.getSnapshot();
    expect(Math.abs((expiresAt ?? 0) - (clock.now() + anHour))).toBeLessThan(60_000);
  });

  it('is the same object until it says something else', async () => {
    openPage();
    const session = tab(await createWorld().signedIn());
    const heard = listening(session);
    await session.ready();
    const before = session.getSnapshot();
    await session.lookUp();
    await session.lookUp();
    expect(session.getSnapshot()).toBe(before);
    expect(heard.calls).toBe(1);
  });

  it('says that nobody is signed in', async () => {
    openPage();
    const session = tab(createWorld().browser());
    await session.ready();
    expect(session.getSnapshot()).toMatchObject({
      loaded: true,
      usable: false,
      needsGrant: true,
      status: 'idle',
      error: null,
    });
  });

  it('is looked up anew when the page comes back to life, but only while somebody listens', async () => {
    const page = openPage();
    const browser = await createWorld().signedIn();
    const session = tab(browser);
    const heard = listening(session);
    await session.ready();
    for (const [type, more] of [
      ['focus'],
      ['online'],
      ['visibilitychange'],
      ['pageshow', { persisted: true }],
    ] as const) {
      const before = lookups(browser);
      page.happens(type, more);
      await waitFor(() => expect(lookups(browser)).toBe(before + 1));
      await session.lookUp();
    }
    const together = lookups(browser);
    for (const type of ['visibilitychange', 'focus', 'online']) page.happens(type);
    await session.lookUp();
    expect(lookups(browser)).toBe(together + 1);
    const before = lookups(browser);
    page.visibilityState = 'hidden';
    page.happens('visibilitychange');
    page.happens('pageshow', { persisted: false });
    heard.stop();
    page.happens('focus');
    expect(page.listeners).toBe(0);
    await session.lookUp();
    expect(lookups(browser)).toBe(before + 1);
  });

  it('shows that the token lapsed when its time is over, and asks whether there is a new one', async () => {
    openPage();
    const clock = manualClock();
    const browser = await createWorld().signedIn();
    const session = tab(browser, { clock });
    listening(session);
    await session.ready();
    expect(clock.timers).toEqual({ keepAlive: 0, all: 1 });
    await clock.advance(anHour - 60_000);
    expect(session.getSnapshot().status).toBe('authorized');
    const states: string[] = [];
    session.subscribe(() => void states.push(session.getSnapshot().status));
    await clock.advance(120_000);
    await waitFor(() => expect(states[0]).toBe('expired'));
    // The broker's own clock stands still here, so it says that the token lives; on one machine
    // both agree.
    await waitFor(() => expect(lookups(browser)).toBeGreaterThan(1));
  });

  it('shows that somebody refreshes, and soon that it is done', async () => {
    openPage();
    const clock = manualClock();
    const world = createWorld();
    const browser = await world.signedIn();
    const session = tab(browser, { clock });
    listening(session);
    await session.ready();
    world.pass(2 * anHour);
    const hold = world.emulator.faults.arm({ route: 'token', kind: 'hold' });
    const asked = browser.ask('/auth/api/api/1/account'); // not by this session
    await hold.reached();
    await session.lookUp();
    expect(session.getSnapshot()).toMatchObject({
      status: 'refreshing',
      usable: false,
      needsGrant: false,
    });
    hold.release();
    await asked;
    await clock.advance(2_001);
    await waitFor(() =>
      expect(session.getSnapshot()).toMatchObject({ status: 'authorized', usable: true }),
    );
  });

  it('has no timer while nobody listens', async () => {
    openPage();
    const clock = manualClock();
    const session = tab(await createWorld().signedIn(), { clock });
    const heard = listening(session);
    await session.ready();
    heard.stop();
    expect(clock.timers.all).toBe(0);
  });

  it('tells by events what changed, and by describe() what a bug report needs, without a secret', async () => {
    openPage();
    const world = createWorld();
    const browser = await world.signedIn();
    const session = tab(browser, { clock: world.clock });
    const types: string[] = [];
    session.on(({ type }) => types.push(type));
    await session.ready();
    world.pass(2 * anHour);
    await session.fetch('/api/1/account');
    await session.lookUp();
    await session.signOut();
    await session.lookUp();
    await world.signIn(browser);
    await session.lookUp();
    expect(types).toEqual(['adopted', 'signed_out', 'signed_in']);
    const described = session.describe();
    expect(JSON.parse(described)).toMatchObject({
      mode: 'proxy',
      url: '/auth/',
      accounts: 1,
      snapshot: { status: 'authorized' },
    });
    expect(described).not.toContain([...browser.jar.values()][0]?.value);
  });
});

describe('without a network', () => {
  it('nobody is signed out: what was known stays, and the error tells', async () => {
    const page = openPage();
    const clock: ManualClock = manualClock();
    const browser = await createWorld().signedIn();
    const session = tab(browser, { clock });
    listening(session);
    await session.ready();
    browser.offline = true;
    page.happens('focus');
    await waitFor(() => expect(session.getSnapshot().error).not.toBeNull());
    expect(isActOnTokenError(session.getSnapshot().error, 'not_sent')).toBe(true);
    expect(session.getSnapshot()).toMatchObject({
      loaded: true,
      usable: true,
      needsGrant: false,
      status: 'authorized',
    });
    expect(await errorOf(session.signOut())).toMatchObject({ code: 'not_sent' });
    expect(session.getSnapshot()).toMatchObject({ usable: true });
    browser.offline = false;
    page.happens('online');
    await waitFor(() => expect(session.getSnapshot().error).toBeNull());
  });

  it('a page that knows nothing yet goes on asking, less and less often, until it is told', async () => {
    openPage();
    const clock = manualClock();
    const browser = await createWorld().signedIn();
    browser.offline = true;
    const session = tab(browser, { clock });
    let asked = 0;
    const counting = tab(browser, {
      clock,
      fetch(...request) {
        asked += 1;
        return browser.fetch(...request);
      },
    });
    listening(counting);
    for (const [after, times] of [
      [0, 1],
      [1_999, 1],
      [2, 2],
      [4_001, 3],
      [8_001, 4],
    ] as const) {
      await clock.advance(after);
      await waitFor(() => expect(asked).toBe(times));
    }
    expect(counting.getSnapshot()).toMatchObject({ loaded: false, error: { code: 'not_sent' } });
    browser.offline = false;
    await clock.advance(20_000);
    await waitFor(() =>
      expect(counting.getSnapshot()).toMatchObject({ loaded: true, usable: true, error: null }),
    );
    expect(session.getSnapshot().loaded).toBe(false);
  });

  it('ready() rejects, and tries anew the next time', async () => {
    openPage();
    const browser = await createWorld().signedIn();
    browser.offline = true;
    const session = tab(browser);
    expect(await errorOf(session.ready())).toMatchObject({ code: 'not_sent' });
    browser.offline = false;
    await session.ready();
    expect(session.ready()).toBe(session.ready());
  });
});

describe('what the broker cannot do', () => {
  it('keeps the state, and is tried again when it says', async () => {
    openPage();
    const clock = manualClock();
    const world = createWorld();
    const browser = await world.signedIn();
    const session = tab(browser, { clock });
    listening(session);
    await session.ready();
    await world.store.close();
    const error = await errorOf(session.lookUp());
    expect(error).toMatchObject({ code: 'store_unavailable' });
    expect(Math.abs((error.retryAt ?? 0) - clock.now() - 5_000)).toBeLessThan(2_000);
    expect(session.getSnapshot()).toMatchObject({
      usable: true,
      error: { code: 'store_unavailable' },
    });
  });

  it.each([
    [
      'an app that answers every path with its page',
      () => new Response('<!doctype html>', { headers: { 'content-type': 'text/html' } }),
      'configuration',
    ],
    ['an app without a broker', () => new Response('not found', { status: 404 }), 'configuration'],
    [
      'a gateway in front of a broker that is down',
      () => new Response('<html>', { status: 502 }),
      'not_sent',
    ],
    ['JSON of something else', () => Response.json({ hello: 'world' }), 'configuration'],
    [
      'a refusal that is none of ours',
      () => Response.json({ error: 'x', message: 'y' }, { status: 403 }),
      'configuration',
    ],
  ] as const)('is told apart from %s', async (_, answer, code) => {
    openPage();
    const session = createBrokerSession({ url: '/auth', fetch: async () => answer() });
    expect(await errorOf(session.ready())).toMatchObject({ code });
  });

  it('is named, if the page and the broker do not agree on the mode', async () => {
    openPage();
    const browser = await createWorld({ mode: 'token' }).signedIn();
    expect(await errorOf(tab(browser).ready())).toMatchObject({
      code: 'configuration',
      message: expect.stringContaining("mode: 'token'"),
    });
  });

  it('is named, if the page is of another origin', async () => {
    openPage();
    const session = createBrokerSession({
      url: 'https://auth.example/',
      fetch: createWorld().browser().fetch,
    });
    expect(await errorOf(session.ready())).toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('https://app.example'),
    });
  });
});

describe('two tabs', () => {
  const both = async (world: World) => {
    openPage();
    const browser = await world.signedIn();
    const [one, two] = [tab(browser, { clock: world.clock }), tab(browser, { clock: world.clock })];
    for (const each of [one, two]) listening(each);
    await Promise.all([one.ready(), two.ready()]);
    return { browser, one, two };
  };

  it('sign out together', async () => {
    const { one, two } = await both(createWorld());
    await one.signOut();
    expect(one.getSnapshot()).toMatchObject({ loaded: true, status: 'idle', needsGrant: true });
    await waitFor(() =>
      expect(two.getSnapshot()).toMatchObject({ status: 'idle', needsGrant: true }),
    );
  });

  it('see a refresh of the other, and a sign-in', async () => {
    const world = createWorld();
    const { browser, one, two } = await both(world);
    const before = two.getSnapshot().expiresAt ?? 0;
    world.pass(2 * anHour);
    await one.fetch('/api/1/account');
    await waitFor(() => expect(two.getSnapshot().expiresAt).toBeGreaterThan(before));
    await world.signIn(browser, bob);
    await tab(browser).lookUp(); // the page on which the sign-in ended
    await waitFor(() =>
      expect([one.account?.name, two.account?.name]).toEqual([bob.username, bob.username]),
    );
  });

  it('tell what they did themselves, also while they look up what they heard', async () => {
    const world = createWorld();
    const { browser, one } = await both(world);
    let fetch = browser.fetch;
    const two = tab(browser, { clock: world.clock, fetch: (...request) => fetch(...request) });
    listening(two);
    await two.ready();
    const before = one.getSnapshot().expiresAt ?? 0;
    world.pass(2 * anHour);
    const slow = held(browser.fetch, '/auth/session');
    fetch = slow.fetch;
    const channel = new BroadcastChannel('act-on-broker /auth/');
    channel.postMessage({ print: 'of a tab that knows better' });
    await slow.arrived;
    channel.close();
    await two.fetch('/api/1/account');
    slow.release();
    await waitFor(() => expect(one.getSnapshot().expiresAt).toBeGreaterThan(before));
  });

  it('tell what they learnt, whoever did it', async () => {
    const world = createWorld();
    const { browser, one, two } = await both(world);
    await Promise.all([one.lookUp(), two.lookUp()]);
    const before = one.getSnapshot().expiresAt ?? 0;
    world.pass(2 * anHour);
    await browser.ask('/auth/api/api/1/account');
    await two.lookUp();
    expect(two.getSnapshot().expiresAt).toBeGreaterThan(before);
    await waitFor(() => expect(one.getSnapshot().expiresAt).toBeGreaterThan(before));
  });

  it('that are about different accounts do not talk for ever', async () => {
    openPage();
    const world = createWorld();
    const browser = await world.signedIn(ada);
    await world.signIn(browser, bob);
    const first = tab(browser);
    await first.ready();
    const tabs = first.accounts.map(({ id }) => tab(browser, { account: id, clock: world.clock }));
    for (const each of tabs) listening(each);
    await Promise.all(tabs.map((each) => each.ready()));
    const before = lookups(browser);
    new Tabs(() => 'act-on-broker /auth/').announce('something new');
    // As long as a hundred look-ups take.
    for (let i = 0; i < 100; i += 1) await browser.ask('/auth/session?of=the-test');
    expect(lookups(browser) - before).toBeLessThan(20);
  });

  it('come to rest', async () => {
    const world = createWorld();
    const { browser, one, two } = await both(world);
    await one.lookUp();
    await two.lookUp();
    await one.signOut();
    await waitFor(() => expect(two.getSnapshot().status).toBe('idle'));
    await Promise.all([one.lookUp(), two.lookUp()]);
    const before = lookups(browser);
    // Whatever was told by now has been heard after something that was told later.
    const third = tab(browser);
    const channel = new BroadcastChannel('act-on-broker /auth/');
    const heard = new Promise((resolve) => {
      channel.onmessage = resolve;
    });
    await third.lookUp();
    await heard;
    channel.close();
    await Promise.all([one.lookUp(), two.lookUp()]);
    expect(lookups(browser) - before).toBeLessThanOrEqual(5);
  });

  it('tell each other no secret', async () => {
    const world = createWorld();
    const { browser, one } = await both(world);
    const told: string[] = [];
    const channel = new BroadcastChannel('act-on-broker /auth/');
    channel.onmessage = ({ data }) => void told.push(JSON.stringify(data));
    await one.signOut();
    await waitFor(() => expect(told.length).toBeGreaterThan(0));
    channel.close();
    const { accessTokens, refreshTokens } = world.emulator.exportState().maps;
    const secrets = [...accessTokens, ...refreshTokens]
      .map(([token]) => String(token))
      .concat([...browser.jar.values()].map(({ value }) => value));
    expect(secrets.filter((secret) => told.some((text) => text.includes(secret)))).toEqual([]);
  });
});

describe('signing in and out', () => {
  it('leads to the broker, and back to where the page is', async () => {
    const page = openPage('/lists?page=2#top');
    const browser = await createWorld().signedIn();
    const session = tab(browser);
    session.signIn();
    await session.ready();
    session.signIn('/elsewhere');
    session.signIn('/elsewhere', { another: true });
    const account = session.account?.id;
    expect(page.left).toEqual([
      '/auth/login?returnTo=%2Flists%3Fpage%3D2%23top',
      `/auth/login?returnTo=%2Felsewhere&account=${account}`,
      '/auth/login?returnTo=%2Felsewhere&another=1',
    ]);
    for (const url of page.left)
      expect(
        (await browser.send(url, { headers: { 'sec-fetch-mode': 'navigate' } })).status,
      ).toBeLessThan(400);
  });

  it('has no use for a grant', async () => {
    const session = tab(createWorld().browser());
    expect(await errorOf(session.authorize({ type: 'password', ...ada }))).toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('signIn()'),
    });
  });

  it('ends signed out, though an answer from before comes in later', async () => {
    openPage();
    const browser = await createWorld().signedIn();
    let fetch = browser.fetch;
    const session = tab(browser, { fetch: (...request) => fetch(...request) });
    const states: string[] = [];
    session.subscribe(() => void states.push(session.getSnapshot().status));
    await session.ready();
    const slow = held(browser.fetch, '/auth/session');
    fetch = slow.fetch;
    const before = session.lookUp();
    await slow.arrived;
    await session.signOut();
    slow.release();
    await before;
    await session.lookUp();
    expect(states).toEqual(['authorized', 'idle']);
  });

  it('shows what is left at once, and no answer from before brings it back, in all sessions of the browser', async () => {
    openPage();
    const world = createWorld();
    const browser = await world.signedIn(ada);
    await world.signIn(browser, bob);
    let fetch = browser.fetch;
    const slowly: BrokerSessionOptions['fetch'] = (...request) => fetch(...request);
    const [here, there] = [tab(browser), tab(browser, { fetch: slowly })];
    const shown: string[] = [];
    there.subscribe(({ accounts }) => void shown.push(accounts.map(({ name }) => name).join()));
    await Promise.all([here.ready(), there.ready()]);
    const [bobs, adas] = there.accounts;
    const pinned = tab(browser, { account: bobs?.id ?? '' });
    await pinned.ready();
    const slow = held(browser.fetch, '/auth/session');
    fetch = slow.fetch;
    const before = there.lookUp();
    await slow.arrived;
    await pinned.signOut();
    expect([pinned.account, pinned.accounts]).toEqual([null, [adas]]);
    await waitFor(() => expect(there.accounts).toEqual([adas]));
    expect(there.account).toBe(null);
    slow.release();
    await before;
    expect(there.account).toEqual(adas);
    expect(shown).toEqual([`${bob.username},${ada.username}`, ...[ada.username, ada.username]]);
  });

  it('signs out of one account of several, and shows the other one then', async () => {
    openPage();
    const world = createWorld();
    const browser = await world.signedIn(ada);
    await world.signIn(browser, bob);
    const session = tab(browser);
    listening(session);
    await session.signOut();
    await waitFor(() => expect(session.account?.name).toBe(ada.username));
    expect(session.accounts).toHaveLength(1);
  });

  it('is about one account, if that is named', async () => {
    openPage();
    const world = createWorld();
    const browser = await world.signedIn(ada);
    await world.signIn(browser, bob);
    const adas = tab(browser);
    await adas.ready();
    const [, second] = adas.accounts;
    const session = tab(browser, { account: second?.id ?? '' });
    expect(await session.fetch('/api/1/account').then((answer) => answer.json())).toMatchObject({
      login: ada.username,
    });
    await session.ready();
    expect(session.account).toEqual(second);
  });

  it('shows that a person is needed when the refresh token is dead', async () => {
    openPage();
    const world = createWorld();
    const session = tab(await world.signedIn());
    listening(session);
    await session.ready();
    revoke(world);
    world.pass(2 * anHour);
    expect(await errorOf(session.fetch('/api/1/account'))).toMatchObject({
      code: 'session_expired',
      needsGrant: true,
    });
    await waitFor(() =>
      expect(session.getSnapshot()).toMatchObject({
        status: 'expired',
        reason: 'rejected',
        needsGrant: true,
        usable: false,
      }),
    );
  });
});

describe('a closed session', () => {
  it('does nothing more', async () => {
    const page = openPage();
    const browser = await createWorld().signedIn();
    const session = tab(browser);
    listening(session);
    await session.ready();
    await session.close();
    await session.close();
    expect(page.listeners).toBe(0);
    for (const work of [
      session.ready(),
      session.lookUp(),
      session.fetch('/api/1/list'),
      session.signOut(),
      session.getAccessToken(),
    ])
      expect(await errorOf(work)).toMatchObject({ code: 'closed' });
  });
});
