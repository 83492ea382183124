import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  isChromiumThere,
  startChromium,
} from '../../packages/react/test/browser/support/chromium.ts';
import { buildApp } from './server/build-app.ts';
import { type DemoServer, serveDemo } from './server/demo-server.ts';
import { findings } from './test/accessibility.ts';
import { startDemoProcess } from './test/demo-process.ts';
import { interruptions, watchForInterruptions } from './test/interruptions.ts';
import { type Received, recordReceived } from './test/received.ts';
import {
  emptyFolder,
  photograph,
  photographInTheDark,
  photographSmall,
  folder as screenshots,
} from './test/screenshots.ts';
import { secretsOf } from './test/secrets.ts';
import { complaintsOf, policyComplaintsOf } from './test/security-headers.ts';
import { standingClock } from './test/standing-clock.ts';

// Far more than any step takes where nothing is wrong.
const patience = 50_000;

describe.skipIf(!isChromiumThere)('the React app, in Chromium', { timeout: 120_000 }, () => {
  let folder: string;
  let demo: DemoServer;
  let browser: Browser;
  let context: BrowserContext;
  let received: Received;
  let first: Page;
  let second: Page;

  beforeAll(async () => {
    await emptyFolder();
    folder = await mkdtemp(join(tmpdir(), 'act-on-token-react-app-'));
    // As it is built for users: vitest says "test", from which Vite concludes that it is not.
    vi.stubEnv('NODE_ENV', 'production');
    [browser] = await Promise.all([startChromium(), buildApp(folder)]);
    vi.unstubAllEnvs();
    demo = await serveDemo(folder, standingClock());
    context = await browser.newContext({
      colorScheme: 'light',
      viewport: { width: 1180, height: 900 },
    });
    context.setDefaultTimeout(patience);
    received = recordReceived(context);
    first = await context.newPage();
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await demo?.close();
    await rm(folder, { recursive: true, force: true });
    console.log(`screenshots: ${screenshots}`);
  }, 60_000);

  it('sends with every file what scanners of sites look for', async () => {
    const page = await fetch(demo.url);
    const html = await page.text();
    const [script = ''] = /\/assets\/[\w.-]+\.js/.exec(html) ?? [];
    expect(script).not.toBe('');
    for (const path of ['/', '/index.html', script, '/icon.svg', '/nothing']) {
      const response = await fetch(demo.url + path);
      expect([path, ...complaintsOf(response), ...policyComplaintsOf(response)]).toEqual([path]);
    }
  });

  const rows = (page: Page): Locator => page.locator('tbody tr');
  const button = (page: Page, name: string): Locator =>
    page.getByRole('button', { name, exact: true });
  const heading = (page: Page, name: string): Locator =>
    page.getByRole('heading', { name, exact: true });
  const badge = (page: Page, text: string | RegExp): Promise<void> =>
    page.locator('.badge', { hasText: text }).waitFor();
  const logged = (page: Page, outcome: string): Promise<void> =>
    page.locator('.outcome', { hasText: outcome }).first().waitFor();
  const refreshes = () => demo.actOn.ledger.counters().grants.refresh_token;

  /** By keyboard alone, up to the page that asks for consent. */
  async function goToConsent(page: Page): Promise<void> {
    const { username, password } = demo.actOn.user;
    await page.getByRole('link', { name: 'Sign in with Act-On' }).press('Enter');
    await page.getByLabel('User name').fill(username);
    await page.getByLabel('Password').fill(password);
    await page.getByLabel('Password').press('Enter');
    await button(page, 'Yes').waitFor();
  }

  it('says that no one is signed in, and how to', async () => {
    await first.goto(demo.url);
    await heading(first, 'You are not signed in').waitFor();
    await first.getByText(demo.actOn.user.username).waitFor();
    expect(await findings(first)).toEqual([]);
    await photograph(first, '1-signed-out');
    await photographInTheDark(first, '1-signed-out-dark');
  });

  it('shows where the keyboard is', async () => {
    await first.keyboard.press('Tab');
    const link = first.locator('a:focus-visible', { hasText: 'Sign in with Act-On' });
    expect(await link.evaluate((element) => getComputedStyle(element).outlineStyle)).toBe('solid');
  });

  it('says clearly what happened when a person does not consent, and leads back', async () => {
    await goToConsent(first);
    await photograph(first, '2-consent');
    await button(first, 'No').click();
    await heading(first, 'You did not allow access').waitFor();
    expect(await findings(first)).toEqual([]);
    await photograph(first, '3-consent-no');
    await first.getByRole('link', { name: 'Back to the app' }).click();
    await heading(first, 'You are not signed in').waitFor();
    expect(demo.actOn.ledger.counters().grants.authorization_code.sent).toBe(0);
  });

  it('shows the lists of Act-On once a person consents', async () => {
    await goToConsent(first);
    await button(first, 'Yes').click();
    await rows(first).first().waitFor();
    expect(await rows(first).count()).toBe(6);
    expect(await rows(first).first().locator('> *').allTextContents()).toEqual([
      'Newsletter, weekly',
      '1,248',
      expect.any(String),
    ]);
    await badge(first, 'Signed in');
    await first.getByText('1 of 5').waitFor();
    await first.getByRole('timer').waitFor();
    expect(await first.getByRole('timer').textContent()).toMatch(/^\d?\d:\d\d$/);
    await logged(first, 'new pair');
    expect(await findings(first)).toEqual([]);
    await photograph(first, '4-lists');
    await photographInTheDark(first, '4-lists-dark');
    expect(await photographSmall(first, '4-lists-small')).toBe(320);
  });

  it('renews a token that expired, and no one notices', async () => {
    await watchForInterruptions(first);
    await button(first, 'Let the token expire').press('Enter');
    await expect.poll(() => refreshes().granted, { timeout: patience }).toBe(1);
    await badge(first, 'Signed in');
    await button(first, 'Reload').waitFor();
    await first.locator('.log li', { hasText: 'access_token 2' }).waitFor();
    await photograph(first, '5-renewed');
    expect(await interruptions(first)).toEqual([]);
  });

  it('shows the same in a second tab, without another sign-in', async () => {
    const opened = context.waitForEvent('page');
    await first.getByRole('link', { name: 'Open another tab' }).click();
    second = await opened;
    await rows(second).first().waitFor();
    await badge(second, 'Signed in');
    expect(demo.actOn.ledger.counters().grants.authorization_code.sent).toBe(1);
  });

  it('heals after a lost reply, and both tabs are in step all the way', async () => {
    await Promise.all([watchForInterruptions(first), watchForInterruptions(second)]);
    const { sent } = refreshes();
    await button(first, 'Lose a reply').click();
    await badge(first, 'Healing');
    await badge(second, /Healing|Renewing|Lapsed/);
    await logged(first, 'the reply was lost');
    await photograph(first, '6-reply-lost');
    expect(refreshes().sent).toBe(sent + 1);
    await button(first, 'Skip half a minute').click();
    await Promise.all([badge(first, 'Signed in'), badge(second, 'Signed in')]);
    await button(first, 'Reload').waitFor();
    await photograph(first, '7-healed');
    await photograph(second, '7-healed-second-tab');
    expect(refreshes().sent).toBe(sent + 2);
    expect(demo.actOn.ledger.counters().concurrentTokenRequests.peak).toBe(1);
    expect(await Promise.all([interruptions(first), interruptions(second)])).toEqual([[], []]);
  });

  it('signs out in all tabs at once', async () => {
    await button(second, 'Sign out').click();
    await Promise.all(
      [first, second].map((page) => heading(page, 'You are not signed in').waitFor()),
    );
    await photograph(first, '8-signed-out-by-the-other-tab');
    expect(await context.cookies()).toEqual([]);
    await first.reload();
    await heading(first, 'You are not signed in').waitFor();
  });

  it('never let a token or the secret come to the browser', async () => {
    const text = await received.text();
    // That is what a leak would stand among.
    expect([...received.paths]).toEqual(
      expect.arrayContaining(['/', '/auth/session', '/auth/api/api/1/list', '/demo/log']),
    );
    expect([...received.paths].filter((path) => path.startsWith('/assets/'))).toHaveLength(2);
    expect(text).toContain('Newsletter, weekly');
    expect(text).toMatch(/set-cookie: __Host-Http-act-on/i);
    const secrets = secretsOf(demo.actOn);
    expect(secrets.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['client secret', 'refresh token 3', 'access token 3']),
    );
    expect(
      secrets
        .filter(({ forms }) => forms.some((form) => text.includes(form)))
        .map(({ name }) => name),
    ).toEqual([]);
  });
});

describe('the command of the demo', () => {
  it('prints where the app is, and ends well on Ctrl-C', async () => {
    const demo = await startDemoProcess();
    expect(await fetch(demo.url).then((answer) => answer.text())).toContain('<div id="root">');
    expect(await demo.interrupt()).toBe(0);
    await expect(fetch(demo.url)).rejects.toThrow();
  }, 90_000);
});
