import { afterAll, beforeAll, describe } from 'vitest';
import { isThere, type PlaywrightBrowser, startBrowser } from './support/browsers.ts';
import { storeInBrowser } from './support/store-cases.ts';
import { networkCases, tabCases } from './support/tab-cases.ts';

describe.skipIf(!isThere('Firefox'))('in Firefox', { timeout: 60_000 }, () => {
  let firefox: PlaywrightBrowser;
  beforeAll(async () => {
    firefox = await startBrowser('Firefox');
  }, 90_000);
  afterAll(() => firefox?.close());

  storeInBrowser('Firefox', () => firefox);

  describe('five tabs of one account', () => {
    tabCases(() => firefox);
    networkCases(() => firefox);
  });
});
