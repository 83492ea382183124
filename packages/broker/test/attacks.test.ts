import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { appOrigin, type Browser, type Received } from './support/browser.ts';
import { ada, bob, createWorld, type World } from './support/world.ts';

/** Somebody's try, and what it must get. `world` has Ada signed in, in `victim`. */
interface Attack {
  readonly name: string;
  readonly status: number;
  go(world: World, victim: Browser): Promise<Received | Response>;
  /** What besides the status must hold of the answer. */
  also?(answer: Received | Response): void;
}

const post = { method: 'POST', headers: {} };
const navigate = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
const account = '/auth/api/api/1/account';

/** What no script can send, but a program can: a request with these headers and the victim's cookies. */
function forged(
  world: World,
  victim: Browser,
  path: string,
  method: string,
  headers: Record<string, string>,
  body?: BodyInit,
): Promise<Response> {
  const cookie = [...victim.jar].map(([name, { value }]) => `${name}=${value}`).join('; ');
  return world.broker(
    new Request(new URL(path, appOrigin), { method, headers: { cookie, 'x-act-on-broker': '1', ...headers }, body: body ?? null }),
  );
}

/** Begins a sign-in and takes it to the point where Act-On sends the person back; that URL. */
async function redirected({ emulator }: World, browser: Browser): Promise<string> {
  const start = await browser.send('/auth/login?returnTo=/lists&another=1', { headers: navigate });
  const back = await emulator.fetch(start.headers.get('location') ?? '', { redirect: 'manual' });
  return back.headers.get('location') ?? '';
}

const changed = (url: string, name: string, value: string): string => {
  const next = new URL(url);
  next.searchParams.set(name, value);
  return next.href;
};

const routes = [
  ['session', 'GET', '/auth/session'],
  ['api', 'GET', account],
  ['api POST', 'POST', '/auth/api/api/1/message/custom/send'],
  ['logout', 'POST', '/auth/logout'],
] as const;

const fromElsewhere: readonly Attack[] = routes.flatMap(([name, method, path]) => [
  { name: `${name} without the custom header`, status: 403, go: (_, victim) => victim.send(path, { method }) },
  {
    name: `${name} with another value of it`,
    status: 403,
    go: (_, victim) => victim.send(path, { method, headers: { 'x-act-on-broker': '0' } }),
  },
  ...['cross-site', 'same-site', 'none'].map((site) => ({
    name: `${name} with Sec-Fetch-Site: ${site}`,
    status: 403,
    go: (_: World, victim: Browser) => victim.ask(path, { method, headers: { 'sec-fetch-site': site } }),
  })),
  ...['https://evil.example', 'http://app.example', 'https://app.example:8443', 'https://app.example.evil.example', 'null'].map(
    (origin) => ({
      name: `${name} with Origin: ${origin}`,
      status: 403,
      go: (_: World, victim: Browser) => victim.ask(path, { method, headers: { origin } }),
    }),
  ),
]);

const sourceless: readonly Attack[] = [
  {
    name: 'logout that does not say where it comes from',
    status: 403,
    go: (world, victim) => forged(world, victim, '/auth/logout', 'POST', {}),
  },
  {
    name: 'a preflight of another origin',
    status: 405,
    go: (_, victim) => victim.send('/auth/logout', { method: 'OPTIONS', headers: { origin: 'https://evil.example' } }),
  },
  { name: 'logout by GET', status: 405, go: (_, victim) => victim.ask('/auth/logout') },
  { name: 'login by POST', status: 405, go: (_, victim) => victim.ask('/auth/login', post) },
  {
    name: 'login in a frame',
    status: 403,
    go: (_, victim) => victim.send('/auth/login', { headers: { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' } }),
  },
  {
    name: 'login as an image',
    status: 403,
    go: (_, victim) => victim.send('/auth/login', { headers: { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' } }),
  },
  {
    name: 'login in advance',
    status: 403,
    go: (_, victim) => victim.send('/auth/login', { headers: { ...navigate, 'sec-purpose': 'prefetch;prerender' } }),
  },
];

const callbacks: readonly Attack[] = [
  { name: 'callback with nothing', status: 400, go: (_, victim) => victim.open('/auth/callback', 'cross-site') },
  {
    name: 'callback with a forged state',
    status: 400,
    go: async (world, victim) => victim.open(changed(await redirected(world, victim), 'state', 'x'.repeat(22)), 'cross-site'),
  },
  {
    name: 'callback with an empty state',
    status: 400,
    go: async (world, victim) => victim.open(changed(await redirected(world, victim), 'state', ''), 'cross-site'),
  },
  {
    name: 'callback with two states',
    status: 400,
    go: async (world, victim) => victim.open(`${await redirected(world, victim)}&state=x`, 'cross-site'),
  },
  {
    name: 'callback with two codes',
    status: 400,
    go: async (world, victim) => victim.open(`${await redirected(world, victim)}&code=x`, 'cross-site'),
  },
  { name: 'callback with the state of a sign-in that is over (replayed)', status: 400, go: replayed(false) },
  { name: 'callback reused, with the cookie of before put back', status: 400, go: replayed(true) },
  { name: 'callback reused at another server, with the cookie of before', status: 400, go: replayed(true, true) },
  {
    name: 'callback in another browser',
    status: 400,
    go: async (world, victim) => world.browser().open(await redirected(world, victim), 'cross-site'),
  },
  {
    name: "callback with the attacker's own code (login CSRF)",
    status: 400,
    go: async (world, victim) => victim.open(await redirected(world, world.browser()), 'cross-site'),
  },
  { name: 'callback after eleven minutes', status: 400, go: async (world, victim) => late(world, victim), also: isStale },
  {
    name: 'callback with a forged code',
    status: 400,
    go: async (world, victim) => victim.open(changed(await redirected(world, victim), 'code', 'forged'), 'cross-site'),
  },
  {
    name: 'callback with markup in the error',
    status: 502,
    go: async (world, victim) =>
      victim.open(`${without(await redirected(world, victim), 'code')}&error=%3Cscript%3Ealert(1)%3C/script%3E`, 'cross-site'),
    also: isHarmless,
  },
];

function replayed(withCookie: boolean, elsewhere = false): Attack['go'] {
  return async (world, victim) => {
    const fresh = world.browser();
    const back = await redirected(world, fresh);
    const before = new Map(fresh.jar);
    await fresh.open(back, 'cross-site');
    const again = elsewhere ? world.browser(world.another()) : fresh;
    if (withCookie) for (const [name, cookie] of before) again.jar.set(name, cookie);
    const answer = await again.open(back, 'cross-site');
    // What the first visit brought still works: the code was not sent twice.
    expect(JSON.parse((await fresh.ask(account)).text).login).toBe(ada.username);
    void victim;
    return answer;
  };
}

async function late(world: World, victim: Browser): Promise<Received> {
  const back = await redirected(world, victim);
  world.pass(660_000);
  return victim.open(back, 'cross-site');
}

const without = (url: string, name: string): string => {
  const next = new URL(url);
  next.searchParams.delete(name);
  return next.href;
};

/** Not even the code was sent. */
function isStale(answer: Received | Response): void {
  expect((answer as Received).text).toContain('This sign-in is over');
}

function isHarmless(answer: Received | Response): void {
  const { text, headers } = answer as Received;
  expect(text).not.toMatch(/<script/i);
  expect(headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'sha256-[^ ]+'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
  );
}

/** With the value of the victim's cookie changed. */
function tampered(name: string, change: (value: string) => string): Attack {
  return {
    name: `session cookie ${name}`,
    status: 401,
    go(world, victim) {
      const other = world.browser();
      for (const [cookie, { value, ...rest }] of victim.jar) other.jar.set(cookie, { ...rest, value: change(value) });
      return other.ask(account);
    },
  };
}

const cookies: readonly Attack[] = [
  ...[0, 1, 2, 3, 4].map((part) =>
    tampered(`with a changed part ${part + 1} of 5`, (value) =>
      value
        .split('.')
        .map((each, i) => (i === part ? flip(each) : each))
        .join('.'),
    ),
  ),
  tampered('cut short', (value) => value.slice(0, -1)),
  tampered('empty', () => ''),
  tampered('with "alg": "none"', () => `${b64('{"alg":"none","enc":"none"}')}...${b64('{}')}.`),
  tampered('that is a signed token', () => `${b64('{"alg":"HS256"}')}.${b64('{"a":"1001/ada"}')}.${b64('x')}`),
  tampered(
    'sealed by somebody else',
    () => `${b64('{"alg":"dir","enc":"A256GCM","kid":"AAAAAAAAAAA","typ":"session"}')}..AAAAAAAAAAAAAAAA.AAAA.AAAAAAAAAAAAAAAAAAAAAA`,
  ),
  tampered('of 5 kB', (value) => value.padEnd(5_000, 'A')),
  { name: 'session cookie that came twice', status: 401, go: twice },
  { name: "session cookie under another account's name", status: 401, go: renamed },
  { name: 'sign-in cookie in place of the session cookie', status: 401, go: misused },
  {
    name: 'cookies of 20 kB',
    status: 431,
    go: (world, victim) => forged(world, victim, account, 'GET', { cookie: `a=${'x'.repeat(20_000)}` }),
  },
  { name: 'headers of 40 kB', status: 431, go: (_, victim) => victim.ask(account, { headers: { 'x-filler': 'x'.repeat(40_000) } }) },
];

async function twice(world: World, victim: Browser): Promise<Response> {
  const bobs = [...(await world.signedIn(bob)).jar.values()][0]?.value;
  const [name = '', cookie] = [...victim.jar][0] ?? [];
  return forged(world, victim, account, 'GET', { cookie: `${name}=${cookie?.value}; ${name}=${bobs}` });
}

const b64 = (text: string): string => Buffer.from(text).toString('base64url');
const flip = (text: string): string => (text === '' ? 'AAAA' : `${text[0] === 'A' ? 'B' : 'A'}${text.slice(1)}`);

async function renamed(world: World, victim: Browser): Promise<Received> {
  const bobs = await world.signedIn(bob);
  const [[name = ''] = [], [, cookie] = []] = [[...bobs.jar][0], [...victim.jar][0]];
  const other = world.browser();
  if (cookie !== undefined) other.jar.set(name, cookie);
  return other.ask(account);
}

async function misused(world: World): Promise<Received> {
  const other = world.browser();
  await other.send('/auth/login', { headers: navigate });
  const [cookie] = [...other.jar.values()];
  if (cookie !== undefined) other.jar.set('__Host-Http-act-on.AAAAAAAAAAAAAAAA', cookie);
  return other.ask(account);
}

const redirects: readonly Attack[] = [
  ...[
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    'https:evil.example',
    'https://evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
  ],
  ...[
    '/\t/evil.example',
    '/\n/evil.example',
    '/\r\n/evil.example',
    '\t//evil.example',
    ' //evil.example',
    '/%2F%2Fevil.example',
    '%2F%2Fevil.example',
    '/%5Cevil.example',
  ],
  ...[
    '/.//evil.example',
    '/..//evil.example',
    '/./\\evil.example',
    '/lists\r\nset-cookie: a=1',
    '/lists\u0000',
    'lists',
    '',
    '?x',
    '@evil.example',
    '/auth/logout',
    '/auth/login?returnTo=/',
    `/${'x'.repeat(3_000)}`,
  ],
].map((returnTo) => ({
  name: `login?returnTo=${JSON.stringify(returnTo).slice(1, 40)}`,
  status: 400,
  go: (_, victim) => victim.send(`/auth/login?${new URLSearchParams({ returnTo })}`, { headers: navigate }),
  also: (answer) => {
    expect((answer as Received).headers.get('location')).toBeNull();
    expect((answer as Received).text).not.toContain('evil');
  },
}));

/** Below `/auth/api/`, as it stands in the request line. */
const paths: readonly Attack[] = [
  ...(
    [
      ['token', 403],
      ['authorize', 403],
      ['api/2/list', 403],
      ['api/1', 403],
      ['api/1/', 403],
      ['api/10/list', 403],
      ['API/1/list', 403],
      ['%61pi/1/list', 403],
      ['api/1/../../token', 403],
      ['api/1/%2e%2e/%2e%2e/token', 403],
      ['api/1/.%2e/%2E./token', 403],
      ['api/1/%252e%252e/token', 400],
      ['api/1/..%2f..%2ftoken', 400],
      ['api/1/..%5c..%5ctoken', 400],
      ['api/1/..\\..\\token', 403],
      ['api/1/..;/..;/token', 400],
      ['api/1/list;a=b', 400],
      ['api/1//list', 400],
      ['/api/1/list', 400],
      ['//evil.example/api/1/list', 400],
      ['api/1/list%00', 400],
      ['api/1/list%0d%0aX:%20y', 400],
      ['api/1/%c0%ae%c0%ae/token', 400],
      ['api/1/%ff', 400],
      ['api/1/%', 400],
      ['api/1/%zz', 400],
      ['api/1/list%3Fx', 400],
      ['api/1/list%23x', 400],
      ['api/1/@evil.example/..%40', 200],
      ['http://evil.example/api/1/list', 400],
      ['https:%2f%2fevil.example/api/1/list', 400],
      ['api/1/...', 400],
    ] as const
  ).map(([path, status]) => ({
    name: `api/${path}`,
    status: status === 200 ? 404 : status,
    go: (_: World, victim: Browser) => victim.ask(`/auth/api/${path}`),
    also: (answer: Received | Response) => expect((answer as Received).text).not.toContain('access_token'),
  })),
  { name: 'api/../session, which is the session', status: 200, go: (_, victim) => victim.ask('/auth/api/../session') },
  { name: 'api/../../elsewhere', status: 404, go: (_, victim) => victim.ask('/auth/api/../../elsewhere') },
  { name: 'a URL of 10 kB', status: 414, go: (_, victim) => victim.ask(`${account}?x=${'y'.repeat(10_000)}`) },
];

const requests: readonly Attack[] = [
  { name: 'Host: evil.example at login: the redirect is our own', status: 302, go: hostHeader, also: isOurRedirect },
  {
    name: 'X-Forwarded-Host: evil.example at login: the same',
    status: 302,
    go: (_, victim) =>
      victim.send('/auth/login?another=1', {
        headers: { ...navigate, 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' },
      }),
    also: isOurRedirect,
  },
  {
    name: 'absolute-form URL of another host: only its path counts',
    status: 302,
    go: (world) => world.broker(new Request('http://evil.example/auth/login', { headers: navigate })),
    also: isOurRedirect,
  },
  {
    name: 'Transfer-Encoding beside Content-Length',
    status: 400,
    go: (_, victim) =>
      victim.ask('/auth/logout', { method: 'POST', body: '0', headers: { 'transfer-encoding': 'chunked', 'content-length': '1' } }),
  },
  ...['x-act-on-broker', 'cookie', 'origin', 'sec-fetch-site', 'content-length', 'host'].map((name) => ({
    name: `Connection: close, ${name}`,
    status: 400,
    go: (_: World, victim: Browser) => victim.ask(account, { headers: { connection: `close, ${name}` } }),
  })),
  ...['x-http-method-override', 'x-http-method', 'x-method-override'].map((name) => ({
    name: `${name}: DELETE`,
    status: 400,
    go: (_: World, victim: Browser) => victim.ask(account, { method: 'POST', headers: { [name]: 'DELETE' } }),
  })),
  ...['TRACK', 'PROPFIND', 'OPTIONS'].map((method) => ({
    name: `${method} to the API`,
    status: 405,
    go: (world: World, victim: Browser) => world.broker(oddMethod(method, victim)),
  })),
  {
    name: 'a body that says it is 400,000,001 bytes',
    status: 413,
    go: (_, victim) => victim.ask('/auth/api/api/1/list', { method: 'POST', body: 'x', headers: { 'content-length': '400000001' } }),
  },
  {
    name: 'a body with a length that is no number',
    status: 400,
    go: (_, victim) => victim.ask('/auth/api/api/1/list', { method: 'POST', body: 'x', headers: { 'content-length': '1, 2' } }),
  },
  {
    name: 'an idempotency key of 300 characters',
    status: 400,
    go: (_, victim) => victim.ask('/auth/api/api/1/list', { method: 'POST', headers: { 'idempotency-key': 'x'.repeat(300) } }),
  },
  { name: 'a route that is none', status: 404, go: (_, victim) => victim.ask('/auth/__proto__') },
  { name: 'a route below a route', status: 404, go: (_, victim) => victim.ask('/auth/session/more') },
  { name: 'a route with two slashes at its end', status: 404, go: (_, victim) => victim.ask('/auth/session//') },
];

function hostHeader(_: World, victim: Browser): Promise<Received> {
  return victim.send('/auth/login?another=1', { headers: { ...navigate, host: 'evil.example' } });
}

function isOurRedirect(answer: Received | Response): void {
  const location = new URL(answer.headers.get('location') ?? '');
  expect(location.searchParams.get('redirect_uri')).toBe('https://app.example/auth/callback');
  expect(JSON.stringify([...answer.headers])).not.toContain('evil');
}

/** `Request` refuses some methods; a server may hand them over all the same. */
function oddMethod(method: string, victim: Browser): Request {
  const cookie = [...victim.jar].map(([name, { value }]) => `${name}=${value}`).join('; ');
  const request = new Request(new URL(account, appOrigin), { headers: { cookie, 'x-act-on-broker': '1', origin: appOrigin } });
  return Object.defineProperty(request, 'method', { value: method });
}

const groups: readonly (readonly [string, readonly Attack[]])[] = [
  ['from elsewhere', [...fromElsewhere, ...sourceless]],
  ['on the sign-in', callbacks],
  ['on the cookies', cookies],
  ['on where it returns to', redirects],
  ['on the proxied path', paths],
  ['on the request itself', requests],
];

const table: string[] = [];
afterAll(() => console.log(['attack | answer', '--- | ---', ...table].join('\n')));

describe.each(groups)('an attack %s', (group, attacks) => {
  let world: World;
  let victim: Browser;
  beforeEach(async () => {
    world = createWorld();
    victim = await world.signedIn();
  });

  it.each(attacks)('$name: $status', async ({ name, status, go, also }) => {
    // A victim who signed in at Act-On would otherwise be whoever the emulator knows best.
    const before = world.emulator.ledger.counters().sends;
    const answer = await go(world, victim);
    expect(answer.status).toBe(status);
    also?.(answer);
    expect(answer.headers.getSetCookie().filter((line) => /^__Host-Http-act-on\.[\w-]+=[^;]/.test(line))).toEqual([]);
    expect(world.emulator.ledger.counters()).toMatchObject({ sends: before, replays: 0, grants: { refresh_token: { sent: 0 } } });
    await isIntact(victim);
    table.push(`${group}: ${name} | ${answer.status}`);
  });
});

/** The victim works as before. */
async function isIntact(victim: Browser): Promise<void> {
  expect(JSON.parse((await victim.ask('/auth/session')).text)).toMatchObject({ active: true, account: { name: ada.username } });
  expect(JSON.parse((await victim.ask(account)).text)).toMatchObject({ login: ada.username });
}
