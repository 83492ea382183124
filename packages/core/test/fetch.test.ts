import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { type ServedEmulator, serveEmulator } from '@act-on-token/emulator';
import { memoryStore } from '@act-on-token/memory';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../src/clock.ts';
import {
  actOnEndpoint,
  createSession,
  type Fetch,
  type Session,
  type SessionFetchInit,
  type SessionOptions,
} from '../src/index.ts';

describe('session.fetch, over real HTTP', () => {
  let emulator: ServedEmulator;
  let session: Session;

  beforeEach(async () => {
    emulator = await serveEmulator();
    const { client, user, url } = emulator;
    const endpoint = actOnEndpoint({
      clientId: client.id,
      clientSecret: client.secret,
      baseUrl: url,
    });
    session = createSession({
      endpoint,
      account: user.username,
      store: memoryStore(),
      minRefreshInterval: 0,
    });
    await session.authorize({ type: 'password', ...user });
  });
  afterEach(async () => {
    await session.close();
    await emulator.close();
  });

  const refreshes = (): number => emulator.ledger.counters().grants.refresh_token.sent;
  const rejectOnce = (): void => void emulator.faults.arm({ route: 'api', kind: 'unauthorized' });

  it('resolves relative URLs against the API, with and without a leading slash', async () => {
    for (const path of ['/api/1/account', 'api/1/account', '//api/1/account']) {
      expect((await session.fetch(path)).status).toBe(200);
    }
    expect((await session.fetch(new URL('/api/1/account', emulator.url))).status).toBe(200);
  });

  it('reports a token that it replaced as refreshed, not as a sign-in', async () => {
    const types: string[] = [];
    session.on(({ type }) => types.push(type));
    rejectOnce();
    await session.fetch('/api/1/account');
    expect(types).toEqual(['refreshed']);
  });

  it('replaces a token that the API refused and replays the request once', async () => {
    rejectOnce();
    const response = await session.fetch('/api/1/account');
    expect(response.status).toBe(200);
    expect(emulator.ledger.counters()).toMatchObject({ apiCalls: 2, api401s: 1 });
    expect(refreshes()).toBe(1);
  });

  it('replays bodies that can be replayed: text, a form, and a Request that carries one', async () => {
    const list = '/api/1/list/l-0001/record';
    const json = JSON.stringify({ 'E-mail Address': 'ada@example.test' });
    const headers = { 'content-type': 'application/json' };
    rejectOnce();
    expect((await session.fetch(list, { method: 'POST', headers, body: json })).status).toBe(200);
    await pause();
    rejectOnce();
    expect(
      (
        await session.fetch(
          new Request(new URL(list, emulator.url), { method: 'POST', headers, body: json }),
        )
      ).status,
    ).toBe(200);
  });

  const list = '/api/1/list/l-0001/record';
  const contact = JSON.stringify({ 'E-mail Address': 'ada@example.test' });
  const bytes = (): Uint8Array<ArrayBuffer> => new TextEncoder().encode(contact);
  const form = (): FormData => {
    const made = new FormData();
    made.set('E-mail Address', 'ada@example.test');
    return made;
  };

  it.each<[string, () => BodyInit]>([
    ['text', () => contact],
    ['bytes', bytes],
    ['a view of bytes', () => new DataView(bytes().buffer)],
    ['a buffer', () => bytes().buffer],
    ['a blob', () => new Blob([contact])],
    ['a file', () => new File([contact], 'contact.json')],
    ['a form', form],
    ['parameters', () => new URLSearchParams({ 'E-mail Address': 'ada@example.test' })],
  ])('sends a body once more that can be sent again, all of it: %s', async (_, body) => {
    const received = await bodiesReceived((url) =>
      session.fetch(url, { method: 'POST', body: body() }),
    );
    expect(received).toHaveLength(2);
    expect(received[1]?.replaceAll(/-{4,}\S+/g, '')).toBe(received[0]?.replaceAll(/-{4,}\S+/g, ''));
    expect(received[0]).toContain('ada');
  });

  it.each<[string, () => BodyInit]>([
    ['text', () => contact],
    ['a form', form],
    ['a stream, as it is read first', () => new Blob([contact]).stream()],
  ])('sends a Request once more, with all that it holds: %s', async (_, body) => {
    const received = await bodiesReceived((url) => {
      const init = { method: 'PUT', body: body(), duplex: 'half', headers: { 'x-mine': 'kept' } };
      return session.fetch(new Request(url, init));
    });
    expect(received).toHaveLength(2);
    expect(received[1]).toBe(received[0]);
    expect(received[0]).toMatch(/^PUT kept.*ada/s);
  });

  it.each<[string, () => unknown]>([
    ['a stream', () => new Blob([contact]).stream()],
    ['a stream of Node', () => Readable.from([bytes()])],
    ['what is iterated', () => iterated()],
    [
      'a stream that calls itself a form, as form-data does',
      () => Object.assign(Readable.from([bytes()]), { [Symbol.toStringTag]: 'FormData' }),
    ],
  ])(
    'hands over the 401 for a body that is gone once it was sent, and the next call has a new token: %s',
    async (_, body) => {
      const works: Promise<unknown>[] = [];
      const init = {
        method: 'POST',
        body: body(),
        duplex: 'half',
        waitUntil: (work: Promise<unknown>) => works.push(work),
      };
      rejectOnce();
      const response = await session.fetch(list, {
        ...init,
        headers: { 'content-type': 'application/json' },
      } as SessionFetchInit);
      expect(response.status).toBe(401);
      expect(emulator.ledger.counters().apiCalls).toBe(1);
      await Promise.all(works);
      expect(works).not.toEqual([]);
      expect(refreshes()).toBe(1);
      expect((await session.fetch('/api/1/account')).status).toBe(200);
    },
  );

  async function* iterated(): AsyncGenerator<Uint8Array> {
    yield bytes();
  }

  /**
   * What a server received that answers 401 to everything: method, a header and body of each
   * request.
   */
  async function bodiesReceived(send: (url: URL) => Promise<Response>): Promise<string[]> {
    const received: string[] = [];
    const proxy = createServer(async (request, response) => {
      const { method, headers } = request;
      received.push(`${method} ${headers['x-mine'] ?? ''} ${await text(request)}`);
      response.writeHead(401).end('{}');
    });
    const url = await listen(proxy);
    await session.close();
    const { client, user } = emulator;
    // The token comes from the emulator, the API is elsewhere.
    const endpoint = {
      ...actOnEndpoint({ clientId: client.id, clientSecret: client.secret, baseUrl: emulator.url }),
      apiBase: new URL(url),
    };
    session = createSession({
      endpoint,
      account: user.username,
      store: memoryStore(),
      minRefreshInterval: 0,
    });
    await session.authorize({ type: 'password', ...user });
    await send(new URL('api/1/list', url));
    await new Promise((resolve) => proxy.close(resolve));
    return received;
  }

  it('tries once more after a 401 whose body breaks off', async () => {
    const broken = new ReadableStream({
      start: (stream) => stream.error(new TypeError('terminated')),
    });
    const answers = [() => new Response(broken, { status: 401 }), () => new Response('{}')];
    const own = await sessionWith(
      async () => answers.shift()?.() ?? new Response(null, { status: 500 }),
    );
    expect((await own.fetch('/api/1/account')).status).toBe(200);
    await own.close();
  });

  it('does not wait for the body of a 401 to be thrown away', async () => {
    const stuck = new ReadableStream({ cancel: () => new Promise(() => {}) });
    const answers = [() => new Response(stuck, { status: 401 }), () => new Response('{}')];
    const own = await sessionWith(
      async () => answers.shift()?.() ?? new Response(null, { status: 500 }),
    );
    expect((await own.fetch('/api/1/account')).status).toBe(200);
    await own.close();
  });

  it('throws away the bodies of answers that it does not hand over: of a 401, of a redirect', async () => {
    const thrownAway: number[] = [];
    const answer = (status: number, headers = {}): Response =>
      new Response(new ReadableStream({ cancel: () => void thrownAway.push(status) }), {
        status,
        headers,
      });
    const answers = [
      () => answer(401),
      () => answer(307, { location: '/api/1/next' }),
      () => new Response('{}'),
    ];
    const own = await sessionWith(
      async () => answers.shift()?.() ?? new Response(null, { status: 500 }),
    );
    expect((await own.fetch('/api/1/account')).status).toBe(200);
    expect(thrownAway).toEqual([401, 307]);
    await own.close();
  });

  it('hands over the 401 of a token that is too young to be replaced: what is missing is a permission', async () => {
    let calls = 0;
    const refusing: Fetch = async () => {
      calls += 1;
      return new Response('{}', { status: 401 });
    };
    const own = await sessionWith(refusing, { minRefreshInterval: 60_000 });
    expect((await own.fetch('/api/1/account')).status).toBe(401);
    expect([calls, refreshes()]).toEqual([1, 0]);
    await own.close();
  });

  it.each([
    [301, 'POST', 'GET'],
    [302, 'POST', 'GET'],
    [302, 'PUT', 'PUT'],
    [303, 'POST', 'GET'],
    [303, 'PUT', 'GET'],
    [303, 'HEAD', 'HEAD'],
    [307, 'POST', 'POST'],
    [308, 'PUT', 'PUT'],
  ] as const)(
    'follows a redirect by the rules of fetch: %i after %s asks with %s',
    async (status, method, next) => {
      const calls: RequestInit[] = [];
      const own = await sessionWith(async (_, init) => {
        calls.push(init ?? {});
        return calls.length === 1
          ? new Response(null, { status, headers: { location: '/api/1/next' } })
          : new Response(null);
      });
      const headers = { 'content-type': 'text/plain', 'content-language': 'en', 'x-own': 'kept' };
      const body = method === 'HEAD' ? {} : { body: 'a text' };
      await own.fetch('/api/1/account', { method, headers, ...body });
      const [, second] = calls;
      const sent = new Headers(second?.headers);
      const isSame = next === method;
      expect(second?.method).toBe(next);
      expect(second?.body ?? null).toBe(isSame && method !== 'HEAD' ? 'a text' : null);
      expect([sent.get('content-type'), sent.get('content-language')]).toEqual(
        isSame ? ['text/plain', 'en'] : [null, null],
      );
      expect(sent.get('x-own')).toBe('kept');
      await own.close();
    },
  );

  it('hands its fetch a text and options, never a Request or an option of its own', async () => {
    const calls: [unknown, RequestInit | undefined][] = [];
    const own = await sessionWith(async (input, init) => {
      calls.push([input, init]);
      return new Response('{}');
    });
    const signal = AbortSignal.timeout(60_000);
    const request = new Request(new URL(list, emulator.url), {
      method: 'PATCH',
      body: contact,
      signal,
      cache: 'reload',
      credentials: 'omit',
    });
    await own.fetch(request, { waitUntil: () => {} });
    await own.fetch(new URL(list, emulator.url), { waitUntil: undefined });
    expect(calls.map(([input]) => typeof input)).toEqual(['string', 'string']);
    expect(calls[0]?.[1]).toMatchObject({
      method: 'PATCH',
      cache: request.cache,
      credentials: request.credentials,
      signal: expect.any(AbortSignal),
    });
    expect(new TextDecoder().decode(calls[0]?.[1]?.body as ArrayBuffer)).toBe(contact);
    for (const [, init] of calls) {
      expect(init).not.toHaveProperty('waitUntil');
      expect(Object.keys(init?.headers ?? {})).toContain('authorization');
    }
    await own.close();
  });

  it('takes a Request of a library or another realm', async () => {
    const calls: [unknown, RequestInit | undefined][] = [];
    const own = await sessionWith(async (input, init) => {
      calls.push([input, init]);
      return new Response('{}');
    });
    const url = new URL(list, emulator.url).href;
    const foreign = {
      url,
      method: 'POST',
      headers: new Map([['x-mine', '1']]),
      body: {},
      arrayBuffer: async () => bytes().buffer,
    };
    expect((await own.fetch(foreign as unknown as Request)).status).toBe(200);
    expect(calls[0]?.[0]).toBe(url);
    expect(new Headers(calls[0]?.[1]?.headers).get('x-mine')).toBe('1');
    await expect(
      own.fetch({ ...foreign, url: 'https://elsewhere.example/' } as unknown as Request),
    ).rejects.toMatchObject({
      code: 'configuration',
    });
    await own.close();
  });

  it('hands over the work of a refresh that goes on in the background', async () => {
    const works: Promise<unknown>[] = [];
    const clock = { ...systemClock, now: () => emulator.clock.now() };
    const own = await sessionWith(undefined, { clock });
    emulator.clock.advance(3_600_000 - 60_000);
    await own.fetch('/api/1/account', { waitUntil: (work) => works.push(work) });
    expect(works).toHaveLength(1);
    await Promise.all(works);
    await own.close();
  });

  it('hands over the second 401 instead of trying for ever', async () => {
    emulator.faults.arm({ route: 'api', kind: 'unauthorized', times: Number.POSITIVE_INFINITY });
    expect((await session.fetch('/api/1/account')).status).toBe(401);
    expect(refreshes()).toBe(1);
    expect(emulator.ledger.counters().apiCalls).toBe(2);
  });

  it('sends one refresh for many requests that are refused at once', async () => {
    emulator.configure({ apiLimits: null });
    emulator.revoke({ token: await session.getAccessToken() });
    const responses = await Promise.all(
      Array.from({ length: 20 }, () => session.fetch('/api/1/account')),
    );
    expect(responses.every(({ status }) => status === 200)).toBe(true);
    expect(refreshes()).toBe(1);
  });

  it('keeps the token from every other origin, with a clear refusal', async () => {
    for (const url of [
      'https://elsewhere.example/api',
      'http://localhost:1/',
      'javascript:alert(1)',
      'https://api.actonsoftware.com/api/1/account',
    ]) {
      await expect(session.fetch(url)).rejects.toMatchObject({ code: 'configuration' });
    }
    await expect(session.fetch(emulator.url.replace('://', '://user:pw@'))).rejects.toMatchObject({
      code: 'configuration',
    });
  });

  it.each([301, 302, 303, 307, 308] as const)(
    'hands over a redirect to another origin and carries nothing there: %i',
    async (status) => {
      const seen: string[] = [];
      const other = createServer((request, response) => {
        seen.push(request.url ?? '');
        response.end('{}');
      });
      const elsewhere = await listen(other);
      for (const location of [
        `${elsewhere}/stolen`,
        elsewhere.replace('http:', ''),
        emulator.url.replace('://', '://user:pw@'),
      ]) {
        for (const init of [{}, { method: 'POST', body: 'secret' }]) {
          emulator.faults.arm({ route: 'api', kind: 'redirect', location, status });
          const response = await session.fetch('/api/1/account', init);
          expect([response.status, response.headers.get('location')]).toEqual([status, location]);
        }
      }
      expect(seen).toEqual([]);
      await new Promise((resolve) => other.close(resolve));
    },
  );

  it('follows redirects within the API, but not for ever', async () => {
    emulator.configure({ apiLimits: null });
    emulator.faults.arm({
      route: 'api',
      kind: 'redirect',
      location: '/api/1/account',
      status: 307,
      times: 3,
    });
    expect((await session.fetch('/api/1/list')).status).toBe(200);
    expect(emulator.ledger.counters().apiCalls).toBe(4);
    emulator.faults.arm({
      route: 'api',
      kind: 'redirect',
      location: '/api/1/account',
      status: 307,
      times: Number.POSITIVE_INFINITY,
    });
    expect((await session.fetch('/api/1/list')).status).toBe(307);
    expect(emulator.ledger.counters().apiCalls).toBe(25);
  });

  it('goes on from where the redirect led when that answers 401, so that nothing is sent twice', async () => {
    emulator.configure({ apiLimits: null });
    emulator.faults.arm({
      route: 'api',
      kind: 'redirect',
      location: '/api/1/account',
      status: 303,
    });
    rejectOnce();
    expect((await session.fetch('/api/1/list', { method: 'POST', body: '{}' })).status).toBe(200);
    const calls = emulator.ledger.entries.filter(({ route }) => route === 'api');
    expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /api/1/list',
      'GET /api/1/account',
      'GET /api/1/account',
    ]);
  });

  it.each(['manual', 'error'] as const)(
    'leaves a redirect to the caller who asks for "%s"',
    async (redirect) => {
      emulator.faults.arm({
        route: 'api',
        kind: 'redirect',
        location: '/api/1/account',
        status: 307,
      });
      const answer = session.fetch('/api/1/list', { redirect });
      if (redirect === 'error') await expect(answer).rejects.toThrow(TypeError);
      else expect((await answer).status).toBe(307);
    },
  );

  it('obeys the caller’s signal', async () => {
    const hold = emulator.faults.arm({ route: 'api', kind: 'hold' });
    const abort = new AbortController();
    const response = session.fetch('/api/1/account', { signal: abort.signal });
    await hold.reached();
    abort.abort();
    await expect(response).rejects.toMatchObject({ name: 'AbortError' });
    hold.release();
  });

  it('goes to the API whatever someone does to the URL that a session shows of it', async () => {
    session.apiBase.host = 'elsewhere.example';
    session.apiBase.pathname = '/elsewhere/';
    expect((await session.fetch('/api/1/account')).status).toBe(200);
  });

  it('may be passed around without its session', async () => {
    const { fetch } = session;
    expect((await fetch('/api/1/account')).status).toBe(200);
    expect(session.fetch).toBe(fetch);
  });

  /** Signed in at the emulator; calls of the API go to this fetch. */
  async function sessionWith(api?: Fetch, options: Partial<SessionOptions> = {}): Promise<Session> {
    const { client, user, url } = emulator;
    const endpoint = actOnEndpoint({
      clientId: client.id,
      clientSecret: client.secret,
      baseUrl: url,
    });
    const settings = {
      endpoint: { ...endpoint, ...(api && { fetch: api }) },
      account: user.username,
      store: memoryStore(),
    };
    const own = createSession({ ...settings, minRefreshInterval: 0, ...options });
    await own.authorize({ type: 'password', ...user });
    return own;
  }

  async function listen(server: Server): Promise<string> {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** Act-On takes five API calls a second; its clock goes on at a word. */
  async function pause(): Promise<void> {
    emulator.clock.advance(1_000);
  }
});
