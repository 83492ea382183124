import { describe, expect, it, vi } from 'vitest';
import { bearerFetch, type TokenSource } from '../../src/wire/bearer-fetch.ts';
import type { Fetch } from '../../src/wire/endpoint.ts';

const base = 'https://api.example/prefix/';

/** Answers one after the other, the last one again and again; and what was asked of it. */
function api(...answers: readonly Response[]) {
  const sent: { url: string; init: RequestInit & { headers: Record<string, string> } }[] = [];
  const wishes: Record<string, unknown>[] = [];
  const tokens = ['first', 'second', 'third'];
  const source = {
    apiBase: new URL(base),
    async getAccessToken(options: Record<string, unknown>) {
      wishes.push(options);
      return tokens[wishes.length - 1] ?? 'last';
    },
  };
  const fetch: Fetch = async (url, init) => {
    sent.push({ url: String(url), init: init as never });
    return answers[Math.min(sent.length, answers.length) - 1] ?? new Response('done');
  };
  const call = (input: unknown, init: object = {}, from: TokenSource = source) =>
    bearerFetch(from, input as string, init, fetch);
  return { call, sent, wishes, source };
}

const refused = (): Response => new Response('no', { status: 401 });
const moved = (location: string, status = 302): Response =>
  new Response(null, { status, headers: { location } });

describe('where a request goes', () => {
  it.each([
    ['list', `${base}list`],
    ['/list', `${base}list`],
    ['//list', `${base}list`],
    ['///list?a=b', `${base}list?a=b`],
    ['https://api.example/other', 'https://api.example/other'],
    ['', base],
    [new URL('https://api.example/a'), 'https://api.example/a'],
    [{ href: 'https://api.example/b' }, 'https://api.example/b'],
  ])('for %s is %s', async (input, url) => {
    const { call, sent } = api();
    await call(input);
    expect(sent).toMatchObject([{ url, init: { headers: { authorization: 'Bearer first' } } }]);
  });

  it.each([
    ['https://elsewhere.example/'],
    ['http://api.example/'],
    ['https://user@api.example/'],
    ['https://:password@api.example/'],
  ])('is never %s', async (input) => {
    const { call, sent, wishes } = api();
    await expect(call(input)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('to https://api.example only'),
    });
    expect([sent, wishes]).toEqual([[], []]);
  });

  const url = `${base}list`;
  const arrayBuffer = async () => new ArrayBuffer(0);
  it.each([
    [5],
    [null],
    [undefined],
    [{}],
    ['http://['],
    [{ url }],
    [{ url, method: 'GET' }],
    [{ url, arrayBuffer }],
    [{ method: 'GET', arrayBuffer }],
    [{ url, method: 'GET', arrayBuffer: true }],
    [{ url: 5, method: 'GET', arrayBuffer }],
  ])('must be a URL, a path or a request, and is not %o', async (input) => {
    const { call, sent } = api();
    await expect(call(input)).rejects.toMatchObject({
      code: 'configuration',
      message: expect.stringContaining('takes a URL of https://api.example'),
    });
    expect(sent).toEqual([]);
  });
});

describe('what is asked of the session for a request', () => {
  it('is a token, with the signal and the "waitUntil" that were given, and nothing more', async () => {
    const { signal } = new AbortController();
    const waitUntil = (): void => {};
    for (const [init, expected] of [
      [{}, {}],
      [{ signal }, { signal }],
      [{ waitUntil }, { waitUntil }],
      [
        { waitUntil, signal },
        { waitUntil, signal },
      ],
    ]) {
      const { call, wishes } = api();
      await call('list', init);
      expect(wishes).toEqual([expected]);
    }
  });

  it('is another token after a 401, once', async () => {
    const { signal } = new AbortController();
    const { call, sent, wishes } = api(refused());
    const response = await call('list', { signal });
    expect(response.status).toBe(401);
    expect(wishes).toEqual([{ signal }, { signal, rejected: 'first' }]);
    expect(sent.map(({ init }) => init.headers.authorization)).toEqual([
      'Bearer first',
      'Bearer second',
    ]);
  });

  it.each([
    ['with', [] as Promise<unknown>[]],
    ['without', null],
  ])(
    'is another token for the next call where the body is gone, %s "waitUntil"',
    async (_, works) => {
      const { call, sent, wishes } = api(refused());
      const body = new ReadableStream();
      const waitUntil = works && ((work: Promise<unknown>) => works.push(work));
      const response = await call('list', {
        method: 'POST',
        body,
        ...(waitUntil && { waitUntil }),
      });
      expect([response.status, sent.length, wishes[1]?.rejected]).toEqual([401, 1, 'first']);
      if (works !== null) expect(works).toHaveLength(1);
    },
  );

  it('may fail after a 401, whose body is not kept then', async () => {
    const answer = refused();
    const { call, source } = api(answer);
    let calls = 0;
    const failing: TokenSource = {
      ...source,
      getAccessToken: async () => {
        calls += 1;
        if (calls === 2) throw new Error('no other token');
        return 'first';
      },
    };
    await expect(call('list', {}, failing)).rejects.toThrow('no other token');
    expect(answer.bodyUsed || answer.body?.locked).toBe(true);
  });
});

describe('a request object', () => {
  const like = (more: object) => ({
    url: `${base}list`,
    method: 'POST',
    headers: { 'x-own': 'yes' },
    body: null,
    arrayBuffer: vi.fn(async () => new Uint8Array([1, 2]).buffer),
    ...more,
  });

  it('is passed on with all that it says, and nothing that it does not', async () => {
    const { signal } = new AbortController();
    const said = {
      cache: 'no-store',
      credentials: 'omit',
      integrity: 'sha256-x',
      keepalive: true,
      mode: 'cors',
      redirect: 'manual',
      referrer: 'about:client',
      referrerPolicy: 'origin',
      signal,
    };
    const { call, sent, wishes } = api();
    await call(like(said));
    expect(sent[0]?.init).toEqual({
      ...said,
      method: 'POST',
      headers: { 'x-own': 'yes', authorization: 'Bearer first' },
    });
    expect(wishes).toEqual([{ signal }]);
    await call(like({}));
    expect(Object.keys(sent[1]?.init ?? {}).sort()).toEqual(['headers', 'method', 'redirect']);
  });

  it('gives way to the options', async () => {
    const { signal } = new AbortController();
    const { call, sent, wishes } = api();
    const request = like({ body: {}, signal: new AbortController().signal });
    await call(request, { method: 'PUT', body: 'own', signal });
    expect(sent[0]?.init).toMatchObject({ method: 'PUT', body: 'own', signal });
    expect(wishes).toEqual([{ signal }]);
    expect(request.arrayBuffer).not.toHaveBeenCalled();
  });

  it.each([
    ['POST', {}, true],
    ['DELETE', {}, true],
    ['FORGET', {}, true],
    ['HEADER', {}, true],
    ['POST', undefined, true],
    ['POST', null, false],
    ['GET', {}, false],
    ['get', {}, false],
    ['HEAD', {}, false],
  ])('of method %s with body %o has its body read: %s', async (method, body, isRead) => {
    const { call, sent } = api();
    const request = like({ method, body });
    await call(request);
    expect(request.arrayBuffer).toHaveBeenCalledTimes(isRead ? 1 : 0);
    expect('body' in (sent[0]?.init ?? {})).toBe(isRead);
  });

  it('whose body is empty goes out without one', async () => {
    const { call, sent } = api();
    await call(like({ body: {}, arrayBuffer: async () => new ArrayBuffer(0) }));
    expect('body' in (sent[0]?.init ?? {})).toBe(false);
  });
});

describe('a redirect', () => {
  const after = async (status: number, init: object, location = '/next') => {
    const { call, sent } = api(moved(location, status), new Response('done'));
    const response = await call('list', init);
    return { response, second: sent[1] };
  };
  const headers = { 'content-language': 'de', 'x-own': 'yes' };

  it.each([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [303, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [307, 'POST', 'POST'],
    [308, 'POST', 'POST'],
    [301, 'PUT', 'PUT'],
    [302, 'post', 'GET'],
  ])('with %i turns %s into %s', async (status, method, expected) => {
    const { second } = await after(status, { method, body: 'text', headers });
    const isGet = expected === 'GET';
    expect(second?.url).toBe('https://api.example/next');
    expect(second?.init.method).toBe(expected);
    expect('body' in (second?.init ?? {})).toBe(!isGet);
    expect(second?.init.headers).toMatchObject({ 'x-own': 'yes', authorization: 'Bearer first' });
    expect(second?.init.headers['content-language']).toBe(isGet ? undefined : 'de');
  });

  it.each([
    [301, undefined],
    [302, 'GET'],
    [303, undefined],
    [303, 'GET'],
    [303, 'HEAD'],
    [303, 'head'],
  ])('with %i leaves %s as it is', async (status, method) => {
    const { second } = await after(status, { headers, ...(method && { method }) });
    expect(second?.init.method).toBe(method);
    expect(second?.init.headers['content-language']).toBe('de');
  });

  it.each([
    [300, '/next'],
    [304, '/next'],
    [302, 'https://elsewhere.example/'],
    [302, 'http://['],
    [302, 'https://user@api.example/'],
  ])('with %i to %s is handed over', async (status, location) => {
    const { response, second } = await after(status, {}, location);
    expect([response.status, second]).toEqual([status, undefined]);
  });

  it.each(['manual', 'error'] as const)(
    'is not followed where "redirect" is "%s"',
    async (redirect) => {
      const { call, sent } = api(moved('/next'));
      await call('list', { redirect });
      expect(sent.map(({ init }) => init.redirect)).toEqual([redirect]);
    },
  );

  it('is followed twenty times, and then handed over', async () => {
    const { call, sent } = api(moved('/next'));
    expect((await call('list')).status).toBe(302);
    expect(sent).toHaveLength(21);
    expect(sent.every(({ init }) => init.redirect === 'manual')).toBe(true);
  });

  it('that needs a body again which is gone is handed over', async () => {
    const { call, sent } = api(moved('/next', 307));
    const response = await call('list', { method: 'POST', body: new ReadableStream() });
    expect([response.status, sent.length]).toEqual([307, 1]);
  });
});

describe('a body', () => {
  const form = (more: object) => Object.assign({ [Symbol.toStringTag]: 'FormData' }, more);
  it.each([
    ['nothing', undefined, true],
    ['null', null, true],
    ['a text', 'text', true],
    ['bytes', new Uint8Array([1]), true],
    ['a buffer', new ArrayBuffer(1), true],
    ['a blob', new Blob(['x']), true],
    ['parameters', new URLSearchParams('a=b'), true],
    ['a form', new FormData(), true],
    ['a form of a library', form({}), true],
    ['a form that is a stream', form({ pipe: () => {} }), false],
    ['a stream', new ReadableStream(), false],
    ['an iterator', [new Uint8Array([1])].values(), false],
    ['something unknown', { [Symbol.toStringTag]: 'FormDataX' }, false],
  ])('of %s goes out once more: %s', async (_, body, isSent) => {
    const { call, sent } = api(refused(), new Response('done'));
    const response = await call('list', { method: 'POST', body });
    expect([response.status, sent.length]).toEqual(isSent ? [200, 2] : [401, 1]);
  });
});
