import {
  type BrokerSession,
  type BrokerSessionOptions,
  createBrokerSession,
} from '@act-on-token/broker/client';
import type { ActOnTokenError } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import { describe, expect, it, vi } from 'vitest';
import { type Browser, held } from './support/browser.ts';
import { openPage } from './support/page.ts';
import { ada, bob, createWorld, type World } from './support/world.ts';

const anHour = 3_600_000;

interface Tab extends World {
  readonly page: Browser;
  session(options?: Partial<BrokerSessionOptions>): BrokerSession;
}

/** A page in token mode: what goes to Act-On itself goes there, without cookies. */
async function open(): Promise<Tab> {
  openPage();
  const world = createWorld({ mode: 'token' });
  const page = await world.signedIn();
  const fetch: Browser['fetch'] = (input, init) => {
    const isOurs =
      new URL(input instanceof Request ? input.url : input).origin === 'https://app.example';
    if (!isOurs && init?.credentials !== 'omit')
      throw new Error('A request to Act-On must not carry credentials of a page.');
    return isOurs ? page.fetch(input, init) : world.emulator.fetch(input, init);
  };
  return {
    ...world,
    page,
    session: (options) =>
      createBrokerSession({ url: '/auth', mode: 'token', fetch, clock: world.clock, ...options }),
  };
}

const asked = ({ page }: Tab) =>
  page.received.filter(({ url }) => url.endsWith('/auth/token')).length;
const errorOf = (work: Promise<unknown>): Promise<ActOnTokenError> =>
  work.then(
    () => Promise.reject(new Error('It should fail.')),
    (error) => error,
  );

describe('a session in token mode', () => {
  it('gives the access token, asks for it once, and keeps it', async () => {
    const tab = await open();
    const session = tab.session();
    expect(session.currentAccessToken()).toBeUndefined();
    const tokens = await Promise.all([
      session.getAccessToken(),
      session.getAccessToken(),
      session.getAccessToken(),
    ]);
    expect(new Set(tokens).size).toBe(1);
    expect(await session.getAccessToken()).toBe(tokens[0]);
    expect(session.currentAccessToken()).toBe(tokens[0]);
    expect(asked(tab)).toBe(1);
  });

  it('asks for a new one when it is about to lapse, or was refused', async () => {
    const tab = await open();
    const session = tab.session();
    const first = await session.getAccessToken();
    tab.pass(anHour - 29_000);
    expect(session.currentAccessToken()).toBe(first);
    const second = await session.getAccessToken();
    expect(second).not.toBe(first);
    tab.pass(120_000);
    const third = await session.getAccessToken({ rejected: second });
    expect(third).not.toBe(second);
    expect(await session.getAccessToken({ rejected: second })).toBe(third);
    tab.pass(anHour);
    expect(session.currentAccessToken()).toBeUndefined();
  });

  it('calls the API itself, and once more after a 401', async () => {
    const tab = await open();
    const session = tab.session();
    expect(await (await session.fetch('/api/1/account')).json()).toMatchObject({
      login: ada.username,
    });
    expect(session.apiBase.href).toBe('http://127.0.0.1:8400/');
    tab.pass(120_000);
    tab.emulator.faults.arm({ route: 'api', kind: 'unauthorized' });
    const answer = await session.fetch('/api/1/list/l-0001/record', {
      method: 'POST',
      body: '{"E-mail Address":"x@example.test"}',
      headers: { 'content-type': 'application/json' },
    });
    expect(answer.status).toBe(200);
    expect(tab.emulator.ledger.counters()).toMatchObject({
      api401s: 1,
      grants: { refresh_token: { sent: 1 } },
    });
    expect(await errorOf(session.fetch('https://evil.example/api/1/list'))).toMatchObject({
      code: 'configuration',
    });
  });

  it('hands over the 401 of a token that is new, for it tells of a missing permission', async () => {
    const tab = await open();
    const session = tab.session();
    tab.emulator.faults.arm({ route: 'api', kind: 'unauthorized' });
    expect((await session.fetch('/api/1/account')).status).toBe(401);
    expect(tab.emulator.ledger.counters().grants.refresh_token.sent).toBe(0);
  });

  it('shares the token with other pages through a store, until someone signs out', async () => {
    const tab = await open();
    const store = memoryStore({ now: tab.clock.now });
    const [one, two] = [tab.session({ store }), tab.session({ store })];
    const token = await one.getAccessToken();
    expect(await two.getAccessToken()).toBe(token);
    expect(asked(tab)).toBe(1);
    await one.signOut();
    expect(one.currentAccessToken()).toBeUndefined();
    const three = tab.session({ store });
    expect(await errorOf(three.getAccessToken())).toMatchObject({ code: 'signed_out' });
  });

  it('is as good with a store that fails', async () => {
    const tab = await open();
    const store = memoryStore();
    await store.close();
    expect(await tab.session({ store }).getAccessToken()).toEqual(expect.any(String));
  });

  it('forgets the token when another tab signs out, or when the account is another one', async () => {
    const tab = await open();
    const [one, two] = [tab.session(), tab.session()];
    two.subscribe(() => {});
    await two.getAccessToken();
    await one.signOut();
    await vi.waitFor(() => expect(two.currentAccessToken()).toBeUndefined(), {
      timeout: 20_000,
      interval: 5,
    });
    await tab.signIn(tab.page, ada);
    await one.lookUp();
    await one.getAccessToken();
    await tab.signIn(tab.page, bob);
    await one.lookUp();
    expect(one.currentAccessToken()).toBeUndefined();
    expect(await (await one.fetch('/api/1/account')).json()).toMatchObject({ login: bob.username });
    await Promise.all([one.close(), two.close()]);
  });

  it('does not keep a token that arrives after the sign-out', async () => {
    const tab = await open();
    const session = tab.session();
    await session.ready();
    tab.pass(2 * anHour);
    const hold = tab.emulator.faults.arm({ route: 'token', kind: 'hold' });
    const late = session.getAccessToken().catch(() => null);
    await hold.reached();
    await session.signOut();
    hold.release();
    await late;
    expect(session.currentAccessToken()).toBeUndefined();
  });

  it('does not keep one either that was given before it, and took its time', async () => {
    const tab = await open();
    const store = memoryStore({ now: tab.clock.now });
    const slow = held(tab.page.fetch, '/auth/token');
    const session = tab.session({ fetch: slow.fetch, store });
    await session.ready();
    const late = session.getAccessToken();
    await slow.arrived;
    await session.signOut();
    slow.release();
    expect(await late).toEqual(expect.any(String));
    expect(session.currentAccessToken()).toBeUndefined();
    expect(await errorOf(tab.session({ store }).getAccessToken())).toMatchObject({
      code: 'signed_out',
    });
  });

  it('rejects with what the broker says, and an aborted wait with its reason', async () => {
    const tab = await open();
    const session = tab.session();
    tab.pass(2 * anHour);
    tab.emulator.faults.arm({ route: 'token', kind: 'too_many_requests', retryAfter: 30 });
    const error = await errorOf(session.getAccessToken());
    expect(error).toMatchObject({ code: 'rate_limited', needsGrant: false });
    expect(Math.abs((error.retryAt ?? 0) - tab.clock.now() - 30_000)).toBeLessThan(5_000);
    const reason = new Error('changed my mind');
    expect(await errorOf(session.getAccessToken({ signal: AbortSignal.abort(reason) }))).toBe(
      reason,
    );
    tab.page.offline = true;
    expect(await errorOf(session.getAccessToken())).toMatchObject({ code: 'not_sent' });
  });
});
