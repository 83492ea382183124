import { describe, expect, it } from 'vitest';
import type { Browser } from './support/browser.ts';
import { createWorld, type Instead, revoke, type World } from './support/world.ts';

const anHour = 3_600_000;
const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"a":1}' };

/** A world whose `/api/1/test/…` is answered by `answer`; everything else is the emulator's. */
function withApi(
  answer: (request: Request) => Response | Promise<Response>,
  options: Parameters<typeof createWorld>[0] = {},
): World {
  const instead: Instead = (request) =>
    new URL(request.url).pathname.startsWith('/api/1/test/') ? answer(request) : null;
  return createWorld(options, {}, instead);
}

const refresh = ({ emulator }: World) => emulator.ledger.counters().grants.refresh_token;

describe('the proxy', () => {
  it('passes method, path, query and body on, and status, type and body back', async () => {
    const seen: string[] = [];
    const world = withApi(async (request) => {
      seen.push(
        `${request.method} ${new URL(request.url).pathname}${new URL(request.url).search} ${await request.text()}`,
      );
      return new Response('made', {
        status: 201,
        headers: { 'content-type': 'text/plain', 'x-request-id': 'r-1' },
      });
    });
    const browser = await world.signedIn();
    const answer = await browser.ask('/auth/api/api/1/test/a%20b?x=1&x=2&q=%2F', {
      ...post,
      method: 'PATCH',
    });
    expect(seen).toEqual(['PATCH /api/1/test/a%20b?x=1&x=2&q=%2F {"a":1}']);
    expect(answer).toMatchObject({ status: 201, text: 'made' });
    expect(answer.headers.get('x-request-id')).toBe('r-1');
  });

  it('lets only harmless headers through, both ways', async () => {
    let sent = new Headers();
    const back = {
      'set-cookie': 'actOn=1',
      'access-control-allow-origin': '*',
      'content-encoding': 'identity',
      'clear-site-data': '"*"',
      connection: 'close',
      server: 'envoy',
      etag: '"1"',
      'content-type': 'application/json',
      'cache-control': 'public, max-age=1000',
    };
    const world = withApi((request) => {
      sent = request.headers;
      return new Response('{}', { headers: back });
    });
    const browser = await world.signedIn();
    const headers = {
      accept: 'application/json',
      'if-none-match': '"0"',
      authorization: 'Basic bW9pOm1vaQ==',
      'x-forwarded-for': '10.0.0.1',
      'x-forwarded-host': 'evil.example',
      forwarded: 'for=10.0.0.1',
      'accept-encoding': 'br',
      'proxy-authorization': 'Basic x',
      te: 'trailers',
      upgrade: 'websocket',
      'x-custom': '1',
      connection: 'close, if-none-match',
    };
    const { headers: received } = await browser.ask('/auth/api/api/1/test/a', { headers });
    expect([...sent.keys()].sort()).toEqual(['accept', 'authorization']);
    expect(sent.get('authorization')).toMatch(/^Bearer /);
    expect([...received.keys()].sort()).toEqual([
      'cache-control',
      'content-security-policy',
      'content-type',
      'cross-origin-resource-policy',
      'etag',
      'referrer-policy',
      'x-act-on-expires-in',
      'x-content-type-options',
    ]);
    expect(received.get('cache-control')).toBe('no-store');
  });

  it('refreshes on the way', async () => {
    const world = createWorld();
    const browser = await world.signedIn();
    world.pass(2 * anHour);
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => browser.ask('/auth/api/api/1/account')),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(refresh(world)).toEqual({ sent: 1, granted: 1 });
    expect(Number(answers[0]?.headers.get('x-act-on-expires-in'))).toBeGreaterThan(3_500);
  });

  it('tries once more after a 401, with the body', async () => {
    const bodies: string[] = [];
    const world = withApi(async (request) => {
      bodies.push(await request.text());
      return new Response(null, { status: bodies.length === 1 ? 401 : 204 });
    });
    const browser = await world.signedIn();
    world.pass(120_000);
    expect((await browser.ask('/auth/api/api/1/test/a', post)).status).toBe(204);
    expect(bodies).toEqual(['{"a":1}', '{"a":1}']);
    expect(refresh(world).sent).toBe(1);
  });

  it("hands over Act-On's own 401, 404 and 429 as they are", async () => {
    const statuses = [401, 404, 429];
    const world = withApi(
      () =>
        new Response('{"httpCode":"…"}', {
          status: statuses.shift() ?? 500,
          headers: { 'retry-after': '7' },
        }),
    );
    const browser = await world.signedIn();
    for (const status of [...statuses]) {
      const answer = await browser.ask('/auth/api/api/1/test/a');
      expect(answer).toMatchObject({ status, text: '{"httpCode":"…"}' });
      expect(answer.headers.has('x-act-on-broker-error')).toBe(false);
      expect(answer.headers.get('retry-after')).toBe('7');
    }
  });

  it('does not follow redirects, nor let the page follow them', async () => {
    const world = withApi(
      () => new Response(null, { status: 307, headers: { location: 'https://evil.example/' } }),
    );
    const answer = await (await world.signedIn()).ask('/auth/api/api/1/test/a', post);
    expect(answer.status).toBe(502);
    expect(JSON.stringify([...answer.headers, answer.text])).not.toContain('evil.example');
  });

  it('passes a 304 and a HEAD on, which have no body', async () => {
    const world = withApi(
      ({ method }) =>
        new Response(null, { status: method === 'HEAD' ? 200 : 304, headers: { etag: '"1"' } }),
    );
    const browser = await world.signedIn();
    expect(
      (await browser.ask('/auth/api/api/1/test/a', { headers: { 'if-none-match': '"1"' } })).status,
    ).toBe(304);
    expect((await browser.ask('/auth/api/api/1/test/a', { method: 'HEAD' })).status).toBe(200);
  });

  it('streams: what comes first arrives before what comes last was sent, both ways', async () => {
    const upload = new TransformStream<Uint8Array, Uint8Array>();
    const text = new TextEncoder();
    const world = withApi((request) => {
      const echo = request.body?.pipeThrough(new TransformStream());
      return new Response(echo ?? null, { headers: { 'content-type': 'text/csv' } });
    });
    const browser = await world.signedIn();
    const [cookie] = [...browser.jar].map(([name, { value }]) => `${name}=${value}`);
    const headers = { cookie: cookie ?? '', 'x-act-on-broker': '1', origin: 'https://app.example' };
    const request = new Request('https://app.example/auth/api/api/1/test/a', {
      method: 'POST',
      headers,
      body: upload.readable,
      duplex: 'half',
    } as RequestInit);
    const writer = upload.writable.getWriter();
    const answering = world.broker(request);
    void writer.write(text.encode('first'));
    const reader = (await answering).body?.pipeThrough(new TextDecoderStream()).getReader();
    expect(await reader?.read()).toEqual({ done: false, value: 'first' });
    void writer.write(text.encode('second'));
    expect(await reader?.read()).toEqual({ done: false, value: 'second' });
    void writer.close();
    expect(await reader?.read()).toMatchObject({ done: true });
  });

  it('does not wait for ever', async () => {
    const world = withApi(
      (request) =>
        new Promise((_, reject) =>
          request.signal.addEventListener('abort', () => reject(request.signal.reason)),
        ),
      {
        apiTimeout: 1_000,
      },
    );
    const answer = await (await world.signedIn()).ask('/auth/api/api/1/test/a');
    expect(answer.status).toBe(504);
    expect(JSON.parse(answer.text)).toMatchObject({ error: 'gateway_timeout' });
  });

  it('says that the connection failed, and not what with', async () => {
    const world = withApi(() => Promise.reject(new TypeError('connect ECONNREFUSED 10.1.2.3:443')));
    const answer = await (await world.signedIn()).ask('/auth/api/api/1/test/a');
    expect(answer.status).toBe(502);
    expect(answer.text).not.toContain('10.1.2.3');
  });

  it('asks for a sign-in when the refresh token is dead, and takes no cookie away', async () => {
    const world = createWorld();
    const browser = await world.signedIn();
    revoke(world);
    world.pass(2 * anHour);
    const answer = await browser.ask('/auth/api/api/1/account');
    expect(answer.status).toBe(401);
    expect(answer.headers.get('x-act-on-broker-error')).toBe('login_required');
    expect(browser.jar.size).toBe(1);
  });

  it('says when to come back while Act-On refuses to refresh', async () => {
    const world = createWorld();
    const browser = await world.signedIn();
    world.pass(2 * anHour);
    world.emulator.faults.arm({ route: 'token', kind: 'too_many_requests', retryAfter: 30 });
    const answer = await browser.ask('/auth/api/api/1/account');
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(25);
    expect(JSON.parse(answer.text)).toMatchObject({
      error: 'rate_limited',
      code: 'rate_limited',
      needs_grant: false,
    });
  });

  it.each([301, 302, 303, 307, 308])(
    'takes neither body nor token to another origin when Act-On answers %i',
    async (status) => {
      const urls: string[] = [];
      const world = withApi((request) => {
        urls.push(request.url);
        return new Response(null, {
          status,
          headers: { location: 'https://evil.example/api/1/test/a' },
        });
      });
      const browser = await world.signedIn();
      for (const method of ['GET', 'POST', 'PUT', 'DELETE']) {
        const answer = await browser.ask('/auth/api/api/1/test/a', {
          method,
          ...(method === 'GET' ? {} : { body: 'a secret' }),
        });
        expect(answer).toMatchObject({ status: 502, text: expect.not.stringContaining('evil') });
        expect(answer.headers.get('location')).toBeNull();
      }
      expect(new Set(urls.map((url) => new URL(url).origin))).toEqual(
        new Set(['http://127.0.0.1:8400']),
      );
      expect(urls).toHaveLength(4);
    },
  );

  it('is not there in token mode', async () => {
    const browser = await createWorld({ mode: 'token' }).signedIn();
    expect((await browser.ask('/auth/api/api/1/account')).status).toBe(404);
  });
});

describe('a request with an idempotency key', () => {
  const keyed = (key: string, init: RequestInit = post): RequestInit => ({
    ...init,
    headers: { ...Object.fromEntries(new Headers(init.headers)), 'idempotency-key': key },
  });
  const ask = (browser: Browser, init: RequestInit, path = '/auth/api/api/1/test/a') =>
    browser.ask(path, init);

  it('goes out once, however often it comes, and is answered alike', async () => {
    let [count, open] = [0, () => {}];
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    const world = withApi(async () => {
      count += 1;
      await opened;
      return new Response(`number ${count}`, { status: 201, headers: { etag: '"1"' } });
    });
    const browser = await world.signedIn();
    const early = [ask(browser, keyed('key-number-1')), ask(browser, keyed('key-number-1'))];
    open();
    const answers = [...(await Promise.all(early)), await ask(browser, keyed('key-number-1'))];
    expect(answers.map(({ status, text, headers }) => [status, text, headers.get('etag')])).toEqual(
      answers.map(() => [201, 'number 1', '"1"']),
    );
    expect(count).toBe(1);
    await ask(browser, keyed('key-number-2'));
    expect(count).toBe(2);
  });

  it('goes on although the page has gone, so that the second time brings what the first one did', async () => {
    let count = 0;
    const world = withApi(async (request) => {
      count += 1;
      if (request.signal.aborted) throw request.signal.reason;
      return Response.json({ sent: count });
    });
    const browser = await world.signedIn();
    const gone = new AbortController();
    const first = ask(browser, { ...keyed('key-number-1'), signal: gone.signal });
    gone.abort();
    await first.catch(() => {});
    expect((await ask(browser, keyed('key-number-1'))).text).toBe('{"sent":1}');
    expect(count).toBe(1);
  });

  it('is not repeated if its answer is large, nor sent again', async () => {
    let count = 0;
    const world = withApi(() => {
      count += 1;
      return new Response('x'.repeat(70_000));
    });
    const browser = await world.signedIn();
    expect((await ask(browser, keyed('key-number-1'))).text).toHaveLength(70_000);
    expect(await ask(browser, keyed('key-number-1'))).toMatchObject({
      status: 409,
      text: expect.stringContaining('duplicate_request'),
    });
    expect(count).toBe(1);
  });

  it('is not sent again when it is unknown what became of it', async () => {
    let count = 0;
    const world = withApi(() => {
      count += 1;
      return Promise.reject(new TypeError('fetch failed'));
    });
    const browser = await world.signedIn();
    for (let i = 0; i < 3; i += 1)
      expect((await ask(browser, keyed('key-number-1'))).status).toBe(502);
    expect(count).toBe(1);
  });

  it('may be tried again if it certainly did not go out', async () => {
    const world = createWorld();
    const browser = await world.signedIn();
    world.pass(2 * anHour);
    world.emulator.faults.arm({ route: 'token', kind: 'too_many_requests', retryAfter: 30 });
    const init = keyed('key-number-1', { method: 'POST' });
    const path = '/auth/api/api/1/message/custom/send';
    expect((await ask(browser, init, path)).status).toBe(429);
    world.pass(120_000);
    expect((await ask(browser, init, path)).status).not.toBe(429);
  });

  it('is forgotten after two minutes', async () => {
    let count = 0;
    const world = withApi(() => Response.json({ sent: ++count }));
    const browser = await world.signedIn();
    await ask(browser, keyed('key-number-1'));
    world.pass(121_000);
    await ask(browser, keyed('key-number-2'));
    expect((await ask(browser, keyed('key-number-1'))).text).toBe('{"sent":3}');
  });

  const large = (fill: string, last: string): string => `${fill.repeat(1_500_000)}${last}`;
  it.each([
    ['small', '{"to":"ada"}', '{"to":"bob"}'],
    ['empty the second time', 'x', ''],
    ['longer at the end', 'x', 'x '],
    ['large, and differs in its last byte', large('x', 'a'), large('x', 'b')],
    ['large, and in its first', large('x', ''), `y${large('x', '').slice(1)}`],
  ])('gets no answer for another body: %s', async (_, one, two) => {
    let count = 0;
    const world = withApi(async (request) => {
      await request.arrayBuffer();
      return Response.json({ sent: ++count });
    });
    const browser = await world.signedIn();
    const send = (body: string) => ask(browser, keyed('key-number-1', { method: 'POST', body }));
    expect((await send(one)).text).toBe('{"sent":1}');
    expect(await send(two)).toMatchObject({
      status: 422,
      text: expect.stringContaining('another request'),
    });
    expect((await send(one)).text).toBe('{"sent":1}');
    expect(count).toBe(1);
  });

  it('is known again in whatever pieces its body comes', async () => {
    let count = 0;
    const world = withApi(async (request) =>
      Response.json({ sent: ++count, size: (await request.arrayBuffer()).byteLength }),
    );
    const browser = await world.signedIn();
    const cookie = [...browser.jar].map(([name, { value }]) => `${name}=${value}`).join('; ');
    const headers = {
      cookie,
      'x-act-on-broker': '1',
      origin: 'https://app.example',
      'idempotency-key': 'key-number-1',
    };
    const send = async (sizes: readonly number[]) => {
      const pieces = sizes.map((size) => new Uint8Array(size).fill(120));
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          for (const piece of pieces) controller.enqueue(piece);
          controller.close();
        },
      });
      const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit;
      return (
        await world.broker(new Request('https://app.example/auth/api/api/1/test/a', init))
      ).json();
    };
    expect(await send([200_000])).toEqual({ sent: 1, size: 200_000 });
    expect(await send([1, 65_535, 65_536, 68_928])).toEqual({ sent: 1, size: 200_000 });
    expect(await send([199_999])).toMatchObject({ error: 'invalid_request' });
  });

  it('belongs to one request of one browser', async () => {
    let count = 0;
    const world = withApi(() => Response.json({ sent: ++count }));
    const [browser, other] = [await world.signedIn(), await world.signedIn()];
    await ask(browser, keyed('key-number-1'));
    expect((await ask(browser, keyed('key-number-1'), '/auth/api/api/1/test/b')).status).toBe(422);
    expect((await ask(other, keyed('key-number-1'))).text).toBe('{"sent":2}');
    expect((await ask(browser, keyed('short'))).status).toBe(400);
  });
});
