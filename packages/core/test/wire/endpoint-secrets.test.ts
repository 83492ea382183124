import { createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { actOnEndpoint, type Fetch } from '../../src/wire/endpoint.ts';

const client = { clientId: 'client-1', clientSecret: 'secret-canary' };
const patient = (): AbortSignal => new AbortController().signal;

describe('in a page', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });
  const becomePage = (): void => {
    vi.stubGlobal('document', {});
    vi.stubGlobal('window', globalThis);
  };

  it('no endpoint is made, because a page cannot keep the secret', () => {
    becomePage();
    expect(() => actOnEndpoint(client)).toThrow(expect.objectContaining({ code: 'configuration' }));
    expect(() => actOnEndpoint(client)).toThrow(/"dangerouslyAllowBrowser"/);
    expect(() => actOnEndpoint({ ...client, dangerouslyAllowBrowser: false })).toThrow(/broker/);
  });

  it('an endpoint is made on demand, and sends no cookies, no referrer and caches nothing', async () => {
    becomePage();
    expect(await sentInit()).toMatchObject({
      credentials: 'omit',
      cache: 'no-store',
      referrerPolicy: 'no-referrer',
      redirect: 'manual',
    });
  });

  it('is what a server is not taken for', async () => {
    const init = await sentInit();
    for (const name of ['credentials', 'referrerPolicy']) expect(init).not.toHaveProperty(name);
    vi.stubGlobal('window', globalThis); // As Deno once had it.
    expect(() => actOnEndpoint(client)).not.toThrow();
  });

  it.each<[string, boolean, Record<string, unknown>]>([
    ['a worker of a page', true, {}],
    ['a worker of Node', false, { process: globalThis.process }],
    ['a worker of Deno', false, { Deno: {} }],
    [
      'Cloudflare, where everything is a worker',
      false,
      { navigator: { userAgent: 'Cloudflare-Workers' } },
    ],
  ])('(%s) is a page: %j', (_, isPage, more) => {
    const names = {
      WorkerGlobalScope: class {},
      process: undefined,
      Deno: undefined,
      navigator: { userAgent: 'Mozilla/5.0' },
      ...more,
    };
    for (const [name, value] of Object.entries(names)) vi.stubGlobal(name, value);
    const made = attempted(() => actOnEndpoint(client));
    vi.unstubAllGlobals();
    expect(made).toBe(!isPage);
  });

  function attempted(make: () => unknown): boolean {
    try {
      make();
      return true;
    } catch {
      return false;
    }
  }

  async function sentInit(): Promise<RequestInit> {
    const inits: RequestInit[] = [];
    const fetch: Fetch = async (_, init = {}) => {
      inits.push(init);
      return new Response('{}');
    };
    await actOnEndpoint({ ...client, fetch, dangerouslyAllowBrowser: true }).send(
      { type: 'refresh_token', refreshToken: 'r' },
      patient(),
    );
    return inits[0] ?? {};
  }
});

describe('a fingerprint', () => {
  const fingerprint = (text: string, clientSecret = client.clientSecret): Promise<string> =>
    actOnEndpoint({ ...client, clientSecret }).fingerprint(text);

  it('is HMAC-SHA-256 in hex', async () => {
    for (const text of ['', 'word', '["ann","pässwörd 😀"]']) {
      expect(await fingerprint(text)).toBe(
        createHmac('sha256', client.clientSecret).update(text).digest('hex'),
      );
    }
  });

  it('is the same for the same text, also of another endpoint of the client', async () => {
    expect(await fingerprint('["ann","word"]')).toBe(await fingerprint('["ann","word"]'));
  });

  it('is another for another text or secret', async () => {
    const prints = await Promise.all([
      fingerprint('a'),
      fingerprint('b'),
      fingerprint('a '),
      fingerprint('é'),
      fingerprint('e\u0301'),
      fingerprint('a', 'other secret'),
    ]);
    expect(new Set(prints).size).toBe(prints.length);
  });

  it('is 64 hex digits that do not contain the text', async () => {
    const text = '["ann","word"]';
    expect(await fingerprint(text)).toMatch(/^[0-9a-f]{64}$/);
    expect(await fingerprint(text)).not.toContain(text);
  });
});

describe('what is printed of an endpoint', () => {
  const endpoint = actOnEndpoint(client);

  it.each<[string, string]>([
    ['inspect', inspect(endpoint)],
    ['inspect of everything', inspect(endpoint, { depth: null, showHidden: true, getters: true })],
    ['JSON', JSON.stringify(endpoint)],
    ['its members as text', Object.values(endpoint).map(String).join()],
  ])('has no secret: %s', (_, text) => {
    expect(text).toContain('client-1');
    expect(text).not.toContain('canary');
  });

  it.each<[string, number, unknown]>([
    [
      'refused',
      403,
      {
        error: 'invalid_grant',
        error_description: 'Bad client_secret=secret-canary refresh_token=refresh-canary',
      },
    ],
    ['not processed', 400, { error: 'secret-canary' }],
    ['stopped by the gateway', 401, { httpCode: '401', moreInformation: 'refresh-canary' }],
    [
      'answered with a page',
      502,
      '<pre>client_secret=secret-canary&refresh_token=refresh-canary</pre>',
    ],
  ])(
    'or of an outcome has none either, though the server repeats it: %s',
    async (_, status, body) => {
      const fetch: Fetch = async () =>
        new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
      const outcome = await actOnEndpoint({ ...client, fetch }).send(
        { type: 'refresh_token', refreshToken: 'refresh-canary' },
        patient(),
      );
      expect(inspect(outcome, { depth: null })).not.toContain('canary');
    },
  );

  it('or of an outcome has none either, though the server repeats the whole request', async () => {
    const clientSecret = 'sécret+canary&1';
    const fetch: Fetch = async (_, init) =>
      Response.json(
        { error: 'invalid_request', error_description: `${init?.body}` },
        { status: 400 },
      );
    const grant = {
      type: 'password',
      username: 'ann',
      password: 'pässword=canary\ud800 %',
    } as const;
    const outcome = await actOnEndpoint({ ...client, clientSecret, fetch }).send(grant, patient());
    expect(inspect(outcome)).toContain('username=ann&password=[redacted]');
    expect(inspect(outcome)).not.toContain('canary');
  });
});

describe('in Deno, which sends a request again when a used connection breaks,', () => {
  afterEach(() => {
    vi.unstubAllGlobals();
  });

  /** What the endpoint's fetch is given beside `init`, by the method of the request. */
  async function clientFor(input: string | Request, init?: RequestInit): Promise<unknown> {
    const [made, inits]: [object[], (RequestInit | undefined)[]] = [[], []];
    const createHttpClient = (options: object): object =>
      made[made.push({ ...options }) - 1] as object;
    vi.stubGlobal('Deno', { createHttpClient });
    const fetch: Fetch = async (_, given) => {
      inits.push(given);
      return new Response();
    };
    const endpoint = actOnEndpoint({ ...client, fetch });
    await endpoint.fetch?.(input, init);
    await endpoint.fetch?.(input, init);
    const clients = inits.map((given) => (given as { client?: unknown } | undefined)?.client);
    expect(clients[1]).toBe(clients[0]);
    expect(made).toHaveLength(clients[0] === undefined ? 0 : 1);
    return clients[0];
  }
  const unpooled = { poolMaxIdlePerHost: 0 };
  const url = 'https://api.actonsoftware.com/api/1/list';

  it.each(['POST', 'put', 'DELETE', 'PATCH', 'GETTER', 'FORGET'])(
    'what changes something has a connection of its own: %s',
    async (method) => {
      expect(await clientFor(url, { method })).toEqual(unpooled);
      const request = new Request(url, { method });
      // Bun takes a method that it does not know for GET.
      if (request.method.toUpperCase() === method.toUpperCase())
        expect(await clientFor(request)).toEqual(unpooled);
    },
  );

  it.each(['GET', 'head'])('what changes nothing has not: %s', async (method) => {
    expect(await clientFor(url, { method })).toBeUndefined();
    expect(await clientFor(new Request(url, { method }))).toBeUndefined();
    expect(await clientFor(url)).toBeUndefined();
  });

  it('a token request has one, and what a caller chose stands', async () => {
    const inits: (RequestInit & { client?: unknown })[] = [];
    vi.stubGlobal('Deno', { createHttpClient: (options: object) => options });
    const fetch: Fetch = async (_, init) => {
      inits.push({ ...init });
      return new Response();
    };
    const endpoint = actOnEndpoint({ ...client, fetch });
    await endpoint.send({ type: 'refresh_token', refreshToken: 'r' }, patient());
    await endpoint.fetch?.(url, { method: 'POST', client: 'mine' } as RequestInit);
    expect(inits.map((init) => init.client)).toEqual([unpooled, 'mine']);
  });
});
