import { createServer, type Server } from 'node:http';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isChromiumThere, startChromium } from '../../../react/test/browser/support/chromium.ts';
import { close, listen } from '../support/act-on.ts';
import { browserApp } from '../support/browser-app.ts';
import type {} from '../support/picker-program.tsx';
import { ada, bob } from '../support/world.ts';

const both = `[${bob.username} ${ada.username}] ${bob.username}`;
const left = `[${ada.username}] ${ada.username}`;

describe.skipIf(!isChromiumThere)('an account picker in two tabs of Chromium', () => {
  let [server, emulator, browser, context, origin]: [
    Server,
    ServedEmulator,
    Browser,
    BrowserContext,
    string,
  ] = [] as never;

  beforeAll(async () => {
    server = createServer();
    origin = (await listen(server)).replace('127.0.0.1', 'localhost');
    [emulator, browser] = await Promise.all([
      serveEmulator({
        redirectUris: [`${origin}/auth/callback`],
        users: [ada, bob],
        apiLimits: null,
        grantLimit: null,
      }),
      startChromium(),
    ]);
    server.on('request', await browserApp(emulator, origin, 'picker-program.tsx'));
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await Promise.all([server && close(server), emulator?.close()]);
  });
  beforeEach(async () => {
    context = await browser.newContext();
    const page = await context.newPage();
    for (const { username } of [ada, bob]) {
      emulator.configure({ autoConsent: username });
      await page.goto(`${origin}/auth/login?returnTo=/lists&another=1`);
      await page.getByText(`] ${username}`).waitFor();
    }
    await page.close();
    return () => context.close();
  });

  async function openTab(): Promise<Page> {
    const tab = await context.newPage();
    await tab.goto(`${origin}/lists`);
    await tab.getByText(both).waitFor();
    return tab;
  }
  const shownIn = (tab: Page) => tab.evaluate(() => globalThis.shown);

  it.each(['one of the tabs', 'a third tab'])(
    'shows at once who is left when another session signs out in %s, with four renders each',
    async (place) => {
      const tabs = [await openTab(), await openTab()];
      const [first] = tabs;
      const third = place === 'a third tab' ? await openTab() : first;
      const asked = await third?.evaluate(async () => {
        const [id = ''] = globalThis.accountIds();
        const before = Date.now();
        await globalThis.signOutOf(id);
        return before;
      });
      const delays: number[] = [];
      for (const tab of tabs) {
        await tab.getByText(left, { exact: true }).waitFor();
        const shown = await shownIn(tab);
        expect(shown.map(({ text }) => text)).toEqual([
          '…',
          both,
          `[${ada.username}] nobody`,
          left,
        ]);
        delays.push(...shown.slice(2).map(({ at }) => at - (asked ?? 0)));
      }
      console.log(`signed out in ${place}; off the lists and shown right after, ms: ${delays}`);
      // At once, on a machine that may be busy with other things.
      expect(Math.max(...delays)).toBeLessThan(5_000);
    },
  );

  it('renders for no look-up that finds nothing new, and once for an account that comes back to the front', async () => {
    const tabs = [await openTab(), await openTab()];
    const third = await context.newPage();
    emulator.configure({ autoConsent: ada.username });
    await third.goto(`${origin}/auth/login?returnTo=/lists&another=1`);
    const swapped = `[${ada.username} ${bob.username}] ${ada.username}`;
    for (const tab of [third, ...tabs]) await tab.getByText(swapped).waitFor();
    for (const tab of tabs)
      expect((await shownIn(tab)).map(({ text }) => text)).toEqual(['…', both, swapped]);
  });
});
