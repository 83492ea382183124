import { createBrokerSession } from '@act-on-token/broker/client';
import { describe, expect, it } from 'vitest';
import { appOrigin, createBrowser, type Handler } from './support/browser.ts';
import { openPage } from './support/page.ts';
import { createWorld, type Instead, type World } from './support/world.ts';

const echo: Instead = async (request) => {
  const { pathname } = new URL(request.url);
  return pathname.startsWith('/api/1/test')
    ? Response.json({ path: pathname, body: await request.text() })
    : null;
};

/**
 * A server that redirects to a path with a slash at its end, as Next.js does with `trailingSlash:
 * true`, and what it redirected.
 */
function slashing(world: World): { readonly handler: Handler; readonly redirected: string[] } {
  const redirected: string[] = [];
  const handler: Handler = async (request) => {
    const url = new URL(request.url);
    const isFile = /\.\w+\/?$/.test(url.pathname);
    const wanted = isFile ? url.pathname.replace(/\/$/, '') : url.pathname.replace(/\/?$/, '/');
    if (url.pathname === wanted) return world.broker(request);
    redirected.push(url.pathname);
    url.pathname = wanted;
    return new Response(null, { status: 308, headers: { location: url.href } });
  };
  return { handler, redirected };
}

describe('an app whose server wants a slash at the end of every path', () => {
  it('signs in, calls the API and signs out, and is redirected once', async () => {
    const { world, browser, session, redirected } = await page();
    expect((await browser.open('/auth/login?returnTo=/lists')).url).toBe(`${appOrigin}/lists`);
    expect(redirected).toEqual(['/auth/login', '/auth/callback']);
    redirected.length = 0;
    await session.ready();
    expect(await pathOf(session.fetch('/api/1/test'))).toBe('/api/1/test');
    expect(await pathOf(session.fetch('/api/1/test/a?b=c/', { method: 'POST', body: 'd' }))).toBe(
      '/api/1/test/a',
    );
    expect(redirected).toEqual(['/auth/session']);
    await session.signOut();
    await session.lookUp();
    expect(session.getSnapshot().needsGrant).toBe(true);
    expect(world.emulator.ledger.counters().grants.authorization_code.sent).toBe(1);
  });

  it('hands paths on that end in a slash of their own, and those that look like files', async () => {
    const { session } = await signedInPage();
    expect(await pathOf(session.fetch('/api/1/test/'))).toBe('/api/1/test/');
    expect(await pathOf(session.fetch('/api/1/test/a'))).toBe('/api/1/test/a');
    expect(await pathOf(session.fetch('/api/1/test/logo.png'))).toBe('/api/1/test/logo.png');
    expect(await pathOf(session.fetch('/api/1/test/ada@example.test'))).toBe(
      '/api/1/test/ada@example.test',
    );
  });

  it('sends bodies of every kind, those that are streams, too', async () => {
    const { session } = await signedInPage();
    const answer = await session.fetch('/api/1/test/a', { method: 'PUT', body: 'all of it' });
    expect(await answer.json()).toEqual({ path: '/api/1/test/a', body: 'all of it' });
    const stream = (): RequestInit =>
      ({ method: 'PUT', body: new Blob(['all of it']).stream(), duplex: 'half' }) as RequestInit;
    expect(await pathOf(session.fetch('/api/1/test/a', stream()))).toBe('/api/1/test/a');
  });

  it('gets its tokens in token mode', async () => {
    const { session } = await signedInPage('token');
    expect(await session.getAccessToken()).toEqual(expect.any(String));
  });

  it('may register the redirect with a slash, too', async () => {
    const redirectUri = `${appOrigin}/auth/callback/`;
    const world = createWorld({ redirectUri }, { redirectUris: [redirectUri] });
    const browser = world.browser();
    await world.signIn(browser);
    expect((await browser.ask('/auth/session')).status).toBe(200);
  });
});

describe('a server that redirects the requests for its broker elsewhere', () => {
  it.each([302, 303, 307, 308])(
    'is named by the session, which follows nothing (%i)',
    async (status) => {
      openPage();
      const asked: string[] = [];
      const browser = createBrowser(
        async (request: Request) => {
          asked.push(new URL(request.url).pathname);
          return new Response(null, { status, headers: { location: `${appOrigin}/sign-in` } });
        },
        async () => Response.error(),
      );
      const session = createBrokerSession({ url: '/auth', fetch: browser.fetch });
      await expect(session.ready()).rejects.toMatchObject({
        code: 'configuration',
        message: expect.stringContaining('redirects'),
      });
      expect(asked).toEqual(['/auth/session', '/auth/session/']);
    },
  );
});

async function page(mode: 'proxy' | 'token' = 'proxy') {
  openPage();
  const world = createWorld({ mode }, {}, echo);
  const { handler, redirected } = slashing(world);
  const browser = createBrowser(handler, (url) =>
    world.emulator.fetch(url, { redirect: 'manual' }),
  );
  return {
    world,
    browser,
    redirected,
    session: createBrokerSession({ url: '/auth', fetch: browser.fetch, mode }),
  };
}

async function signedInPage(mode?: 'proxy' | 'token') {
  const opened = await page(mode);
  await opened.browser.open('/auth/login?returnTo=/lists');
  return opened;
}

async function pathOf(response: Promise<Response>): Promise<string> {
  return (await response.then((answer) => answer.json())).path;
}
