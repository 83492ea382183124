import type { TokenStore } from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import { describe, expect } from 'vitest';
import {
  appOrigin,
  type Browser,
  type Received,
} from '../../packages/broker/test/support/browser.ts';
import { ada, bob, createWorld, type World } from '../../packages/broker/test/support/world.ts';
import { attacker } from './attack.ts';
import {
  type App,
  account,
  changed,
  codesSent,
  cookiesOf,
  copyOf,
  forged,
  isIntact,
  navigate,
  openApp,
  redirected,
  refuse,
  sessionOf,
  type Try,
} from './support/app.ts';

// Nobody knows them. They have a browser and programs, may begin sign-ins, and send whatever they
// like.

const { honest, attack } = attacker('a stranger with a browser');

const callbacks: readonly Try[] = [
  { what: 'nothing', status: 400, go: ({ victim }) => victim.open('/auth/callback', 'cross-site') },
  ...['x'.repeat(22), '', '%00', '../', 'x'.repeat(4_000)].map(
    (state): Try => ({
      what: `the state ${JSON.stringify(state).slice(0, 30)}`,
      status: 400,
      go: async (app) =>
        app.victim.open(changed(await redirected(app, app.victim), 'state', state), 'cross-site'),
    }),
  ),
  {
    what: 'no state',
    status: 400,
    go: async (app) =>
      app.victim.open(changed(await redirected(app, app.victim), 'state', null), 'cross-site'),
  },
  ...['state', 'code'].map(
    (name): Try => ({
      what: `two of ${name}`,
      status: 400,
      go: async (app) =>
        app.victim.open(`${await redirected(app, app.victim)}&${name}=x`, 'cross-site'),
    }),
  ),
  { what: 'the state of a sign-in that is over', status: 400, go: replayed(false) },
  { what: 'the state of one, and its cookie put back', status: 400, go: replayed(true) },
  { what: 'the same at another server', status: 400, go: replayed(true, true) },
  {
    what: 'what another browser began',
    status: 400,
    go: async (app) => app.browser().open(await redirected(app, app.victim), 'cross-site'),
  },
  { what: 'what began eleven minutes ago', status: 400, go: late, also: isOver },
  {
    what: 'a code that it made up',
    status: 400,
    go: async (app) =>
      app.victim.open(changed(await redirected(app, app.victim), 'code', 'forged'), 'cross-site'),
  },
  {
    what: 'an empty code',
    status: 400,
    go: async (app) =>
      app.victim.open(changed(await redirected(app, app.victim), 'code', ''), 'cross-site'),
  },
  {
    what: 'markup in the error',
    status: 502,
    go: async (app) =>
      app.victim.open(
        `${changed(await redirected(app, app.victim), 'code', null)}&error=%3Cscript%3Ealert(1)%3C/script%3E`,
        'cross-site',
      ),
    also: isHarmless,
  },
  {
    what: 'markup in its description',
    status: 403,
    go: async (app) =>
      app.victim.open(
        `${changed(await redirected(app, app.victim), 'code', null)}&error=access_denied&error_description=%3Cimg%20src=x%20onerror=alert(1)%3E`,
        'cross-site',
      ),
    also: isHarmless,
  },
];

function replayed(withCookie: boolean, elsewhere = false): Try['go'] {
  return async (app) => {
    const fresh = app.browser();
    const back = await redirected(app, fresh);
    const before = new Map(fresh.jar);
    await fresh.open(back, 'cross-site');
    const again = elsewhere ? app.browser(app.another()) : fresh;
    if (withCookie) for (const [name, cookie] of before) again.jar.set(name, cookie);
    const answer = await again.open(back, 'cross-site');
    // What the first visit brought still works: the code was not sent twice.
    expect(JSON.parse((await fresh.ask(account)).text).login).toBe(ada.username);
    return answer;
  };
}

async function late(app: App): Promise<Received> {
  const back = await redirected(app, app.victim);
  app.pass(660_000);
  return app.victim.open(back, 'cross-site');
}

/** Not even the code was sent. */
function isOver(answer: Received | Response): void {
  expect((answer as Received).text).toContain('This sign-in is over');
}

function isHarmless(answer: Received | Response): void {
  const { text, headers } = answer as Received;
  expect(text).not.toMatch(/<script|<img/i);
  expect(headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'sha256-[^ ]+'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
  );
}

const b64 = (text: string): string => Buffer.from(text).toString('base64url');
const flip = (text: string): string =>
  text === '' ? 'AAAA' : `${text[0] === 'A' ? 'B' : 'A'}${text.slice(1)}`;

/** Instead of the value of a session cookie that it saw. */
const values: readonly (readonly [string, (value: string) => string])[] = [
  ...[0, 1, 2, 3, 4].map(
    (part) =>
      [
        `part ${part + 1} of 5 changed`,
        (value: string) =>
          value
            .split('.')
            .map((each, i) => (i === part ? flip(each) : each))
            .join('.'),
      ] as const,
  ),
  ['its end missing', (value) => value.slice(0, -1)],
  ['its end twice', (value) => `${value}${value.slice(-1)}`],
  ['nothing', () => ''],
  ['"alg": "none"', () => `${b64('{"alg":"none","enc":"none"}')}...${b64('{}')}.`],
  ['a signed token', () => `${b64('{"alg":"HS256"}')}.${b64('{"a":"1001/ada"}')}.${b64('x')}`],
  [
    'a key of its own',
    () =>
      `${b64('{"alg":"dir","enc":"A256GCM","kid":"AAAAAAAAAAA","typ":"session"}')}..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA`,
  ],
  [
    'a key that a password makes, slowly',
    (value) =>
      `${b64('{"alg":"PBES2-HS512+A256KW","enc":"A256GCM","p2c":2147483647,"p2s":"AAAA"}')}.AAAA.${value.split('.').slice(2).join('.')}`,
  ],
  [
    'a compressed text',
    (value) =>
      `${b64('{"alg":"dir","enc":"A256GCM","zip":"DEF","typ":"session"}')}.${value.split('.').slice(1).join('.')}`,
  ],
  [
    'a header that says "crit"',
    (value) =>
      `${b64('{"alg":"dir","enc":"A256GCM","crit":["b64"],"b64":false}')}.${value.split('.').slice(1).join('.')}`,
  ],
  ['5 kB', (value) => value.padEnd(5_000, 'A')],
  ['percent signs that mean nothing', () => '%E0%A4%A%'],
  ['JSON', () => '{"a":"1001/ada@example.test"}'],
  ['quotes around it', (value) => `"${value}`],
];

const requests: readonly Try[] = [
  ...[
    'x-act-on-broker',
    'cookie',
    'origin',
    'sec-fetch-site',
    'content-length',
    'host',
    'x-act-on-account',
    'idempotency-key',
  ].map(
    (name): Try => ({
      what: `Connection: close, ${name}`,
      status: 400,
      go: ({ victim }) => victim.ask(account, { headers: { connection: `close, ${name}` } }),
    }),
  ),
  ...['x-http-method-override', 'x-http-method', 'x-method-override'].map(
    (name): Try => ({
      what: `${name}: DELETE`,
      status: 400,
      go: ({ victim }) => victim.ask(account, { method: 'POST', headers: { [name]: 'DELETE' } }),
    }),
  ),
  ...['TRACK', 'PROPFIND', 'OPTIONS', 'get'].map(
    (method): Try => ({
      what: `${method} to the API`,
      status: 405,
      go: (app) => app.broker(oddMethod(method, app.victim)),
    }),
  ),
  {
    what: 'Transfer-Encoding next to Content-Length',
    status: 400,
    go: ({ victim }) =>
      victim.ask('/auth/logout', {
        method: 'POST',
        body: '0',
        headers: { 'transfer-encoding': 'chunked', 'content-length': '1' },
      }),
  },
  {
    what: 'an absolute URL of another host',
    status: 302,
    go: (app) => app.broker(new Request('http://evil.example/auth/login', { headers: navigate })),
    also: (answer) => expect(answer.headers.get('location')).not.toContain('evil'),
  },
  {
    what: 'cookies of 20 kB',
    status: 431,
    go: (app) =>
      forged(app, app.victim, account, { headers: { cookie: `a=${'x'.repeat(20_000)}` } }),
  },
  {
    what: 'headers of 40 kB',
    status: 431,
    go: ({ victim }) => victim.ask(account, { headers: { 'x-filler': 'x'.repeat(40_000) } }),
  },
  {
    what: 'a URL of 10 kB',
    status: 414,
    go: ({ victim }) => victim.ask(`${account}?x=${'y'.repeat(10_000)}`),
  },
  {
    what: 'a body that says it is 400,000,001 bytes',
    status: 413,
    go: ({ victim }) =>
      victim.ask('/auth/api/api/1/list', {
        method: 'POST',
        body: 'x',
        headers: { 'content-length': '400000001' },
      }),
  },
  {
    what: 'a body whose length is two numbers',
    status: 400,
    go: ({ victim }) =>
      victim.ask('/auth/api/api/1/list', {
        method: 'POST',
        body: 'x',
        headers: { 'content-length': '1, 2' },
      }),
  },
  ...['__proto__', 'session//', 'session/x', 'SESSION', 'constructor', 'toString'].map(
    (path): Try => ({
      what: `the route ${path}`,
      status: 404,
      go: ({ victim }) => victim.ask(`/auth/${path}`),
    }),
  ),
  ...[
    '//auth/session',
    '///auth/session',
    '/x/auth/session',
    '/auth%2fsession',
    '/auth;/session',
    '/auth/%73ession',
    '/AUTH/session',
  ].map(
    (path): Try => ({
      what: `the path ${path} for the session`,
      status: 404,
      go: ({ broker, victim }) => broker(withPath(path, victim)),
    }),
  ),
];

/** `Request` refuses some methods; a server may hand them over all the same. */
function oddMethod(method: string, victim: Browser): Request {
  const request = new Request(new URL(account, appOrigin), {
    headers: { cookie: cookiesOf(victim), 'x-act-on-broker': '1', origin: appOrigin },
  });
  return Object.defineProperty(request, 'method', { value: method });
}
const withPath = (path: string, victim: Browser): Request =>
  new Request(`${appOrigin}${path}`, {
    headers: { cookie: cookiesOf(victim), 'x-act-on-broker': '1' },
  });

/** A world whose store counts. */
function counting(actOn: Parameters<typeof createWorld>[1] = {}) {
  const memory = memoryStore();
  const counts = { reads: 0, swaps: 0 };
  const read: TokenStore['read'] = (key) => {
    counts.reads += 1;
    return memory.read(key);
  };
  const swap: TokenStore['swap'] = (...swapping) => {
    counts.swaps += 1;
    return memory.swap(...swapping);
  };
  return { world: createWorld({ store: { ...memory, read, swap } }, actOn), counts };
}
const madeUp = async (world: World, code: string, browser = world.browser()) => {
  const back = changed(await redirected(world, browser), 'code', code);
  return browser.open(back, 'cross-site');
};

describe('a stranger with a browser', () => {
  honest('a person signs in and is intact', async () => isIntact((await openApp()).victim));
  honest(
    'a redirect is taken up by another server, and by a page that is loaded twice at a time',
    async () => {
      const world = createWorld();
      const browser = world.browser();
      const back = await redirected(world, browser);
      const elsewhere = copyOf(world, browser, world.another());
      expect(await elsewhere.open(back, 'cross-site')).toMatchObject({ url: `${appOrigin}/lists` });
      await isIntact(elsewhere);
    },
  );

  for (const each of callbacks)
    attack(`comes back from Act-On with ${each.what}`, () => refuse(each));
  for (const [what, change] of values)
    attack(`sends a session cookie with ${what}`, () =>
      refuse({
        what,
        status: 401,
        go(app) {
          const other = app.browser();
          for (const [name, { value, ...rest }] of app.victim.jar)
            other.jar.set(name, { ...rest, value: change(value) });
          return other.ask(account);
        },
      }),
    );
  attack('sends a sign-in cookie for a session cookie', () =>
    refuse({
      what: '',
      status: 401,
      async go(app) {
        const other = app.browser();
        await other.send('/auth/login', { headers: navigate });
        const [cookie] = [...other.jar.values()];
        if (cookie !== undefined) other.jar.set('__Host-Http-act-on.AAAAAAAAAAAAAAAA', cookie);
        return other.ask(account);
      },
    }),
  );
  attack('sends a session cookie for a sign-in cookie', async () => {
    const app = await openApp();
    const browser = app.browser();
    const back = await redirected(app, browser);
    const [name = ''] = browser.jar.keys();
    const [session] = app.victim.jar.values();
    if (session !== undefined) browser.jar.set(name, session);
    expect((await browser.open(back, 'cross-site')).status).toBe(400);
    expect(codesSent(app)).toBe(1);
  });
  attack('sends a session of a broker that shares the secret', async () => {
    const app = await openApp();
    const other = app.another({ redirectUri: `${appOrigin}/other/callback` });
    const stranger = copyOf(app, app.victim, other);
    expect(JSON.parse((await stranger.ask('/other/session')).text)).toMatchObject({
      active: false,
      accounts: [],
    });
  });
  for (const each of requests) attack(`sends ${each.what}`, () => refuse(each));

  for (const [name, value] of [
    ['authorization', 'Bearer %E0%A4%A'],
    ['authorization', 'Bearer x'],
    ['user-agent', 'GoogleHC/1.0'],
    ['x-forwarded-user', ada.username],
    ['x_forwarded_user', ada.username],
    ['x-forwarded-uri', '/auth/session'],
    ['x-act-on-account', '__proto__'],
    ['x-middleware-subrequest', 'middleware:middleware:middleware:middleware:middleware'],
  ] as const)
    attack(`gets in by the header ${name}: ${value.slice(0, 30)}`, async () => {
      const { world, counts } = counting();
      for (const path of ['/auth/session', account]) {
        const answer = await world.browser().ask(path, { headers: { [name]: value } });
        expect([200, 401]).toContain(answer.status);
        if (answer.status === 200)
          expect(JSON.parse(answer.text)).toMatchObject({ active: false, account: null });
      }
      expect(counts).toEqual({ reads: 0, swaps: 0 });
    });

  attack('has something read or written by beginning 300 sign-ins', async () => {
    const { world, counts } = counting();
    for (let i = 0; i < 300; i += 1)
      await world.browser().send('/auth/login', { headers: navigate });
    expect(counts).toEqual({ reads: 0, swaps: 0 });
  });
  attack('has something written by 200 codes that it made up', async () => {
    const { world, counts } = counting({ grantLimit: null });
    await Promise.all(Array.from({ length: 200 }, (_, i) => madeUp(world, `made-up-${i}`)));
    expect(counts.swaps).toBe(0);
    await world.signedIn();
  });
  attack('locks people out with codes that it made up, until Act-On wants no more', async () => {
    const { world, counts } = counting();
    for (let i = 0; i < 8; i += 1) await madeUp(world, `made-up-${i}`);
    const swaps = counts.swaps;
    expect(swaps).toBeLessThan(4);
    await world.signedIn();
    await world.signIn(world.browser(world.another()), bob);
  });
  attack('has Act-On asked again after it wanted no more, at this server or another', async () => {
    const { world } = counting();
    world.emulator.faults.arm({
      route: 'token',
      grantType: 'authorization_code',
      kind: 'too_many_requests',
      retryAfter: 60,
    });
    await madeUp(world, 'made-up');
    const before = codesSent(world);
    for (const broker of [world.broker, world.another(), world.another()])
      expect((await madeUp(world, 'another', world.browser(broker))).status).toBe(429);
    expect(codesSent(world)).toBe(before);
  });
  attack('has one code sent under several states, at once', async () => {
    const { world } = counting({ grantLimit: null });
    const answers = await Promise.all(Array.from({ length: 10 }, () => madeUp(world, 'made-up')));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(400));
    expect(codesSent(world)).toBe(1);
  });
  for (const where of ['the same server', 'another server'])
    attack(`has Ada's code sent again under a state of its own, at ${where}`, async () => {
      const world = createWorld({ pkce: false });
      const [mine, theirs] = [
        world.browser(),
        world.browser(where === 'the same server' ? world.broker : world.another()),
      ];
      const [back, own] = [await redirected(world, mine), await redirected(world, theirs)];
      await mine.open(back, 'cross-site');
      expect(
        (
          await theirs.open(
            changed(own, 'code', new URL(back).searchParams.get('code') ?? ''),
            'cross-site',
          )
        ).status,
      ).toBe(400);
      expect(codesSent(world)).toBe(1);
      await isIntact(mine);
    });
  attack(
    "redeems Ada's code, which it saw before she did, with a challenge of its own",
    async () => {
      const world = createWorld({}, { pkce: 'enforce' });
      const [mine, theirs] = [world.browser(), world.browser()];
      const [back, own] = [await redirected(world, mine), await redirected(world, theirs)];
      expect(
        (
          await theirs.open(
            changed(own, 'code', new URL(back).searchParams.get('code') ?? ''),
            'cross-site',
          )
        ).status,
      ).toBe(400);
      expect(await sessionOf(theirs)).toMatchObject({ active: false });
    },
  );
  attack('holds up a sign-in with 500 codes at once', async () => {
    const { world } = counting({ grantLimit: null });
    const browsers = await Promise.all(
      Array.from({ length: 500 }, async () => {
        const browser = world.browser();
        return {
          browser,
          back: changed(await redirected(world, browser), 'code', Math.random().toString(36)),
        };
      }),
    );
    const flood = browsers.map(({ browser, back }) => browser.open(back, 'cross-site'));
    const began = performance.now();
    await world.signedIn();
    expect(performance.now() - began).toBeLessThan(3_000);
    await Promise.all(flood);
  });
  attack(
    'fixes a session: what a browser had before a sign-in is worth nothing after it',
    async () => {
      const app = await openApp();
      const planted = copyOf(app, app.victim);
      app.pass(61_000);
      await app.signIn(app.victim);
      expect(await sessionOf(planted)).toMatchObject({ active: false });
      await isIntact(app.victim);
    },
  );
});
