import { isActOnTokenError, type Session } from '@act-on-token/core';
import { describe, expect, it } from 'vitest';
import { appOrigin, type Browser } from './support/browser.ts';
import { ada, bob, createWorld, type World } from './support/world.ts';

const aDay = 86_400_000;
const cookieOf = ({ jar }: Browser): string =>
  [...jar].map(([name, { value }]) => `${name}=${value}`).join('; ');
/** As a page of the app sends it to the app's own server. */
const requestOf = (browser: Browser, headers: Record<string, string> = {}): Request =>
  new Request(`${appOrigin}/lists?page=2`, { headers: { cookie: cookieOf(browser), ...headers } });
const whose = async (session: Session | null): Promise<unknown> =>
  (await session?.fetch('/api/1/account'))?.json();
/** What a browser does with the headers of an answer. */
const receive = (browser: Browser, headers: Headers): void => {
  for (const line of headers.getSetCookie()) {
    const [pair = '', ...attributes] = line.split('; ');
    const [name = '', value = ''] = pair.split(/=(.*)/s);
    if (attributes.includes('Max-Age=0')) browser.jar.delete(name);
    else browser.jar.set(name, { value, sameSite: 'Strict', attributes: attributes.join('; ') });
  }
};

describe('broker.session()', () => {
  const shapes: Record<string, (browser: Browser) => Parameters<World['broker']['session']>[0]> = {
    'a Request': (browser) => requestOf(browser),
    'the headers that Next.js gives': (browser) => ({ headers: requestOf(browser).headers }),
    'a request of Node': (browser) => ({
      url: '/lists',
      headers: { cookie: cookieOf(browser), host: 'x', 'x-many': ['a', 'b'], 'x-none': undefined },
    }),
    'a request of HTTP/2': (browser) => ({
      url: '/lists',
      headers: { ':path': '/lists', cookie: cookieOf(browser) },
    }),
  };
  it.each(Object.entries(shapes))('acts as the person who sent %s', async (_, shape) => {
    const world = createWorld();
    const browser = await world.signedIn();
    const { session, account, accounts, headers } = await world.broker.session(shape(browser));
    expect(account).toMatchObject({ name: ada.username });
    expect(accounts).toEqual([account]);
    expect(await whose(session)).toMatchObject({ user_email: ada.username });
    expect([...headers]).toEqual([]);
  });

  it('gives nobody a session, and says where to sign in', async () => {
    const world = createWorld();
    const result = await world.broker.session(requestOf(world.browser()));
    expect(result).toMatchObject({ session: null, account: null, accounts: [] });
    expect(result.loginUrl('/lists?page=2')).toBe('/auth/login?returnTo=%2Flists%3Fpage%3D2');
  });

  it.each(['https://evil.example', 'https://sub.app.example', 'null'])(
    'is nobody for a request that a page of %s made, though the cookie came along',
    async (origin) => {
      const world = createWorld();
      const browser = await world.signedIn();
      expect(await world.broker.session(requestOf(browser, { origin }))).toMatchObject({
        session: null,
        accounts: [],
      });
      expect(world.events.at(-1)).toMatchObject({ type: 'refused', route: 'broker.session()' });
      const own = await world.broker.session(requestOf(browser, { origin: appOrigin }));
      expect(own.account).toMatchObject({ name: ada.username });
    },
  );

  it('renews an old cookie; the browser that gets the headers goes on with the new one', async () => {
    const world = createWorld();
    const browser = await world.signedIn();
    const before = cookieOf(browser);
    world.pass(2 * aDay);
    const { headers, cookies, session } = await world.broker.session(requestOf(browser));
    expect(headers.get('cache-control')).toBe('private, no-store');
    expect(await whose(session)).toMatchObject({ user_email: ada.username });
    const [cookie] = cookies;
    expect(headers.getSetCookie()).toEqual([
      `${cookie?.name}=${cookie?.value}; Path=/; Max-Age=${cookie?.maxAge}; HttpOnly; Secure; SameSite=Strict`,
    ]);
    receive(browser, headers);
    expect(cookieOf(browser)).not.toBe(before);
    expect((await world.broker.session(requestOf(browser))).account?.name).toBe(ada.username);
    // And the copy of the old one is over a minute later.
    world.pass(61_000);
    expect((await world.broker.session({ headers: { cookie: before } })).session).toBe(null);
    expect((await world.broker.session(requestOf(browser))).account?.name).toBe(ada.username);
  });

  it('loses nothing where the headers cannot be sent on, however often', async () => {
    const world = createWorld();
    const browser = await world.signedIn();
    world.pass(2 * aDay);
    for (let times = 0; times < 20; times += 1) {
      const { session } = await world.broker.session({ headers: requestOf(browser).headers });
      expect(await whose(session)).toMatchObject({ user_email: ada.username });
      world.pass(3_600_000);
    }
    expect(JSON.parse((await browser.ask('/auth/session')).text)).toMatchObject({ active: true });
    expect((await world.broker.session(requestOf(browser))).headers.getSetCookie()).toEqual([]);
  });

  it('is about the account that is asked for, and never another in its place', async () => {
    const world = createWorld();
    const browser = await world.signedIn(ada);
    const [first] = (await world.broker.session(requestOf(browser))).accounts;
    await world.signIn(browser, bob);
    const last = await world.broker.session(requestOf(browser));
    expect(last.accounts.map(({ name }) => name)).toEqual([bob.username, ada.username]);
    expect(await whose(last.session)).toMatchObject({ user_email: bob.username });
    const account = first?.id ?? '';
    const pinned = await world.broker.session(requestOf(browser), { account });
    expect(await whose(pinned.session)).toMatchObject({ user_email: ada.username });
    const another = await world.broker.session(requestOf(browser), { account: 'another' });
    expect(another).toMatchObject({ session: null });
    expect(another.accounts).toHaveLength(2);
  });

  it("gives a user of the app nobody else's account, whoever's cookie it is", async () => {
    let user: string | null = 'ann';
    const seen: string[] = [];
    const world = createWorld({
      user(request) {
        seen.push(new URL(request.url).pathname);
        return user;
      },
    });
    const browser = await world.signedIn();
    expect((await world.broker.session(requestOf(browser))).account?.name).toBe(ada.username);
    expect(seen.at(-1)).toBe('/lists');
    for (user of ['eve', null])
      expect(await world.broker.session(requestOf(browser))).toMatchObject({
        session: null,
        accounts: [],
      });
    user = 'ann';
    expect((await world.broker.session(requestOf(browser))).account?.name).toBe(ada.username);
  });

  it('signs this browser out, and its headers take the cookie away', async () => {
    const world = createWorld();
    const [here, there] = [await world.signedIn(), await world.signedIn()];
    const { session, headers, cookies } = await world.broker.session(requestOf(here));
    await session?.signOut();
    expect(cookies.at(-1)).toMatchObject({ value: '', maxAge: 0 });
    await expect(session?.fetch('/api/1/account')).rejects.toMatchObject({ code: 'signed_out' });
    expect(session?.currentAccessToken()).toBe(undefined);
    expect((await world.broker.session(requestOf(here))).session).toBe(null);
    receive(here, headers);
    expect(here.jar.size).toBe(0);
    expect((await world.broker.session(requestOf(there))).account?.name).toBe(ada.username);
  });

  it('hands its work to the waitUntil of the request', async () => {
    const world = createWorld({ session: { minRefreshInterval: 0 } });
    const browser = await world.signedIn();
    world.pass(3_500_000);
    const works: Promise<unknown>[] = [];
    const waitUntil = (work: Promise<unknown>): void => void works.push(work);
    const { session } = await world.broker.session(requestOf(browser), { waitUntil });
    await session?.getAccessToken();
    await Promise.all(works);
    expect(works.length).toBeGreaterThan(0);
  });

  it('has the other members of a session, and closing it closes nothing', async () => {
    const world = createWorld();
    const browser = await world.signedIn();
    const { session } = await world.broker.session(requestOf(browser));
    const events: string[] = [];
    const stop = session?.on(({ type }) => void events.push(type));
    const snapshots: boolean[] = [];
    const unsubscribe = session?.subscribe(({ usable }) => void snapshots.push(usable));
    await session?.ready();
    expect(session?.getSnapshot()).toMatchObject({ loaded: true, usable: true });
    expect(session?.apiBase.href).toBe('http://127.0.0.1:8400/');
    expect(session?.describe()).toContain('authorized');
    expect(await session?.getAccessToken()).toBe(session?.currentAccessToken());
    await session?.close();
    expect(await whose(session)).toMatchObject({ user_email: ada.username });
    const failure = await session
      ?.authorize({ type: 'password', ...ada })
      .catch((error: unknown) => error);
    expect(isActOnTokenError(failure, 'configuration')).toBe(true);
    stop?.();
    unsubscribe?.();
  });

  it('rejects while the store is down, and for what is no request', async () => {
    const world = createWorld();
    const browser = await world.signedIn();
    world.store.read = () => Promise.reject(new Error('down'));
    const fresh = world.another();
    await expect(fresh.session(requestOf(browser))).rejects.toMatchObject({
      code: 'store_unavailable',
    });
    for (const wrong of [undefined, null, {}, 'x', { headers: null }])
      await expect(world.broker.session(wrong as never)).rejects.toMatchObject({
        code: 'configuration',
        message: expect.stringContaining('{ headers: await headers() }'),
      });
  });
});
