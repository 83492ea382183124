import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { storeCases } from '@act-on-token/store-kit';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Chromium, isChromiumThere, startChromium } from './support/chromium.ts';
import type {} from './support/page-program.ts';

describe.skipIf(!isChromiumThere)('in Chromium', () => {
  let chromium: Chromium;
  let profile: BrowserContext;
  beforeAll(async () => {
    chromium = await startChromium();
    profile = await chromium.openProfile();
  });
  afterAll(() => chromium?.close());

  describe('indexedDbStore in Chromium passes the store kit: it', () => {
    let page: Page;
    beforeAll(async () => {
      page = await chromium.openPage(profile);
    });
    for (const { name } of storeCases) it(name, () => page.evaluate((each) => tab.runCase(each), name));
  });

  describe('two pages of one origin', () => {
    let emulator: ServedEmulator;
    let pages: [Page, Page];

    beforeAll(async () => {
      emulator = await serveEmulator({ cors: [chromium.origin] });
      pages = [await chromium.openPage(profile), await chromium.openPage(profile)];
      await openSessions();
      await pages[0].evaluate(() => tab.signIn());
    });
    afterAll(() => emulator?.close());

    async function openSessions(): Promise<void> {
      const { client, url, user } = emulator;
      const actOn = { clientId: client.id, clientSecret: client.secret, baseUrl: url, ...user };
      for (const page of pages) await page.evaluate((each) => tab.open(each), actOn);
    }

    it('send one token request when both find the account expired', async () => {
      expect(await pages[0].evaluate(() => tab.expire())).toBe(true);
      await openSessions();
      const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
      for (const page of pages) await page.evaluate(() => tab.ask(50));
      await hold.reached();
      hold.release();
      const [first, second] = await Promise.all(pages.map((page) => page.evaluate(() => tab.answers())));
      expect(first).toHaveLength(1);
      expect(second).toEqual(first);
      expect(emulator.ledger.counters()).toMatchObject({ grants: { refresh_token: { sent: 1 } }, concurrentTokenRequests: { peak: 1 } });
    });

    it('are both signed out as soon as one of them signs out', async () => {
      expect(await pages[1].evaluate(() => tab.show())).toBe('authorized');
      const other = pages[1].evaluate(() => tab.whenSignedOut());
      await pages[0].evaluate(() => tab.signOut());
      expect(await other).toBe('idle');
    });
  });

  it('says what to do when there is no room left, and still reads', async () => {
    // Of its own, because in a used profile the browser goes by an earlier allowance for a while.
    const full = await chromium.openProfile();
    const page = await chromium.openPage(full);
    const browser = await full.newCDPSession(page);
    await browser.send('Storage.overrideQuotaForOrigin', { origin: chromium.origin, quotaSize: 10_000 });
    expect(await page.evaluate(() => tab.write())).toMatch(/\(QuotaExceededError\)\. There is no room left\. Free disk space/);
    expect(await page.evaluate(() => tab.holds())).toBe(false);
  });

  it('opens the database anew when the user has cleared the data of the site', async () => {
    const page = await chromium.openPage(profile);
    const browser = await profile.newCDPSession(page);
    expect(await page.evaluate(() => tab.write())).toBe('written');
    await browser.send('Storage.clearDataForOrigin', { origin: chromium.origin, storageTypes: 'indexeddb' });
    expect(await page.evaluate(() => tab.holds())).toBe(false);
    expect(await page.evaluate(() => tab.write())).toBe('written');
  });

  it('says what to do in a frame that may keep no data', async () => {
    const page = await chromium.openPage(profile);
    const frame = await page.evaluateHandle(() => {
      const made = document.createElement('iframe');
      Object.assign(made, { sandbox: 'allow-scripts', src: location.href });
      document.body.append(made);
      return new Promise<HTMLIFrameElement>((resolve) => {
        made.onload = () => resolve(made);
      });
    });
    const sandboxed = await frame.contentFrame();
    const message = await sandboxed?.evaluate(() => tab.holds().catch((error: Error) => error.message));
    expect(message).toMatch(/\(SecurityError\)\. The browser keeps no data for this page\./);
  });
});
