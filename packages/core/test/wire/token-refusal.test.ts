import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Outcome, readTokenResponse } from '../../src/wire/token-response.ts';

type Answer = {
  status: number;
  body?: unknown;
  headers?: Record<string, string>;
  isRefresh?: boolean;
  secrets?: string[];
};

/** A body that is no text is sent as JSON. */
function read({
  status,
  body = '',
  headers = {},
  isRefresh = true,
  secrets = [],
}: Answer): Promise<Outcome> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return readTokenResponse(new Response(text, { status, headers }), isRefresh, secrets);
}

const gateway = (httpCode: string, moreInformation = ''): object => ({
  httpCode,
  httpMessage: 'Refused',
  moreInformation,
});
const fault = (code: number): object => ({ fault: { code, message: 'Invalid Credentials' } });

describe('a grant is refused by', () => {
  it.each([400, 401, 403, 200, 302, 429, 500])('invalid_grant under status %i', async (status) => {
    expect(await read({ status, body: { error: 'invalid_grant' } })).toEqual({
      type: 'rejected',
      detail: `HTTP ${status}, "invalid_grant"`,
    });
  });

  it.each(['Unknown or invalid refresh token.', 'Wrong email or password.'])(
    'Act-On\'s "%s"',
    async (words) => {
      const body = { error: 'invalid_grant', error_description: words };
      expect(await read({ status: 403, body })).toEqual({
        type: 'rejected',
        detail: `HTTP 403, "invalid_grant", "${words}"`,
      });
    },
  );
});

describe('the client is refused by', () => {
  it.each<[string, Answer]>([
    [
      "Act-On's access_denied",
      { status: 401, body: { error: 'access_denied', error_description: 'Unauthorized' } },
    ],
    ["the standard's invalid_client", { status: 401, body: { error: 'invalid_client' } }],
    ['invalid_client under 400', { status: 400, body: { error: 'invalid_client' } }],
    ['access_denied under 403', { status: 403, body: { error: 'access_denied' } }],
    ['an unknown code under 401', { status: 401, body: { error: 'who_knows' } }],
    ['an unknown number under 401', { status: 401, body: { errorCode: 10_004, message: 'No.' } }],
  ])('%s', async (_, answer) => {
    expect(await read(answer)).toMatchObject({
      type: 'not_processed',
      reason: 'client',
      retryAfter: null,
    });
  });
});

describe('the request is refused by', () => {
  const codes = [
    'invalid_request',
    'unsupported_grant_type',
    'unauthorized_client',
    'invalid_scope',
    'PUBLIC_API_FEATURE_NOT_ENABLED',
  ];
  it.each(codes)('%s', async (error) => {
    const outcome = await read({ status: 400, body: { error } });
    expect(outcome).toEqual({
      type: 'not_processed',
      reason: 'request',
      detail: `HTTP 400, "${error}"`,
      retryAfter: null,
    });
  });

  it.each<[string, number, string, string]>([
    [
      'a user who needs a second factor',
      403,
      'mfa_required',
      'Multifactor authentication required',
    ],
    ['an account without API access', 403, 'PUBLIC_API_FEATURE_NOT_ENABLED', 'Ask Support.'],
    ['a user who is blocked', 403, 'unauthorized', 'user is blocked'],
    ['a redirect URI that differs', 400, 'redirect_uri mismatch', 'It is not registered.'],
    ['something that nobody has heard of', 422, 'whatever_next', 'No.'],
  ])("%s, in Act-On's own words", async (_, status, error, words) => {
    const detail = `HTTP ${status}, "${error}", "${words}"`;
    for (const body of [
      { error, error_description: words },
      { error, message: words },
      { errorCode: error, message: words },
    ])
      expect(await read({ status, body })).toEqual({
        type: 'not_processed',
        reason: 'request',
        detail,
        retryAfter: null,
      });
  });
});

describe('a gateway speaks for itself with', () => {
  it.each<[string, Answer]>([
    ['a 401', { status: 401, body: gateway('401') }],
    ['a 401 of former years', { status: 401, body: fault(900_901) }],
    [
      'a 401 of former years in XML',
      { status: 401, body: '<ams:fault xmlns:ams="http://wso2.org/apimanager/security"/>' },
    ],
    [
      'a declaration in front of it',
      {
        status: 403,
        body: '<?xml version="1.0"?>\n<am:fault xmlns:am="http://wso2.org/apimanager"/>',
      },
    ],
    ['a message and no code', { status: 403, body: { message: 'Forbidden' } }],
    [
      'a 404 that names the reason phrase an error',
      { status: 404, body: { status: 404, error: 'Not Found', path: '/token' } },
    ],
    [
      'a proxy that wants to be paid in passwords',
      { status: 407, body: '<html>Proxy Authentication Required</html>' },
    ],
    [
      'the gateway that knows no such path',
      { status: 404, body: gateway('404', 'No resources match requested URI') },
    ],
    ['the gateway that knows no such method', { status: 405, body: gateway('405') }],
    ['the gateway that knows no such content type', { status: 415, body: gateway('415') }],
    ['the gateway of former years', { status: 403, body: fault(900_908) }],
  ])('%s', async (_, answer) => {
    expect(await read(answer)).toMatchObject({
      type: 'not_processed',
      reason: 'gateway',
      retryAfter: null,
    });
  });

  it('its own words', async () => {
    const answer = { status: 404, body: gateway('404', 'No resources match requested URI') };
    expect(await read(answer)).toMatchObject({
      detail: 'HTTP 404, "No resources match requested URI"',
    });
    expect(await read({ status: 401, body: gateway('401') })).toMatchObject({
      detail: 'HTTP 401, "Refused"',
    });
    expect(await read({ status: 401, body: fault(900_901) })).toMatchObject({
      detail: 'HTTP 401, "Invalid Credentials"',
    });
  });
});

describe('the outcome of a request is unknown after', () => {
  it.each<[string, Answer]>([
    ['an empty 403', { status: 403 }],
    ['a firewall page under 403', { status: 403, body: '<html>Blocked</html>' }],
    ['a page under 401', { status: 401, body: '<html>Sign in</html>' }],
    ['a page under 404', { status: 404, body: '<html>Not found</html>' }],
    ['an error that is a number', { status: 400, body: { error: 42 } }],
    ['an error that is an object', { status: 400, body: { error: { code: 'invalid_grant' } } }],
    ['an error that is empty', { status: 400, body: { error: '' } }],
    ['an error in a prototype', { status: 400, body: '{"__proto__":{"error":"invalid_grant"}}' }],
    ['an error in a list', { status: 400, body: [{ error: 'invalid_grant' }] }],
    ['a refusal that breaks off', { status: 400, body: '{"error":"invalid_grant"' }],
    ['a 408', { status: 408, body: { error: 'invalid_request' } }],
    ['a 421', { status: 421, body: { error: 'invalid_request' } }],
    ['a 425', { status: 425, body: { error: 'invalid_request' } }],
    ['a 200 with a code and no token', { status: 200, body: { error: 'temporarily_unavailable' } }],
    ['a 302 with a code', { status: 302, body: { error: 'temporarily_unavailable' } }],
    ['a 500 with a code', { status: 500, body: { error: 'server_error' } }],
    ['a 500 of the gateway', { status: 500, body: gateway('500') }],
    ['a 500 of the gateway of former years', { status: 500, body: fault(900_900) }],
    ['a 502 with a page', { status: 502, body: '<html>Bad gateway</html>' }],
    ['a 400 for the moment', { status: 400, body: { error: 'temporarily_unavailable' } }],
    ['a 403 that blames the server', { status: 403, body: { error: 'server_error' } }],
  ])('%s', async (_, answer) => {
    expect(await read(answer)).toMatchObject({ type: 'unknown', answered: true, retryAfter: null });
  });

  it.each([504, 524])('a %i, for the server may be at work still', async (status) => {
    expect(await read({ status, body: gateway('504') })).toMatchObject({
      type: 'unknown',
      answered: false,
    });
  });

  it('a 5xx, which may say when to come back', async () => {
    for (const status of [500, 502, 503, 504])
      expect(await read({ status, headers: { 'retry-after': '30' } })).toMatchObject({
        type: 'unknown',
        retryAfter: 30_000,
      });
    expect(await read({ status: 503, headers: { 'retry-after': 'soon' } })).toMatchObject({
      retryAfter: null,
    });
    expect(await read({ status: 503 })).toMatchObject({ retryAfter: null });
    expect(await read({ status: 200, headers: { 'retry-after': '30' } })).toMatchObject({
      type: 'unknown',
      retryAfter: null,
    });
  });
});

describe('too many requests', () => {
  it.each<[string, Answer]>([
    ['429 of the gateway', { status: 429, body: gateway('429', 'Rate Limit exceeded') }],
    [
      '429 of the gateway of former years',
      { status: 429, body: '<amt:fault xmlns:amt="http://wso2.org/apimanager/throttling"/>' },
    ],
    ['429 with a page', { status: 429, body: '<html>Slow down</html>' }],
    ['an empty 429', { status: 429 }],
    ['a 429 that blames the client', { status: 429, body: { error: 'access_denied' } }],
    ['too_many_attempts under 429', { status: 429, body: { error: 'too_many_attempts' } }],
    ['too_many_attempts under 400', { status: 400, body: { error: 'too_many_attempts' } }],
    ['too_many_attempts under 403', { status: 403, body: { error: 'too_many_attempts' } }],
    ['too_many_attempts under 200', { status: 200, body: { error: 'too_many_attempts' } }],
    ['too_many_attempts under 503', { status: 503, body: { error: 'too_many_attempts' } }],
    ['too_many_requests under 403', { status: 403, body: { error: 'too_many_requests' } }],
    ['slow_down under 400', { status: 400, body: { error: 'slow_down' } }],
    ['rate_limit_exceeded under 403', { status: 403, body: { errorCode: 'RATE_LIMIT_EXCEEDED' } }],
  ])('are meant by %s', async (_, answer) => {
    expect(await read(answer)).toMatchObject({
      type: 'not_processed',
      reason: 'rate',
      retryAfter: 60_000,
    });
  });
});

describe('how long to stay away', () => {
  afterEach(() => {
    vi.useRealTimers();
  });
  const serverNow = 'Thu, 01 Jan 2026 12:00:00 GMT';
  const after = async (
    retryAfter: string,
    isRefresh = true,
    date?: string,
  ): Promise<number | null> => {
    const headers = { 'retry-after': retryAfter, ...(date === undefined ? {} : { date }) };
    const outcome = await read({ status: 429, headers, isRefresh });
    return outcome.type === 'not_processed' ? outcome.retryAfter : null;
  };

  it('is a minute for a refresh and twelve for a grant if the server does not say', async () => {
    expect(await read({ status: 429 })).toMatchObject({ retryAfter: 60_000 });
    expect(await read({ status: 429, isRefresh: false })).toMatchObject({ retryAfter: 720_000 });
  });

  it.each<[string, number]>([
    ['30', 30_000],
    ['  30  ', 30_000],
    ['0', 1_000],
    ['1', 1_000],
    ['3600', 3_600_000],
    ['1000000000', 3_600_000],
    ['9'.repeat(40), 3_600_000],
  ])('is, for Retry-After: %s, %i ms', async (header, wait) => {
    expect(await after(header)).toBe(wait);
    expect(await after(header, false)).toBe(wait);
  });

  const nonsense = [
    '-5',
    '-0',
    '+5',
    '1e9',
    '30.5',
    '30s',
    '0x10',
    'soon',
    'garbage 1',
    '1 2 3',
    'Friday',
    'Mon, 99 Foo',
    '30, 30',
    '(x) Mon, 01 Jan 2026 00:00:00 GMT',
  ];
  it.each(nonsense)('is as if the server said nothing for Retry-After: %s', async (header) => {
    expect(await after(header)).toBe(60_000);
    expect(await after(header, false)).toBe(720_000);
  });

  it.each<[string, number]>([
    ['Thu, 01 Jan 2026 12:02:00 GMT', 120_000],
    ['Thursday, 01-Jan-26 12:02:00 GMT', 120_000],
    ['Thu, 01 Jan 2026 11:00:00 GMT', 1_000],
    ['Wed, 01 Jan 2025 12:00:00 GMT', 1_000],
    ['Fri, 01 Jan 2027 12:00:00 GMT', 3_600_000],
  ])('is distinguished from the server\'s own clock for "%s"', async (header, wait) => {
    expect(await after(header, true, serverNow)).toBe(wait);
  });

  it.each([undefined, 'yesterday'])(
    'is distinguished from the local clock if the server dates its answer %j',
    async (date) => {
      vi.useFakeTimers({ now: Date.UTC(2026, 0, 1, 11, 59) });
      expect(await after('Thu, 01 Jan 2026 12:02:00 GMT', true, date)).toBe(180_000);
    },
  );
});

describe('what an outcome quotes', () => {
  const quoted = async (body: unknown, secrets: string[] = []): Promise<string> => {
    const outcome = await read({ status: 400, body, secrets });
    return 'detail' in outcome ? outcome.detail : '';
  };

  it('is cut to 200 characters', async () => {
    const detail = await quoted({
      error: 'invalid_request',
      error_description: '<b>'.repeat(1_400),
    });
    expect(detail).toBe(`HTTP 400, "invalid_request", "${'<b>'.repeat(67).slice(0, 200)}…"`);
    expect((await quoted({ error: 'x'.repeat(4_096) })).length).toBeLessThan(230);
  });

  it('has no character that could steer a terminal or break a line', async () => {
    const body = { error: 'bad\r\nnews', error_description: '\u001b[31mred\u0000\u202eback é' };
    expect(await quoted(body)).toBe('HTTP 400, "bad news", "[31mred back"');
  });

  it('has no secret, wherever the server repeats it', async () => {
    const secrets = ['refresh-canary', 'secret-canary'];
    const body = {
      error: 'bad_secret-canary',
      error_description: `token refresh-canary of ${'-'.repeat(180)} secret-canary`,
    };
    expect(await quoted(body, secrets)).not.toContain('canary');
    expect(await quoted({ ...gateway('400', 'not refresh-canary') }, secrets)).toBe(
      'HTTP 400, "not [redacted]"',
    );
  });

  it('has no secret that is a part of another', async () => {
    const secrets = ['pass', 'my-pass-word'];
    expect(await quoted({ error: 'bad', error_description: 'my-pass-word' }, secrets)).toBe(
      'HTTP 400, "bad", "[redacted]"',
    );
  });

  it('has no secret that only its repair would complete', async () => {
    const secrets = ['correct horse'];
    expect(await quoted({ error: 'bad', error_description: 'correct\thorse' }, secrets)).toBe(
      'HTTP 400, "bad", "[redacted]"',
    );
  });
});
