import {
  type BrokerSession,
  type BrokerSessionOptions,
  createBrokerSession,
} from '@act-on-token/broker/client';
import type { ActOnTokenError, Fetch, TokenStore } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Browser, held } from './support/browser.ts';
import { openPage } from './support/page.ts';
import { ada, bob, createWorld, type World } from './support/world.ts';

const anHour = 3_600_000;
const opened: BrokerSession[] = [];
afterEach(() => Promise.all(opened.splice(0).map((session) => session.close())));

interface Machine extends World {
  readonly browser_: Browser;
  readonly fetch: Fetch;
  /** A page of this browser. It hears nothing of other tabs unless it is listened to. */
  page(options?: Partial<BrokerSessionOptions>): BrokerSession;
  /** Names who made each request to Act-On's API since. */
  readonly acted: string[];
}

/** A browser in which Ada is signed in. */
async function machine(mode: 'proxy' | 'token', user?: () => string | null): Promise<Machine> {
  openPage();
  const acted: string[] = [];
  const world = createWorld({ mode, ...(user && { user }) }, {}, (request) => {
    const [, payload = ''] = (request.headers.get('authorization') ?? '').split('.');
    if (!request.url.endsWith('/account'))
      acted.push(JSON.parse(Buffer.from(payload, 'base64url').toString()).sub);
    return null;
  });
  const browser = await world.signedIn(ada);
  const fetch: Fetch = async (input, init) => {
    const request = new Request(input, init);
    if (new URL(request.url).origin === 'https://app.example') return browser.fetch(input, init);
    const [, payload = ''] = (request.headers.get('authorization') ?? '').split('.');
    acted.push(JSON.parse(Buffer.from(payload, 'base64url').toString()).sub);
    return world.emulator.fetch(request);
  };
  const page: Machine['page'] = (options) => {
    const session = createBrokerSession({
      url: '/auth',
      mode,
      fetch,
      clock: world.clock,
      ...options,
    });
    opened.push(session);
    return session;
  };
  return { ...world, browser_: browser, fetch, page, acted };
}

const errorOf = (work: Promise<unknown>): Promise<ActOnTokenError> =>
  work.then(
    () => Promise.reject(new Error('It should fail.')),
    (error) => error,
  );
const send = (session: BrokerSession) =>
  session.fetch('/api/1/message/m-1/send', {
    method: 'POST',
    body: new URLSearchParams({ to: 'x@example.test' }),
  });
const signOutElsewhere = async ({ browser_ }: Machine, name: string) => {
  const { accounts } = JSON.parse((await browser_.ask('/auth/session')).text) as {
    accounts: { id: string; name: string }[];
  };
  const id = accounts.find((account) => account.name === name)?.id ?? '';
  await browser_.ask('/auth/logout', { method: 'POST', headers: { 'x-act-on-account': id } });
};
const waitFor = <T>(check: () => T | Promise<T>) =>
  vi.waitFor(check, { timeout: 20_000, interval: 5 });

describe.each(['proxy', 'token'] as const)('in %s mode a page acts as whom it shows', (mode) => {
  it('when another tab added an account, until it shows that one', async () => {
    const m = await machine(mode);
    const page = m.page();
    await send(page);
    expect(page.account?.name).toBe(ada.username);
    await m.signIn(m.browser_, bob);
    await send(page);
    expect(page.account?.name).toBe(ada.username);
    await page.lookUp();
    expect(page.account?.name).toBe(bob.username);
    await send(page);
    expect(m.acted).toEqual([ada.username, ada.username, bob.username]);
  });

  it('and as no one when that account is gone: it looks again, and shows who is there', async () => {
    const m = await machine(mode);
    const page = m.page();
    await page.ready();
    await m.signIn(m.browser_, bob);
    await signOutElsewhere(m, ada.username);
    m.pass(2 * anHour);
    expect(await errorOf(send(page))).toMatchObject({ code: 'signed_out' });
    expect(m.acted).toEqual([]);
    expect(page.account?.name).toBe(bob.username);
    await send(page);
    expect(m.acted).toEqual([bob.username]);
  });

  it('and as no one when it shows no one, whoever signed in meanwhile', async () => {
    const m = await machine(mode);
    const page = m.page();
    await page.signOut();
    expect(page.account).toBeNull();
    await m.signIn(m.browser_, bob);
    expect(await errorOf(send(page))).toMatchObject({ code: 'signed_out' });
    expect(m.acted).toEqual([]);
    expect(page.account?.name).toBe(bob.username);
  });

  it('when it is about one account, which is the only one that it ever acts as', async () => {
    const m = await machine(mode);
    const first = m.page();
    await first.ready();
    const adas = m.page({ account: first.account?.id ?? '' });
    await m.signIn(m.browser_, bob);
    await send(adas);
    await signOutElsewhere(m, ada.username);
    m.pass(2 * anHour);
    expect(await errorOf(send(adas))).toMatchObject({ code: 'signed_out' });
    expect(await errorOf(send(adas))).toMatchObject({ code: 'signed_out' });
    expect(adas.account).toBeNull();
    expect(adas.getSnapshot()).toMatchObject({ usable: false, needsGrant: true });
    await adas.signOut();
    await first.lookUp();
    expect(first.account?.name).toBe(bob.username);
    expect(m.acted).toEqual([ada.username]);
  });

  it('when another user of the app came, who has another account', async () => {
    let user = 'grace';
    const m = await machine(mode, () => user);
    const page = m.page();
    await page.ready();
    user = 'mallory';
    await m.signIn(m.browser_, bob);
    m.pass(2 * anHour);
    expect(await errorOf(send(page))).toMatchObject({ code: 'signed_out' });
    expect(page.account?.name).toBe(bob.username);
    await send(page);
    user = 'grace';
    m.pass(2 * anHour);
    expect(await errorOf(send(page))).toMatchObject({ code: 'signed_out' });
    expect(page.account?.name).toBe(ada.username);
    expect(m.acted).toEqual([bob.username]);
  });

  it('and signs out whom it shows, and no one else', async () => {
    const m = await machine(mode);
    const page = m.page();
    await page.ready();
    await m.signIn(m.browser_, bob);
    await page.signOut();
    const left = m.page();
    await left.ready();
    expect(left.accounts.map(({ name }) => name)).toEqual([bob.username]);
  });

  it('and says so to whoever listens, though the snapshot is the same', async () => {
    const m = await machine(mode);
    const page = m.page();
    await page.ready();
    const shown: (string | undefined)[] = [];
    const types: string[] = [];
    page.on(({ type }) => types.push(type));
    page.subscribe(() => void shown.push(page.account?.name));
    await m.signIn(m.browser_, bob);
    const before = page.getSnapshot();
    await page.lookUp();
    expect(page.getSnapshot()).not.toBe(before);
    await signOutElsewhere(m, bob.username);
    await page.lookUp();
    expect(shown).toEqual([bob.username, ada.username]);
    expect(types).toEqual(['signed_in', 'signed_in']);
  });
});

describe('a token that a page keeps', () => {
  const kept = async (store: TokenStore) =>
    (await store.read(JSON.stringify(['act-on-broker', 'https://app.example/auth/', null]))).record
      ?.value;
  const withStore = async (user?: () => string | null) => {
    const m = await machine('token', user);
    const store = memoryStore({ now: m.clock.now });
    return {
      ...m,
      store,
      page: (options?: Partial<BrokerSessionOptions>) => m.page({ store, ...options }),
    };
  };
  const asked = ({ browser_ }: Machine) =>
    browser_.received.filter(({ url }) => url.endsWith('/auth/token')).length;

  it('is used after a reload by the same account, and says whose it is', async () => {
    const m = await withStore();
    await send(m.page());
    const reloaded = m.page();
    await send(reloaded);
    expect(asked(m)).toBe(1);
    expect(JSON.parse((await kept(m.store)) ?? '')).toEqual({
      accountId: reloaded.account?.id,
      signIn: expect.stringMatching(/^[\w-]{16}$/),
      token: reloaded.currentAccessToken(),
      expiresAt: expect.any(Number),
    });
  });

  it('is not used for an account that was added', async () => {
    const m = await withStore();
    await send(m.page());
    await m.signIn(m.browser_, bob);
    const page = m.page();
    await send(page);
    expect(page.account?.name).toBe(bob.username);
    expect(m.acted).toEqual([ada.username, bob.username]);
  });

  it.each([
    ['another account', bob],
    ['the same account', ada],
  ])('is not used by the next user of the app at this machine, who has %s', async (_, account) => {
    let user = 'grace';
    const m = await withStore(() => user);
    const graces = m.page();
    await send(graces);
    const token = graces.currentAccessToken();
    user = 'mallory';
    expect(await errorOf(m.page().getAccessToken())).toMatchObject({ code: 'signed_out' });
    expect(await kept(m.store)).toBe('null');
    await m.signIn(m.browser_, account);
    const page = m.page();
    m.pass(120_000);
    await page.getAccessToken();
    expect(asked(m)).toBe(3);
    await send(page);
    expect(m.acted).toEqual([ada.username, account.username]);
    expect((await kept(m.store)) ?? '').not.toContain(token);
  });

  it('is not used before the broker has said who is there', async () => {
    const m = await withStore();
    await send(m.page());
    m.browser_.offline = true;
    const page = m.page();
    expect(await errorOf(page.getAccessToken())).toMatchObject({ code: 'not_sent' });
    expect(await errorOf(send(page))).toMatchObject({ code: 'not_sent' });
    expect(page.currentAccessToken()).toBeUndefined();
    expect(m.acted).toHaveLength(1);
  });

  it.each([
    ['that says nothing of whose it is', { token: 'planted', expiresAt: Date.now() + anHour }],
    [
      'of another account',
      { accountId: 'other', signIn: 'x', token: 'planted', expiresAt: Date.now() + anHour },
    ],
    ['that is not one', ['planted']],
  ])('%s is not used', async (_, value) => {
    const m = await withStore();
    const key = JSON.stringify(['act-on-broker', 'https://app.example/auth/', null]);
    await m.store.swap(key, null, { version: 'v', value: JSON.stringify(value) });
    const page = m.page();
    await send(page);
    expect(page.currentAccessToken()).not.toBe('planted');
    expect(m.acted).toEqual([ada.username]);
    expect((await kept(m.store)) ?? '').not.toContain('planted');
  });

  it('is gone with its sign-out, though it comes in later and other tabs write', async () => {
    const m = await withStore();
    const slow = held(m.fetch, '/auth/token');
    const page = m.page({ fetch: slow.fetch });
    await page.ready();
    const late = page.getAccessToken();
    await slow.arrived;
    const others = [m.page(), m.page()];
    await Promise.all(others.map((other) => other.getAccessToken()));
    await page.signOut();
    slow.release();
    await late;
    expect(await kept(m.store)).toBe('null');
  });

  it('is not handed to whom the page shows by the time it comes in', async () => {
    const m = await withStore();
    const slow = held(m.fetch, '/auth/token');
    const page = m.page({ fetch: slow.fetch });
    await page.ready();
    const adas = page.getAccessToken();
    await slow.arrived;
    await m.signIn(m.browser_, bob);
    await page.lookUp();
    const bobs = page.getAccessToken();
    const sent = send(page);
    slow.release();
    expect(await bobs).not.toBe(await adas);
    expect(page.currentAccessToken()).toBe(await bobs);
    await sent;
    expect(m.acted).toEqual([bob.username]);
  });

  it('that Act-On refuses is not replaced by that of another account', async () => {
    const m = await withStore();
    let fetch = m.fetch;
    const page = m.page({ fetch: (...request) => fetch(...request) });
    await page.getAccessToken();
    m.pass(120_000);
    m.emulator.faults.arm({ route: 'api', kind: 'unauthorized' });
    const slow = held(m.fetch, '/api/1/message/m-1/send');
    fetch = slow.fetch;
    const sent = send(page);
    await slow.arrived;
    await m.signIn(m.browser_, bob);
    await page.lookUp();
    slow.release();
    expect((await sent).status).toBe(401);
    expect(m.acted).toEqual([ada.username]);
  });
});

it('a page tells of another account by itself when another tab signs in to it', async () => {
  const m = await machine('proxy');
  const page = m.page();
  page.subscribe(() => {});
  await page.ready();
  await m.signIn(m.browser_, bob);
  await m.page().lookUp();
  await waitFor(() => expect(page.account?.name).toBe(bob.username));
});

describe('a redirect', () => {
  it.each(['proxy', 'token'] as const)(
    'is not followed by the page in %s mode, whatever it asks for',
    async (mode) => {
      const m = await machine(mode);
      const modes: (RequestRedirect | undefined)[] = [];
      const page = m.page({
        fetch(input, init) {
          modes.push(init?.redirect);
          return m.fetch(input, init);
        },
      });
      await page.fetch('/api/1/list', { redirect: 'follow' });
      await page.fetch(
        new Request('https://api.actonsoftware.com/api/1/list', {
          method: 'POST',
          body: 'x',
          redirect: 'follow',
        }),
      );
      expect(modes.length).toBeGreaterThan(2);
      for (const each of modes) expect(each).toMatch(/^(error|manual)$/);
    },
  );
});
