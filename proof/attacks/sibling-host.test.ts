import { describe, expect } from 'vitest';
import { appOrigin, type Received } from '../../packages/broker/test/support/browser.ts';
import { ada, bob, createWorld } from '../../packages/broker/test/support/world.ts';
import { attacker } from './attack.ts';
import {
  account,
  codesSent,
  forged,
  isIntact,
  navigate,
  openApp,
  redirected,
  refuse,
  type Try,
  withCookies,
} from './support/app.ts';

// evil.app.example, next to app.example: its requests are of the same site, and it sets cookies for
// both. What browsers let it set is tried in Chromium and Firefox, in
// packages/broker/test/servers/two-hosts.test.ts.

const { honest, attack } = attacker('a sibling host');

/** What runtimes may make of bytes that browsers let stand next to a name. */
const bytes = [
  '\u00a0',
  'Â\u00a0',
  '\u000b',
  '\u000c',
  '\u0085',
  'Â\u0085',
  '\ufeff',
  '\u3000',
  '\u2028',
  '\u0000',
  '\ufffd',
  '\u200b',
];
const shown = (text: string): string =>
  [...text].map((char) => (char.codePointAt(0) ?? 0).toString(16).padStart(2, '0')).join(' ');

async function twoSessions() {
  const app = await openApp();
  const attackers = await app.signedIn(bob);
  const [mine, planted] = [app.victim, attackers].map(
    ({ jar }) => [...jar][0] ?? (['', { value: '' }] as const),
  ) as [[string, { value: string }], [string, { value: string }]];
  const session = async (cookie: string) =>
    (await app.broker(withCookies('/auth/session', cookie))).json();
  return {
    app,
    mine: { name: mine[0], value: mine[1].value },
    planted: { name: planted[0], value: planted[1].value },
    session,
  };
}
const asAda = { active: true, account: { name: ada.username }, accounts: [{ name: ada.username }] };
const asNobody = { active: false, account: null, accounts: [] };

/** Ways to send a twin of a cookie, none of which browsers guard. */
const twins: readonly (readonly [string, (name: string, value: string) => string])[] = [
  ...bytes.map(
    (char) =>
      [
        `${shown(char)} in front of its name`,
        (name: string, value: string) => `${char}${name}=${value}`,
      ] as const,
  ),
  ...bytes.map(
    (char) =>
      [
        `${shown(char)} behind its name`,
        (name: string, value: string) => `${name}${char}=${value}`,
      ] as const,
  ),
  [
    'other letters in its prefix',
    (name, value) => `${name.replace('__Host-Http-', '__hOsT-hTTp-')}=${value}`,
  ],
  ['no prefix', (name, value) => `${name.replace('__Host-Http-', '')}=${value}`],
  [
    '__Secure- for a prefix',
    (name, value) => `${name.replace('__Host-Http-', '__Secure-')}=${value}`,
  ],
  [
    '__Host- alone for a prefix',
    (name, value) => `${name.replace('__Host-Http-', '__Host-')}=${value}`,
  ],
  ['a name in percent signs', (name, value) => `${name.replaceAll('_', '%5F')}=${value}`],
  ['a place in the value of another', (name, value) => `x=${name}=${value}`],
  ['a place between quotes', (name, value) => `x="a, ${name}=${value}"`],
  ['a comma before it', (name, value) => `x=1, ${name}=${value}`],
  ['attributes of RFC 2109', (name, value) => `$Version=1,${name}=${value}; $Path=/`],
];

const sameSite: readonly Try[] = (
  [
    ['session', 'GET', '/auth/session'],
    ['api', 'GET', account],
    ['api POST', 'POST', '/auth/api/api/1/message/custom/send'],
    ['logout', 'POST', '/auth/logout'],
  ] as const
).flatMap(([name, method, path]) => [
  {
    what: `${name} as a request of the same site`,
    status: 403,
    go: ({ victim }) =>
      victim.ask(path, {
        method,
        headers: { 'sec-fetch-site': 'same-site', origin: 'https://evil.app.example' },
      }),
  },
  {
    what: `${name} from a browser without Fetch Metadata`,
    status: 403,
    go: (app) =>
      forged(app, app.victim, path, { method, headers: { origin: 'https://evil.app.example' } }),
  },
]);

describe('a sibling host', () => {
  honest('the cookies themselves sign in, in either order', async () => {
    const { mine, planted, session } = await twoSessions();
    expect(await session(`${mine.name}=${mine.value}`)).toMatchObject(asAda);
    expect(
      (await session(`a=1; ${planted.name}=${planted.value}; ${mine.name}=${mine.value}; b=2`))
        .accounts,
    ).toHaveLength(2);
  });
  honest('white space that browsers do not send is not a part of a name', async () => {
    const { mine, session } = await twoSessions();
    expect(await session(` ${mine.name}=${mine.value}\t;\ta=1`)).toMatchObject(asAda);
  });

  for (const [how, twin] of twins) {
    attack(`plants its session cookie in a browser that is signed out, with ${how}`, async () => {
      const { planted, session } = await twoSessions();
      expect(await session(twin(planted.name, planted.value))).toMatchObject(asNobody);
    });
    attack(`plants its session cookie next to Ada's, with ${how}`, async () => {
      const { mine, planted, session } = await twoSessions();
      for (const name of [mine.name, planted.name])
        for (const cookies of [
          [`${mine.name}=${mine.value}`, twin(name, planted.value)],
          [twin(name, planted.value), `${mine.name}=${mine.value}`],
        ])
          expect(await session(cookies.join('; '))).toMatchObject(asAda);
    });
  }
  for (const [how, twin] of twins.filter((_, i) => i % 3 === 0))
    attack(
      `finishes a sign-in of its own in Ada's browser, its sign-in cookie planted with ${how}`,
      async () => {
        const { app } = await twoSessions();
        const browser = app.browser();
        const back = new URL(await redirected(app, browser));
        const [[name = '', cookie] = []] = [...browser.jar];
        const sent = codesSent(app);
        const request = withCookies(
          `${back.pathname}${back.search}`,
          twin(name, cookie?.value ?? ''),
          {
            ...navigate,
            'sec-fetch-site': 'cross-site',
          },
        );
        const answer = await app.broker(request);
        expect(answer.status).toBe(400);
        expect(answer.headers.getSetCookie()).toEqual([]);
        expect(codesSent(app)).toBe(sent);
      },
    );
  for (const order of ['before', 'after'])
    attack(`sets a cookie of the very same name ${order} Ada's: neither is taken`, async () => {
      const { mine, planted, session } = await twoSessions();
      const pairs = [`${mine.name}=${planted.value}`, `${mine.name}=${mine.value}`];
      expect(
        await session((order === 'before' ? pairs : pairs.reverse()).join('; ')),
      ).toMatchObject(asNobody);
    });
  attack("gives its session the name of Ada's account", async () => {
    const { mine, planted, session } = await twoSessions();
    expect(await session(`${mine.name}=${planted.value}`)).toMatchObject(asNobody);
  });
  attack('sets so many cookies that opening them takes long', async () => {
    const { planted, session } = await twoSessions();
    const many = Array.from(
      { length: 40 },
      (_, i) => `__Host-Http-act-on.${String(i).padStart(16, 'A')}=${planted.value.slice(0, 300)}`,
    );
    expect(await session(many.join('; '))).toMatchObject(asNobody);
  });

  for (const each of sameSite) attack(`sends ${each.what}`, () => refuse(each));
  for (const [name, headers] of [
    ['Host', { host: 'evil.app.example' }],
    [
      'X-Forwarded-Host',
      {
        'x-forwarded-host': 'evil.app.example',
        forwarded: 'host=evil.app.example',
        'x-original-host': 'evil.app.example',
      },
    ],
    [
      'X-Forwarded-Uri',
      {
        'x-forwarded-uri': '//evil.app.example/',
        'x-original-url': '//evil.app.example/',
        'x-rewrite-url': '//evil.app.example/',
      },
    ],
  ] as const)
    attack(`has the sign-in redirected to itself by ${name}`, async () => {
      const { victim } = await openApp();
      const answer = await victim.send('/auth/login?another=1', {
        headers: { ...navigate, ...headers },
      });
      expect(new URL(answer.headers.get('location') ?? '').searchParams.get('redirect_uri')).toBe(
        `${appOrigin}/auth/callback`,
      );
      expect(JSON.stringify([...answer.headers])).not.toContain('evil');
    });
  attack('decides by the very first request where the broker is', async () => {
    const world = createWorld();
    const headers = {
      ...navigate,
      host: 'evil.app.example',
      'x-forwarded-prefix': '/evil',
      'x-forwarded-host': 'evil.app.example',
    };
    await world.broker(new Request('http://evil.app.example/evil/auth/login', { headers }));
    await world.broker(new Request('http://evil.app.example/auth/login', { headers }));
    await isIntact(await world.signedIn());
  });
  attack('is sent a cookie of the app, or may replace one by script', async () => {
    const app = await openApp();
    const lines: string[] = [];
    const seen = app.browser(async (request: Request) => {
      const answer = await app.broker(request);
      lines.push(...answer.headers.getSetCookie());
      return answer;
    });
    await app.signIn(seen);
    await seen.ask('/auth/logout', { method: 'POST' });
    expect(lines.length).toBeGreaterThan(3);
    for (const line of lines) {
      expect(line).toMatch(
        /^__Host-Http-act-on[-.\w]*=[\w.-]*; Path=\/; Max-Age=\d+; HttpOnly; Secure; SameSite=(Strict|Lax)$/,
      );
    }
  });
  attack("has Ada's browser keep what a shared cache saw", async () => {
    const { victim } = await openApp();
    const answers: Received[] = [
      await victim.ask('/auth/session'),
      await victim.ask(account),
      await victim.send('/auth/login?another=1', { headers: navigate }),
    ];
    for (const { headers } of answers) expect(headers.get('cache-control')).toBe('no-store');
    await isIntact(victim);
  });
});
