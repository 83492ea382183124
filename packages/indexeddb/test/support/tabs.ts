import { type ArmedFault, type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { expect, onTestFinished } from 'vitest';
import type { TestBrowser, TestPage, TestProfile } from './browsers.ts';
import type {} from './page-program.ts';

/** Longer than any machine needs, so that no request is given up by the real timers of a page. */
const requestTimeout = 60_000;
/** How long a claim excludes others then. */
export const lease: number = requestTimeout + 20_000;
/** After it no access token lives any more. */
export const twoHours = 7_200_000;

export interface TabsOptions<Page> {
  /** How many. 5. */
  count?: number;
  minRefreshInterval?: number;
  /** What is to be done in the first of them before anything is stored. */
  beforeUse?: (first: Page) => Promise<void>;
}

/**
 * Pages of one profile whose sessions share an account that is signed in, and an Act-On of their
 * own.
 */
export interface Tabs<Page = TestPage, Profile = TestProfile> {
  readonly profile: Profile;
  readonly pages: readonly Page[];
  readonly emulator: ServedEmulator;
  /** Lets time pass, for Act-On and in these pages, or in all. */
  pass(milliseconds: number, pages?: readonly Page[]): Promise<void>;
  /**
   * Lets the token lapse and the first of them refresh, up to the moment at which its request waits
   * at Act-On.
   */
  startRefresh(
    when?: 'before' | 'after',
  ): Promise<{ hold: ArmedFault; holder: Page; others: readonly Page[] }>;
  /** Requests to refresh that came in. */
  sent(): number;
}

/** They are closed when the test is over. */
export async function openTabs<Page extends TestPage, Profile extends TestProfile>(
  browser: TestBrowser<Page, Profile>,
  { count = 5, beforeUse, ...options }: TabsOptions<Page> = {},
): Promise<Tabs<Page, Profile>> {
  const emulator = await serveEmulator({ cors: [browser.origin] });
  const profile = await browser.openProfile();
  onTestFinished(async () => {
    await profile.close();
    await emulator.close();
  });
  const pages = await browser.openPages(profile, count);
  const [first, ...others] = pages as [Page, ...Page[]];
  await beforeUse?.(first);
  const { client, url, user } = emulator;
  const actOn = { clientId: client.id, clientSecret: client.secret, url, requestTimeout, ...user };
  await each(pages, (page) =>
    page.evaluate(([to, more]) => tab.open(to, more), [actOn, options] as const),
  );
  await first.evaluate(() => tab.signIn());
  await shows(pages, { status: 'authorized' });

  const pass: Tabs<Page>['pass'] = async (milliseconds, among = pages) => {
    emulator.clock.advance(milliseconds);
    await each(among, (page) => page.evaluate((time) => tab.pass(time), milliseconds));
  };
  return {
    profile,
    pages,
    emulator,
    pass,
    async startRefresh(when = 'before') {
      await pass(twoHours);
      const hold = emulator.faults.arm({ route: 'token', kind: 'hold', when });
      await first.evaluate(() => tab.ask());
      await hold.reached();
      return { hold, holder: first, others };
    },
    sent: () => emulator.ledger.counters().grants.refresh_token.sent,
  };
}

/** Waits until all of these pages show this. */
export async function shows(
  pages: readonly TestPage[],
  part: Record<string, unknown>,
): Promise<void> {
  const look = () => each(pages, (page) => page.evaluate(() => tab.snapshot()));
  await expect.poll(look, { timeout: 40_000 }).toMatchObject(pages.map(() => part));
}

/** Asks in all of these pages at once, and gives what each of them was told. */
export async function ask(pages: readonly TestPage[]): Promise<string[][]> {
  await each(pages, (page) => page.evaluate(() => tab.ask()));
  return answers(pages);
}

export function answers(pages: readonly TestPage[]): Promise<string[][]> {
  return each(pages, (page) => page.evaluate(() => tab.answers()));
}

function each<Page, Result>(
  pages: readonly Page[],
  work: (page: Page) => Promise<Result>,
): Promise<Result[]> {
  return Promise.all(pages.map(work));
}
