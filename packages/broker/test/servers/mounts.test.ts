import { readFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { type Broker, type BrokerEvent, createBroker } from '@act-on-token/broker';
import { createBrokerSession } from '@act-on-token/broker/client';
import { actOnEndpoint, type Clock } from '@act-on-token/core';
import { createEmulator, type Emulator } from '@act-on-token/emulator';
import { memoryStore } from '@act-on-token/memory';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { close, listen } from '../support/act-on.ts';
import { type Browser, createBrowser } from '../support/browser.ts';
import { httpHandler } from '../support/http-handler.ts';
import { type Mount, mounts } from '../support/mounts.ts';
import { nextApp, removeNextApps } from '../support/next-mount.ts';
import { openPage } from '../support/page.ts';
import { ada, bob, createWorld, sessionSecret } from '../support/world.ts';

interface App {
  readonly origin: string;
  readonly emulator: Emulator;
  readonly browser: Browser;
  readonly events: BrokerEvent[];
  pass(milliseconds: number): void;
}

let server: Server | undefined;
afterEach(async () => {
  if (server !== undefined) await close(server);
  server = undefined;
});

/** A server with this mount; `front` may change what arrives, or answer itself. */
async function serve(
  mount: Mount['right'],
  front: (next: RequestListener) => RequestListener = (next) => next,
): Promise<App> {
  server = createServer();
  const origin = await listen(server);
  const redirectUri = `${origin}/auth/callback`;
  let passed = 0;
  const now = (): number => Date.now() + passed;
  const clock: Clock = {
    now,
    monotonic: () => performance.now() + passed,
    setTimeout: (callback, delay) => setTimeout(callback, delay),
    clearTimeout: (timer) => clearTimeout(timer as number),
  };
  const emulator = createEmulator({
    redirectUris: [redirectUri],
    users: [ada, bob],
    autoConsent: ada.username,
    apiLimits: null,
    now,
  });
  const { id: clientId, secret: clientSecret } = emulator.client;
  const events: BrokerEvent[] = [];
  const broker = createBroker({
    endpoint: actOnEndpoint({ clientId, clientSecret, fetch: emulator.fetch }),
    store: memoryStore({ now }),
    redirectUri,
    sessionSecret,
    clock,
    onEvent: (event) => void events.push(event),
  });
  server.on('request', front(await mount(broker)));
  const browser = createBrowser(
    httpHandler(origin),
    (url) => emulator.fetch(url, { redirect: 'manual' }),
    origin,
  );
  const pass = (milliseconds: number): void => {
    passed += milliseconds;
  };
  return { origin, emulator, browser, events, pass };
}

const contact = JSON.stringify({ 'E-mail Address': 'grace@example.test' });
const post = {
  method: 'POST',
  body: contact,
  headers: { 'content-type': 'application/json' },
};

afterAll(removeNextApps);

describe.each(Object.entries(mounts))('under %s', (_, { right, parsed, stripped, slashing }) => {
  // Next.js is built here, which may take longer than a test.
  beforeAll(async () => {
    for (const mount of [right, stripped, slashing]) await mount?.(createWorld().broker);
  }, 300_000);

  it('a browser signs in, uses Act-On and signs out', async () => {
    const { browser, origin } = await serve(right);
    expect((await browser.send('/lists')).text).toBe('a page of the app');
    expect(await browser.open('/auth/login?returnTo=/lists')).toMatchObject({
      url: `${origin}/lists`,
    });
    const record = '/auth/api/api/1/list/l-0001/record';
    expect((await browser.ask(record, post)).status).toBe(200);
    expect((await browser.ask(record, { ...post, method: 'PUT' })).status).toBeLessThan(500);
    expect((await browser.ask('/auth/api/api/1/list', { method: 'HEAD' })).text).toBe('');
    expect((await browser.send('/auth/logout', { method: 'POST' })).status).toBe(403);
    expect((await browser.ask('/auth/logout', { method: 'POST' })).status).toBe(204);
    expect(JSON.parse((await browser.ask('/auth/session')).text)).toMatchObject({ active: false });
  });

  it("the app's own code calls Act-On as the person, and a renewed cookie reaches the browser", async () => {
    const { browser, pass } = await serve(right);
    expect(JSON.parse((await browser.send('/me')).text)).toEqual({ email: null });
    await browser.open('/auth/login?returnTo=/lists');
    expect(JSON.parse((await browser.send('/me')).text)).toEqual({ email: ada.username });
    const [before] = [...browser.jar.values()];
    pass(2 * 86_400_000);
    const renewed = await browser.send('/me');
    expect(JSON.parse(renewed.text)).toEqual({ email: ada.username });
    expect(renewed.headers.get('cache-control')).toBe('private, no-store');
    expect([...browser.jar.values()]).not.toEqual([before]);
    pass(3_600_000);
    expect(JSON.parse((await browser.send('/me')).text)).toEqual({ email: ada.username });
    expect(JSON.parse((await browser.ask('/auth/session')).text)).toMatchObject({ active: true });
  });

  if (parsed !== undefined)
    it('a body parser in front of it is named, and nothing is sent to Act-On', async () => {
      const { browser, emulator, events } = await serve(parsed);
      await browser.open('/auth/login?returnTo=/lists');
      const before = emulator.ledger.counters().apiCalls;
      const { status, text } = await browser.ask('/auth/api/api/1/list/l-0001/record', post);
      expect([status, JSON.parse(text)]).toEqual([
        500,
        expect.objectContaining({
          code: 'configuration',
          message: expect.stringContaining('Mount the broker before body parsers'),
        }),
      ]);
      expect(emulator.ledger.counters().apiCalls).toBe(before);
      expect(events.at(-1)).toMatchObject({ type: 'refused', route: 'api', status: 500 });
    });

  if (stripped !== undefined)
    it('a prefix that was stripped is named', async () => {
      openPage('/lists');
      const { browser, events } = await serve(stripped);
      const message = /arrived as "\/session", without "\/auth" in front of it.*strips the prefix/;
      expect(JSON.parse((await browser.ask('/auth/session')).text)).toMatchObject({
        error: 'not_found',
        message: expect.stringMatching(message),
      });
      expect(events.at(-1)).toMatchObject({
        type: 'refused',
        message: expect.stringMatching(message),
      });
      expect((await browser.open('/auth/login')).text).toContain('without \\"/auth\\"');
    });

  it('a server that adds a slash to every path does no harm', async () => {
    const adds =
      (next: RequestListener): RequestListener =>
      (request, response) => {
        const { pathname, search } = new URL(request.url ?? '', 'http://localhost');
        const isBare = pathname.startsWith('/auth/') && !pathname.endsWith('/');
        if (!isBare) return next(request, response);
        response.writeHead(308, { location: `${pathname}/${search}` }).end();
      };
    const { browser, origin } = await (slashing ? serve(slashing) : serve(right, adds));
    const page = openPage('/lists');
    Object.assign(page.location, { href: `${origin}/lists` });
    Object.defineProperty(page.location, 'origin', { value: origin });
    const session = createBrokerSession({ url: `${origin}/auth`, fetch: browser.fetch });
    await browser.open('/auth/login/?returnTo=/lists');
    await session.ready();
    expect(session.account?.name).toBe(ada.username);
    const answer = await session.fetch('/api/1/list/l-0001/record', post);
    expect(answer.status).toBe(200);
    await session.signOut();
    expect(session.account).toBe(null);
    await session.close();
  });

  it('a proxy that rewrites the host does no harm, and an app under another origin is named', async () => {
    const { browser, origin } = await serve(right, (next) => (request, response) => {
      request.headers.host = 'upstream.internal';
      request.rawHeaders[request.rawHeaders.findIndex((each) => /^host$/i.test(each)) + 1] =
        'upstream.internal';
      next(request, response);
    });
    await browser.open('/auth/login?returnTo=/lists');
    const referer = `${origin}/lists`;
    const fine = await browser.ask('/auth/session', { headers: { referer } });
    expect(JSON.parse(fine.text)).toMatchObject({ active: true });
    const other = { referer: 'http://localhost:5173/lists' };
    const named = `from http://localhost:5173, and "redirectUri" is at ${origin}`;
    for (const [path, init] of [
      ['/auth/session', { headers: other }],
      ['/auth/logout', { method: 'POST', headers: { origin: 'http://localhost:5173' } }],
    ] as const)
      expect(JSON.parse((await browser.ask(path, init)).text)).toMatchObject({
        code: 'configuration',
        message: expect.stringContaining(named),
      });
    const page = await browser.send('/auth/login', {
      headers: { ...other, 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    });
    expect([page.status, page.text]).toEqual([
      403,
      expect.stringContaining('http://localhost:5173'),
    ]);
  });

  it('a browser that keeps no Secure cookies over http reads why the sign-in does not work', async () => {
    const { browser, emulator, origin } = await serve(right);
    const login = await browser.send('/auth/login?returnTo=/lists', {
      headers: { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' },
    });
    browser.jar.clear();
    const back = await emulator.fetch(login.headers.get('location') ?? '', { redirect: 'manual' });
    const page = await browser.open(back.headers.get('location') ?? '', 'cross-site');
    expect(page.status).toBe(400);
    expect(page.text).toContain(
      'Over http Safari, like all WebKit browsers, keeps no Secure cookies',
    );
    expect(page.text).toContain(origin);
    expect(page.text).not.toMatch(/code=|state=/);
  });
});

it('Next.js under a basePath, which it takes off the URL: the broker works where the route puts it back', async () => {
  // As broker/README.md has it.
  const rest = (broker: Broker) => (request: Request) => {
    const { pathname, search } = new URL(request.url);
    return broker(new Request(new URL(`/auth${pathname}${search}`, request.url), request));
  };
  const { browser, origin, emulator } = await serve((broker) =>
    nextApp({ BASE_PATH: '/auth' }, { auth: rest(broker), me: rest(broker), rest: rest(broker) }),
  );
  expect(await browser.open('/auth/login?returnTo=/lists')).toMatchObject({
    url: `${origin}/lists`,
  });
  const before = emulator.ledger.counters().apiCalls;
  expect((await browser.ask('/auth/api/api/1/list/l-0001/record', post)).status).toBe(200);
  expect(emulator.ledger.counters().apiCalls).toBe(before + 1);
  expect((await browser.ask('/auth/logout', { method: 'POST' })).status).toBe(204);
});

const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
const rows = readme.slice(readme.indexOf('## Mount it'), readme.indexOf('## Server code'));
it.each(Object.keys(mounts))('README.md says how to mount it under %s', (name) => {
  const row = name === 'node:http' ? 'Node' : name;
  expect(rows).toMatch(new RegExp(`^\\| ${row}( \\d+)? \\| .*(broker|listener)`, 'm'));
});
