import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Browser, createBrowser } from '../../packages/broker/test/support/browser.ts';
import { httpHandler } from '../../packages/broker/test/support/http-handler.ts';
import {
  isChromiumThere,
  openPage,
  startChromium,
} from '../../packages/react/test/browser/support/chromium.ts';
import { type AppProcess, newer, older, startApp } from '../../proof/support/app-process.ts';

const folder = fileURLToPath(new URL('.', import.meta.url));
const main = join(folder, 'main.ts');
const whole = { 'cache-control': 'private, no-store' };

beforeAll(async () => {
  const command = join(folder, 'node_modules', '@react-router', 'dev', 'bin.cjs');
  const { NODE_ENV: _, ...env } = process.env;
  await promisify(execFile)(process.execPath, [command, 'build'], { cwd: folder, env });
}, 300_000);

let app: AppProcess | undefined;
afterEach(async () => {
  await app?.close();
  app = undefined;
});

async function signedIn(): Promise<{ app: AppProcess; browser: Browser; asBefore(): void }> {
  const started = await startApp(main, true);
  app = started;
  const toActOn = (url: string) => fetch(url, { redirect: 'manual' });
  const browser = createBrowser(httpHandler(started.origin), toActOn, started.origin);
  const first = await browser.send('/');
  const [, login = ''] = /href="(\/auth\/login[^"]*)">Sign in with Act-On/.exec(first.text) ?? [];
  await browser.open(login.replaceAll('&amp;', '&'));
  const before = [...browser.jar];
  const asBefore = (): void => {
    browser.jar.clear();
    for (const [name, cookie] of before) browser.jar.set(name, cookie);
  };
  return { app: started, browser, asBefore };
}

const form = {
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: 'list=l-0001&email=grace%40example.test',
};

describe('examples/react-router-app', { timeout: 120_000 }, () => {
  it('calls Act-On as the signed-in person from loaders and actions', async () => {
    const { app, browser } = await signedIn();
    const page = await browser.send('/');
    expect(page.text).toContain('marketer@example.test');
    expect(page.text.match(/<li>/g)).toHaveLength(3);
    expect(page.headers.getSetCookie()).toEqual([]);
    const before = app.emulator.ledger.counters().apiCalls;
    expect((await browser.send('/?index', form)).text).toContain('<p role="status">Added.</p>');
    // One for the action, and one for the loader of the page that shows what came of it.
    expect(app.emulator.ledger.counters().apiCalls).toBe(before + 2);
  });

  const requests: [what: string, path: string, init: RequestInit, headers: object][] = [
    ['a whole page', '/', {}, whole],
    ['the data of a page', '/_.data', {}, {}],
    ['an action and the page after it', '/?index', form, whole],
    ['the data of an action', '/_.data?index', form, {}],
  ];
  it.each(requests)(
    'a cookie renewed by %s reaches the browser, and counts',
    async (_, path, init, wanted) => {
      const { app, browser, asBefore } = await signedIn();
      await app.restart(`${newer},${older}`);
      const answer = await browser.send(path, init);
      expect(answer.status).toBeLessThan(203);
      expect(answer.headers.getSetCookie().length).toBeGreaterThan(0);
      for (const [name, value] of Object.entries(wanted))
        expect(answer.headers.get(name)).toBe(value);
      // With the older secret gone, only the renewed cookie is of any use.
      await app.restart(newer);
      const name = async () => /Signed in as/.test((await browser.send('/')).text);
      expect(await name()).toBe(true);
      asBefore();
      expect(await name()).toBe(false);
    },
  );

  it('signs the browser out', async () => {
    const { browser } = await signedIn();
    const { status, headers } = await browser.send('/sign-out', { ...form, body: '' });
    expect([status, headers.get('location')]).toEqual([302, '/']);
    expect([...browser.jar]).toEqual([]);
    expect((await browser.send('/')).text).toContain('Sign in with Act-On');
  });

  it('brings neither the broker nor a secret into what a page loads', async () => {
    const assets = join(folder, 'build', 'client', 'assets');
    const texts = (await readdir(assets)).map((name) => readFileSync(join(assets, name), 'utf8'));
    expect(texts.length).toBeGreaterThan(3);
    expect(texts.filter((text) => /createBroker|sessionSecret|SESSION_SECRET/.test(text))).toEqual(
      [],
    );
  });

  it.skipIf(!isChromiumThere)(
    'in Chromium a person signs in, and the page that calls an action gets the renewed cookie',
    async () => {
      const started = await startApp(main, false);
      app = started;
      const chromium = await startChromium();
      try {
        const { page, complaints } = await openPage(chromium);
        await page.goto(started.origin);
        await page.getByRole('link', { name: 'Sign in with Act-On' }).click();
        await page.getByLabel('User name').fill(started.emulator.user.username);
        await page.getByLabel('Password').fill(started.emulator.user.password);
        await page.getByRole('button', { name: 'Sign in' }).click();
        await page.getByRole('button', { name: 'Yes' }).click();
        await page.getByText('Signed in as marketer@example.test').waitFor();
        expect(page.url()).toBe(`${started.origin}/`);
        const [old] = await page.context().cookies();
        await started.restart(`${newer},${older}`);
        const add = async (): Promise<void> => {
          await page.getByLabel('E-mail address for Newsletter').fill('grace@example.test');
          await page.getByRole('button', { name: 'Add to Newsletter' }).click();
          await page.getByText('Added.').waitFor();
        };
        await add();
        const [renewed] = await page.context().cookies();
        expect([renewed?.name, renewed?.value === old?.value]).toEqual([old?.name, false]);
        await started.restart(newer);
        await page.reload();
        await add();
        await page.getByRole('button', { name: 'Sign out' }).click();
        await page.getByRole('link', { name: 'Sign in with Act-On' }).waitFor();
        expect(await page.context().cookies()).toEqual([]);
        expect(complaints).toEqual([]);
      } finally {
        await chromium.close();
      }
    },
  );
});
