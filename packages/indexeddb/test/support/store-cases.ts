import { storeCases } from '@act-on-token/store-kit';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { TestBrowser, TestPage } from './browsers.ts';
import type {} from './page-program.ts';

/** What the store does in any browser. */
export function storeInBrowser(name: string, start: () => TestBrowser): void {
  let page: TestPage;
  beforeAll(async () => {
    [page] = (await start().openPages(await start().openProfile(), 1)) as [TestPage];
  });

  describe(`indexedDbStore in ${name} passes the store kit: it`, () => {
    for (const { name: rule } of storeCases)
      it(rule, () => page.evaluate((each) => tab.runCase(each, false), rule));
  });

  describe(`sealedStore over indexedDbStore in ${name} passes the store kit: it`, () => {
    for (const { name: rule } of storeCases)
      it(rule, () => page.evaluate((each) => tab.runCase(each, true), rule));
  });

  describe('two pages whose wall clocks differ', () => {
    const [seconds, anHour, aDay] = [1_000, 3_600_000, 86_400_000];
    let fast: TestPage;
    let right: TestPage;
    beforeEach(async () => {
      const profile = await start().openProfile();
      [fast, right] = (await start().openPages(profile, 2)) as [TestPage, TestPage];
      return () => profile.close();
    });
    const times = (asked: TestPage) => asked.evaluate(() => tab.times());
    const skew = (by: number) => fast.evaluate((milliseconds) => tab.pass(milliseconds), by);

    /**
     * What the pages answer in turn, and how far ahead of the machine's own time the last of these
     * answers was.
     */
    async function inTurn(...pages: TestPage[]) {
      const answers = [];
      for (const each of pages) answers.push(await times(each));
      const all = answers.flatMap(({ told }) => told);
      return {
        all,
        isForward: all.every((time, i) => time >= (all[i - 1] ?? time)),
        ahead: answers.at(-1)?.ahead ?? 0,
      };
    }

    it('tell one time, which never goes back, whichever of them is ahead and whether it stays so', async () => {
      await skew(40 * seconds);
      const together = await inTurn(fast, right, fast, right);
      expect(together).toMatchObject({ isForward: true });
      expect(together.ahead).toBeGreaterThan(20 * seconds);
      await skew(-40 * seconds);
      const after = await inTurn(right, fast, right);
      const all = [...together.all, ...after.all];
      expect(all).toEqual([...all].sort((a, b) => a - b));
    });

    it('tell the right one again after one of them was a day ahead for one call', async () => {
      await skew(aDay);
      expect((await inTurn(fast)).ahead).toBeGreaterThan(aDay - anHour);
      await skew(-aDay);
      const after = await inTurn(right, fast, right, fast);
      expect(after.isForward).toBe(true);
      expect(after.ahead).toBeLessThan(5 * seconds);
    });

    it('tell the later one when many ask at once', async () => {
      await skew(40 * seconds);
      await times(fast);
      const answers = await Promise.all(
        Array.from({ length: 20 }, (_, i) => times(i % 2 === 0 ? right : fast)),
      );
      for (const { ahead } of answers) expect(ahead).toBeGreaterThan(20 * seconds);
    });
  });

  it('opens the database again when the user has cleared the data of the site', async () => {
    expect(await page.evaluate(() => tab.write())).toBe('written');
    await page.evaluate(() => fetch('/forget'));
    await expect.poll(() => page.evaluate(() => tab.holds()), { timeout: 20_000 }).toBe(false);
    expect(await page.evaluate(() => tab.write())).toBe('written');
  });

  it('says what to do in a frame that may keep no data', async () => {
    const message = await page.evaluate(() => {
      const frame = document.createElement('iframe');
      const said = new Promise<string>((resolve) => {
        addEventListener('message', ({ source, data }) => {
          if (source === frame.contentWindow) resolve(data);
        });
      });
      Object.assign(frame, { sandbox: 'allow-scripts', src: location.href });
      document.body.append(frame);
      return said;
    });
    expect(message).toMatch(/\(SecurityError\)\. The browser keeps no data for this page\./);
  });
}
