import { describe, expect, it } from 'vitest';
import { type Outcome, readTokenResponse } from '../../src/wire/token-response.ts';

const anHour = 3_600_000;
const pair = {
  access_token: 'access-1',
  refresh_token: 'refresh-1',
  token_type: 'Bearer',
  expires_in: 3600,
};
const unknown = { type: 'unknown', answered: true, retryAfter: null };
const granted = {
  type: 'granted',
  accessToken: 'access-1',
  refreshToken: 'refresh-1',
  lifetime: anHour,
};

const read = (body: BodyInit | null, init: ResponseInit = {}): Promise<Outcome> =>
  readTokenResponse(new Response(body, init), true, []);
const readJson = (body: unknown, init: ResponseInit = {}): Promise<Outcome> =>
  read(JSON.stringify(body), init);

describe('a pair', () => {
  it('is read from what Act-On sends today', async () => {
    const headers = { 'content-type': 'application/json', 'cache-control': 'no-store' };
    expect(await readJson({ ...pair, scope: 'offline-access' }, { headers })).toEqual({
      ...granted,
      scope: 'offline-access',
    });
  });

  it.each<[string, object]>([
    ['a bearer type in lower case', { token_type: 'bearer' }],
    ['a bearer type in upper case', { token_type: 'BEARER' }],
    ['no token type', { token_type: undefined }],
    ['a token type that is no text', { token_type: 7 }],
    ['a scope that is a list', { scope: ['PRODUCTION'] }],
    ['an empty scope', { scope: '' }],
    ['members that nobody knows', { id_token: 'x', nested: { refresh_token: 'another' } }],
    ['an error beside it', { error: 'invalid_grant', error_description: 'No.' }],
  ])('is kept with %s', async (_, more) => {
    expect(await readJson({ ...pair, ...more })).toEqual(granted);
  });

  it.each([200, 201, 202, 206, 299])('is kept under status %i', async (status) => {
    expect(await readJson(pair, { status })).toEqual(granted);
  });

  it.each(['text/html', 'text/plain; charset=iso-8859-1', 'application/octet-stream'])(
    'is kept under content type %s',
    async (type) => {
      expect(await readJson(pair, { headers: { 'content-type': type } })).toEqual(granted);
    },
  );

  it('is kept although the server dates its answer hours away', async () => {
    expect(await readJson(pair, { headers: { date: 'Thu, 01 Jan 1970 00:00:00 GMT' } })).toEqual(
      granted,
    );
  });

  it('is kept behind a byte order mark', async () => {
    expect(await read(`\uFEFF${JSON.stringify(pair)}`)).toEqual(granted);
  });

  it.each([0x80, 0xe9, 0xff])('is kept beside a byte %i that is not UTF-8', async (byte) => {
    const bytes = bytesOf(JSON.stringify({ ...pair, note: 'é' }), 1).map((each) =>
      each === 0xe9 ? byte : each,
    );
    expect(await read(bytes)).toEqual(granted);
  });

  it('is kept if both tokens are the same text', async () => {
    const both = await readJson({ ...pair, access_token: 'same', refresh_token: 'same' });
    expect(both).toMatchObject({ accessToken: 'same', refreshToken: 'same' });
  });

  it('is the last of two', async () => {
    const twice =
      '{"access_token":"a","refresh_token":"r","access_token":"access-1","refresh_token":"refresh-1"}';
    expect(await read(twice)).toEqual(granted);
  });

  it('is kept when it comes byte by byte', async () => {
    const bytes = new TextEncoder().encode(JSON.stringify({ ...pair, note: 'é€😀' }));
    const stream = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
    expect(await read(stream)).toEqual(granted);
  });

  it('is kept in a body of 1 MiB, but not of one byte more', async () => {
    const pad = 'x'.repeat(1_048_576 - JSON.stringify({ ...pair, pad: '' }).length);
    expect(await readJson({ ...pair, pad })).toEqual(granted);
    expect(await readJson({ ...pair, pad: `${pad}x` })).toMatchObject({
      type: 'unknown',
      answered: true,
    });
  });

  it('is kept beside 100,000 nested lists', async () => {
    expect(
      await read(
        `{"access_token":"access-1","refresh_token":"refresh-1","deep":${nested(100_000)}}`,
      ),
    ).toEqual(granted);
  });
});

describe('half a pair', () => {
  it('is kept without a refresh token', async () => {
    expect(await readJson({ ...pair, refresh_token: undefined })).toEqual({
      ...granted,
      refreshToken: null,
    });
  });

  it.each([undefined, '', 7, true, null, {}, ['access-1']])(
    'is kept with the access token %j',
    async (token) => {
      expect(await readJson({ ...pair, access_token: token })).toEqual({
        ...granted,
        accessToken: null,
      });
    },
  );

  it.each([undefined, '', 7, true, null, {}, ['refresh-1']])(
    'is kept with the refresh token %j',
    async (token) => {
      expect(await readJson({ ...pair, refresh_token: token })).toEqual({
        ...granted,
        refreshToken: null,
      });
    },
  );

  it.each<[string, string]>([
    ['a line break inside', 'one\r\ntwo'],
    ['a line break at its end', 'access-1\n'],
    ['a blank in front', ' access-1'],
    ['a NUL', 'one\0two'],
    ['a letter that is not ASCII', 'accéss'],
    ['half a surrogate pair', 'one\ud800two'],
    ['100 kB', 'x'.repeat(102_400)],
    ['16 kB and one character', 'x'.repeat(16_385)],
  ])('is what remains of an access token with %s', async (_, token) => {
    expect(await readJson({ ...pair, access_token: token })).toEqual({
      ...granted,
      accessToken: null,
    });
  });

  it.each(['mac', 'DPoP', 'bearer2', 'N_A'])(
    'is what remains of a token of type %s',
    async (type) => {
      expect(await readJson({ ...pair, token_type: type })).toEqual({
        ...granted,
        accessToken: null,
      });
    },
  );

  it('may have a long access token and a refresh token of any characters', async () => {
    const odd = { access_token: 'x'.repeat(16_384), refresh_token: ' é\r\n\ud800' };
    expect(await readJson(odd)).toMatchObject({
      accessToken: odd.access_token,
      refreshToken: odd.refresh_token,
    });
  });

  it.each(['refresh_token', 'scope'])(
    'may have a %s of 16,384 characters, and is served without a longer one',
    async (field) => {
      const name = field === 'scope' ? 'scope' : 'refreshToken';
      const longest = 'é'.repeat(16_384);
      expect(await readJson({ ...pair, [field]: longest })).toMatchObject({ [name]: longest });
      const answer = await readJson({ ...pair, [field]: `${longest}é` });
      expect(answer).toMatchObject({ type: 'granted', accessToken: pair.access_token });
      expect(JSON.stringify(answer)).not.toContain('éé');
    },
  );

  it('is never taken from a prototype', async () => {
    const trick =
      '{"__proto__":{"access_token":"evil"},"constructor":{"prototype":{"access_token":"evil"}},"refresh_token":"refresh-1"}';
    expect(await read(trick)).toEqual({ ...granted, accessToken: null });
    expect(Object.hasOwn(Object.prototype, 'access_token')).toBe(false);
  });

  it('is not taken from a prototype that somebody else has spoilt', async () => {
    Object.defineProperty(Object.prototype, 'refresh_token', { value: 'evil', configurable: true });
    try {
      expect(await read('{}')).toMatchObject({ type: 'unknown' });
    } finally {
      Reflect.deleteProperty(Object.prototype, 'refresh_token');
    }
  });
});

describe('the lifetime of a token', () => {
  it.each<[string, number]>([
    ['3600', anHour],
    ['"3600"', anHour],
    ['" 3600 "', anHour],
    ['3600.7', 3_600_700],
    ['"1e3"', 1_000_000],
    ['3600000', 3_600_000_000],
    ['1e15', 1e18],
    ['9007199254740992', 9_007_199_254_740_992_000],
    ['1', 1_000],
    ['0.5', 500],
    ['0', 300_000],
    ['-1', 300_000],
    ['"-3600"', 300_000],
    ['null', 300_000],
    ['true', 300_000],
    ['""', 300_000],
    ['"abc"', 300_000],
    ['"NaN"', 300_000],
    ['"Infinity"', 300_000],
    ['1e999', 300_000],
    ['[3600]', 300_000],
    ['{}', 300_000],
  ])('is, for expires_in %s, %i ms', async (expiresIn, lifetime) => {
    expect(await read(`{"refresh_token":"r","expires_in":${expiresIn}}`)).toMatchObject({
      type: 'granted',
      lifetime,
    });
  });

  it('is an hour if the answer does not say', async () => {
    expect(await readJson({ ...pair, expires_in: undefined })).toMatchObject({ lifetime: anHour });
  });
});

describe('nobody knows what became of a request after', () => {
  const visible = '{"access_token":"access-1","refresh_token":"refresh-1","expires_in":36';
  const utf16 = bytesOf(JSON.stringify(pair), 2);
  it.each<[string, BodyInit | null, number]>([
    ['an empty object', '{}', 200],
    ['an object without a token', '{"token_type":"Bearer","expires_in":3600}', 200],
    ['tokens in a prototype', '{"__proto__":{"refresh_token":"refresh-1"}}', 200],
    ['an empty body', '', 200],
    ['a 202', null, 202],
    ['a 204', null, 204],
    ['a 205', null, 205],
    ['a 304', null, 304],
    ['a page in HTML', '<!doctype html><title>Sign in</title>', 200],
    ['a list', `[${JSON.stringify(pair)}]`, 200],
    ['a text', '"access-1"', 200],
    ['null', 'null', 200],
    ['a number', '7', 200],
    ['JSON that breaks off', visible, 200],
    ['JSON with something behind it', `${JSON.stringify(pair)}}`, 200],
    ['a body in UTF-16', utf16, 200],
    ['100,000 nested lists', nested(100_000), 200],
    ['100,000 lists that are never closed', '['.repeat(100_000), 200],
    ['a redirect, even with a pair', JSON.stringify(pair), 302],
    ['a temporary redirect, even with a pair', JSON.stringify(pair), 307],
    ['a permanent redirect, even with a pair', JSON.stringify(pair), 308],
  ])('%s', async (_, body, status) => {
    const outcome = await read(body, { status });
    expect(outcome).toMatchObject({ type: 'unknown', answered: true });
    expect(JSON.stringify(outcome)).not.toMatch(/access-1|refresh-1/);
  });

  it('a body that breaks off', async () => {
    const stream = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(JSON.stringify(pair))),
      pull: (controller) => controller.error(new TypeError(`terminated: ${visible}`)),
    });
    expect(await read(stream)).toEqual({ ...unknown, detail: 'HTTP 200, its body broke off' });
  });

  it.each([
    [200, '<html>'],
    [204, null],
  ])(
    'a %i that is not a token response, which the error says without repeating it',
    async (status, body) => {
      const detail = `HTTP ${status}, its body is not a token response`;
      expect(await read(body, { status })).toEqual({ ...unknown, detail });
    },
  );

  it('a body that somebody else has read', async () => {
    const response = new Response(JSON.stringify(pair));
    await response.text();
    expect(await readTokenResponse(response, true, [])).toMatchObject({
      type: 'unknown',
      answered: true,
    });
  });

  it('a network error in the shape of a response', async () => {
    expect(await readTokenResponse(Response.error(), true, [])).toMatchObject({
      type: 'unknown',
      answered: true,
    });
  });

  it('a body without end, which is not read on', async () => {
    let pulled = 0;
    let cancelled = false;
    const stream = new ReadableStream<Uint8Array>({
      pull(controller) {
        pulled += 1;
        controller.enqueue(new Uint8Array(65_536).fill(0x20));
      },
      cancel() {
        cancelled = true;
      },
    });
    expect(await read(stream)).toMatchObject({ type: 'unknown', answered: true });
    expect(pulled).toBeLessThan(20);
    expect(cancelled).toBe(true);
  });
});

function nested(depth: number): string {
  return `${'['.repeat(depth)}${']'.repeat(depth)}`;
}

/** In an encoding that has one or two bytes, little-endian, for each character. */
function bytesOf(text: string, width: 1 | 2): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(
    { length: text.length * width },
    (_, at) => (text.charCodeAt(Math.floor(at / width)) >> (8 * (at % width))) & 0xff,
  );
}
