import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { firefox } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { close, listen } from '../../packages/broker/test/support/act-on.ts';
import { type Browser, createBrowser } from '../../packages/broker/test/support/browser.ts';
import { httpHandler } from '../../packages/broker/test/support/http-handler.ts';
import { createWorld, revoke } from '../../packages/broker/test/support/world.ts';
import { startChromium } from '../../packages/react/test/browser/support/chromium.ts';
import { type AppProcess, newer, older, startApp } from '../../proof/support/app-process.ts';
import { component } from '../../tooling/component.ts';
import { createApp } from './app.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));
const anHour = 3_600_000;
const contact = {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({ 'E-mail Address': 'grace@example.test' }),
};
const contacts = '/lists/l-0001/contacts';

const gecko = component('firefox-esr');
const browsers = [
  { name: 'Chromium', program: component('chromium'), launch: startChromium },
  {
    name: 'Firefox',
    program: gecko,
    launch: () =>
      firefox.launch({ executablePath: gecko ?? '', channel: 'moz-firefox', timeout: 60_000 }),
  },
];

let app: AppProcess | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function openApp(): Promise<{ app: AppProcess; browser: Browser }> {
  const started = await startApp(main, true);
  app = started;
  const toActOn = (url: string) => fetch(url, { redirect: 'manual' });
  const browser = createBrowser(httpHandler(started.origin), toActOn, started.origin);
  return { app: started, browser };
}

async function signedIn(): ReturnType<typeof openApp> {
  const opened = await openApp();
  const first = await opened.browser.send('/lists');
  expect(first.status).toBe(303);
  const { url } = await opened.browser.open(first.headers.get('location') ?? '');
  expect(url).toBe(`${opened.app.origin}/lists`);
  return opened;
}

describe('examples/express-app', () => {
  it('sends a person to sign in, and calls Act-On as that person from its own routes', async () => {
    const { app, browser } = await signedIn();
    const { status, text, headers } = await browser.send('/lists');
    expect([status, JSON.parse(text).totalCount]).toEqual([200, 3]);
    expect(headers.getSetCookie()).toEqual([]);
    const before = app.emulator.ledger.counters().apiCalls;
    expect((await browser.send(contacts, contact)).status).toBe(200);
    expect(app.emulator.ledger.counters().apiCalls).toBe(before + 1);
    expect(app.emulator.ledger.counters().grants.authorization_code.sent).toBe(1);
  });

  it.each([
    ['GET', '/lists', {}],
    ['POST', contacts, contact],
  ] as const)('a cookie renewed by a %s reaches the browser, and counts', async (_, path, init) => {
    const { app, browser } = await signedIn();
    const before = [...browser.jar];
    await app.restart(`${newer},${older}`);
    const answer = await browser.send(path, init);
    expect(answer.status).toBe(200);
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-Http-act-on\..*; HttpOnly; Secure; SameSite=Strict$/),
    ]);
    expect(answer.headers.get('cache-control')).toBe('private, no-store');
    const after = [...browser.jar];
    expect(after.map(([name]) => name)).toEqual(before.map(([name]) => name));
    expect(after).not.toEqual(before);
    // With the older secret gone, only the renewed cookie is of any use.
    await app.restart(newer);
    expect((await browser.send('/lists')).status).toBe(200);
    browser.jar.clear();
    for (const [name, cookie] of before) browser.jar.set(name, cookie);
    expect((await browser.send('/lists')).status).toBe(303);
  });

  it('does nothing for a page of another origin, though the cookie came along', async () => {
    const { app, browser } = await signedIn();
    const before = app.emulator.ledger.counters().apiCalls;
    const headers = { ...contact.headers, origin: 'https://evil.example' };
    expect((await browser.send(contacts, { ...contact, headers })).status).toBe(401);
    expect((await browser.send('/sign-out', { method: 'POST', headers })).status).toBe(204);
    expect(app.emulator.ledger.counters().apiCalls).toBe(before);
    expect((await browser.send('/lists')).status).toBe(200);
  });

  it('signs the browser out', async () => {
    const { browser } = await signedIn();
    expect((await browser.send('/sign-out', { method: 'POST' })).status).toBe(204);
    expect([...browser.jar]).toEqual([]);
    expect((await browser.send('/lists')).status).toBe(303);
  });

  it('says what a person must do when Act-On ended the session, and when to come back when it is busy', async () => {
    const world = createWorld();
    const server = createServer(createApp(world.broker));
    try {
      const toActOn = (url: string) => world.emulator.fetch(url, { redirect: 'manual' });
      const browser = createBrowser(httpHandler(await listen(server)), toActOn);
      await world.signIn(browser);
      world.pass(2 * anHour);
      world.emulator.faults.arm({ route: 'token', kind: 'too_many_requests', retryAfter: 300 });
      const busy = await browser.send('/lists');
      expect([busy.status, JSON.parse(busy.text).code]).toEqual([503, 'rate_limited']);
      expect(Number(busy.headers.get('retry-after'))).toBeGreaterThan(290);
      world.pass(anHour);
      revoke(world);
      const over = await browser.send('/lists');
      expect([over.status, JSON.parse(over.text).code]).toEqual([401, 'session_expired']);
    } finally {
      await close(server);
    }
  });

  describe.each(browsers)('in $name', ({ program, launch }) => {
    it.skipIf(program === undefined)('a person arrives at the lists at once', async () => {
      const started = await startApp(main, false);
      app = started;
      const person = await launch();
      try {
        const page = await person.newPage();
        await page.goto(started.origin);
        await page.getByRole('link', { name: 'Show them' }).click();
        await page.getByLabel('User name').fill(started.emulator.user.username);
        await page.getByLabel('Password').fill(started.emulator.user.password);
        await page.getByRole('button', { name: 'Sign in' }).click();
        await page.getByRole('button', { name: 'Yes' }).click();
        await page.waitForURL(`${started.origin}/lists`);
        expect(await page.evaluate(async () => (await fetch('/lists')).status)).toBe(200);
        expect(started.emulator.ledger.counters()).toMatchObject({
          apiCalls: 3,
          grants: { authorization_code: { sent: 1 } },
        });
      } finally {
        await person.close();
      }
    });
  });
});
