import { setTimeout } from 'node:timers/promises';
import { expect } from 'vitest';
import type { Browser } from '../../../../packages/broker/test/support/browser.ts';
import { anHour, type Case, intoTheLastMinutes, sentTo } from './case.ts';
import { NoValue, type Stage } from './stage.ts';
import { appOrigin } from './subject.ts';

const stores = ['memory', 'network'] as const;

export const brokerCases: readonly Case[] = stores.flatMap((store) => [
  ...withWaitUntil(store),
  ...without(store),
]);

function withWaitUntil(store: 'memory' | 'network'): Case[] {
  const shape = { kind: 'broker', store } as const;
  const over = `over the ${store} store`;
  return [
    {
      name: `the broker with waitUntil at each request, ${over}: an early refresh goes on after the response`,
      shape,
      async run(stage) {
        const { emulator, pass } = stage;
        const browser = await signedIn(stage, true);
        await pass(intoTheLastMinutes);
        const hold = emulator.faults.arm({
          route: 'token',
          grantType: 'refresh_token',
          kind: 'hold',
          when: 'after',
        });
        expect((await account(browser)).status).toBe(200);
        await hold.reached();
        expect((await account(browser)).status).toBe(200);
        hold.release();
        await expect.poll(() => lifetime(browser)).toBeGreaterThan(3_000);
        expect(sentTo(stage)).toEqual({ password: 0, refresh: 1, code: 1 });
      },
    },
    {
      name: `the broker with waitUntil at each request, ${over}: a sign-in whose browser goes away is finished, and its redirect may be loaded again`,
      shape,
      async run(stage) {
        const { emulator } = stage;
        const browser = stage.browser(true);
        const { url, cookie } = await atTheRedirect(browser);
        const hold = emulator.faults.arm({
          route: 'token',
          grantType: 'authorization_code',
          kind: 'hold',
          when: 'after',
        });
        const { gone } = stage.openAndGo(url, { headers: { cookie, 'x-wait-until': '1' } });
        await hold.reached();
        await gone();
        const again = browser.open(`${appOrigin}${url}`, 'cross-site');
        hold.release();
        expect((await again).url).toBe(`${appOrigin}/lists`);
        expect((await account(browser)).status).toBe(200);
        expect(sentTo(stage).code).toBe(1);
      },
    },
    {
      name: `the broker with waitUntil at each request, ${over}: a message whose page goes away is sent once, and its second arrival is answered like the first`,
      shape,
      async run(stage) {
        const { emulator } = stage;
        const browser = await signedIn(stage, true);
        const { headers, path } = message(browser);
        const before = emulator.ledger.counters().apiCalls;
        const hold = emulator.faults.arm({ route: 'api', kind: 'hold', when: 'after' });
        const { gone } = stage.openAndGo(path, {
          method: 'POST',
          headers: { ...headers, 'x-wait-until': '1' },
        });
        await hold.reached();
        await gone();
        const again = browser.ask(path, {
          method: 'POST',
          headers: { 'idempotency-key': headers['idempotency-key'] },
        });
        hold.release();
        const { status, headers: back } = await again;
        expect([status, back.get('x-act-on-broker-error')]).toEqual([200, null]);
        expect(emulator.ledger.counters().apiCalls - before).toBe(1);
      },
    },
  ];
}

function without(store: 'memory' | 'network'): Case[] {
  const shape = { kind: 'broker', store } as const;
  const over = `over the ${store} store`;
  return [
    {
      name: `the broker without waitUntil, ${over}: after an early refresh that ended with its request every later request is served`,
      shape,
      async run(stage) {
        const { emulator, pass, inBoundedTime } = stage;
        const browser = await signedIn(stage, false);
        await pass(intoTheLastMinutes);
        emulator.faults.arm({
          route: 'token',
          grantType: 'refresh_token',
          kind: 'hold',
          when: 'before',
        });
        expect((await account(browser)).status).toBe(200);
        expect((await account(browser)).status).toBe(200);
        await pass(75_000);
        expect((await inBoundedTime(() => accountInTime(browser))).status).toBe(200);
        await pass(anHour);
        expect((await inBoundedTime(() => accountInTime(browser))).status).toBe(200);
        expect(sentTo(stage).refresh).toBeLessThanOrEqual(3);
      },
    },
    {
      name: `the broker without waitUntil, ${over}: a sign-in whose browser goes away keeps no later one waiting`,
      shape,
      async run(stage) {
        const { emulator, inBoundedTime } = stage;
        const browser = stage.browser(false);
        const { url, cookie } = await atTheRedirect(browser);
        const hold = emulator.faults.arm({
          route: 'token',
          grantType: 'authorization_code',
          kind: 'hold',
          when: 'after',
        });
        const { gone } = stage.openAndGo(url, { headers: { cookie } });
        await hold.reached();
        await gone();
        const { status, text } = await inBoundedTime(() =>
          browser.open(`${appOrigin}${url}`, 'cross-site'),
        );
        expect([status, text]).toEqual([expect.any(Number), expect.stringContaining('Sign in')]);
        expect((await inBoundedTime(() => browser.open('/auth/login?returnTo=/lists'))).url).toBe(
          `${appOrigin}/lists`,
        );
        expect((await account(browser)).status).toBe(200);
      },
    },
    {
      name: `the broker without waitUntil, ${over}: browsers that go away while they sign in take no places from the next one`,
      shape,
      async run(stage) {
        const { emulator, inBoundedTime } = stage;
        // More than are let through at the same time.
        const many = 70;
        const hold = emulator.faults.arm({
          route: 'token',
          grantType: 'authorization_code',
          kind: 'hold',
          when: 'before',
          times: many,
        });
        for (let nth = 1; nth <= many; nth += 1) {
          const { url, cookie } = await atTheRedirect(stage.browser(false));
          const { gone } = stage.openAndGo(url, { headers: { cookie } });
          await Promise.race([hold.reached(nth), setTimeout(200)]);
          await gone();
        }
        hold.disarm();
        const browser = stage.browser(false);
        expect((await inBoundedTime(() => browser.open('/auth/login?returnTo=/lists'))).url).toBe(
          `${appOrigin}/lists`,
        );
      },
    },
    {
      name: `the broker without waitUntil, ${over}: a message whose page goes away keeps its second arrival waiting for a bounded time`,
      shape,
      async run(stage) {
        const { emulator, inBoundedTime } = stage;
        const browser = await signedIn(stage, false);
        const { headers, path } = message(browser);
        const before = emulator.ledger.counters().apiCalls;
        const hold = emulator.faults.arm({ route: 'api', kind: 'hold', when: 'after' });
        const { gone } = stage.openAndGo(path, { method: 'POST', headers });
        await hold.reached();
        await gone();
        const key = headers['idempotency-key'];
        const { headers: back } = await inBoundedTime(() =>
          browser.ask(path, { method: 'POST', headers: { 'idempotency-key': key } }),
        );
        // Nobody knows whether the first one was carried out, so the second one is not sent.
        expect(back.get('x-act-on-broker-error')).toMatch(
          /^(bad_gateway|gateway_timeout|duplicate_request)$/,
        );
        expect(emulator.ledger.counters().apiCalls - before).toBe(1);
      },
    },
  ];
}

async function signedIn(stage: Stage, waitUntil: boolean): Promise<Browser> {
  const browser = stage.browser(waitUntil);
  const { url } = await browser.open('/auth/login?returnTo=/lists');
  expect(url).toBe(`${appOrigin}/lists`);
  return browser;
}

const account = (browser: Browser): ReturnType<Browser['ask']> =>
  browser.ask('/auth/api/api/1/account');

/** The same, for a page that comes again when it is told to. */
async function accountInTime(browser: Browser): ReturnType<Browser['ask']> {
  const answer = await account(browser);
  const seconds = answer.headers.get('retry-after');
  if (answer.status === 503 && seconds !== null)
    throw new NoValue(answer.text, Number(seconds) * 1_000);
  return answer;
}

/** Seconds that the token of the next request still lives. */
async function lifetime(browser: Browser): Promise<number> {
  return Number((await account(browser)).headers.get('x-act-on-expires-in'));
}

const cookies = (browser: Browser): string =>
  [...browser.jar].map(([name, { value }]) => `${name}=${value}`).join('; ');

/** A sign-in at the moment when Act-On sends the browser back. */
async function atTheRedirect(browser: Browser): Promise<{ url: string; cookie: string }> {
  const started = await browser.send('/auth/login?returnTo=/lists');
  const consented = await fetch(started.headers.get('location') ?? '', { redirect: 'manual' });
  const { pathname, search } = new URL(consented.headers.get('location') ?? '');
  return { url: `${pathname}${search}`, cookie: cookies(browser) };
}

function message(browser: Browser): {
  path: string;
  headers: Record<'cookie' | 'origin' | 'x-act-on-broker' | 'idempotency-key', string>;
} {
  const headers = {
    cookie: cookies(browser),
    origin: appOrigin,
    'x-act-on-broker': '1',
    'idempotency-key': crypto.randomUUID(),
  };
  return { path: '/auth/api/api/1/message/none/send', headers };
}
