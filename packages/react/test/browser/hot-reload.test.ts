import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isChromiumThere, openPage, startChromium } from './support/chromium.ts';
import { type HotSite, serveHot } from './support/hot-site.ts';

describe.skipIf(!isChromiumThere)("Vite's dev server replacing a component in Chromium", () => {
  let browser: Browser;
  let site: HotSite | undefined;
  beforeAll(async () => {
    browser = await startChromium();
  }, 90_000);
  afterEach(() => site?.close());
  afterAll(() => browser?.close());

  it.each(['19', '18'] as const)(
    'mounts it again in the middle of the exchange and after it, and the code is sent once, with React %s',
    async (react) => {
      site = await serveHot(react);
      const { page, complaints } = await openPage(browser);
      const hold = site.emulator.faults.arm({ route: 'token', kind: 'hold' });
      await Promise.all([connected(page), page.goto(site.origin)]);
      await Promise.all([connected(page), page.getByRole('button', { name: 'Sign in' }).click()]);
      await hold.reached();
      // As StrictMode does it.
      await expect.poll(() => mounts(page), patiently).toBe(2);

      await site.edit('callback.tsx', (text) =>
        withAnotherHook(text.replace('first edition', 'second edition')),
      );
      await page.getByText('second edition').waitFor();
      expect(await page.locator('#callback').textContent()).toBe('pending');
      await expect.poll(() => mounts(page), patiently).toBeGreaterThan(2);
      hold.release();
      await page.locator('#callback', { hasText: 'done' }).waitFor();

      const before = await mounts(page);
      await site.edit('callback.tsx', (text) =>
        withAnotherHook(text.replace('second edition', 'third edition')),
      );
      await page.getByText('third edition').waitFor();
      expect(await page.locator('#callback').textContent()).toBe('done');
      await expect.poll(() => mounts(page), patiently).toBeGreaterThan(before);

      expect(page.url()).toBe(`${site.origin}/callback`);
      expect(site.emulator.ledger.counters().grants.authorization_code.sent).toBe(1);
      expect(complaints).toEqual([]);
      await page.close();
    },
    60_000,
  );
});

const patiently = { timeout: 20_000 };

/** Whoever is not connected yet is told of no change. */
function connected(page: Page): Promise<unknown> {
  return page.waitForEvent('console', (message) => message.text().includes('[vite] connected'));
}

/** React keeps a component that is edited, unless its hooks changed: then it is mounted anew. */
function withAnotherHook(text: string): string {
  return text.replace(
    "  count('callback rendered');",
    "  useEffect(() => {}, []);\n  count('callback rendered');",
  );
}

function mounts(page: Page): Promise<number> {
  return page.evaluate("counts['callback mounted']");
}
