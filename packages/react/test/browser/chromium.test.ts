import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe } from 'vitest';
import { isChromiumThere, openPage, startChromium } from './support/chromium.ts';
import { renderedPages } from './support/rendered-cases.ts';

describe.skipIf(!isChromiumThere)('pages that a server rendered, in Chromium', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startChromium();
  }, 90_000);
  afterAll(() => browser?.close());

  renderedPages(async () => {
    const { page, complaints } = await openPage(browser);
    return {
      complaints,
      page: {
        goto: (url) => page.goto(url),
        reload: () => page.reload(),
        evaluate: (expression) => page.evaluate(expression),
        clickButton: (name) => page.getByRole('button', { name }).click(),
        close: () => page.close(),
      },
    };
  });
});
