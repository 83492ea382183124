import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createBroker } from '@act-on-token/broker';
import { actOnEndpoint } from '@act-on-token/core';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { memoryStore } from '@act-on-token/memory';
import { getRequestListener } from '@hono/node-server';
import { type Browser, type BrowserContext, chromium, firefox, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { component } from '../../../../tooling/component.ts';
import { close } from '../support/act-on.ts';
import { selfSigned } from '../support/certificate.ts';
import { ada, bob, sessionSecret } from '../support/world.ts';

const [app, sibling, stranger] = ['app.example', 'evil.app.example', 'other.example'] as const;
const args = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-quic',
];

const browsers = [
  {
    name: 'Chromium',
    program: component('chromium'),
    launch: (executablePath: string) =>
      chromium.launch({
        executablePath,
        args: [...args, '--host-resolver-rules=MAP *.example 127.0.0.1'],
        timeout: 60_000,
      }),
  },
  {
    name: 'Firefox',
    program: component('firefox-esr'),
    launch: (executablePath: string) =>
      firefox.launch({
        executablePath,
        channel: 'moz-firefox',
        firefoxUserPrefs: {
          'network.dns.localDomains': [app, sibling, stranger].join(','),
          'network.trr.mode': 5,
        },
        timeout: 60_000,
      }),
  },
];

/** What reached the app: of one navigation, or of a request of a page. */
interface Seen {
  readonly path: string;
  readonly site: string | undefined;
  readonly cookie: string;
}

// App and sibling are one site over https; Act-On, at a loopback address, and the stranger are two
// others.
describe.each(browsers)(
  'in $name, over https',
  { timeout: 90_000 },
  ({ name, program, launch }) => {
    describe.skipIf(program === undefined)('with two host names of one site', () => {
      let [server, emulator, browser, port]: [Server, ServedEmulator, Browser, string] =
        [] as never;
      let seen: Seen[] = [];
      /**
       * What the sibling's next page sets, byte for byte; and what the stranger's page links to.
       */
      let planted: readonly Buffer[] = [];
      let link = '';
      const contexts: BrowserContext[] = [];

      beforeAll(async () => {
        server = createServer(selfSigned([app, sibling, stranger]));
        await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
        port = String((server.address() as AddressInfo).port);
        const redirectUri = `https://${app}:${port}/auth/callback`;
        [emulator, browser] = await Promise.all([
          serveEmulator({
            redirectUris: [redirectUri],
            users: [ada, bob],
            autoConsent: ada.username,
            apiLimits: null,
            grantLimit: null,
          }),
          launch(program ?? ''),
        ]);
        const { id: clientId, secret: clientSecret } = emulator.client;
        const endpoint = actOnEndpoint({ clientId, clientSecret, baseUrl: emulator.url });
        const broker = createBroker({ endpoint, store: memoryStore(), redirectUri, sessionSecret });
        const toBroker = getRequestListener(broker, { overrideGlobalObjects: false });
        server.on('request', (request: IncomingMessage, response: ServerResponse) => {
          const host = request.headers.host?.split(':')[0];
          if (host === sibling) return plant(request);
          response.setHeader('content-type', 'text/html');
          if (host === stranger)
            return void response.end(`<!doctype html><a href="${link}">click</a>`);
          const { headers } = request;
          if (headers['sec-fetch-dest'] === 'document')
            seen.push({
              path: request.url ?? '',
              site: String(headers['sec-fetch-site']),
              cookie: headers.cookie ?? '',
            });
          if (request.url?.startsWith('/auth/')) return void toBroker(request, response);
          response.setHeader(
            'set-cookie',
            'app-session=1; Path=/; Secure; HttpOnly; SameSite=Strict',
          );
          response.end('<!doctype html><title>app</title>');
        });
      }, 120_000);
      afterAll(async () => {
        await browser?.close();
        await Promise.all([server && close(server as never), emulator?.close()]);
      });
      afterEach(async () => {
        await Promise.all(contexts.splice(0).map((context) => context.close()));
        [seen, planted, link] = [[], [], ''];
      });

      /** Node's own would refuse some of these bytes. */
      function plant({ socket }: IncomingMessage): void {
        const crlf = Buffer.from('\r\n');
        const lines = planted.map((line) =>
          Buffer.concat([Buffer.from('set-cookie: '), line, crlf]),
        );
        socket.end(
          Buffer.concat([
            Buffer.from('HTTP/1.1 200 OK\r\ncontent-type: text/html\r\nconnection: close\r\n'),
            ...lines,
            crlf,
            Buffer.from('<title>evil</title>'),
          ]),
        );
      }

      const url = (path: string, host: string = app): string => `https://${host}:${port}${path}`;
      async function newPage(): Promise<Page> {
        const context = await browser.newContext({ ignoreHTTPSErrors: true });
        contexts.push(context);
        return context.newPage();
      }
      async function signedIn(user: { username: string }): Promise<Page> {
        const page = await newPage();
        emulator.configure({ autoConsent: user.username });
        await page.goto(url('/auth/login?returnTo=/home&another=1'));
        await page.waitForURL(url('/home'));
        return page;
      }
      const sessionOf = (page: Page) =>
        page.evaluate(async () =>
          (await fetch('/auth/session', { headers: { 'x-act-on-broker': '1' } })).json(),
        );
      const cookieOf = async (page: Page, part = '__Host-Http-act-on.') => {
        const found = (await page.context().cookies()).find((cookie) =>
          cookie.name.startsWith(part),
        );
        if (found === undefined) throw new Error(`There is no cookie ${part}`);
        return found;
      };

      const bytes = [
        'a0',
        'c2a0',
        '0b',
        '0c',
        '85',
        'c285',
        'e38080',
        'efbbbf',
        '09',
        '20',
      ] as const;
      const attributes = `; Domain=${app}; Path=/; Secure`;
      const line = (before: string, cookie: string, after: string, value: string) =>
        Buffer.concat([
          Buffer.from(before, 'hex'),
          Buffer.from(cookie),
          Buffer.from(after, 'hex'),
          Buffer.from(`=${value}${attributes}`),
        ]);
      const twins = (cookie: string, value: string) => [
        ...bytes.map((byte) => ({ how: `${byte} in front`, line: line(byte, cookie, '', value) })),
        ...bytes.map((byte) => ({ how: `${byte} behind`, line: line('', cookie, byte, value) })),
        { how: 'as it is', line: line('', cookie, '', value) },
        {
          how: 'in other letters',
          line: line('', cookie.replace('__Host-', '__hOST-'), '', value),
        },
        {
          how: 'as the value of a cookie without a name',
          line: Buffer.from(`=${cookie}=${value}${attributes}`),
        },
        {
          how: 'as the value of one, after A0',
          line: Buffer.concat([Buffer.from('='), line('a0', cookie, '', value)]),
        },
        { how: 'behind a quote', line: Buffer.from(`x="; ${cookie}=${value}; y="${attributes}`) },
        {
          how: 'with a path of its own',
          line: Buffer.from(`${cookie}=${value}; Domain=${app}; Path=/auth; Secure`),
        },
      ];
      /**
       * Sets one twin from the sibling host, and returns whether the app is sent anything of it.
       */
      async function receive(page: Page, twin: Buffer, path: string): Promise<boolean> {
        planted = [twin];
        await page.goto(url('/', sibling));
        seen = [];
        await page.goto(url(path));
        return seen.some(({ cookie }) => cookie.toLowerCase().includes('host-http-act-on'));
      }

      it('a session cookie that a sibling host plants signs no one in, however it is named', async () => {
        const bobs = await signedIn(bob);
        const { name: cookie, value } = await cookieOf(bobs);
        const arrived: string[] = [];
        const victim = await newPage();
        for (const { how, line: twin } of twins(cookie, value)) {
          await victim.context().clearCookies();
          if (await receive(victim, twin, '/home')) arrived.push(how);
          expect(await sessionOf(victim), how).toMatchObject({
            active: false,
            account: null,
            accounts: [],
          });
        }
        console.log(`${name} sent these twins of a session cookie: ${arrived.join(', ')}`);
        // Without any the test would show nothing.
        expect(arrived).toContain('a0 in front');
        // The controls: the session works in its own browser, and as a copy in another one.
        expect(await sessionOf(bobs)).toMatchObject({
          active: true,
          account: { name: bob.username },
        });
        const copy = await newPage();
        await copy.context().addCookies([await cookieOf(bobs)]);
        await copy.goto(url('/home'));
        expect(await sessionOf(copy)).toMatchObject({ active: true });
      });

      it('nor signs it anybody out, or in as someone more', async () => {
        const [adas, bobs] = [await signedIn(ada), await signedIn(bob)];
        const [mine, other] = [await cookieOf(adas), await cookieOf(bobs)];
        for (const { how, line: twin } of [
          ...twins(mine.name, other.value),
          ...twins(other.name, other.value),
        ].filter((_, i) => i % 2 === 0)) {
          await receive(adas, twin, '/home');
          expect(await sessionOf(adas), how).toMatchObject({
            active: true,
            account: { name: ada.username },
            accounts: [{ name: ada.username }],
          });
        }
      });

      it('a sign-in cookie that a sibling host plants finishes no sign-in of its own (login CSRF)', async () => {
        const attacker = await newPage();
        // The attacker does not follow the redirect that comes back.
        emulator.configure({ autoConsent: null });
        await attacker.goto(url('/auth/login?returnTo=/home'));
        emulator.configure({ autoConsent: bob.username });
        const back =
          (await fetch(attacker.url(), { redirect: 'manual' })).headers.get('location') ?? '';
        const { name: cookie, value } = await cookieOf(attacker, '__Host-Http-act-on-signin.');
        expect(back).toContain('code=');
        const victim = await newPage();
        for (const { how, line: twin } of twins(cookie, value)) {
          await victim.context().clearCookies();
          await receive(victim, twin, '/home');
          await victim.goto(back);
          expect(await victim.title(), how).toBe('This sign-in is over');
          await victim.goto(url('/home'));
          expect(await sessionOf(victim), how).toMatchObject({ active: false });
        }
        // The control: with the cookie itself the same redirect signs in.
        await attacker.goto(back);
        await attacker.waitForURL(url('/home'));
        expect(await sessionOf(attacker)).toMatchObject({
          active: true,
          account: { name: bob.username },
        });
      });

      const arrivals = (path: string) => seen.filter((each) => each.path === path);

      it("a link on another site does not become one of the app's own: the broker waits for a person", async () => {
        const page = await signedIn(ada);
        // The control: a link to the app itself comes from another site, without the strict cookie.
        link = url('/delete?direct');
        await page.goto(url('/', stranger));
        await page.click('a');
        await page.waitForURL(link);
        expect(arrivals('/delete?direct')).toEqual([
          expect.objectContaining({ site: 'cross-site' }),
        ]);
        expect(arrivals('/delete?direct')[0]?.cookie).not.toContain('app-session');

        link = url('/auth/login?returnTo=/delete');
        await page.goto(url('/', stranger));
        await page.click('a');
        await page.getByRole('heading', { name: 'Sign in to Act-On' }).waitFor();
        expect(await page.getByText('/delete', { exact: true }).count()).toBe(1);
        // Whatever the page did by itself would have been done before this.
        const other = await page.context().newPage();
        await other.goto(url('/home?later'));
        await other.reload();
        expect(arrivals('/delete')).toEqual([]);
        expect(page.url()).toBe(link);
        // What a person presses is the person's own.
        await page.getByRole('link', { name: 'Go on' }).click();
        await page.waitForURL(url('/delete'));
        // Firefox takes a redirect without a referrer for an address that was typed.
        expect(arrivals('/delete')).toEqual([
          {
            path: '/delete',
            site: expect.stringMatching(/^(same-origin|none)$/),
            cookie: expect.stringContaining('app-session=1'),
          },
        ]);
      });

      it('a link on a sibling host stays one, though the broker redirects it', async () => {
        const page = await signedIn(ada);
        link = url('/auth/login?returnTo=/delete');
        planted = [Buffer.from('x=1')];
        await page.goto(url('/', sibling));
        await page.evaluate((to) => {
          document.body.innerHTML = `<a href="${to}">click</a>`;
        }, link);
        seen = [];
        await page.click('a');
        await page.waitForURL(url('/delete'));
        expect(seen.map(({ site }) => site)).toEqual(['same-site', 'same-site']);
      });

      it('a script of the page itself cannot plant one either', async () => {
        const bobs = await signedIn(bob);
        const { name: cookie, value } = await cookieOf(bobs);
        const page = await newPage();
        await page.goto(url('/home'));
        const kept = await page.evaluate(
          ([planted, of]) => {
            // biome-ignore lint/suspicious/noDocumentCookie: a script tries this
            document.cookie = `__Host-by-script=1; Secure; Path=/`;
            // biome-ignore lint/suspicious/noDocumentCookie: and this
            document.cookie = `${planted}=${of}; Secure; Path=/`;
            return document.cookie;
          },
          [cookie, value] as const,
        );
        // What a script may set, which it can read again, is the control.
        expect(kept).toBe('__Host-by-script=1');
        expect(await sessionOf(page)).toMatchObject({ active: false, accounts: [] });
      });
    });
  },
);
