import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isChromiumThere, openPage, startChromium } from '../browser/support/chromium.ts';
import {
  freePort,
  type NextProcess,
  originOf,
  serveNext,
  variablesOf,
} from './support/next-server.ts';
import { copyOfServerApp, nextVersions, type ServerApp, tokensOf } from './support/server-app.ts';

const minutes = 60_000;
/** Those that Next.js would render while it builds, if it were not for what they fetch. */
const wouldBeStatic = ['plain', 'revalidated', 'cached-handler'];

describe.each(nextVersions)(
  'Next.js %i, pages that call Act-On while they are rendered',
  { timeout: 2 * minutes },
  (version) => {
    let app: ServerApp;
    let emulator: ServedEmulator;
    let port: number;
    let env: Record<string, string>;
    let built: string;
    let grantsOfBuild: number;
    const grants = (): number => emulator.ledger.counters().grants.password.sent;

    beforeAll(async () => {
      app = await copyOfServerApp(version);
      port = await freePort();
      emulator = await serveEmulator({
        redirectUris: [`${originOf(port)}/auth/callback`],
        autoConsent: 'marketer@example.test',
        grantLimit: null,
        apiLimits: null,
      });
      const { username, password } = emulator.user;
      env = {
        ...variablesOf(port, emulator),
        ACT_ON_USERNAME: username,
        ACT_ON_PASSWORD: password,
      };
      built = await app.build(env);
      grantsOfBuild = grants();
    }, 5 * minutes);
    afterAll(async () => {
      await emulator?.close();
      await app?.remove();
    }, minutes);

    it('renders those on demand whose requests for tokens may not be cached, and asks Act-On for nothing meanwhile', () => {
      for (const path of wouldBeStatic) expect(built).toMatch(new RegExp(`ƒ /${path}\\b`));
      expect(built).not.toMatch(/\[event\] (unknown|refresh_failed|store_failed)/);
      // What a page says is static is rendered while the app is built, with one sign-in.
      expect(built).toMatch(/○ \/forced\b/);
      expect(grantsOfBuild).toBe(1);
    });

    it('signs in again after each start, keeps no token on disk, and no start disturbs another', async () => {
      const signIns: number[] = [];
      for (let start = 0; start < 2; start += 1) {
        const before = grants();
        const server = await serveNext(app.folder, 'start', port, env);
        try {
          for (const path of [...wouldBeStatic, 'dynamic', 'forced', ...wouldBeStatic]) {
            const answer = await fetch(`${server.origin}/${path}/`);
            expect([path, answer.status]).toEqual([path, 200]);
            expect(await answer.text()).toMatch(/3<!-- --> lists|"lists":3/);
          }
          expect(server.output()).not.toMatch(
            /credential_conflict|\[event\] (unknown|refresh_failed)/,
          );
          signIns.push(grants() - before);
        } finally {
          await server.close();
        }
      }
      // Pages and route handlers may have a module each, and so a session each.
      const [first = 0, second] = signIns;
      expect(first).toBeGreaterThan(0);
      expect(second).toBe(first);
      const tokens = tokensOf(emulator);
      expect(tokens.length).toBeGreaterThan(4);
      expect(await app.filesWith(tokens)).toEqual([]);
    });

    it('sends again what a page sends each time it is asked for: no cache answers a POST', async () => {
      const before = emulator.ledger.counters().sends;
      const server = await serveNext(app.folder, 'start', port, env);
      try {
        for (let visit = 0; visit < 3; visit += 1) {
          const answer = await fetch(`${server.origin}/sending/`);
          expect(await answer.text()).toContain('<p>sent</p>');
        }
      } finally {
        await server.close();
      }
      expect(emulator.ledger.counters().sends - before).toBe(3);
    });

    describe.skipIf(!isChromiumThere)('with trailingSlash: true', () => {
      let server: NextProcess;
      beforeAll(async () => {
        server = await serveNext(app.folder, 'start', port, env);
      }, minutes);
      afterAll(() => server?.close(), minutes);

      it('signs a page in through the broker and lets it call the API', async () => {
        const browser = await startChromium();
        try {
          const { page, complaints } = await openPage(browser);
          page.setDefaultTimeout(minutes);
          await page.goto(server.origin);
          await page.locator('#seen', { hasText: 'signed out' }).waitFor();
          await page.getByRole('link', { name: 'Sign in' }).click();
          await page.locator('#seen', { hasText: '200, 3 lists' }).waitFor();
          // What a page reads through the broker is asked of Act-On each time.
          const calls = (): number => emulator.ledger.counters().apiCalls;
          for (let visit = 0; visit < 2; visit += 1) {
            const before = calls();
            await page.reload();
            await page.locator('#seen', { hasText: '200, 3 lists' }).waitFor();
            expect(calls()).toBeGreaterThan(before);
          }
          expect(complaints).toEqual([]);
        } finally {
          await browser.close();
        }
      });
    });
  },
);
