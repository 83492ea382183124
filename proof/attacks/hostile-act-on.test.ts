import { createBrokerSession } from '@act-on-token/broker/client';
import { describe, expect } from 'vitest';
import { openPage } from '../../packages/broker/test/support/page.ts';
import { ada, bob, createWorld, type Instead } from '../../packages/broker/test/support/world.ts';
import { attacker } from './attack.ts';
import { changed, codesSent, isIntact, openApp, redirected, sessionOf } from './support/app.ts';

// Act-On, or whatever answers in its place, says what it likes: to a sign-in, to the question whose
// tokens these are, and to what pages ask of its API. It has the tokens that it gave; what it wants
// is the page, the other accounts, or another server's ear.

const { honest, attack } = attacker('a hostile server');
const path = '/auth/api/api/1/test/a';

/** The API answers so below /api/1/test/, and `who` to the question whose tokens these are. */
function hostile(
  answer: (request: Request) => Response | Promise<Response>,
  who?: () => Response,
): Instead {
  return (request) => {
    const { pathname } = new URL(request.url);
    if (pathname.startsWith('/api/1/test/')) return answer(request);
    return pathname === '/api/1/account' && who !== undefined ? who() : null;
  };
}
const who = (fields: object) =>
  hostile(
    () => new Response(),
    () => Response.json({ account_id: '1001', login: ada.username, ...fields }),
  );

describe('a hostile server', () => {
  honest('what it answers is handed over as it is', async () => {
    const { victim } = await openApp(
      {},
      {},
      hostile(() => Response.json({ a: 1 }, { status: 418, headers: { etag: '"1"' } })),
    );
    const answer = await victim.ask(path);
    expect([answer.status, answer.text, answer.headers.get('etag')]).toEqual([
      418,
      '{"a":1}',
      '"1"',
    ]);
  });
  honest('who it names has a record of their own', async () => {
    const app = await openApp({}, {}, who({}));
    await isIntact(app.victim);
  });

  for (const status of [300, 301, 302, 303, 305, 307, 308])
    for (const method of ['GET', 'POST', 'PUT'])
      attack(`takes token and body of a ${method} elsewhere with ${status}`, async () => {
        const asked: string[] = [];
        const app = await openApp(
          {},
          {},
          hostile(({ url }) => {
            asked.push(new URL(url).origin);
            return new Response(null, {
              status,
              headers: { location: 'https://evil.example/api/1/test/a' },
            });
          }),
        );
        const answer = await app.victim.ask(path, {
          method,
          ...(method === 'GET' ? {} : { body: 'a secret' }),
        });
        expect(answer.status).toBe(502);
        expect(answer.headers.get('location')).toBeNull();
        expect(JSON.stringify([answer.text, [...answer.headers]])).not.toContain('evil');
        expect(asked).toEqual(['http://127.0.0.1:8400']);
      });
  for (const [name, value] of [
    ['set-cookie', '__Host-Http-act-on.AAAAAAAAAAAAAAAA=x; Path=/; Secure; HttpOnly'],
    ['location', 'https://evil.example/'],
    ['refresh', '0; url=https://evil.example/'],
    ['access-control-allow-origin', '*'],
    ['access-control-allow-credentials', 'true'],
    ['clear-site-data', '"*"'],
    ['content-security-policy', "default-src *; script-src 'unsafe-inline'"],
    ['cross-origin-resource-policy', 'cross-origin'],
    ['strict-transport-security', 'max-age=0'],
    ['service-worker-allowed', '/'],
    ['link', '<https://evil.example/x.js>; rel=preload; as=script'],
    ['x-act-on-broker-error', 'login_required'],
    ['x-act-on-sign-in', 'x'],
    ['x-act-on-account', 'x'],
    ['x-act-on-expires-in', '999999999'],
    ['cache-control', 'public, max-age=31536000'],
    ['x-content-type-options', ''],
    ['www-authenticate', 'Basic realm="evil"'],
    ['alt-svc', 'h3="evil.example:443"'],
    ['set-login', 'logged-in'],
    ['report-to', '{"endpoints":[{"url":"https://evil.example/"}]}'],
    ['permissions-policy', 'camera=*'],
  ] as const)
    attack(`sends the page the header ${name}: ${value.slice(0, 40)}`, async () => {
      const { victim } = await openApp(
        {},
        {},
        hostile(
          () =>
            new Response('<script>alert(1)</script>', {
              headers: { 'content-type': 'text/html', [name]: value },
            }),
        ),
      );
      const answer = await victim.ask(path);
      expect(answer.headers.get(name)).not.toBe(value);
      expect(answer.headers.get('content-security-policy')).toBe(
        "default-src 'none'; frame-ancestors 'none'; sandbox",
      );
      expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(victim.jar.size).toBe(1);
    });
  attack(
    'makes its answer pass for one of the broker, so that the page signs itself out',
    async () => {
      openPage();
      const app = await openApp(
        {},
        {},
        hostile(() =>
          Response.json(
            { error: 'login_required', code: 'signed_out', message: 'x' },
            { status: 401, headers: { 'x-act-on-broker-error': 'login_required' } },
          ),
        ),
      );
      app.pass(120_000);
      const session = createBrokerSession({ url: '/auth', fetch: app.victim.fetch });
      const answer = await session.fetch('/api/1/test/a');
      expect(answer.status).toBe(401);
      expect(session.getSnapshot()).toMatchObject({ usable: true });
    },
  );
  attack('keeps a page waiting for ever', async () => {
    const app = await openApp(
      { apiTimeout: 1_000 },
      {},
      hostile(
        (request) =>
          new Promise((_, reject) =>
            request.signal.addEventListener('abort', () => reject(request.signal.reason)),
          ),
      ),
    );
    expect((await app.victim.ask(path)).status).toBe(504);
  });
  attack('breaks off in the middle, and has a message sent twice', async () => {
    let count = 0;
    const app = await openApp(
      {},
      {},
      hostile(() => {
        count += 1;
        return new Response(
          new ReadableStream({ start: (controller) => controller.error(new TypeError('reset')) }),
        );
      }),
    );
    const init = { method: 'POST', body: 'x', headers: { 'idempotency-key': 'key-number-1' } };
    for (let i = 0; i < 3; i += 1) expect((await app.victim.ask(path, init)).status).toBe(502);
    expect(count).toBe(1);
  });
  attack('has a wrong token replaced again and again', async () => {
    const app = await openApp(
      {},
      {},
      hostile(() => new Response(null, { status: 401 })),
    );
    for (let i = 0; i < 20; i += 1) await app.victim.ask(path);
    expect(app.emulator.ledger.counters().grants.refresh_token.sent).toBe(0);
  });

  for (const [what, fields] of [
    ['an account of another', { account_id: '1001/x', login: 'y' }],
    ['an account with a login in it', { account_id: `1001/${ada.username}`, login: '' }],
    ['a login like hers in full width', { login: 'ａｄａ@example.test' }],
    ['a login like hers with a space', { login: `${ada.username} ` }],
    ['a login like hers in capitals', { login: ada.username.toUpperCase() }],
    ['a login with two of @', { login: `${ada.username}@evil.example` }],
  ] as const)
    attack(`says of Bob's tokens that they are ${what}, and gets into Ada's record`, async () => {
      let isBob = false;
      const app = await openApp(
        {},
        {},
        hostile(
          () => new Response(),
          () =>
            Response.json({ account_id: '1001', login: ada.username, ...(isBob ? fields : {}) }),
        ),
      );
      isBob = true;
      const browser = app.browser();
      app.emulator.configure({ autoConsent: bob.username });
      await browser.open('/auth/login?another=1');
      const accounts = app.events.flatMap((event) =>
        event.type === 'signed_in' ? [event.account] : [],
      );
      expect(new Set(accounts).size).toBe(accounts.length);
      expect((await sessionOf(browser)).account?.id).not.toBe(
        (await sessionOf(app.victim)).account.id,
      );
    });
  attack('says of two accounts what makes one name of them', async () => {
    let fields: object = { account_id: '1/2', login: '3' };
    const world = createWorld(
      {},
      {},
      hostile(
        () => new Response(),
        () => Response.json(fields),
      ),
    );
    await world.browser().open('/auth/login');
    fields = { account_id: '1', login: '2/3' };
    await world.browser().open('/auth/login');
    expect(
      new Set(world.events.flatMap((event) => (event.type === 'signed_in' ? [event.account] : [])))
        .size,
    ).toBe(2);
  });
  for (const [what, answer] of [
    ['nothing', () => new Response('')],
    ['HTML', () => new Response('<html>', { headers: { 'content-type': 'text/html' } })],
    ['null', () => Response.json(null)],
    ['a list', () => Response.json([])],
    ['names of the prototype', () => new Response('{"__proto__":{"account_id":"1","login":"x"}}')],
    ['objects for texts', () => Response.json({ account_id: {}, login: [] })],
    [
      'a redirect',
      () => new Response(null, { status: 302, headers: { location: 'https://evil.example/' } }),
    ],
    [
      'a megabyte',
      () => Response.json({ account_id: '1', login: 'x', more: 'x'.repeat(1_000_000) }),
    ],
    ['no login', () => Response.json({ account_id: '1001' })],
  ] as const)
    attack(`answers ${what} when it is asked who signed in, and shares a record`, async () => {
      const world = createWorld(
        {},
        {},
        hostile(() => new Response(), answer),
      );
      const [one, two] = [world.browser(), world.browser()];
      await one.open('/auth/login?returnTo=/lists');
      await two.open('/auth/login?returnTo=/lists');
      const accounts = world.events.flatMap((event) =>
        event.type === 'signed_in' ? [event.account] : [],
      );
      expect(accounts).toHaveLength(2);
      expect(new Set(accounts).size).toBe(2);
    });
  attack('gives a name of 10,000 characters, and one with markup and line ends', async () => {
    const long = createWorld({}, {}, who({ login: 'x'.repeat(10_000) }));
    expect((await long.browser().open('/auth/login')).status).toBe(500);
    const odd = await openApp(
      {},
      {},
      who({ account_name: '<script>alert(1)</script>\r\nset-cookie: a=1\u202e' }),
    );
    const { account } = await sessionOf(odd.victim);
    expect(account.name).not.toMatch(/[\r\n\u202e]/);
    expect(account.name.length).toBeLessThan(120);
    expect((await odd.victim.ask('/auth/api/api/1/list')).status).toBe(200);
  });
  attack('gets into an app that expects another account, by saying nothing', async () => {
    const world = createWorld(
      { expectAccount: '1001' },
      {},
      hostile(
        () => new Response(),
        () => new Response(''),
      ),
    );
    expect((await world.browser().open('/auth/login')).status).toBe(403);
  });

  for (const iss of ['https://evil.example', '', null])
    attack(`answers for another issuer: ${iss}`, async () => {
      const world = createWorld({ issuer: 'https://api.actonsoftware.com' });
      const browser = world.browser();
      const back = changed(await redirected(world, browser), 'iss', iss);
      expect((await browser.open(back, 'cross-site')).status).toBe(400);
      expect(codesSent(world)).toBe(0);
    });
  for (const [what, body] of [
    ['markup', { error: 'invalid_grant', error_description: '<script>alert(1)</script>' }],
    ['what we sent', { error: 'invalid_grant', error_description: 'client_secret' }],
    ['line ends', { error: 'invalid_grant\r\nset-cookie: a=1' }],
  ] as const)
    attack(`puts ${what} into its refusal of a code`, async () => {
      const world = createWorld();
      world.emulator.faults.arm({ route: 'token', kind: 'bad_body', body: JSON.stringify(body) });
      const page = await world.browser().open('/auth/login');
      expect(page.status).toBeGreaterThanOrEqual(400);
      expect(page.text).not.toMatch(/<script|set-cookie|client_secret/);
      expect(page.text).not.toContain(world.emulator.client.secret);
      expect(
        page.headers.getSetCookie().every((line) => line.startsWith('__Host-Http-act-on-signin.')),
      ).toBe(true);
    });
  for (const retryAfter of [1e12, -5])
    attack(`locks everybody out with Retry-After: ${retryAfter}`, async () => {
      const world = createWorld();
      world.emulator.faults.arm({
        route: 'token',
        grantType: 'authorization_code',
        kind: 'too_many_requests',
        retryAfter,
      });
      await world.browser().open('/auth/login');
      world.pass(61_000);
      await world.signedIn();
    });
});
