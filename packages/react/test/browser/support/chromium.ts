import { type Browser, type ConsoleMessage, chromium, type Page } from 'playwright-core';
import { component } from '../../../../../tooling/component.ts';

const executablePath = component('chromium');
export const isChromiumThere: boolean = executablePath !== undefined;

export function startChromium(): Promise<Browser> {
  return chromium.launch({
    ...(executablePath === undefined ? {} : { executablePath }),
    // As root Chromium has no sandbox; the rest keeps it from talking to anyone.
    args: [
      '--no-sandbox',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--disable-quic',
    ],
    timeout: 60_000,
  });
}

/**
 * A page of a fresh profile, and everything that it has to complain about: warnings and errors of
 * its console, and what nobody caught.
 */
export async function openPage(browser: Browser): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage();
  const complaints: string[] = [];
  const isComplaint = (message: ConsoleMessage): boolean =>
    ['warning', 'error'].includes(message.type());
  page.on('console', (message) => void (isComplaint(message) && complaints.push(message.text())));
  page.on('pageerror', (error) => void complaints.push(String(error)));
  return { page, complaints };
}
