import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type RenderedSite, serveRendered } from './rendered-site.ts';

/** As much of a page as these cases need, of any browser. */
export interface RenderedPage {
  goto(url: string): Promise<unknown>;
  reload(): Promise<unknown>;
  evaluate<Result>(expression: string): Promise<Result>;
  clickButton(name: string): Promise<void>;
  close(): Promise<void>;
}

/**
 * What pages that a server rendered do in any browser, with each React. `complaints` are the
 * warnings and errors that the browser itself shows, and what no script caught.
 */
export function renderedPages(
  openPage: () => Promise<{ page: RenderedPage; complaints: readonly string[] }>,
): void {
  describe.each(['19', '18'] as const)('with React %s', (react) => {
    let site: RenderedSite;
    let page: RenderedPage;
    let complaints: readonly string[];
    beforeAll(async () => {
      site = await serveRendered(react);
      ({ page, complaints } = await openPage());
    });
    afterAll(async () => {
      await page?.close();
      await site?.close();
    });

    const textOf = (selector: string): Promise<string | null> =>
      page
        .evaluate<string>(`document.querySelector(${JSON.stringify(selector)})?.textContent`)
        .catch(() => null);
    const shows = (selector: string, text: string): Promise<void> =>
      vi.waitFor(async () => expect(await textOf(selector)).toBe(text), { timeout: 20_000 });
    const address = (): Promise<string> => page.evaluate('location.href');
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
      await page.clickButton('Sign in');
      await shows('#callback', 'done');
      expect(await address()).toBe(`${site.origin}/callback`);
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
      expect(await address()).toBe(`${site.origin}/callback`);
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
      expect([...complaints, ...site.complaints]).toEqual([]);
      expect(site.errors).toEqual([]);
    });
  });
}
