import { createServer, type Server } from 'node:https';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Listening, listen } from '../../../../proof/support/listen.ts';
import {
  isWebKitThere,
  startWebKit,
  type WebKit,
  type WebKitPage,
} from '../../../../proof/support/webkit.ts';
import { attempts, browserApp, leftovers } from '../support/browser-app.ts';
import { selfSigned } from '../support/certificate.ts';

/**
 * The app is at localhost and Act-On at 127.0.0.1: to a browser these are two sites, as in real
 * life. Over https: WebKit keeps no `Secure` cookie of a plain localhost.
 */
describe.skipIf(!isWebKitThere)('in WebKit, over https', { timeout: 60_000 }, () => {
  let [server, listening, emulator, webKit, page, origin]: [
    Server,
    Listening,
    ServedEmulator,
    WebKit,
    WebKitPage,
    string,
  ] = [] as never;

  let brought = '';

  beforeAll(async () => {
    server = createServer(selfSigned(['localhost']));
    listening = await listen(server);
    origin = `https://localhost:${listening.port}`;
    emulator = await serveEmulator({
      redirectUris: [`${origin}/auth/callback`],
      apiLimits: null,
      grantLimit: null,
    });
    const app = await browserApp(emulator, origin);
    server.on('request', (request, response) => {
      if (request.url === '/page.js') brought = request.headers.cookie ?? '';
      void app(request, response);
    });
  }, 90_000);
  afterAll(async () => {
    await Promise.all([listening?.close(), emulator?.close()]);
  });
  beforeEach(async () => {
    webKit = await startWebKit();
    page = await webKit.openPage();
    return () => webKit.close();
  });

  const shows = (tab: WebKitPage, status: string) =>
    expect
      .poll(() => tab.evaluate(() => document.body.textContent).catch(() => null), {
        timeout: 30_000,
      })
      .toBe(status);

  /** What a request of this page brings: WebKit's driver shows no cookie of localhost. */
  const cookiesOf = async (tab: WebKitPage): Promise<string> => {
    brought = 'no request';
    await tab.evaluate(() => fetch('/page.js').then(() => {}));
    return brought;
  };

  /** Through both of Act-On's pages, as a person does. */
  async function signIn(answer: 'Yes' | 'No' = 'Yes'): Promise<void> {
    await page.goto(`${origin}/lists`);
    await shows(page, 'idle');
    await page.evaluate(() => void globalThis.session.signIn());
    const field = (label: string) => `//label[contains(., "${label}")]//input`;
    await page.fill(field('User name'), emulator.user.username);
    await page.fill(field('Password'), emulator.user.password);
    await page.click('//button[.="Sign in"]');
    await page.click(`//button[.="${answer}"]`);
  }

  it('a person signs in, two tabs see it, one signs out and both are', async () => {
    const second = await webKit.openPage(`${origin}/other`);
    await shows(second, 'idle');
    await signIn();
    await Promise.all([shows(page, 'authorized'), shows(second, 'authorized')]);
    expect(await page.evaluate(() => location.href)).toBe(`${origin}/lists`);
    const lists = await second.evaluate(async () =>
      (await globalThis.session.fetch('/api/1/list')).json(),
    );
    expect(lists).toMatchObject({ totalCount: 3 });
    expect(await page.evaluate(leftovers)).toEqual({
      cookie: '',
      local: 0,
      session: 0,
      databases: 0,
    });
    expect(await cookiesOf(page)).toMatch(/^__Host-Http-act-on[^;]*$/);
    await page.evaluate(() => globalThis.session.signOut());
    await Promise.all([shows(page, 'idle'), shows(second, 'idle')]);
    expect(await cookiesOf(page)).toBe('');
  });

  it('a person who says No gets an error that says so, and goes back to the app', async () => {
    await signIn('No');
    await page.click('//a[.="Back to the app"]');
    await shows(page, 'idle');
  });

  it('a page of another site gets nothing, whatever it tries', async () => {
    await signIn();
    await shows(page, 'authorized');
    const evil = await webKit.openPage(`${emulator.url}/authorize`);
    expect(await evil.evaluate(attempts, origin)).toEqual(['failed', 'failed', 'failed', 'failed']);
    await page.evaluate(() => globalThis.session.lookUp());
    await shows(page, 'authorized');
  });
});
