import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { startBackgroundChromium } from './support/background-chromium.ts';
import { isThere, type PlaywrightBrowser, startBrowser } from './support/browsers.ts';
import { devTools, limitRoom, useUpRoom } from './support/room.ts';
import { storeInBrowser } from './support/store-cases.ts';
import { goOn, networkCases, tabCases } from './support/tab-cases.ts';
import { answers, ask, lease, openTabs, shows } from './support/tabs.ts';

const noRoom = /\(QuotaExceededError\)\. There is no room left\. Free disk space/;

describe.skipIf(!isThere('Chromium'))('in Chromium', { timeout: 60_000 }, () => {
  let chromium: PlaywrightBrowser;
  beforeAll(async () => {
    chromium = await startBrowser('Chromium');
  }, 90_000);
  afterAll(() => chromium?.close());

  storeInBrowser('Chromium', () => chromium);

  it('says what to do when there is no room left, and still reads', async () => {
    const [page] = (await chromium.openPages(await chromium.openProfile(), 1)) as [Page];
    await limitRoom(page, 10_000);
    expect(await page.evaluate(() => tab.write())).toMatch(noRoom);
    expect(await page.evaluate(() => tab.holds())).toBe(false);
  });

  describe('five tabs of one account', () => {
    tabCases(() => chromium);
    networkCases(() => chromium);

    it('wait no longer than the lease when the tab that refreshes crashes, and one of them goes on', async () => {
      const tabs = await openTabs(chromium);
      const { hold, holder, others } = await tabs.startRefresh();
      const crashed = holder.waitForEvent('crash');
      holder.goto('chrome://crash').catch(() => {});
      await crashed;
      await goOn(tabs, others);
      hold.release();
    });

    it('take a pair that finds no room from memory, say so, and save it once there is room', async () => {
      const tabs = await openTabs(chromium, {
        count: 2,
        beforeUse: (page) => limitRoom(page, 100_000),
      });
      const { hold, holder, others } = await tabs.startRefresh();
      await useUpRoom(holder);
      hold.release();
      const [[token]] = (await answers([holder])) as [[string]];
      const error = { code: 'store_unavailable', message: expect.stringMatching(noRoom) };
      await shows([holder], { status: 'authorized', saved: false, error });
      await limitRoom(holder);
      await shows([holder], { saved: true, error: null });
      expect(await ask(others)).toEqual([[token]]);
      expect(tabs.sent()).toBe(1);
    });

    describe('go on without one that is frozen while it refreshes, and it follows them when it thaws', () => {
      it('although Act-On refuses its late request', async () => {
        const { tabs, hold, frozen, others, thaw } = await freezeHolder('before');
        const newest = await goOn(tabs, others);
        const written = await others[0]?.evaluate(() => tab.version());
        hold.release();
        await thaw();
        expect(await answers([frozen])).toEqual([[newest]]);
        expect(await frozen.evaluate(() => tab.version())).toBe(written);
        expect(tabs.emulator.ledger.counters().replays).toBe(1);
      });

      it('although it is given a pair late, which is older than the one that a person signed in for', async () => {
        const { tabs, hold, frozen, others, thaw } = await freezeHolder('after');
        const waiting = ask(others);
        await tabs.pass(lease, others);
        expect(await waiting).toEqual(others.map(() => ['session_expired']));
        await others[0]?.evaluate(() => tab.signIn());
        const [[newest]] = (await ask(others)) as [[string]];
        const written = await others[0]?.evaluate(() => tab.version());
        hold.release();
        await thaw();
        expect(await answers([frozen])).toEqual([[newest]]);
        expect(await frozen.evaluate(() => tab.version())).toBe(written);
      });
    });
  });
});

/** Its request waits, before Act-On works on it or with the answer ready. */
async function freezeHolder(when: 'before' | 'after') {
  const browser = await startBackgroundChromium();
  onTestFinished(() => browser.close());
  const tabs = await openTabs(browser);
  const { hold, holder: frozen, others } = await tabs.startRefresh(when);
  // A browser freezes no tab by itself that is at work in the database.
  await frozen.evaluate(() => tab.rest());
  const tools = await devTools(frozen);
  await tools.send('Page.setWebLifecycleState', { state: 'frozen' });
  await expect.poll(() => frozen.evaluate(() => tab.isFrozen()), { timeout: 20_000 }).toBe(true);
  const thaw = () => tools.send('Page.setWebLifecycleState', { state: 'active' });
  return { tabs, hold, frozen, others, thaw };
}
