import type { CDPSession, Page } from 'playwright-core';
import { expect } from 'vitest';

export function devTools(page: Page): Promise<CDPSession> {
  return page.context().newCDPSession(page);
}

/**
 * Gives the origin of this page only so many bytes, or as many as ever. In Chromium. In a profile
 * that was written to, less room is noticed after a while only, because the browser goes by an
 * earlier allowance.
 */
export async function limitRoom(page: Page, bytes?: number): Promise<void> {
  const tools = await devTools(page);
  const origin = new URL(page.url()).origin;
  await tools.send('Storage.overrideQuotaForOrigin', {
    origin,
    ...(bytes === undefined ? {} : { quotaSize: bytes }),
  });
}

/** Writes until nothing more fits. */
export async function useUpRoom(page: Page): Promise<void> {
  for (const bytes of [20_000, 2_000, 200]) {
    const write = () => page.evaluate((count) => tab.write(count), bytes);
    await expect.poll(write, { interval: 0, timeout: 20_000 }).toMatch(/QuotaExceededError/);
  }
}
