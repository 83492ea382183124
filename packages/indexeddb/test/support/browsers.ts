import {
  type Browser,
  type BrowserContext,
  type BrowserType,
  chromium,
  firefox,
  type LaunchOptions,
  type Page,
} from 'playwright-core';
import { component } from '../../../../tooling/component.ts';
import { serveSite } from './site.ts';

export type BrowserName = 'Chromium' | 'Firefox';

/** What all browsers can do with a page. */
export type TestPage = Pick<Page, 'evaluate' | 'goto' | 'url'> & { close(): Promise<void> };

export interface TestProfile {
  close(): Promise<void>;
}

/** A browser as users have it, and pages of one origin in it that run page-program.ts. */
export interface TestBrowser<
  APage extends TestPage = TestPage,
  AProfile extends TestProfile = TestProfile,
> {
  readonly origin: string;
  /** Another profile: its pages share no data with those of others. */
  openProfile(): Promise<AProfile>;
  openPages(profile: AProfile, count: number): Promise<APage[]>;
  /** Goes back to the page before, without waiting for it to be there. */
  goBack(page: APage): Promise<void>;
  close(): Promise<void>;
}

/** One that Playwright drives. */
export type PlaywrightBrowser = TestBrowser<Page, BrowserContext>;

interface Kind {
  readonly program: string;
  readonly type: BrowserType<Browser>;
  readonly options: LaunchOptions;
  /** Another tab beside `first`. */
  openAnother(first: Page, url: string): Promise<Page>;
}

/** As root Chromium has no sandbox; the rest keeps it from talking to anyone. */
export const chromiumArgs: readonly string[] = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
  // So many that no tab shares a process with one that crashes.
  '--renderer-process-limit=50',
];

const kinds: Readonly<Record<BrowserName, Kind>> = {
  Chromium: {
    program: 'chromium',
    type: chromium,
    // Playwright switches the back/forward cache off; users have it.
    options: { args: [...chromiumArgs], ignoreDefaultArgs: ['--disable-back-forward-cache'] },
    openAnother: (first, url) => openAlone(first.context(), url),
  },
  Firefox: {
    program: 'firefox-esr',
    type: firefox,
    // The channel drives Firefox as it is shipped. Scripts may open tabs without a click.
    options: {
      channel: 'moz-firefox',
      firefoxUserPrefs: { 'dom.disable_open_during_load': false },
    },
    openAnother: openByLink,
  },
};

export function isThere(name: BrowserName): boolean {
  return component(kinds[name].program) !== undefined;
}

export async function startBrowser(name: BrowserName): Promise<PlaywrightBrowser> {
  const { program, type, options, openAnother } = kinds[name];
  const executablePath = component(program) ?? '';
  const [site, browser] = await Promise.all([
    serveSite(),
    type.launch({ ...options, executablePath, timeout: 60_000 }),
  ]);
  return {
    origin: site.origin,
    openProfile: () => browser.newContext(),
    async openPages(profile, count) {
      const first = await openAlone(profile, `${site.origin}/`);
      const pages = [first];
      while (pages.length < count) pages.push(await openAnother(first, `${site.origin}/`));
      return pages;
    },
    goBack,
    async close() {
      await browser.close();
      await site.close();
    },
  };
}

/** Not through Playwright: it waits for a page to load, and this one is there already. */
export async function goBack(page: Page): Promise<void> {
  await page.evaluate(() => void setTimeout(() => history.back()));
}

export async function openAlone(profile: BrowserContext, url: string): Promise<Page> {
  const page = await profile.newPage();
  await page.goto(url);
  return page;
}

/** As a link to a new tab does: Firefox takes a second for each tab that comes from nowhere. */
async function openByLink(first: Page, url: string): Promise<Page> {
  const opened = first.context().waitForEvent('page');
  await first.evaluate((target) => void window.open(target, '_blank', 'noopener'), url);
  const page = await opened;
  await page.waitForURL(url);
  return page;
}
