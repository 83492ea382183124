import type { Page } from 'playwright-core';

declare global {
  /** What a person at the page would have noticed since it was watched. */
  var noticed: string[];
}

/**
 * From now on the page notes each change after which the table is gone, or an error or a way to
 * sign in shows.
 */
export async function watchForInterruptions(page: Page): Promise<void> {
  await page.evaluate(() => {
    const look = (): void => {
      if (document.querySelectorAll('tbody tr').length === 0) globalThis.noticed.push('no table');
      if (document.querySelector('[role="alert"]') !== null) globalThis.noticed.push('an error');
      if (document.querySelector('.primary') !== null) globalThis.noticed.push('a sign-in page');
    };
    globalThis.noticed = [];
    new MutationObserver(look).observe(document, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
    });
    look();
  });
}

/** Fails if the page was left or loaded anew meanwhile. */
export function interruptions(page: Page): Promise<string[]> {
  return page.evaluate(() => globalThis.noticed);
}
