import { describe, expect } from 'vitest';
import { appOrigin, linkOn, type Received } from '../../packages/broker/test/support/browser.ts';
import { createWorld } from '../../packages/broker/test/support/world.ts';
import { attacker } from './attack.ts';
import {
  account,
  codesSent,
  forged,
  isIntact,
  navigate,
  openApp,
  post,
  redirected,
  refuse,
  sessionCookies,
  sessionOf,
  type Try,
} from './support/app.ts';

// A page of another site in the browser in which Ada is signed in. It can link, embed, and send
// what a browser lets it send.

const { honest, attack } = attacker('a website');

const routes = [
  ['session', 'GET', '/auth/session'],
  ['api', 'GET', account],
  ['api POST', 'POST', '/auth/api/api/1/message/custom/send'],
  ['logout', 'POST', '/auth/logout'],
] as const;
const elsewhere = [
  'https://evil.example',
  'http://app.example',
  'https://app.example:8443',
  'https://app.example.evil.example',
  'null',
];

const requests: readonly Try[] = routes.flatMap(([name, method, path]) => [
  {
    what: `${name} without the header of the app's own pages`,
    status: 403,
    go: ({ victim }) => victim.send(path, { method }),
  },
  {
    what: `${name} with another value of it`,
    status: 403,
    go: ({ victim }) => victim.send(path, { method, headers: { 'x-act-on-broker': '0' } }),
  },
  ...['cross-site', 'same-site', 'none'].map(
    (site): Try => ({
      what: `${name} with Sec-Fetch-Site: ${site}`,
      status: 403,
      go: ({ victim }) => victim.ask(path, { method, headers: { 'sec-fetch-site': site } }),
    }),
  ),
  ...elsewhere.map(
    (origin): Try => ({
      what: `${name} with Origin: ${origin}`,
      status: 403,
      go: ({ victim }) => victim.ask(path, { method, headers: { origin } }),
    }),
  ),
]);

const embedded: readonly Try[] = [
  {
    what: 'logout that does not say where it comes from',
    status: 403,
    go: (app) => forged(app, app.victim, '/auth/logout', { method: 'POST' }),
  },
  {
    what: 'a preflight of another origin',
    status: 405,
    go: ({ victim }) =>
      victim.send('/auth/logout', {
        method: 'OPTIONS',
        headers: { origin: 'https://evil.example' },
      }),
  },
  { what: 'logout by a link', status: 405, go: ({ victim }) => victim.ask('/auth/logout') },
  { what: 'login by a form', status: 405, go: ({ victim }) => victim.ask('/auth/login', post) },
  ...['iframe', 'frame', 'image', 'script', 'style', 'object', 'embed', 'empty'].flatMap(
    (destination) =>
      ['/auth/login', '/auth/callback?code=x&state=y'].map(
        (path): Try => ({
          what: `${path} with Sec-Fetch-Dest: ${destination}`,
          status: 403,
          go: ({ victim }) =>
            victim.send(path, {
              headers: { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': destination },
            }),
        }),
      ),
  ),
  ...(['sec-purpose', 'purpose'] as const).map(
    (name): Try => ({
      what: `login in advance (${name})`,
      status: 403,
      go: ({ victim }) =>
        victim.send('/auth/login', { headers: { ...navigate, [name]: 'prefetch;prerender' } }),
    }),
  ),
];

const returns = [
  ...[
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https:evil.example',
    'https://evil.example',
  ],
  ...[
    'javascript:alert(1)',
    'data:text/html,x',
    '/\t/evil.example',
    '/\n/evil.example',
    '/\r\n/evil.example',
    '\t//evil.example',
  ],
  ...[
    ' //evil.example',
    '/%2F%2Fevil.example',
    '%2F%2Fevil.example',
    '/%5Cevil.example',
    '/.//evil.example',
    '/..//evil.example',
  ],
  ...[
    '/./\\evil.example',
    '/lists\r\nset-cookie: a=1',
    '/lists\u0000',
    'lists',
    '',
    '?x',
    '@evil.example',
    '/auth/logout',
  ],
  ...[
    '/auth/login?returnTo=/',
    `/${'x'.repeat(3_000)}`,
    '/\\/evil.example',
    '///evil.example',
    'https://app.example.evil.example/',
  ],
];

describe('a website', () => {
  honest('a page of the app itself reads and signs out', async () => {
    const { victim } = await openApp();
    await isIntact(victim);
    expect((await victim.ask('/auth/logout', { method: 'POST' })).status).toBe(204);
  });
  honest('a link on another site signs in after a person has pressed a button', async () => {
    const world = createWorld();
    const browser = world.browser();
    const page = await browser.open('/auth/login?returnTo=/lists', 'cross-site');
    expect(await browser.open(linkOn(page, 'Go on'))).toMatchObject({ url: `${appOrigin}/lists` });
    await isIntact(browser);
  });
  honest('a path of the app is where a sign-in returns to', async () => {
    const browser = createWorld().browser();
    expect((await browser.open('/auth/login?returnTo=/a%2Fb?c=//d')).url).toBe(
      `${appOrigin}/a/b?c=//d`,
    );
  });

  for (const each of requests) attack(`sends ${each.what}`, () => refuse(each));
  for (const each of embedded) attack(`sends ${each.what}`, () => refuse(each));

  for (const returnTo of returns)
    attack(`lets a sign-in return to ${JSON.stringify(returnTo).slice(0, 50)}`, () =>
      refuse({
        what: returnTo,
        status: 400,
        go: ({ victim }) =>
          victim.send(`/auth/login?${new URLSearchParams({ returnTo })}`, { headers: navigate }),
        also(answer) {
          expect(answer.headers.get('location')).toBeNull();
          expect((answer as Received).text).not.toContain('evil');
        },
      }),
    );

  for (const query of [
    'returnTo=/delete',
    'returnTo=/delete&onward=1',
    'returnTo=/delete&another=1',
    'another=1&onward=1',
    'account=x',
    '',
  ])
    attack(`begins a navigation of the app's own by a link to login?${query}`, async () => {
      const { victim } = await openApp();
      const before = victim.jar.size;
      const page = await victim.open(`/auth/login?${query}`, 'cross-site');
      // Neither a redirect nor a page that goes on by itself, whatever it is made of.
      expect(page).toMatchObject({ status: 200, url: expect.stringContaining('/auth/login') });
      expect(page.headers.get('refresh')).toBeNull();
      expect(page.text).not.toMatch(/<script|http-equiv|<form|<meta[^>]+refresh|autofocus|onload/i);
      expect(page.headers.get('content-security-policy')).toMatch(
        /default-src 'none'.*frame-ancestors 'none'/,
      );
      expect(victim.jar.size).toBe(before);
    });
  attack('has a link of its choice under "Back to the app" after a failed sign-in', async () => {
    const { victim } = await openApp();
    const headers = { ...navigate, 'sec-fetch-site': 'same-site' };
    const start = await victim.send('/auth/login?returnTo=/delete&another=1', { headers });
    const state = new URL(start.headers.get('location') ?? '').searchParams.get('state');
    const page = await victim.open(
      `/auth/callback?error=access_denied&state=${state}`,
      'cross-site',
    );
    expect(page.text).not.toContain('delete');
  });
  attack('puts markup into the page on which a person presses a button', async () => {
    const { victim } = await openApp();
    const page = await victim.open(
      '/auth/login?returnTo=/%3Cscript%3Ealert(1)%3C/script%3E%22onclick=x',
      'cross-site',
    );
    expect(page.text).not.toMatch(/<script|"onclick/i);
  });

  attack('signs Ada in to its own account with its own code (login CSRF)', async () => {
    const app = await openApp();
    const page = await app.victim.open(await redirected(app, app.browser()), 'cross-site');
    expect(page.status).toBe(400);
    expect(sessionCookies(page)).toEqual([]);
    await isIntact(app.victim);
  });
  attack('signs a browser that is signed out in to its own account', async () => {
    const app = await openApp();
    const browser = app.browser();
    expect((await browser.open(await redirected(app, app.browser()), 'cross-site')).status).toBe(
      400,
    );
    expect(await sessionOf(browser)).toMatchObject({ active: false, accounts: [] });
    expect(codesSent(app)).toBe(1);
  });
  for (const name of [
    'client_id',
    'redirect_uri',
    'scope',
    'state',
    'response_type',
    'code_challenge',
    'prompt',
  ])
    attack(
      `puts a ${name} of its own into the request to Act-On, by way of returnTo and of the query`,
      async () => {
        const { victim } = await openApp();
        const returnTo = encodeURIComponent(`/lists?${name}=evil&${name}=evil#&${name}=evil`);
        const start = await victim.send(`/auth/login?another=1&${name}=evil&returnTo=${returnTo}`, {
          headers: navigate,
        });
        expect(start.headers.get('location')).not.toContain('evil');
      },
    );

  for (const [name, method, path] of [
    ...routes,
    ['login', 'GET', '/auth/login?another=1'],
    ['nothing', 'GET', '/auth/nothing'],
  ] as const)
    attack(`reads ${name} by what its answer allows`, async () => {
      const { victim } = await openApp();
      const answer = await victim.send(path, {
        method,
        headers: { ...(name === 'login' ? navigate : { 'x-act-on-broker': '1' }) },
      });
      const allowing = [...answer.headers.keys()].filter(
        (header) => header.startsWith('access-control-') || header === 'timing-allow-origin',
      );
      expect(allowing).toEqual([]);
      expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(answer.headers.get('content-security-policy')).toMatch(/frame-ancestors 'none'/);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    });
});
