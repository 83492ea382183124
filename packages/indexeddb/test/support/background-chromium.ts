import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { component } from '../../../../tooling/component.ts';
import { chromiumArgs, goBack, openAlone, type PlaywrightBrowser } from './browsers.ts';
import { serveSite } from './site.ts';

/**
 * Chromium with real background tabs: only the one that was opened last is visible. Where
 * Playwright starts it, it shows every page as visible, and what is visible is never frozen. There
 * is one profile.
 */
export async function startBackgroundChromium(): Promise<PlaywrightBrowser> {
  const folder = await mkdtemp(join(tmpdir(), 'act-on-token-chromium-'));
  const args = [
    '--headless',
    '--remote-debugging-port=0',
    `--user-data-dir=${folder}`,
    '--no-first-run',
    '--disable-gpu',
  ];
  const program = spawn(component('chromium') ?? '', [...args, ...chromiumArgs], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const kill = () => program.kill('SIGKILL');
  process.once('exit', kill);
  const site = await serveSite();
  const browser = await chromium.connectOverCDP(await addressOf(program), {
    noDefaults: true,
    timeout: 60_000,
  });
  const [profile] = browser.contexts();
  if (profile === undefined) throw new Error('Chromium has no profile.');
  return {
    origin: site.origin,
    openProfile: async () => profile,
    async openPages(_, count) {
      const pages = [];
      while (pages.length < count) pages.push(await openAlone(profile, `${site.origin}/`));
      return pages;
    },
    goBack,
    async close() {
      const ended = once(program, 'exit');
      kill();
      await ended;
      process.off('exit', kill);
      await site.close();
      // Its other processes may still be ending.
      await rm(folder, { recursive: true, force: true, maxRetries: 30, retryDelay: 100 });
    },
  };
}

/** Chromium prints where it listens. */
async function addressOf({ stderr }: ChildProcess): Promise<string> {
  const lines: string[] = [];
  if (stderr !== null)
    for await (const line of createInterface(stderr)) {
      const [, address] = /^DevTools listening on (ws:\S+)/.exec(line) ?? [];
      if (address !== undefined) return address;
      lines.push(line);
    }
  throw new Error(`Chromium did not start. It printed: ${lines.join(' ')}`);
}
