import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  complaintsOf,
  policyComplaintsOf,
} from '../../../../examples/react-app/test/security-headers.ts';
import { isChromiumThere, openPage, startChromium } from '../browser/support/chromium.ts';
import { copyOfExample, type NextCopy } from './support/next-copy.ts';
import { type NextServer, startNext } from './support/next-server.ts';

const pages = fileURLToPath(new URL('pages', import.meta.url));
const minutes = 60_000;
type Cookies = Awaited<ReturnType<ReturnType<Page['context']>['cookies']>>;

describe.skipIf(!isChromiumThere)(
  'examples/next-app, in Chromium',
  { timeout: 2 * minutes },
  () => {
    let copy: NextCopy;
    let browser: Browser;
    beforeAll(async () => {
      [copy, browser] = await Promise.all([copyOfExample(), startChromium()]);
      await copy.build();
    }, 5 * minutes);
    afterAll(async () => {
      await browser?.close();
      await copy?.remove();
    }, minutes);

    /**
     * Opens the example, signs in, and gives the page with what it asked the broker for since it
     * came back.
     */
    async function signIn({
      origin,
    }: NextServer): Promise<{ page: Page; complaints: string[]; asked: string[] }> {
      const { page, complaints } = await openPage(browser);
      page.setDefaultTimeout(minutes);
      const asked: string[] = [];
      page.on('request', (request) => {
        const { pathname } = new URL(request.url());
        if (pathname === '/auth/callback') asked.length = 0;
        else if (pathname.startsWith('/auth/')) asked.push(pathname);
      });
      await page.goto(origin);
      await page.getByRole('link', { name: 'Sign in with Act-On' }).click();
      await page.getByRole('listitem').first().waitFor();
      // Rendered by a server component, for the first request after the sign-in.
      await page.locator('#owner', { hasText: 'marketer@example.test' }).waitFor();
      return { page, complaints, asked };
    }

    const codesOf = ({ emulator }: NextServer): number =>
      emulator.ledger.counters().grants.authorization_code.sent;

    describe('built and started', () => {
      let server: NextServer;
      beforeAll(async () => {
        server = await startNext(copy.folder, 'start');
      }, minutes);
      afterAll(() => server?.close(), minutes);

      it('sends a page with the fallback in place of what only the browser can know', async () => {
        const html = await fetch(server.origin).then((answer) => answer.text());
        expect(html).toContain('<h1>Contact lists</h1><p class="quiet">One moment …</p>');
      });

      it('sends with every file what scanners of sites look for, and runs only scripts with the nonce of the answer', async () => {
        const html = await fetch(server.origin).then((answer) => answer.text());
        const [script = ''] = /\/_next\/static\/[\w./-]+\.js/.exec(html) ?? [];
        for (const path of ['/', script, '/icon.svg', '/nothing']) {
          const response = await fetch(server.origin + path);
          const isPage = path === '/' || path === '/nothing';
          expect([
            path,
            ...complaintsOf(response),
            ...(isPage ? policyComplaintsOf(response) : []),
          ]).toEqual([path]);
        }
        const nonces = new Set<string>();
        for (const answer of [await fetch(server.origin), await fetch(server.origin)]) {
          const [, nonce = ''] =
            /'nonce-([^']+)'/.exec(answer.headers.get('content-security-policy') ?? '') ?? [];
          const scripts = (await answer.text()).match(/<script[^>]*>/g) ?? [];
          expect(scripts.length).toBeGreaterThan(1);
          expect(scripts.filter((tag) => !tag.includes(`nonce="${nonce}"`))).toEqual([]);
          nonces.add(nonce);
        }
        expect(nonces.size).toBe(2);
      });

      it('is taken over without a complaint, signs in with one exchange, and asks once how things stand', async () => {
        const { page, complaints, asked } = await signIn(server);
        expect(await page.getByRole('listitem').count()).toBe(3);
        expect(page.url()).toBe(`${server.origin}/`);
        expect(codesOf(server)).toBe(1);
        expect(asked).toEqual(['/auth/session', '/auth/api/api/1/list']);
        await page.getByRole('button', { name: 'Sign out' }).click();
        await page.getByRole('link', { name: 'Sign in with Act-On' }).waitFor();
        expect(complaints).toEqual([]);
        await page.close();
      });

      it('shows what keeps it from knowing its account, and tries again when it is asked to', async () => {
        const { page } = await openPage(browser);
        page.setDefaultTimeout(minutes);
        await page.route('**/auth/session', (route) => route.fulfill({ status: 502 }));
        await page.goto(server.origin);
        await page
          .getByRole('alert')
          .filter({ hasText: 'The server did not answer for the broker' })
          .waitFor();
        await page.unroute('**/auth/session');
        const again = page.getByRole('button', { name: 'Try again' });
        const link = page.getByRole('link', { name: 'Sign in with Act-On' });
        // A failure stands for a quarter of a second; this program may press faster than a person.
        const press = async (): Promise<boolean> => {
          if (await again.isVisible()) await again.click();
          return link.isVisible();
        };
        await expect.poll(press, { timeout: minutes, interval: 300 }).toBe(true);
        await page.close();
      });
    });

    describe('whose session secret is replaced', () => {
      const [older, newer] = [
        'an-old-secret-of-this-test-alone-0123456789',
        'the-new-one-0123456789-abcdefghijklmnop',
      ];
      let server: NextServer;
      let page: Page;
      let old: Cookies;
      beforeAll(async () => {
        const store = { ACT_ON_STORE: `${copy.folder}/tokens` };
        const before = await startNext(copy.folder, 'start', { ...store, SESSION_SECRET: older });
        ({ page } = await signIn(before));
        server = await before.restart({ SESSION_SECRET: `${newer},${older}` });
        old = await page.context().cookies();
      }, 3 * minutes);
      afterAll(() => server?.close(), minutes);

      const isRenewed = async (): Promise<boolean> => {
        const [cookie] = await page.context().cookies();
        return cookie !== undefined && cookie.value !== old[0]?.value;
      };
      const asBefore = () => page.context().addCookies(old);

      it('a server component calls Act-On as the person, and the cookie that it cannot renew goes on to count', async () => {
        const cookie = old.map(({ name, value }) => `${name}=${value}`).join('; ');
        for (let times = 0; times < 3; times += 1) {
          const answer = await fetch(server.origin, { headers: { cookie } });
          expect(await answer.text()).toMatch(/id="owner">marketer@example.test/);
          expect(answer.headers.getSetCookie()).toEqual([]);
        }
      });

      it('a route handler calls Act-On as the person, and the renewed cookie reaches the browser', async () => {
        await asBefore();
        const text = () => page.evaluate(() => fetch('/lists.csv').then((answer) => answer.text()));
        expect(await text()).toMatch(/^("l-\d+",".+"\n){3}$/);
        expect(await isRenewed()).toBe(true);
        expect(await text()).toMatch(/^"l-/);
      });

      it('a server action calls Act-On as the person, and the renewed cookie reaches the browser', async () => {
        // The page of the server of before: the first action would load it again.
        await page.reload();
        await page.getByRole('listitem').first().waitFor();
        await page.route('**/auth/**', (route) => route.abort());
        await asBefore();
        expect(await isRenewed()).toBe(false);
        await page.getByRole('button', { name: 'Count on the server' }).click();
        await page.getByRole('button', { name: '3 lists, says the server' }).waitFor();
        expect(await isRenewed()).toBe(true);
        await page.unroute('**/auth/**');
        await page.reload();
        await page.getByRole('listitem').first().waitFor();
        await page.close();
      });
    });

    describe('in development, where everything is mounted twice', () => {
      let server: NextServer;
      beforeAll(async () => {
        await copy.addPages(pages);
        // One of them talks to Act-On itself, as no page of the example does.
        await copy.edit('proxy.ts', (text) =>
          text.replace(`"default-src 'self'",`, `"default-src 'self'", 'connect-src *',`),
        );
        server = await startNext(copy.folder, 'dev');
      }, 3 * minutes);
      afterAll(() => server?.close(), minutes);

      it('signs in with one exchange, and sends none when a component is edited and mounted again', async () => {
        const { page, complaints, asked } = await signIn(server);
        expect(asked.filter((path) => path === '/auth/session')).toHaveLength(1);
        // A page that is not connected yet is told of no change.
        await Promise.all([
          page.waitForEvent('console', (message) => message.text().includes('[HMR] connected')),
          page.reload(),
        ]);
        await page.getByRole('button', { name: 'Sign out' }).waitFor();
        await copy.edit('app/account.tsx', (text) =>
          text
            .replace('  if (needsGrant', '  useActOnTokenReady();\n  if (needsGrant')
            .replace('Sign out\n', 'Sign out, edited\n'),
        );
        await page.getByRole('button', { name: 'Sign out, edited' }).waitFor();
        await page.getByRole('listitem').first().waitFor();
        expect(codesOf(server)).toBe(1);
        expect(complaints).toEqual([]);
        await page.close();
      });

      it('finishes a redirect to one of its pages with one exchange, and its router does not bring the code back', async () => {
        const before = codesOf(server);
        const { page, complaints } = await openPage(browser);
        page.setDefaultTimeout(minutes);
        const url = `${server.origin}/direct`;
        await page.goto(url);
        await page.getByRole('button', { name: 'Sign in' }).click();
        await page.locator('#callback', { hasText: 'done' }).waitFor();
        await page.locator('#query', { hasText: 'no query' }).waitFor();
        const rendered = await page.locator('#rendered').textContent();
        await page.getByRole('button', { name: 'Refresh' }).click();
        await expect
          .poll(() => page.locator('#rendered').textContent(), { timeout: minutes })
          .not.toBe(rendered);
        expect(await page.locator('#query').textContent()).toBe('no query');
        expect(page.url()).toBe(url);
        expect(codesOf(server)).toBe(before + 1);
        expect(complaints).toEqual([]);
        await page.close();
      });

      it('says that a hook cannot be called in a server component, because the package begins with "use client"', async () => {
        const answer = await fetch(`${server.origin}/wrong`);
        expect(answer.status).toBe(500);
        expect(server.output()).toContain(
          'Attempted to call useActOnToken() from the server but useActOnToken is on the client.',
        );
      });
    });
  },
);
