import { Readable } from 'node:stream';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { actOnEndpoint, type Fetch } from '../../src/wire/endpoint.ts';
import type { Grant } from '../../src/wire/grant.ts';
import type { Outcome } from '../../src/wire/token-response.ts';

const client = { clientId: 'client-1', clientSecret: 'secret-canary' };
const refresh: Grant = { type: 'refresh_token', refreshToken: 'refresh-canary' };
const pair = { access_token: 'access-1', refresh_token: 'refresh-1', expires_in: 3600 };
const json = JSON.stringify(pair);
const granted = {
  type: 'granted',
  accessToken: 'access-1',
  refreshToken: 'refresh-1',
  lifetime: 3_600_000,
};

function send(fetch: unknown, signal = new AbortController().signal): Promise<Outcome> {
  return actOnEndpoint({ ...client, fetch: fetch as Fetch }).send(refresh, signal);
}
const answerWith = (response: unknown) =>
  send(async (_: unknown, init: RequestInit) => (init.body === '' ? null : response));

/** A text in pieces, cut where no character ends. */
async function* pieces(text: string): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += 7) yield bytes.subarray(at, at + 7);
}

describe('an answer is an answer, whoever carries it:', () => {
  const headers = new Headers();
  const full = { ok: true, status: 200, headers };
  it.each<[string, () => object]>([
    ['a Response', () => new Response(json)],
    [
      "node-fetch's, with a stream of Node",
      () => ({ ...full, body: Readable.from(pieces(json)), text: async () => json }),
    ],
    [
      'a stream of Node that makes texts',
      () => ({ ...full, body: Readable.from([json.slice(0, 9), json.slice(9)]) }),
    ],
    ['anything that can be iterated', () => ({ ...full, body: pieces(json) })],
    [
      "React Native's, without a body",
      () => ({ ...full, body: undefined, text: async () => json, json: async () => pair }),
    ],
    ['one with text() alone', () => ({ ...full, text: async () => json })],
    ['one with json() alone', () => ({ ...full, json: async () => pair })],
    ['one with json() and nothing else', () => ({ ok: true, json: async () => pair })],
    ['one with a status and no "ok"', () => ({ status: 200, json: async () => pair })],
  ])('%s', async (_, make) => {
    expect(await answerWith(make())).toEqual(granted);
  });

  it('a refusal without headers, too', async () => {
    const refusal = { ok: false, status: 403, json: async () => ({ error: 'invalid_grant' }) };
    expect(await answerWith(refusal)).toEqual({
      type: 'rejected',
      detail: 'HTTP 403, "invalid_grant"',
    });
    expect(await answerWith({ ok: false, status: 429, text: async () => '' })).toMatchObject({
      reason: 'rate',
      retryAfter: 60_000,
    });
  });

  it('but not one that offers no way to read it, which is named', async () => {
    expect(await answerWith({ ...full, body: null })).toEqual({
      type: 'unknown',
      answered: true,
      retryAfter: null,
      detail:
        'HTTP 200, the response that "fetch" returned has no body stream, no text() and no json()',
    });
  });

  it.each<[string, () => object]>([
    ['a stream of Node that breaks', () => ({ ...full, body: Readable.from(breaking()) })],
    [
      'a text() that rejects',
      () => ({ ...full, text: () => Promise.reject(new Error('refresh-canary')) }),
    ],
    [
      'a json() that rejects',
      () => ({ ...full, json: () => Promise.reject(new SyntaxError('refresh-canary')) }),
    ],
    ['a stream that somebody reads already', lockedResponse],
  ])('and not one that breaks off: %s', async (_, make) => {
    const detail = 'HTTP 200, its body broke off';
    expect(await answerWith(make())).toEqual({
      type: 'unknown',
      answered: true,
      retryAfter: null,
      detail,
    });
  });

  it.each<[string, () => object]>([
    ['a stream of Node', () => ({ ...full, body: Readable.from(endless()) })],
    [
      'a web stream',
      () =>
        new Response(
          new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(65_536)) }),
        ),
    ],
    ['a text', () => ({ ...full, text: async () => 'x'.repeat(1_048_577) })],
    ['a value', () => ({ ...full, json: async () => ({ ...pair, more: 'x'.repeat(1_048_577) }) })],
  ])('nor is more than 1 MiB kept of one: %s', async (_, make) => {
    expect(await answerWith(make())).toMatchObject({
      type: 'unknown',
      detail: 'HTTP 200, its body is longer than 1 MiB',
    });
  });

  function lockedResponse(): Response {
    const response = new Response(json);
    response.body?.getReader();
    return response;
  }

  async function* breaking(): AsyncGenerator<Uint8Array> {
    yield* pieces(json);
    throw new Error('refresh-canary');
  }

  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) yield new Uint8Array(65_536);
  }
});

describe('a fetch that does not obey its signal', () => {
  const never = (): Promise<never> => new Promise(() => {});
  const headers = new Headers();

  it.each<[string, () => unknown]>([
    ['never answers', never],
    ['answers with a text() that never ends', async () => ({ status: 200, headers, text: never })],
    ['answers with a json() that never ends', async () => ({ status: 200, headers, json: never })],
    [
      'answers with a stream that never ends',
      async () => new Response(new ReadableStream({ pull: never, cancel: never })),
    ],
    [
      'answers with a stream of Node that never ends',
      async () => ({ status: 200, headers, body: new Readable({ read() {} }) }),
    ],
  ])('holds no one longer than the signal: it %s', async (_, fetch) => {
    const giveUp = new AbortController();
    const outcome = send(fetch, giveUp.signal);
    setImmediate(() => giveUp.abort());
    expect(await outcome).toMatchObject({ type: 'unknown' });
  });

  it('has the body thrown away of an answer that comes later', async () => {
    const giveUp = new AbortController();
    let arrive = (_: Response): void => {};
    const outcome = send(() => new Promise((resolve) => (arrive = resolve)), giveUp.signal);
    giveUp.abort();
    expect(await outcome).toMatchObject({ type: 'unknown', answered: false });
    await new Promise<void>((resolve) =>
      arrive(new Response(new ReadableStream({ cancel: () => resolve() }))),
    );
  });
});

describe('an exception of the given fetch', () => {
  it.each(['RangeError', 'ReferenceError', 'Error', 'ConfigError'])(
    'before it has taken the body is not a lost answer: %s',
    async (name) => {
      const error = Object.assign(new Error('refresh-canary'), { name });
      const detail = `"fetch" threw ${name} before it sent anything`;
      expect(await send(() => Promise.reject(error))).toEqual({ type: 'not_sent', detail });
      const throwing = (): never => {
        throw error;
      };
      expect(await send(throwing)).toEqual({ type: 'not_sent', detail });
    },
  );

  it('after that may be one, and is named', async () => {
    const fetch: Fetch = async (_, init) => {
      await new Response(init?.body).text();
      throw new RangeError('refresh-canary');
    };
    expect(await send(fetch)).toEqual({
      type: 'unknown',
      answered: false,
      retryAfter: null,
      detail: '"fetch" threw RangeError',
    });
  });

  it.each<[string, object]>([
    [
      'that stops a render of Next.js',
      Object.assign(new Error('Dynamic server usage'), { digest: 'DYNAMIC_SERVER_USAGE' }),
    ],
    [
      'that postpones one of React',
      Object.assign(new Error('postpone'), { $$typeof: Symbol.for('react.postpone') }),
    ],
  ])('%s is handed on', async (_, error) => {
    const outcome = await send(async (__: unknown, init: RequestInit) => {
      if (init.cache === 'no-store' && init.body !== '') throw error;
      return new Response(json);
    });
    expect(outcome).toMatchObject({ type: 'not_sent' });
    expect((outcome as { thrown?: unknown }).thrown).toBe(error);
  });
});

describe('what a runtime does not take', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  /** As the workers of Cloudflare were, and Node is to the signals of jsdom. */
  function refuse(name: 'cache' | 'signal'): void {
    const { Request: Real } = globalThis;
    class Picky extends Real {
      constructor(input: string | URL, init: RequestInit = {}) {
        if (init[name] != null)
          throw new TypeError(
            `The '${name}' field on 'RequestInitializerDict' is not implemented.`,
          );
        super(input, init);
      }
    }
    vi.stubGlobal('Request', Picky);
  }

  async function sentInit(signal = new AbortController().signal): Promise<RequestInit> {
    const inits: RequestInit[] = [];
    await send(async (_: unknown, init: RequestInit) => {
      inits.push(init);
      return new Response(json);
    }, signal);
    return inits[0] ?? {};
  }

  it('is not handed over: a cache mode', async () => {
    expect(await sentInit()).toMatchObject({ cache: 'no-store' });
    refuse('cache');
    expect(await sentInit()).not.toHaveProperty('cache');
  });

  it('is not handed over with a call of the API either, which otherwise no cache may answer if it changes something', async () => {
    const inits: RequestInit[] = [];
    const fetch: Fetch = async (_, init) => {
      inits.push({ ...init });
      return new Response();
    };
    const cacheOf = async (method: string, cache?: RequestCache): Promise<unknown> => {
      const endpoint = actOnEndpoint({ clientId: 'client-1', clientSecret: 'secret-1', fetch });
      await endpoint.fetch(`${endpoint.apiBase}api/1/list`, { method, ...(cache && { cache }) });
      return inits.at(-1)?.cache;
    };
    for (const method of ['POST', 'put', 'PATCH', 'DELETE']) {
      expect(await cacheOf(method)).toBe('no-store');
      expect(await cacheOf(method, 'default')).toBe('no-store');
      expect(await cacheOf(method, 'reload')).toBe('reload');
    }
    for (const method of ['GET', 'head']) {
      expect(await cacheOf(method)).toBeUndefined();
      expect(await cacheOf(method, 'force-cache')).toBe('force-cache');
    }
    refuse('cache');
    expect(await cacheOf('POST')).toBeUndefined();
  });

  it('is not handed over: a signal, which is obeyed all the same', async () => {
    refuse('signal');
    expect(await sentInit()).not.toHaveProperty('signal');
    const giveUp = new AbortController();
    const outcome = send(() => new Promise(() => {}), giveUp.signal);
    giveUp.abort();
    expect(await outcome).toMatchObject({ type: 'unknown', answered: false });
  });

  it('is not looked at where there is no Request', async () => {
    vi.stubGlobal('Request', undefined);
    const { signal } = new AbortController();
    expect(await sentInit(signal)).toMatchObject({ cache: 'no-store', signal });
  });
});
