import { createServer } from 'node:http';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { storeCases } from '@act-on-token/store-kit';
import type { Page, Worker } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { listen } from '../../proof/support/listen.ts';
import { isChromiumThere, startExtension, type TestExtension } from './extension.ts';
import type {} from './program.ts';

describe.skipIf(!isChromiumThere)('an extension in Chromium', { timeout: 60_000 }, () => {
  let extension: TestExtension;
  let worker: Worker;
  let page: Page;
  let other: Page;
  beforeAll(async () => {
    extension = await startExtension();
    worker = extension.worker;
    [page, other] = [await extension.openPage(), await extension.openPage()];
  }, 90_000);
  afterAll(() => extension?.close());

  describe('extensionStore in a page passes the store kit: it', () => {
    for (const { name } of storeCases)
      it(name, () => page.evaluate((each) => program.runCase(each), name));
  });

  describe('extensionStore in a service worker passes the store kit: it', () => {
    for (const { name } of storeCases)
      it(name, () => worker.evaluate((each) => program.runCase(each), name));
  });

  it('loses no increment of a counter that its service worker and two pages raise at once', async () => {
    const raise = (key: string) => program.raise(key, 50);
    const all = [worker, page, other] as Page[];
    await Promise.all(all.map((each) => each.evaluate(raise, 'counter')));
    for (const each of all)
      expect(await each.evaluate((key) => program.read(key), 'counter')).toBe('150');
  });

  it.each([
    ['a page hears of what its service worker writes', () => [page, worker as unknown as Page]],
    ['its service worker hears of what a page writes', () => [worker as unknown as Page, page]],
    ['a page hears of what another page writes', () => [page, other]],
  ] as const)('%s', async (key, places) => {
    const [hearer, writer] = places() as [Page, Page];
    let isHeard = false;
    const heard = hearer
      .evaluate((each) => program.hear(each), key)
      .then(() => {
        isHeard = true;
      });
    // Again and again, because it may not listen yet.
    while (!isHeard) await writer.evaluate((each) => program.raise(each, 1), key);
    await heard;
  });

  describe('with a session in each', () => {
    let actOn: ServedEmulator;
    beforeAll(async () => {
      actOn = await serveEmulator();
    });
    afterAll(() => actOn?.close());

    it('sends one refresh for all callers of its service worker and two pages, ten times in a row', async () => {
      const { url, client, user } = actOn;
      const account = { url, client, user };
      await page.evaluate((each) => program.signIn(each), account);
      for (let round = 1; round <= 10; round += 1) {
        await page.evaluate((each) => program.expire(each), account);
        const all = [worker, page, other] as Page[];
        const tokens = await Promise.all(
          all.map((place) => place.evaluate((each) => program.ask(each, 50), account)),
        );
        expect(tokens.flat()).toHaveLength(150);
        expect(new Set(tokens.flat()).size).toBe(1);
        expect(actOn.ledger.counters().grants.refresh_token.sent).toBe(round);
      }
    });
  });

  it('is refused a store in a content script, whose locks are those of the website', async () => {
    const site = await listen(
      createServer((_, response) => response.setHeader('content-type', 'text/html').end('<p>')),
    );
    onTestFinished(() => site.close());
    const website = await extension.openWebsite(`http://127.0.0.1:${site.port}/`);
    await expect
      .poll(() => website.title())
      .toBe(
        'Error: A content script cannot share the record safely. Ask the service worker for a token.',
      );
  });
});
