import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type FlakyProxy, startFlakyProxy } from '../../../../proof/support/tcp-proxy.ts';
import { component } from '../../../../tooling/component.ts';
import { close, listen } from '../support/act-on.ts';
import { attempts, browserApp, leftovers } from '../support/browser-app.ts';

const executablePath = component('chromium');
const args = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
];

/**
 * The app is at localhost and Act-On at 127.0.0.1: to a browser these are two sites, as in real
 * life.
 */
describe.skipIf(executablePath === undefined)('in Chromium', { timeout: 60_000 }, () => {
  let [server, link, emulator, browser, context, page, origin]: [
    Server,
    FlakyProxy,
    ServedEmulator,
    Browser,
    BrowserContext,
    Page,
    string,
  ] = [] as never;

  beforeAll(async () => {
    server = createServer();
    await listen(server);
    link = await startFlakyProxy((server.address() as AddressInfo).port);
    origin = `http://localhost:${link.port}`;
    const redirectUri = `${origin}/auth/callback`;
    [emulator, browser] = await Promise.all([
      serveEmulator({ redirectUris: [redirectUri], apiLimits: null, grantLimit: null }),
      chromium.launch({ executablePath: executablePath ?? '', args, timeout: 60_000 }),
    ]);
    server.on('request', await browserApp(emulator, origin));
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await link?.close();
    await Promise.all([server && close(server), emulator?.close()]);
  });
  beforeEach(async () => {
    context = await browser.newContext();
    page = await context.newPage();
    return () => context.close();
  });

  const shows = (tab: Page, status: string) =>
    tab.waitForFunction((text) => document.body.textContent === text, status, { timeout: 30_000 });

  /** Through both of Act-On's pages, as a person does. */
  async function signIn(answer: 'Yes' | 'No' = 'Yes'): Promise<void> {
    await page.goto(`${origin}/lists`);
    await shows(page, 'idle');
    await page.evaluate(() => globalThis.session.signIn());
    await page.getByLabel('User name').fill(emulator.user.username);
    await page.getByLabel('Password').fill(emulator.user.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: answer }).click();
  }

  it('a person signs in, two tabs see it, one signs out and both are', async () => {
    const second = await context.newPage();
    await second.goto(`${origin}/other`);
    await shows(second, 'idle');
    await signIn();
    await page.waitForURL(`${origin}/lists`);
    await Promise.all([shows(page, 'authorized'), shows(second, 'authorized')]);
    const lists = await second.evaluate(async () =>
      (await globalThis.session.fetch('/api/1/list')).json(),
    );
    expect(lists).toMatchObject({ totalCount: 3 });
    expect(await page.evaluate(leftovers)).toEqual({
      cookie: '',
      local: 0,
      session: 0,
      databases: 0,
    });
    expect(
      (await context.cookies()).map(({ name, httpOnly, secure, sameSite, path }) => [
        name.split('.')[0],
        httpOnly,
        secure,
        sameSite,
        path,
      ]),
    ).toEqual([['__Host-Http-act-on', true, true, 'Strict', '/']]);
    await page.evaluate(() => globalThis.session.signOut());
    await Promise.all([shows(page, 'idle'), shows(second, 'idle')]);
    expect(await context.cookies()).toEqual([]);
  });

  it('a person who says No gets an error that says so, on a page that has nothing to complain about', async () => {
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    await signIn('No');
    await page.getByRole('heading', { name: 'You did not allow access' }).waitFor();
    expect(complaints.filter((text) => !text.includes('403') && !text.includes('favicon'))).toEqual(
      [],
    );
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await contrast(page)).toBeGreaterThan(7);
    }
    await page.getByRole('link', { name: 'Back to the app' }).click();
    await shows(page, 'idle');
  });

  it('a message is sent once, though the browser sends its request twice because the answer got lost', async () => {
    await signIn();
    await shows(page, 'authorized');
    const sends = emulator.ledger.counters().sends;
    link.loseAnswerTo('POST /auth/api/api/1/message/');
    const status = await page.evaluate(async () => {
      const { fetch } = globalThis.session;
      // Read to its end, so that its connection is free to be used again.
      await (await fetch('/api/1/list')).text();
      const body = new URLSearchParams({ to: 'grace@example.test' });
      return (await fetch('/api/1/message/m-1/send', { method: 'POST', body })).status;
    });
    expect({
      status,
      requests: link.seen,
      sends: emulator.ledger.counters().sends - sends,
    }).toEqual({
      status: 200,
      requests: 2,
      sends: 1,
    });
  });

  it('a page of another site gets nothing, whatever it tries', async () => {
    await signIn();
    await shows(page, 'authorized');
    const evil = await context.newPage();
    await evil.goto(`${emulator.url}/authorize`);
    const tried = await evil.evaluate(attempts, origin);
    expect(tried).toEqual(['failed', 'failed', 'failed', 'failed']);
    await page.evaluate(() => globalThis.session.lookUp());
    await shows(page, 'authorized');
  });
});

/** Of the title against what it stands on (WCAG 2). */
function contrast(page: Page): Promise<number> {
  return page.evaluate(() => {
    const luminance = (color: string): number => {
      const [r = 0, g = 0, b = 0] = (color.match(/\d+/g) ?? []).map((each) => {
        const part = Number(each) / 255;
        return part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const style = (selector: string) =>
      getComputedStyle(document.querySelector(selector) ?? document.body);
    const [one, two] = [
      luminance(style('h1').color),
      luminance(style('main').backgroundColor),
    ].sort((a, b) => b - a);
    return ((one ?? 0) + 0.05) / ((two ?? 0) + 0.05);
  });
}
