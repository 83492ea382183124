import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

/** They stay after a test, to be looked at. */
export const folder: string = fileURLToPath(new URL('../screenshots', import.meta.url));

export async function emptyFolder(): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}

export async function photograph(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}

/** As it looks to a person who prefers dark colours. */
export async function photographInTheDark(page: Page, name: string): Promise<void> {
  await page.emulateMedia({ colorScheme: 'dark' });
  await photograph(page, name);
  await page.emulateMedia({ colorScheme: 'light' });
}

/** As it looks on a small telephone; gives how wide the page would like to be. */
export async function photographSmall(page: Page, name: string): Promise<number> {
  const size = page.viewportSize();
  await page.setViewportSize({ width: 320, height: 640 });
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  await photograph(page, name);
  if (size !== null) await page.setViewportSize(size);
  return width;
}
