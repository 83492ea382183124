import type { LedgerEntry } from '@act-on-token/emulator';
import { expect, it } from 'vitest';
import type { PlaywrightBrowser, TestBrowser, TestPage } from './browsers.ts';
import { answers, ask, lease, openTabs, shows, type Tabs, twoHours } from './tabs.ts';

/** And no error code. */
const aToken = /^\S{40,}$/;

/** What five tabs of one account do in any browser. */
export function tabCases(start: () => TestBrowser): void {
  it('send one token request when all find the token expired at once, and all get its token', async () => {
    const { pages, emulator, pass, sent } = await openTabs(start());
    await pass(twoHours);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    for (const page of pages) await page.evaluate(() => tab.ask(20));
    await hold.reached();
    hold.release();
    const [[token]] = (await answers(pages)) as [[string]];
    expect(token).toMatch(aToken);
    expect(await answers(pages)).toEqual(pages.map(() => [token]));
    expect(sent()).toBe(1);
    expect(emulator.ledger.counters().concurrentTokenRequests.peak).toBe(1);
  });

  it('wait no longer than the lease when the tab that refreshes is closed, and one of them goes on', async () => {
    const tabs = await openTabs(start());
    const { hold, holder, others } = await tabs.startRefresh();
    await holder.close();
    await goOn(tabs, others);
    hold.release();
  });

  it('are all signed out as soon as one of them signs out', async () => {
    const { pages } = await openTabs(start());
    await pages[3]?.evaluate(() => tab.signOut());
    await shows(pages, { status: 'idle', needsGrant: true, error: null });
    expect(await ask(pages)).toEqual(pages.map(() => ['signed_out']));
  });

  it('go by what the others did meanwhile when they come back from the back/forward cache', async () => {
    const { pages, sent } = await openTabs(start(), { count: 2, minRefreshInterval: 0 });
    const [away, other] = pages as [TestPage, TestPage];
    const old = (await away.evaluate(() => tab.current())) ?? '';
    await leave(away);
    await other.evaluate((rejected) => tab.ask(1, { rejected }), old);
    const [[newest]] = (await answers([other])) as [[string]];
    expect(newest).not.toBe(old);
    await comeBack(start(), away, 1);
    await expect.poll(() => away.evaluate(() => tab.current()), { timeout: 20_000 }).toBe(newest);
    expect(await ask([away])).toEqual([[newest]]);
    expect(sent()).toBe(1);

    await leave(away);
    await other.evaluate(() => tab.signOut());
    await comeBack(start(), away, 2);
    await shows([away], { status: 'idle' });
  });

  it('are signed out when the user clears the data of the site, and nothing brings the session back but a sign-in', async () => {
    const tabs = await openTabs(start());
    const { pages } = tabs;
    const { hold, holder, others } = await tabs.startRefresh('after');
    const [other] = others as [TestPage];
    await other.evaluate(() => fetch('/forget'));
    await shows(pages, { status: 'idle', needsGrant: true, error: null });
    hold.release();
    expect(await answers([holder])).toEqual([['signed_out']]);
    expect(await other.evaluate(() => tab.version())).toBeUndefined();
    await other.evaluate(() => tab.signIn());
    await shows(pages, { status: 'authorized', needsGrant: false });
    const [[token]] = (await ask(pages)) as [[string]];
    expect(token).toMatch(aToken);
    expect(await ask(pages)).toEqual(pages.map(() => [token]));
  });
}

/** The same where the test can cut the network of a browser, which WebDriver cannot. */
export function networkCases(start: () => PlaywrightBrowser): void {
  it('are never signed out by a network that goes away, and go on when it is back', async () => {
    const { profile, pages, pass, sent } = await openTabs(start());
    await profile.setOffline(true);
    await reach(pages, false);
    await pass(twoHours);
    expect(await ask(pages)).toEqual(pages.map(() => ['not_sent']));
    await shows(pages, { status: 'expired', reason: 'lapsed', needsGrant: false });
    expect(sent()).toBe(0);
    await profile.setOffline(false);
    await reach(pages, true);
    const [[token]] = (await ask(pages)) as [[string]];
    expect(token).toMatch(aToken);
    expect(await ask(pages)).toEqual(pages.map(() => [token]));
    expect(sent()).toBe(1);
  });
}

/**
 * The holder of a claim is gone: the others ask and wait, and after the lease one of them sends
 * what it was to send. Gives their token.
 */
export async function goOn(
  { emulator, pass, sent }: Tabs,
  others: readonly TestPage[],
): Promise<string> {
  const waiting = ask(others);
  await shows(others, { status: 'refreshing' });
  await pass(lease, others);
  const [[token]] = (await waiting) as [[string]];
  expect(token).toMatch(aToken);
  expect(await waiting).toEqual(others.map(() => [token]));
  expect(sent()).toBe(2);
  const [first, second] = emulator.ledger.entries.filter(
    ({ grantType }) => grantType === 'refresh_token',
  ) as [LedgerEntry, LedgerEntry];
  expect(second.at - first.at).toBeGreaterThanOrEqual(lease);
  return token;
}

/** Waits until all of these pages have a network and know it, or have none. */
async function reach(pages: readonly TestPage[], network: boolean): Promise<void> {
  const isFound = () => fetch('/elsewhere', { cache: 'no-store' }).then(Boolean, () => false);
  const look = (page: TestPage) =>
    Promise.all([page.evaluate(() => navigator.onLine), page.evaluate(isFound)]);
  await expect
    .poll(() => Promise.all(pages.map(look)), { timeout: 20_000 })
    .toEqual(pages.map(() => [network, network]));
}

function leave(page: TestPage): Promise<unknown> {
  return page.goto(new URL('/elsewhere', page.url()).href);
}

/** `returns`: how often it came back then. */
async function comeBack(browser: TestBrowser, page: TestPage, returns: number): Promise<void> {
  await browser.goBack(page);
  const look = () => page.evaluate(() => globalThis.tab?.returns()).catch(() => 'on its way');
  await expect.poll(look, { timeout: 20_000 }).toBe(returns);
}
