import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { isChromiumThere, openPage, startChromium } from './support/chromium.ts';
import { type RenderedSite, serveRendered } from './support/rendered-site.ts';

describe.skipIf(!isChromiumThere)('pages that a server rendered, in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startChromium();
  }, 90_000);
  afterAll(() => browser?.close());

  describe.each(['19', '18'] as const)('with React %s', (react) => {
    let site: RenderedSite;
    let page: Page;
    let complaints: string[];
    beforeAll(async () => {
      site = await serveRendered(react);
      ({ page, complaints } = await openPage(browser));
    });
    afterAll(async () => {
      await page?.close();
      await site?.close();
    });

    const shows = (selector: string, text: string): Promise<void> =>
      page.locator(selector, { hasText: text }).waitFor();
    const counted = (): Promise<Record<string, number>> => page.evaluate('counts');
    const sent = (): object => {
      const { grants, concurrentTokenRequests, secretsInUrl } = site.emulator.ledger.counters();
      const { authorization_code: code, refresh_token: refresh } = grants;
      return {
        codes: code.sent,
        refreshes: refresh.sent,
        atOnce: concurrentTokenRequests.peak,
        secretsInUrl,
      };
    };

    it('are sent with the fallback in place of what only a browser can know', async () => {
      expect(site.version).toMatch(new RegExp(`^${react}\\.`));
      const html = await fetch(site.origin).then((answer) => answer.text());
      expect(html).toContain('<p id="status">idle</p><p id="account">…</p>');
    });

    it('are taken over without a warning, and sign in with one exchange, under StrictMode', async () => {
      await page.goto(site.origin);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await shows('#callback', 'done');
      expect(page.url()).toBe(`${site.origin}/callback`);
      expect(sent()).toEqual({ codes: 1, refreshes: 0, atOnce: 1, secretsInUrl: 0 });
      expect((await counted())['callback rendered']).toBeLessThanOrEqual(6);
    });

    it('have taken the code out of the address before a component loads anything', async () => {
      await vi.waitFor(() => expect(site.referers).not.toEqual([]), { timeout: 20_000 });
      expect([...new Set(site.referers)]).toEqual([`${site.origin}/callback`]);
    });

    it('are done as well when the page of the redirect is loaded again', async () => {
      await page.reload();
      await shows('#callback', 'done');
      await page.goto(`${site.origin}/callback?code=old&state=old-and-forgotten`);
      await shows('#callback', 'done');
      expect(page.url()).toBe(`${site.origin}/callback`);
      expect(sent()).toMatchObject({ codes: 1 });
    });

    it('show the account after a handful of renders, and complained of nothing all the way', async () => {
      await page.goto(site.origin);
      await shows('#account', '3 lists');
      await shows('#status', 'authorized');
      const { 'home rendered': home, 'account rendered': account } = await counted();
      expect(home).toBeLessThanOrEqual(6);
      expect(account).toBeLessThanOrEqual(6);
      expect(sent()).toMatchObject({ codes: 1, refreshes: 0 });
      expect(complaints).toEqual([]);
      expect(site.errors).toEqual([]);
    });
  });
});
