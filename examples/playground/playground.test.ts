import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  isChromiumThere,
  openPage,
  startChromium,
} from '../../packages/react/test/browser/support/chromium.ts';
import { findings } from '../react-app/test/accessibility.ts';
import { buildPage } from './server/build-page.ts';
import { type PageServer, servePage } from './server/serve-page.ts';

// Far more than any step takes where nothing is wrong.
const patience = 50_000;
const screenshots = fileURLToPath(new URL('screenshots', import.meta.url));

// Time stands still between the experiments and passes as fast as it can within them, so that no
// step is a matter of speed.
describe.skipIf(!isChromiumThere)('the playground, in Chromium', { timeout: 120_000 }, () => {
  let folder: string;
  let modules: readonly string[];
  let server: PageServer;
  let browser: Browser;
  let page: Page;
  let complaints: string[];
  const requested = new Set<string>();

  beforeAll(async () => {
    await rm(screenshots, { recursive: true, force: true });
    folder = await mkdtemp(join(tmpdir(), 'act-on-token-playground-'));
    // As it is built for users: vitest says "test", from which Vite concludes that it is not.
    vi.stubEnv('NODE_ENV', 'production');
    [browser, modules] = await Promise.all([startChromium(), buildPage(folder)]);
    vi.unstubAllEnvs();
    server = await servePage(folder);
    ({ page, complaints } = await openPage(browser));
    page.setDefaultTimeout(patience);
    page.on('request', (request) => void requested.add(request.url()));
    await page.setViewportSize({ width: 1400, height: 900 });
    await page.goto(server.url);
    await page.getByRole('radio', { name: 'stands still' }).check();
    await page.getByRole('radio', { name: 'at once' }).check();
  }, 90_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await rm(folder, { recursive: true, force: true });
    console.log(`screenshots: ${screenshots}`);
  }, 60_000);

  const region = (name: string): Locator => page.getByRole('region', { name, exact: true });
  const button = (name: string, within = 'The world'): Locator =>
    region(within).getByRole('button', { name, exact: true });
  const fact = (where: string, name: string): Promise<string> =>
    textOf(region(where).locator(`dt:text-is("${name}") + dd`));
  const becomes = (where: string, name: string, value: string): Promise<void> =>
    region(where).locator(`dt:text-is("${name}") + dd:text-is("${value}")`).waitFor();
  const photograph = (name: string) =>
    page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
  const happened = (text: string | RegExp): Locator =>
    page.locator('.entries li', { hasText: text });
  const passASecond = () => button('+1 second', 'Time').click();

  /** Resolves when it has run to its end: the page says so. */
  async function run(title: string): Promise<void> {
    await button(title, 'Experiments').press('Enter');
    const heading = page.getByRole('heading', {
      name: new RegExp(`^(Finished|Failed): ${title}$`),
    });
    expect(await textOf(heading)).toBe(`Finished: ${title}`);
  }

  async function saw(): Promise<{
    refreshes: number;
    granted: number;
    signIns: number;
    atOnce: number;
    replays: number;
  }> {
    const names = [
      'refreshes sent',
      'refreshes granted',
      'sign-ins sent',
      'most requests at once',
      'spent tokens seen again',
    ];
    const [refreshes, granted, signIns, atOnce, replays] = await Promise.all(
      names.map((name) => fact('What Act-On saw', name).then(Number)),
    );
    return { refreshes, granted, signIns, atOnce, replays } as Awaited<ReturnType<typeof saw>>;
  }

  const lastCalls = (...tabs: string[]): Promise<string[]> =>
    Promise.all(tabs.map((tab) => fact(`Tab ${tab}`, 'last call')));
  /** `…a3f2`, of the token in the record. */
  const tokenAtHand = async (): Promise<string> =>
    (await fact('The shared record', 'access token')).split(',')[0] ?? '';

  it('is made of the packages as they are built', () => {
    const ours = modules.filter((id) => id.includes('/packages/'));
    expect(
      new Set(ours.map((id) => /packages\/(\w+)\/(\w+)/.exec(id)?.slice(1).join('/'))),
    ).toEqual(new Set(['core/dist', 'emulator/dist', 'memory/dist', 'react/dist']));
  });

  it('sends one refresh when all ask at once', async () => {
    await run('All ask at once');
    expect(await saw()).toEqual({ refreshes: 1, granted: 1, signIns: 1, atOnce: 1, replays: 0 });
    const token = await tokenAtHand();
    expect(token).toMatch(/^…[0-9a-f]{4}$/);
    expect(await lastCalls('A', 'B', 'C')).toEqual([token, token, token]);
    expect(await happened('claims a refresh').count()).toBe(1);
    await photograph('1-all-ask-at-once');
  });

  it('shows how a lost reply is probed and heals', async () => {
    await run('A reply is lost');
    expect(await saw()).toEqual({ refreshes: 2, granted: 2, signIns: 1, atOnce: 1, replays: 1 });
    expect(await fact('The shared record', 'unanswered')).toBe('0');
    const token = await tokenAtHand();
    expect(await lastCalls('A', 'B')).toEqual([token, token]);
    await happened('probed: healed').waitFor();
  });

  it('shows a session that is over but usable, when the lost reply was the only one, and a sign-in that ends it', async () => {
    await run('A reply is lost for good');
    expect(await saw()).toEqual({ refreshes: 2, granted: 1, signIns: 1, atOnce: 1, replays: 1 });
    expect(await fact('The shared record', 'ended')).toBe('unknown');
    expect([await fact('Tab A', 'usable'), await fact('Tab A', 'needsGrant')]).toEqual([
      'yes',
      'yes',
    ]);
    expect(await happened('is refused').count()).toBe(0);
    await photograph('2-a-reply-is-lost-for-good');

    await button('Sign in', 'Tab A').click();
    await happened('sends a password grant').nth(1).waitFor();
    await passASecond();
    await becomes('The shared record', 'lineage', '2');
    await becomes('Tab B', 'needsGrant', 'no');
    expect(await saw()).toMatchObject({ signIns: 2, atOnce: 1 });
  });

  it('lets another tab take over from a killed one after the lease, and opens the killed one again', async () => {
    await run('Kill the holder of the claim');
    expect(await saw()).toEqual({ refreshes: 2, granted: 2, signIns: 1, atOnce: 1, replays: 1 });
    const token = await tokenAtHand();
    expect(await lastCalls('B', 'C')).toEqual([token, token]);
    const lease =
      (await secondsOf(happened(/Tab [BC] claims a probe/))) -
      (await secondsOf(happened('Tab A claims a refresh')));
    expect(lease).toBeGreaterThanOrEqual(30);
    expect(lease).toBeLessThan(40);
    await happened('Tab A has nobody left to take the reply').waitFor();
    await region('Tab A').getByText('killed').waitFor();
    await photograph('3-kill-the-holder');

    await button('Open again', 'Tab A').click();
    await region('Tab A').getByText('authorized').waitFor();
    expect(await saw()).toMatchObject({ refreshes: 2 });
  });

  it('serves the current token while Act-On is down, with few requests and no sign-in', async () => {
    await run('Act-On is down');
    expect(await saw()).toEqual({ refreshes: 4, granted: 1, signIns: 1, atOnce: 1, replays: 0 });
    expect(await happened('is refused').count()).toBe(0);
    expect(await happened('has access token').count()).toBe(12);
  });

  it('says that the session is over when another installation signed in', async () => {
    await run('Somebody else signs in');
    expect(await saw()).toEqual({ refreshes: 1, granted: 0, signIns: 2, atOnce: 1, replays: 0 });
    expect(await lastCalls('A', 'B')).toEqual([expect.stringMatching(/^…/), 'session_expired']);
    expect(await textOf(region('Tab B').locator('p').first())).toMatch(/expired\s+rejected/);
    expect(await fact('The shared record', 'conflicts')).toBe('1');
  });

  it('keeps an unsaved pair while the store is down, and saves it', async () => {
    await run('The store goes down');
    expect(await saw()).toEqual({ refreshes: 1, granted: 1, signIns: 1, atOnce: 1, replays: 0 });
    const told = (await page.locator('.entries li .words').allTextContents()).map((words) =>
      words.trim(),
    );
    const order = [
      'Tab A unsaved',
      'Tab B is refused: store_unavailable',
      'The store is back',
      'Tab A saved',
    ];
    const places = order.map((begin) => told.findIndex((words) => words.startsWith(begin)));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(Math.min(...places)).toBeGreaterThan(0);
    const token = await tokenAtHand();
    expect(await lastCalls('A', 'B')).toEqual([token, token]);
    expect(await fact('Tab A', 'saved')).toBe('yes');
  });

  it('does what its buttons say when a visitor experiments by hand', async () => {
    await button('Begin anew', 'Experiments').click();
    await happened('sends a password grant').waitFor();
    await passASecond();
    await region('Tab A').getByText('authorized').waitFor();
    await button('+1 hour: the token expires', 'Time').click();
    await region('Tab A').getByText('expired').waitFor();
    await button('Hold the next reply').click();
    await region('The world')
      .getByRole('button', { name: 'Hold the next reply', pressed: true })
      .waitFor();
    await button('Get a token', 'Tab A').click();
    await happened('sends a refresh').waitFor();
    await passASecond();
    await happened('is kept waiting').waitFor();
    expect(await fact('The shared record', 'claim')).toMatch(/^refresh by A, 0:00:2\d$/);
    expect(await fact('Tab A', 'last call')).toBe('waits …');
    await button('Let the held reply go').click();
    await passASecond();
    await happened('has access token').waitFor();

    await button('Sign out', 'Tab C').click();
    await becomes('The shared record', 'ended', 'signed_out');
    await region('Tab A').getByText('idle').waitFor();
  });

  it('is accessible, in light and dark colours, and without motion where that is preferred', async () => {
    await run('All ask at once');
    expect(await findings(page)).toEqual([]);
    await page.emulateMedia({ reducedMotion: 'reduce' });
    const motion = () =>
      happened('asks for a token')
        .first()
        .evaluate((element) => getComputedStyle(element).animationName);
    expect(await motion()).toBe('none');
    await page.emulateMedia({ reducedMotion: 'no-preference', colorScheme: 'dark' });
    expect(await motion()).not.toBe('none');
    await photograph('4-dark');
    await page.emulateMedia({ colorScheme: 'light' });
  });

  it('fits a small telephone', async () => {
    await page.setViewportSize({ width: 360, height: 720 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(360);
    await photograph('5-small');
  });

  it('shows no token, secret or password, complains about nothing and asks no one for anything', async () => {
    const shown = await page.content();
    expect(shown).toMatch(/…[0-9a-f]{4}/);
    // Tokens are long words; nothing else on the page is.
    expect(shown.match(/[\w-]{30,}/g) ?? []).toEqual([]);
    expect(shown).not.toMatch(/test-client-secret|correct horse/);
    expect(complaints).toEqual([]);
    expect([...requested].filter((url) => !url.startsWith(server.url))).toEqual([]);
  });
});

async function textOf(locator: Locator): Promise<string> {
  return (await locator.textContent()) ?? '';
}

/** `1:00:30` in front of the first of these lines, in seconds. */
async function secondsOf(entries: Locator): Promise<number> {
  const [hours = 0, minutes = 0, seconds = 0] = (await textOf(entries.locator('.time').first()))
    .split(':')
    .map(Number);
  return hours * 3600 + minutes * 60 + seconds;
}
