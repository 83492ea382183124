import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isActOnTokenError } from '../../src/errors.ts';
import { type ExpectedCallback, readCallback } from '../../src/wire/authorization.ts';
import { anyText } from '../support/any-text.ts';

const redirectUri = 'https://app.example.test/callback';
const state = 'state-canary-0123456789';
const expected: ExpectedCallback = { state, redirectUri };
const withIssuer: ExpectedCallback = { ...expected, issuer: 'https://act-on.test' };

/** What `readCallback` throws, checked to be the one thing that it may throw. */
function refusal(
  url: unknown,
  kept: unknown = expected,
  code: 'callback' | 'configuration' = 'callback',
): string {
  try {
    readCallback(url as string, kept as ExpectedCallback);
  } catch (error) {
    if (!isActOnTokenError(error, code)) throw error;
    expect(inspect(error)).not.toContain('canary');
    return error.message;
  }
  throw new Error('it was accepted');
}

const at = (query: string, base = redirectUri): string => `${base}?${query}`;
const good = `code=code-canary&state=${state}`;

describe('a redirect back from Act-On', () => {
  it('gives the grant', () => {
    expect(readCallback(at(good), expected)).toStrictEqual({
      type: 'authorization_code',
      code: 'code-canary',
      redirectUri,
    });
  });

  it('gives the grant with the verifier that was kept', () => {
    const grant = readCallback(new URL(at(good)), { ...expected, codeVerifier: 'v' });
    expect(grant).toEqual({
      type: 'authorization_code',
      code: 'code-canary',
      redirectUri,
      codeVerifier: 'v',
    });
  });

  it.each<[string, string, ExpectedCallback]>([
    ['parameters that nobody knows', `${at(good)}&session_state=x&code[]=y`, expected],
    ['the issuer that is expected', `${at(good)}&iss=https%3A%2F%2Fact-on.test`, withIssuer],
    ['an issuer that nobody asked for', `${at(good)}&iss=https%3A%2F%2Fevil.test`, expected],
    ['a fragment that some sites add', `${at(good)}#_=_`, expected],
    ['the default port', at(good, 'https://app.example.test:443/callback'), expected],
    [
      'a query of its own',
      at(`tenant=7&${good}`),
      { ...expected, redirectUri: `${redirectUri}?tenant=7` },
    ],
    [
      "an app's own scheme",
      at(good, 'my-app://callback/done'),
      { ...expected, redirectUri: 'my-app://callback/done' },
    ],
  ])('is accepted with %s', (_, url, kept) => {
    expect(readCallback(url, kept)).toMatchObject({
      code: 'code-canary',
      redirectUri: kept.redirectUri,
    });
  });

  it.each([
    ['a+b%20c', 'a b c'],
    ['4%2F0Ab%26x%3D', '4/0Ab&x='],
    ['x'.repeat(4_096), 'x'.repeat(4_096)],
  ])('gives the code as it was meant: %s', (encoded, code) => {
    expect(readCallback(at(`state=${state}&code=${encoded}`), expected).code).toBe(code);
  });
});

describe('a redirect is refused', () => {
  it.each<[string, string]>([
    ['no state', 'code=code-canary'],
    ['an empty state', 'code=code-canary&state='],
    ['another state', 'code=code-canary&state=other'],
    ['the beginning of the state', `code=code-canary&state=${state.slice(0, -1)}`],
    ['the state and more', `code=code-canary&state=${state}x`],
    ['the state in capitals', `code=code-canary&state=${state.toUpperCase()}`],
    ['the state as a list', `code=code-canary&state[]=${state}`],
  ])('with %s', (_, query) => {
    expect(refusal(at(query))).toMatch(/"state"/);
  });

  it('with a state that differs in one character, wherever that is', () => {
    for (let place = 0; place < state.length; place += 1) {
      const other = `${state.slice(0, place)}~${state.slice(place + 1)}`;
      expect(refusal(at(`code=code-canary&state=${other}`))).toMatch(/"state"/);
    }
  });

  it.each(['code', 'state', 'error', 'iss'])('with "%s" twice', (name) => {
    const value = name === 'state' ? state : 'canary';
    expect(refusal(at(`${good}&${name}=${value}&${name}=${value}`))).toContain(`"${name}"`);
  });

  it.each<[string, string]>([
    ['none', `state=${state}`],
    ['an empty one', `state=${state}&code=`],
    ['10 kB', `state=${state}&code=${'x'.repeat(10_000)}`],
    ['4,097 characters', `state=${state}&code=${'x'.repeat(4_097)}`],
    ['a line break', `state=${state}&code=canary%0D%0Ax`],
    ['a NUL', `state=${state}&code=canary%00`],
    ['letters beyond ASCII', `state=${state}&code=canary%C3%A9`],
    ['a broken encoding', `state=${state}&code=canary%ff`],
  ])('with a bad code: %s', (_, query) => {
    expect(refusal(at(query))).toMatch(/"code"/);
  });

  it.each([
    ['https://app.example.test/other'],
    ['https://app.example.test/callback/'],
    ['https://app.example.test:8443/callback'],
    ['http://app.example.test/callback'],
    ['https://evil.test/callback'],
  ])('at another place: %s', (base) => {
    expect(refusal(at(good, base))).toMatch(/"redirectUri"/);
  });

  it("at another host of an app's own scheme", () => {
    expect(
      refusal(at(good, 'my-app://evil/done'), {
        ...expected,
        redirectUri: 'my-app://callback/done',
      }),
    ).toMatch(/"redirectUri"/);
  });

  it('with its parameters in the fragment', () => {
    expect(refusal(`${redirectUri}#${good}`)).toMatch(/fragment/);
    expect(refusal(`${redirectUri}#access_token=canary&token_type=Bearer`)).toMatch(/fragment/);
    expect(refusal(`${at(good)}#x=1&state=canary`)).toMatch(/fragment/);
  });

  it.each(['', '/callback?code=canary', 'callback', undefined, null, 7, {}])(
    'if it is not a URL: %j',
    (url) => {
      expect(refusal(url)).toMatch(/absolute URL/);
    },
  );

  it.each<[string, unknown]>([
    ['no issuer', at(good)],
    ['another issuer', `${at(good)}&iss=https%3A%2F%2Fevil.test`],
    ['an issuer with one slash more', `${at(good)}&iss=https%3A%2F%2Fact-on.test%2F`],
  ])('with %s where one is expected', (_, url) => {
    expect(refusal(url, withIssuer)).toMatch(/"iss"/);
  });

  it('in a browser that keeps nothing of a sign-in', () => {
    expect(refusal(at(good), null)).toMatch(/nothing was kept/);
    expect(refusal(at('code=code-canary&state='), { redirectUri, state: '' })).toMatch(/"state"/);
    expect(refusal(at('code=code-canary&state=undefined'), { redirectUri })).toMatch(/"state"/);
  });

  it('as a mistake of the program if the redirect URI that was kept is none', () => {
    expect(refusal(at(good), { state }, 'configuration')).toMatch(/"redirectUri"/);
    expect(refusal(at(good), { state, redirectUri: '/callback' }, 'configuration')).toMatch(
      /"redirectUri"/,
    );
  });
});

describe("Act-On's refusal", () => {
  const refused = (description: string, more = ''): string =>
    refusal(
      at(
        `error=access_denied&state=${state}${more}&error_description=${encodeURIComponent(description)}`,
      ),
      {
        ...expected,
        codeVerifier: 'verifier-canary',
      },
    );

  it('is told in its own words', () => {
    expect(refused('The person said No.')).toContain(
      'Act-On says "access_denied": "The person said No."',
    );
    expect(refusal(at(`error=server_error&state=${state}`))).toContain(
      'Act-On says "server_error".',
    );
  });

  it('wins over a code next to it', () => {
    expect(refusal(at(`${good}&error=access_denied`))).toContain('access_denied');
  });

  it('is cut and cleaned, and repeats no secret', () => {
    expect(refused(`\u001b[31m${'<img src=x onerror=alert(1)>'.repeat(100)}`).length).toBeLessThan(
      400,
    );
    expect(refused('a\r\nb\u0000c')).toContain('"a b c"');
    expect(refused(`verifier-canary ${state} code-canary`, '&code=code-canary')).toContain(
      '"[redacted] [redacted] [redacted]"',
    );
  });

  it('is not believed without the state', () => {
    expect(refusal(at('error=access_denied&error_description=Call%20this%20number'))).not.toContain(
      'Call',
    );
  });
});

describe('any URL whatever', () => {
  const part = fc.oneof(
    fc.constantFrom('code', 'state', 'error', 'iss', state, 'a', ''),
    anyText(),
  );
  const pair = fc.oneof(fc.constantFrom(['state', state], ['code', 'a']), fc.tuple(part, part));
  const query = fc
    .array(pair)
    .map((pairs) => pairs.map((each) => each.map(encodeLoosely).join('=')).join('&'));
  const anyUrl = fc.oneof(
    query.map((text) => at(text)),
    fc.tuple(query, query).map(([search, hash]) => `${at(search)}#${hash}`),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.string(),
  );

  it('gives a grant only with the state, and else nothing but our own error', () => {
    const cases = fc.property(anyUrl, (url) => {
      try {
        const { code } = readCallback(url, expected);
        const { searchParams } = new URL(url);
        expect([searchParams.getAll('state'), searchParams.getAll('code')]).toEqual([
          [state],
          [code],
        ]);
        expect(searchParams.has('error')).toBe(false);
        expect(code).toMatch(/^[\x20-\x7e]+$/);
      } catch (error) {
        if (!isActOnTokenError(error, 'callback')) throw error;
        expect(error.message).not.toContain(state);
      }
    });
    fc.assert(cases, {
      numRuns: 1_000,
      examples: [[at(good)], [at(`state=${state}&code=a&error=`)]],
    });
  });

  function encodeLoosely(text: string): string {
    return text.replace(/[&=#%\ud800-\udfff]/g, (letter) =>
      letter >= '\ud800' ? letter : encodeURIComponent(letter),
    );
  }
});
