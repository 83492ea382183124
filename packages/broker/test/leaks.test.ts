import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { problemPage } from '../src/page.ts';
import type { Browser } from './support/browser.ts';
import { ada, createWorld, revoke, sessionSecret, type World } from './support/world.ts';

const anHour = 3_600_000;

/**
 * Everything that was secret at any time, by kind: what Act-On remembers, and what the server was
 * set up with.
 */
function secretsOf({ emulator }: World) {
  const { accessTokens, refreshTokens, codes } = emulator.exportState().maps;
  const names = (entries: readonly (readonly [unknown, unknown])[]) =>
    entries.map(([name]) => String(name));
  return {
    secret: [emulator.client.secret, sessionSecret, ada.password],
    refresh: names(refreshTokens),
    access: names(accessTokens),
    codes: names(codes),
  };
}

/**
 * All that a browser got: URLs, headers with cookies, bodies. Its redirects to Act-On and back
 * carry state and code, as they must.
 */
const all = (browser: Browser): string =>
  browser.received
    .map(({ url, status, headers, text }) => JSON.stringify([url, status, [...headers], text]))
    .join('\n');
const bodies = (browser: Browser): string => browser.received.map(({ text }) => text).join('\n');

function findIn(text: string, secrets: readonly string[]): string[] {
  const forms = (secret: string) => [
    secret,
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
    Buffer.from(secret).toString('base64').slice(0, -4),
  ];
  return secrets.filter((secret) => forms(secret).some((form) => text.includes(form)));
}

/**
 * A day in a browser's life: sign in, use, refresh, lose replies, be refused, see errors on pages,
 * sign out.
 */
async function live(world: World, mode: 'proxy' | 'token'): Promise<Browser> {
  const browser = await world.signedIn();
  const use = async () => {
    await browser.ask('/auth/session');
    await browser.ask(
      mode === 'proxy' ? '/auth/api/api/1/list' : '/auth/token',
      mode === 'proxy' ? {} : { method: 'POST', body: '{}' },
    );
  };
  await use();
  world.pass(2 * anHour);
  await use();
  for (const kind of ['redirect', 'drop_before', 'truncate'] as const) {
    world.pass(2 * anHour);
    const fault = world.emulator.faults.arm({ route: 'token', kind });
    const used = use();
    await fault.reached();
    world.pass(60_000); // the lease of a request without an answer is over
    await used;
  }
  await browser.send('/auth/api/api/1/list');
  await browser.open('/auth/callback?code=x&state=y');
  await browser.open('/auth/login?returnTo=//evil.example');
  world.emulator.faults.arm({
    route: 'token',
    grantType: 'authorization_code',
    kind: 'status',
    status: 400,
  });
  await browser.open('/auth/login?another=1');
  await world.signIn(browser);
  await use();
  revoke(world);
  world.pass(2 * anHour);
  await use();
  await browser.ask('/auth/logout', { method: 'POST' });
  await use();
  return browser;
}

describe('what a browser receives', () => {
  it('holds no client secret, refresh token or access token in proxy mode, nor any password', async () => {
    const world = createWorld();
    const browser = await live(world, 'proxy');
    const { secret, refresh, access, codes } = secretsOf(world);
    // How many there were depends on when core probes; that there were some is the control.
    expect(Math.min(refresh.length, access.length, codes.length)).toBeGreaterThan(2);
    console.log(
      `searched ${browser.received.length} answers, ${all(browser).length} characters, for ${refresh.length + access.length} tokens`,
    );
    expect(findIn(all(browser), [...secret, ...refresh, ...access])).toEqual([]);
    expect(findIn(bodies(browser), codes)).toEqual([]);
  });

  it('holds access tokens in token mode, in the answers that are asked for them and nowhere else, and nothing more', async () => {
    const world = createWorld({ mode: 'token' });
    const browser = await live(world, 'token');
    const { secret, refresh, access, codes } = secretsOf(world);
    expect(findIn(all(browser), [...secret, ...refresh])).toEqual([]);
    expect(findIn(bodies(browser), codes)).toEqual([]);
    expect(findIn(bodies(browser), access).length).toBeGreaterThan(2);
    const others = browser.received.filter(({ url }) => !url.endsWith('/auth/token'));
    expect(
      findIn(
        others.map((each) => JSON.stringify([each.url, [...each.headers], each.text])).join('\n'),
        access,
      ),
    ).toEqual([]);
    expect(
      findIn(
        browser.received.map(({ url, headers }) => JSON.stringify([url, [...headers]])).join('\n'),
        access,
      ),
    ).toEqual([]);
  });

  it('holds no record of the store, and the store no cookie', async () => {
    const world = createWorld();
    const browser = await world.signedIn();
    const sealed = [...browser.jar.values()].map(({ value }) => value);
    const read = await Promise.all(
      ['browsers', 'used sign-ins'].map((kind) =>
        world.store.read(
          JSON.stringify([
            'act-on-broker',
            'http://127.0.0.1:8400',
            'test-client',
            kind,
            `1001/${ada.username}`,
          ]),
        ),
      ),
    );
    expect(read[0]?.record?.value).toContain('browser');
    expect(findIn(JSON.stringify(read), sealed)).toEqual([]);
  });
});

describe('what the broker tells its own side', () => {
  it('holds no secret, however it is printed', async () => {
    const world = createWorld();
    await live(world, 'proxy');
    const { secret, refresh, access, codes } = secretsOf(world);
    const printed = world.events
      .map((event) => `${inspect(event, { depth: 9, showHidden: true })}${JSON.stringify(event)}`)
      .join('\n');
    expect(world.events.length).toBeGreaterThan(5);
    expect(findIn(printed, [...secret, ...refresh, ...access, ...codes])).toEqual([]);
    expect(
      findIn(inspect(world.broker, { depth: 9, showHidden: true }), [
        ...secret,
        ...refresh,
        ...access,
      ]),
    ).toEqual([]);
  });
});

describe('a page that tells of a problem', () => {
  it('shows every text as a text, wherever it comes from', async () => {
    const nasty = `"><script>alert(1)</script><a href='javascript:x' onclick=x>&amp;`;
    const problem = {
      status: 400,
      title: nasty,
      text: nasty,
      links: [{ label: nasty, href: `/lists?a=1&b='"><script>` }],
    };
    const text = await (await problemPage(problem)).text();
    const escaped =
      '&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;a href=&#39;javascript:x&#39; onclick=x&gt;&amp;amp;';
    expect(text.split(escaped)).toHaveLength(5); // in the title of the window, the heading, the text and the link
    expect(text).toContain('<a href="/lists?a=1&amp;b=&#39;&quot;&gt;&lt;script&gt;">');
    expect(text).not.toMatch(/<script/i);
  });

  it('escapes everything, runs nothing, and carries neither code nor state', async () => {
    const world = createWorld();
    const browser = world.browser();
    const start = await browser.send('/auth/login?returnTo=/a%22%3E%3Cimg%3E', {
      headers: { 'sec-fetch-mode': 'navigate' },
    });
    const state = new URL(start.headers.get('location') ?? '').searchParams.get('state') ?? '';
    const page = await browser.open(
      `/auth/callback?code=the-code&state=${state}&error=%3Cscript%3E&error_description=%3Cimg%3E`,
      'cross-site',
    );
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(page.text).toContain('<html lang="en">');
    expect(page.text).not.toMatch(/<script|<img|onerror|javascript:/i);
    expect(page.text).not.toContain(state);
    expect(page.text).not.toContain('the-code');
    expect(page.text).toContain('prefers-color-scheme:dark');
  });
});
