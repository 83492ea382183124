import { misconfigured } from '../errors.ts';
import { toHex } from '../key.ts';
import { checkOptions, type OptionRule, type OptionRules } from '../options.ts';
import { trace } from '../trace.ts';
import { codeOf, wasNeverConnected, watchConnections } from './connection-failure.ts';
import { type Grant, grantBody, grantSecrets } from './grant.ts';
import { discard } from './response-body.ts';
import { type Outcome, readTokenResponse, type TextFields } from './token-response.ts';
import { untilAborted } from './until-aborted.ts';

/** What this library needs of `fetch`. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** Act-On's two regions. Both reach any account; the European one keeps traffic in Europe. */
export type Region = 'us' | 'eu';

/** How many grants a server allows; see the option `grantLimit` of a session. */
export interface GrantLimit {
  limit: number;
  window: number;
  reserve: number;
}

/** The token endpoint of one API client, and the only thing that knows the client's secret. */
export interface TokenEndpoint {
  /** What messages call the server: `Act-On`. */
  readonly name: string;
  /** `act-on` for Act-On's own hosts, which share their credentials; otherwise the origin. */
  readonly issuer: string;
  readonly clientId: string;
  /** Where relative URLs of API calls start. */
  readonly apiBase: URL;
  /** Milliseconds after which a token request is given up. */
  readonly requestTimeout: number;
  /** The default of a session's `grantLimit`. */
  readonly grantLimit: GrantLimit;
  /**
   * Milliseconds after which the server forgets a refresh token that was not used; without it, no
   * one is warned of that.
   */
  readonly refreshTokenIdle?: number | undefined;
  /** What API calls are made with. */
  readonly fetch: Fetch;
  /**
   * Sends the grant once and returns its outcome. Never rejects, never retries, follows no
   * redirect.
   */
  send(grant: Grant, signal: AbortSignal): Promise<Outcome>;
  /**
   * A keyed digest that shows whether two texts are the same without keeping them (HMAC-SHA-256
   * with the client secret, hex).
   */
  fingerprint(text: string): Promise<string>;
  /**
   * Asks the server to forget this refresh token, after a sign-out (RFC 7009). The sign-out waits
   * for it, `requestTimeout` at most, and stands whatever comes of it.
   */
  revoke?(refreshToken: string): Promise<void>;
}

/** How one client speaks to a token endpoint; see {@link sendGrant}. */
export interface TokenClient {
  readonly tokenUrl: string;
  readonly fetch: Fetch;
  /** What the form holds together with the grant: `client_id`, say. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Further headers: `authorization`, say. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /**
   * What no message may repeat, whatever the server answers. The first is the key of the
   * fingerprints.
   */
  readonly secrets: readonly [string, ...string[]];
  /** Picks what else of an answer the session's snapshot is to show; see `textFields`. */
  readonly more?: TextFields | undefined;
  /** Set with the first request: what this runtime needs so that none is sent twice. */
  once?: RequestInit;
}

export interface ActOnEndpointOptions {
  /** From Act-On: Settings > Other Settings > Custom Account Settings > API Access Keys. */
  clientId: string;
  /** Belongs on a server: it never enters a URL, a message or a record. */
  clientSecret: string;
  /** Default `us`. Not together with `baseUrl`. */
  region?: Region | undefined;
  /**
   * Another origin: Act-On's legacy host, a gateway, an emulator. `https`, or `http` on this
   * machine.
   */
  baseUrl?: string | URL | undefined;
  /** Default: the runtime's own, looked up at each request. */
  fetch?: Fetch | undefined;
  /**
   * Milliseconds after which a token request is given up; from 1,000 to 120,000. Default 10,000.
   */
  requestTimeout?: number | undefined;
  /**
   * A page cannot keep a secret (RFC 10017). Set it only where no one else sees the page's code:
   * Electron, an extension, a local tool. A browser may by itself send a refresh or a message twice
   * when its connection breaks; a broker knows the second one again.
   */
  dangerouslyAllowBrowser?: boolean | undefined;
}

/** Where requests go; {@link readBase} asks for more. */
export const aRegion: OptionRule = [['us', 'eu']];
export const aBaseUrl: OptionRule = [
  // A text, or a URL of any realm.
  (url) => (url.href ?? url) === String(url) && URL.canParse(url),
  undefined,
  'an https origin, or http on this machine. This is not an absolute URL',
];

export const endpointRules: OptionRules<ActOnEndpointOptions> = {
  clientId: ['text', null],
  clientSecret: ['text', null],
  region: aRegion,
  baseUrl: aBaseUrl,
  fetch: ['function'],
  requestTimeout: [[1_000, 120_000], 10_000],
  dangerouslyAllowBrowser: ['boolean', false],
};

const hosts: Record<Region, string> = {
  us: 'https://api.actonsoftware.com',
  eu: 'https://api-eu.actonsoftware.com',
};
const actOnOrigins: readonly string[] = [hosts.us, hosts.eu, 'https://restapi.actonsoftware.com'];

/**
 * Describes the client that talks to Act-On. Nothing is sent yet. Throws `configuration` for a
 * missing id or secret, an unsafe URL, a bad timeout, and in a browser.
 *
 * @see https://developer.act-on.com/ (API Overview, OAuth)
 */
export function actOnEndpoint(options: ActOnEndpointOptions): TokenEndpoint {
  const checked = checkOptions<ActOnEndpointOptions, 'requestTimeout'>(
    'actOnEndpoint()',
    endpointRules,
    options,
  );
  const { clientId, clientSecret, requestTimeout } = checked;
  if (isBrowser() && !checked.dangerouslyAllowBrowser) throw misconfigured(browserRemedy);
  const apiBase = readBase(checked);
  return tokenEndpoint(
    {
      tokenUrl: new URL('token', apiBase).href,
      // A wrapper, so that a fetch that is replaced later (by a test, by instrumentation) is the
      // one that is called.
      fetch: (input, init) => (checked.fetch ?? globalThis.fetch)(input, init),
      parameters: { client_id: clientId, client_secret: clientSecret },
      secrets: [clientSecret],
    },
    {
      name: 'Act-On',
      issuer: issuerOf(apiBase),
      clientId,
      apiBase,
      requestTimeout,
      grantLimit: { limit: 5, window: 3_600_000, reserve: 1 },
      refreshTokenIdle: 2_592_000_000, // 30 days
    },
  );
}

/**
 * The endpoint of another server: `client` says how requests are made, `about` what else is known.
 * Checks nothing; see `@act-on-token/oauth` for endpoints that do.
 */
export function tokenEndpoint(
  client: TokenClient,
  about: Omit<TokenEndpoint, 'fetch' | 'send' | 'fingerprint'>,
): TokenEndpoint {
  const { fetch } = client;
  return {
    ...about,
    fetch(input, init) {
      const method = init?.method ?? (input as Partial<Request>).method ?? 'GET';
      const isSafe = /^(get|head)$/i.test(method);
      const { cache, ...rest } = init ?? {};
      const sent = isSafe
        ? init
        : { ...sentOnce(client), ...rest, ...(cache && cache !== 'default' ? { cache } : {}) };
      return trace(
        'endpoint.fetch',
        { method },
        () => fetch(input, sent),
        ({ status }) => ({ status }),
      );
    },
    send: (grant, signal) => sendGrant(client, grant, signal),
    fingerprint: (text) => fingerprint(text, client.secrets[0]),
  };
}

const browserRemedy =
  'actOnEndpoint() needs the client secret, and a web page cannot keep one. Run it on your server and give the page a broker session, or set "dangerouslyAllowBrowser" if no one else can read this page.';

function isBrowser(): boolean {
  const scope = globalThis as {
    document?: unknown;
    window?: unknown;
    WorkerGlobalScope?: unknown;
    Deno?: unknown;
    process?: unknown;
  };
  if (
    scope.document !== undefined &&
    // Stryker disable next-line ConditionalExpression: what has a document has a window; Deno once had a window alone.
    scope.window !== undefined
  )
    return true;
  if (
    scope.Deno !== undefined ||
    scope.process !== undefined ||
    // Stryker disable next-line ConditionalExpression: without a document, Deno and a process there is only a worker.
    scope.WorkerGlobalScope === undefined
  )
    return false;
  // Stryker disable next-line OptionalChaining: every worker scope has a navigator.
  return globalThis.navigator?.userAgent !== 'Cloudflare-Workers';
}

export function issuerOf(base: URL): string {
  return actOnOrigins.includes(base.origin) ? 'act-on' : base.origin;
}

/** The origin, and path if any, that requests go to; shared with `authorizationUrl`. */
export function readBase({
  region,
  baseUrl,
}: {
  region?: Region | undefined;
  baseUrl?: string | URL | undefined;
}): URL {
  if (baseUrl === undefined) return new URL(hosts[region ?? 'us']);
  if (region !== undefined)
    throw misconfigured('"region" and "baseUrl" exclude each other. Give one of them.');
  const base = new URL(baseUrl);
  const fault = unsafe(base);
  if (fault !== null)
    throw misconfigured(`"baseUrl" ${fault}. Give an https origin, or http on this machine.`);
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  return base;
}

export function isOnThisMachine({ hostname }: URL): boolean {
  return /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** Why a secret must not be sent there; `null` if it may. */
function unsafe(url: URL): string | null {
  if (url.username !== '' || url.password !== '') return 'contains credentials';
  if (url.search !== '' || url.hash !== '') return 'has a query or a fragment';
  if (url.hostname.endsWith('.')) return 'has a host name that ends in a dot';
  if (
    /\/(api\/+1|ucl\/+v2|token|authorize)(\/|$)/i.test(url.pathname) ||
    (issuerOf(url) === 'act-on' && url.pathname !== '/')
  )
    return 'has a path that is added to it with each request, such as /api/1';
  const local = isOnThisMachine(url);
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && local))
    return 'is neither https nor http on this machine';
  return !local && /\[|(\.\d+){3}$/.test(url.hostname)
    ? 'has an IP address where a certificate needs a name'
    : null;
}

/**
 * Sends a grant to a token endpoint, once: the only place that calls fetch for tokens. Never rejects,
 * and ends with the signal, whether `fetch` obeys it or not. What is not proof of anything else is `unknown`.
 */
export function sendGrant(
  client: TokenClient,
  grant: Grant,
  signal: AbortSignal,
): Promise<Outcome> {
  return trace(
    'endpoint.send',
    { grant: grant.type },
    () => send(client, grant, signal),
    ({ type }) => ({ type }),
  );
}

async function send(client: TokenClient, grant: Grant, signal: AbortSignal): Promise<Outcome> {
  if (signal.aborted) return { type: 'not_sent', detail: 'it was given up before it was sent' };
  watchConnections();
  const secrets = [...client.secrets, ...grantSecrets(grant)].flatMap((secret) => [
    secret,
    asSent(secret),
  ]);
  let isTaken = false;
  try {
    // `redirect: 'manual'`: a 307 would carry the secret along. `credentials` only in browsers:
    // some server runtimes refuse to see it.
    const init: RequestInit = {
      method: 'POST',
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        accept: 'application/json',
        ...client.headers,
      },
      redirect: 'manual',
      ...sentOnce(client),
      ...(isBrowser() ? { credentials: 'omit', referrerPolicy: 'no-referrer' } : {}),
      get body() {
        isTaken = true;
        return grantBody(grant, client.parameters);
      },
    };
    // Of another realm (jsdom's, say), which this fetch would throw at.
    if (accepts({ signal })) init.signal = signal;
    const answer = (async () => client.fetch(client.tokenUrl, init))();
    const response = await untilAborted(answer, signal).catch((error) => {
      if (signal.aborted) void answer.then(discard).catch(() => {});
      throw error;
    });
    return await readTokenResponse(
      response,
      grant.type === 'refresh_token',
      secrets,
      signal,
      client.more,
    );
  } catch (error) {
    return afterFailure(error, isTaken, signal);
  }
}

/** As it is in the body: a gateway may quote that. */
function asSent(secret: string): string {
  return new URLSearchParams([['', secret]]).toString().slice(1);
}

/** What keeps a request from being answered from a cache, or sent twice by the runtime. */
function sentOnce(client: TokenClient): RequestInit {
  client.once ??= { ...uncached(), ...unpooled() };
  return client.once;
}

/**
 * Next.js 13 and 14 answer any request from a cache of their own, a POST too: one that is to change
 * something would be made once, and never again.
 */
const uncached = (): RequestInit => (accepts({ cache: 'no-store' }) ? { cache: 'no-store' } : {});

/** Whether this runtime takes a request with these options. */
function accepts(init: RequestInit): boolean {
  if (typeof Request !== 'function') return true;
  try {
    return new Request('http://localhost', init) !== null;
  } catch {
    return false;
  }
}

/**
 * Deno's fetch sends a request again by itself, a POST too, when a connection breaks that it has
 * used before; the refresh token would be spent twice for one call, and a message be sent twice. So
 * there each such request gets a connection of its own.
 *
 * @see https://docs.deno.com/api/deno/~/Deno.createHttpClient
 */
function unpooled(): { client?: unknown } {
  const { Deno } = globalThis as {
    Deno?: { createHttpClient?(options: { poolMaxIdlePerHost: number }): unknown };
  };
  return Deno?.createHttpClient === undefined
    ? {}
    : { client: Deno.createHttpClient({ poolMaxIdlePerHost: 0 }) };
}

/** `isTaken`: the body was, so it may have left. */
function afterFailure(error: unknown, isTaken: boolean, signal: AbortSignal): Outcome {
  if (isControlFlow(error))
    return { type: 'not_sent', detail: 'the framework stopped the request', thrown: error };
  const code = codeOf(error);
  const named = code === null ? '' : ` (${code})`;
  if (wasNeverConnected(error))
    return { type: 'not_sent', detail: `no connection could be made${named}` };
  const unknown = { type: 'unknown', answered: false, retryAfter: null } as const;
  if (signal.aborted) return { ...unknown, detail: 'no answer came in time' };
  const name = ownName(error);
  if (name === null || code !== null)
    return { ...unknown, detail: `the connection failed${named}` };
  return isTaken
    ? { ...unknown, detail: `"fetch" threw ${name}` }
    : { type: 'not_sent', detail: `"fetch" threw ${name} before it sent anything` };
}

/** What Next.js and React throw to stop a render, and must get back. */
function isControlFlow(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  return typeof (error as { digest?: unknown }).digest === 'string' || '$$typeof' in error;
}

/**
 * The name of an error that is not how a `fetch` speaks of the network, by TypeError and
 * DOMException: the given one failed by itself.
 */
function ownName(error: unknown): string | null {
  const { name, code } = Object(error) as { name?: unknown; code?: unknown };
  return typeof name === 'string' &&
    /^\w{1,60}$/.test(name) &&
    name !== 'TypeError' &&
    typeof code !== 'number'
    ? name
    : null;
}

async function fingerprint(text: string, secret: string): Promise<string> {
  const bytes = new TextEncoder();
  const key = await crypto.subtle.importKey(
    'raw',
    bytes.encode(secret),
    { name: 'HMAC', hash: 'SHA-256' },
    // Stryker disable next-line BooleanLiteral: the key never leaves the function.
    false,
    ['sign'],
  );
  return toHex(new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes.encode(text))));
}
