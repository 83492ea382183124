import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { root } from '../../../../tooling/bootstrap/paths.mjs';
import { isChromiumThere, openPage, startChromium } from './support/chromium.ts';
import { type DevtoolsSite, serveDevtools } from './support/devtools-site.ts';

type Scheme = 'light' | 'dark';
const schemes = ['light', 'dark'] as const;
const pictures = join(root, 'docs', 'pictures');
/** With it the pictures of the documentation are taken; without it they are only looked for. */
const takesPictures = process.env.DEVTOOLS_PICTURES === '1';

describe.skipIf(!isChromiumThere)('the devtools in Chromium', { timeout: 60_000 }, () => {
  let browser: Browser;
  let proxy: DevtoolsSite;
  let token: DevtoolsSite;
  let open: { page: Page; complaints: string[] } | null = null;

  beforeAll(async () => {
    [browser, token, proxy] = await Promise.all([
      startChromium(),
      serveDevtools('19', 'token'),
      serveDevtools('18', 'proxy'),
    ]);
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await Promise.all([token?.close(), proxy?.close()]);
  });
  afterEach(async () => {
    const complaints = open?.complaints ?? [];
    await open?.page.close();
    open = null;
    expect(complaints).toEqual([]);
  });

  /** A page of a site, where a user has signed in. */
  async function signedIn(site: DevtoolsSite, path: '/' | '/broker'): Promise<Page> {
    open = await openPage(browser);
    const { page } = open;
    page.setDefaultTimeout(30_000);
    await page.goto(`${site.origin}${path}`);
    await page.getByText('The session is idle.').waitFor();
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('The session is authorized.').waitFor();
    return page;
  }

  const opener = (page: Page) => page.getByRole('button', { name: /^Act-On devtools/ });
  const panel = (page: Page) => page.getByRole('dialog', { name: 'Act-On session' });
  const pressed = async (page: Page, name: string): Promise<void> =>
    panel(page).getByRole('button', { name }).click();
  const value = (page: Page, label: string): Promise<string | null> =>
    panel(page)
      .locator('dt', { hasText: new RegExp(`^${label}$`) })
      .locator('xpath=following-sibling::dd')
      .textContent();

  it('show a token session, and expire, refresh and sign out', async () => {
    const page = await signedIn(token, '/');
    await opener(page).click();
    await panel(page).getByText('token session').waitFor();
    for (const [name, generation] of [
      ['Refresh', '2'],
      ['Expire', '3'],
    ] as const) {
      const before = await value(page, 'Access token');
      expect(before).toMatch(/^[0-9a-f]{8} \[\d+ characters\]$/);
      await pressed(page, name);
      await panel(page).getByText('The session has a new token.').waitFor();
      expect(await value(page, 'Generation')).toBe(generation);
      await expect.poll(() => value(page, 'Access token')).not.toBe(before);
    }
    await pressed(page, 'Sign out');
    await page.getByText('The session is idle.').waitFor();
    const types = await panel(page).locator('[data-part=events] b').allInnerTexts();
    expect(types).toEqual(['signed_out', 'refreshed', 'refreshed', 'signed_in', 'grant_sent']);
  });

  it('show a broker session in token mode, and expire, refresh and sign out', async () => {
    const page = await signedIn(token, '/broker');
    await opener(page).click();
    await panel(page).getByText('broker session, token mode').waitFor();
    expect(await value(page, 'Account')).toBe('marketer@example.test');
    await page.evaluate('pageSession.getAccessToken()');
    const { granted } = token.emulator.ledger.counters().grants.refresh_token;
    for (const [i, name] of ['Refresh', 'Expire'].entries()) {
      token.pass(120_000);
      const before = await page.evaluate('pageSession.currentAccessToken()');
      await pressed(page, name);
      await panel(page).getByText('The session has a new token.').waitFor();
      expect(await page.evaluate('pageSession.currentAccessToken()')).not.toBe(before);
      expect(token.emulator.ledger.counters().grants.refresh_token.granted).toBe(granted + i + 1);
    }
    await expect.poll(() => value(page, 'Access token')).toMatch(/^[0-9a-f]{8}$/);
    await pressed(page, 'Sign out');
    await page.getByText('The session is idle.').waitFor();
  });

  it('show a broker session in proxy mode, which has no token to show or expire', async () => {
    const page = await signedIn(proxy, '/broker');
    await opener(page).click();
    await panel(page).getByText('broker session, proxy mode').waitFor();
    expect(await value(page, 'Access token')).toBe('kept by the broker');
    // For Playwright a button with "aria-disabled" cannot be pressed; for a person it can.
    await panel(page).getByRole('button', { name: 'Expire' }).click({ force: true });
    await panel(page).getByText('Expire: The broker keeps the token.').waitFor();
    await pressed(page, 'Look up');
    await panel(page).getByText('The broker answered.').waitFor();
    await pressed(page, 'Sign out');
    await page.getByText('The session is idle.').waitFor();
  });

  it('are used with the keyboard alone, and show where the focus is', async () => {
    const page = await signedIn(token, '/');
    const focused = () => page.evaluate('document.activeElement.innerText');
    await opener(page).focus();
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe('Act-On session');
    const names: string[] = [];
    for (let i = 0; i < 6; i += 1) {
      await page.keyboard.press('Tab');
      names.push(
        await page.evaluate(
          '(document.activeElement.ariaLabel ?? document.activeElement.innerText).trim()',
        ),
      );
      const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineWidth');
      expect([names.at(-1), outline]).toEqual([names.at(-1), '2px']);
    }
    expect(names).toEqual([
      'Close',
      'Details of the session',
      'Expire',
      'Refresh',
      'Sign out',
      'Clear events',
    ]);
    await page.keyboard.press('Escape');
    await expect.poll(focused).toMatch(/^Act-On/);
    expect(await panel(page).count()).toBe(0);
  });

  it('have nothing that axe finds, closed or open, light or dark, wide or narrow', async () => {
    const page = await signedIn(token, '/');
    const looks = [
      ['closed', null],
      ['open', 'Refresh'],
      ['signed out', 'Sign out'],
    ] as const;
    for (const [look, name] of looks) {
      if (look === 'open') await opener(page).click();
      if (name !== null) {
        await pressed(page, name);
        await panel(page).locator('[role=status]:not(:empty)').waitFor();
      }
      for (const width of [1280, 390]) {
        await page.setViewportSize({ width, height: 800 });
        for (const scheme of schemes)
          expect([look, width, await findings(page, scheme)]).toEqual([look, width, []]);
      }
    }
  });

  it('fit into 390 pixels, where fingers hit their buttons', async () => {
    const page = await signedIn(token, '/');
    await page.setViewportSize({ width: 390, height: 700 });
    await opener(page).click();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    expect(await panel(page).boundingBox()).toMatchObject({ x: 0, width: 390 });
    for (const name of ['Close', 'Expire', 'Refresh', 'Sign out']) {
      const box = await panel(page).getByRole('button', { name }).boundingBox();
      expect([name, (box?.height ?? 0) >= 44]).toEqual([name, true]);
    }
    const content = panel(page).locator('[data-part=content]');
    expect(await content.evaluate((node) => node.scrollWidth <= node.clientWidth)).toBe(true);
  });

  it('move nothing for a person who wants no motion', async () => {
    const page = await signedIn(token, '/');
    await opener(page).click();
    const moving = () =>
      page.evaluate(
        `[...document.querySelectorAll('[data-act-on-token-devtools] *')].filter((node) => {
          const { transitionDuration, animationName } = getComputedStyle(node);
          return transitionDuration !== '0s' || animationName !== 'none';
        }).length`,
      );
    expect(await moving()).toBeGreaterThan(0);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    expect(await moving()).toBe(0);
  });

  it('take no style from the page, and leave the page its own', async () => {
    const page = await signedIn(token, '/');
    const style = (name: string) => `getComputedStyle([...document.querySelectorAll('button')]
      .find((node) => node.innerText.toLowerCase() === '${name}')).letterSpacing`;
    await opener(page).click();
    expect(await page.evaluate(style('refresh'))).toBe('normal');
    expect(await page.evaluate(style('sign in'))).toBe('4px');
    const heading = panel(page).getByRole('heading', { name: 'Act-On session' });
    expect(await heading.evaluate((node) => getComputedStyle(node).fontSize)).toBe('15px');
  });

  it('look different in light and dark, and as the documentation shows them', async () => {
    const page = await signedIn(token, '/');
    await page.setViewportSize({ width: 1000, height: 800 });
    await opener(page).click();
    await pressed(page, 'Refresh');
    await panel(page).getByText('The session has a new token.').waitFor();
    const shots: Buffer[] = [];
    for (const scheme of schemes) {
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      const shot = await panel(page).screenshot();
      const file = join(pictures, `devtools-${scheme}.png`);
      if (takesPictures) {
        mkdirSync(pictures, { recursive: true });
        writeFileSync(file, shot);
      }
      shots.push(shot);
      expect([file, existsSync(file)]).toEqual([file, true]);
      expect(statSync(file).size).toBeLessThan(80_000);
    }
    expect(shots[0]?.equals(shots[1] as Buffer)).toBe(false);
  });
});

async function findings(page: Page, colorScheme: Scheme): Promise<string[]> {
  await page.emulateMedia({ colorScheme });
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate<axe.AxeResults>(
    'axe.run({ resultTypes: ["violations"] })',
  );
  return violations.map(
    ({ id, nodes }) =>
      `${colorScheme}: ${id} (${nodes.map(({ target }) => target.join(' ')).join(', ')})`,
  );
}
