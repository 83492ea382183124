import { storeCases } from '@act-on-token/store-kit';
import type { Page } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { BrowserName, TestBrowser } from './browsers.ts';
import type {} from './page-program.ts';

/** What the store does in any browser. */
export function storeInBrowser(name: BrowserName, start: () => TestBrowser): void {
  let page: Page;
  beforeAll(async () => {
    [page] = (await start().openPages(await start().openProfile(), 1)) as [Page];
  });

  describe(`indexedDbStore in ${name} passes the store kit: it`, () => {
    for (const { name: rule } of storeCases) it(rule, () => page.evaluate((each) => tab.runCase(each, false), rule));
  });

  describe(`sealedStore over indexedDbStore in ${name} passes the store kit: it`, () => {
    for (const { name: rule } of storeCases) it(rule, () => page.evaluate((each) => tab.runCase(each, true), rule));
  });

  it('opens the database anew when the user has cleared the data of the site', async () => {
    expect(await page.evaluate(() => tab.write())).toBe('written');
    await page.evaluate(() => fetch('/forget'));
    await expect.poll(() => page.evaluate(() => tab.holds()), { timeout: 20_000 }).toBe(false);
    expect(await page.evaluate(() => tab.write())).toBe('written');
  });

  it('says what to do in a frame that may keep no data', async () => {
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
}
