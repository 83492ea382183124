import { misconfigured } from '../errors.ts';
import { checkOptions, type OptionRule, type OptionRules } from '../options.ts';
import { trace } from '../trace.ts';
import { codeOf, wasNeverConnected, watchConnections } from './connection-failure.ts';
import { type Grant, grantBody, grantSecrets } from './grant.ts';
import { discard } from './response-body.ts';
import { type Outcome, readTokenResponse } from './token-response.ts';
import { untilAborted } from './until-aborted.ts';

/** What this library needs of `fetch`. */
export type Fetch = (input: string | URL | Request, init?: RequestInit) => Promise<Response>;

/** Act-On's two regions. Both reach any account; the European one keeps traffic in Europe. */
export type Region = 'us' | 'eu';

/** The token endpoint of one API client, and the only thing that knows the client's secret. */
export interface TokenEndpoint {
  /** `act-on` for Act-On's own hosts, which share their credentials; else the origin. */
  readonly issuer: string;
  readonly clientId: string;
  /** Where relative URLs of API calls start. */
  readonly apiBase: URL;
  /** Milliseconds after which a token request is given up. */
  readonly requestTimeout: number;
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
  us: 'https://api.actonsoftware.com/',
  eu: 'https://api-eu.actonsoftware.com/',
};
const actOnOrigins: readonly string[] = [
  hosts.us,
  hosts.eu,
  'https://restapi.actonsoftware.com/',
].map((url) => new URL(url).origin);

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
  const tokenUrl = new URL('token', apiBase).href;
  // A wrapper, so that a fetch that is replaced later (by a test, by instrumentation) is the one
  // that is called.
  const fetch: Fetch = (input, init) => (checked.fetch ?? globalThis.fetch)(input, init);
  let common: RequestInit | null = null;
  let once: RequestInit | null = null;
  const post: Post = async (takeBody, signal) => {
    common ??= requestInit();
    const init: RequestInit = {
      ...common,
      get body() {
        return takeBody();
      },
    };
    // Of another realm (jsdom's, say), which this fetch would throw at.
    if (accepts({ signal })) init.signal = signal;
    return fetch(tokenUrl, init);
  };
  return {
    issuer: issuerOf(apiBase),
    clientId,
    apiBase,
    requestTimeout,
    fetch(input, init) {
      const method = init?.method ?? (input as Partial<Request>).method ?? 'GET';
      const isSafe = /^(get|head)$/i.test(method);
      let sent = init;
      if (!isSafe) {
        once ??= { ...uncached(), ...unpooled() };
        const { cache, ...rest } = init ?? {};
        sent = { ...once, ...rest, ...(cache && cache !== 'default' ? { cache } : {}) };
      }
      return trace(
        'endpoint.fetch',
        { method },
        () => fetch(input, sent),
        ({ status }) => ({ status }),
      );
    },
    send: (grant, signal) =>
      trace(
        'endpoint.send',
        { grant: grant.type },
        () => send(post, grant, clientId, clientSecret, signal),
        ({ type }) => ({ type }),
      ),
    fingerprint: (text) => fingerprint(text, clientSecret),
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

/** Sends a body to the token endpoint. */
type Post = (takeBody: () => string, signal: AbortSignal) => Promise<Response>;

/**
 * The only place that calls fetch for tokens. Ends with the signal, whether `fetch` obeys it or
 * not.
 */
async function send(
  post: Post,
  grant: Grant,
  clientId: string,
  clientSecret: string,
  signal: AbortSignal,
): Promise<Outcome> {
  if (signal.aborted) return { type: 'not_sent', detail: 'it was given up before it was sent' };
  watchConnections();
  const secrets = [clientSecret, ...grantSecrets(grant)].flatMap((secret) => [
    secret,
    asSent(secret),
  ]);
  let isTaken = false;
  const takeBody = (): string => {
    isTaken = true;
    return grantBody(grant, clientId, clientSecret);
  };
  try {
    const answer = post(takeBody, signal);
    const response = await untilAborted(answer, signal).catch((error) => {
      if (signal.aborted) void answer.then(discard).catch(() => {});
      throw error;
    });
    return await readTokenResponse(response, grant.type === 'refresh_token', secrets, signal);
  } catch (error) {
    return afterFailure(error, isTaken, signal);
  }
}

/** As it is in the body: a gateway may quote that. */
function asSent(secret: string): string {
  return new URLSearchParams([['', secret]]).toString().slice(1);
}

/**
 * `redirect: 'manual'`: a 307 would carry the secret along. `credentials` only in browsers: some
 * server runtimes refuse to see it.
 */
function requestInit(): RequestInit {
  const init: RequestInit = {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    redirect: 'manual',
    ...uncached(),
  };
  return isBrowser()
    ? { ...init, credentials: 'omit', referrerPolicy: 'no-referrer' }
    : { ...init, ...unpooled() };
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
  const digest = new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes.encode(text)));
  return Array.from(digest, (byte) => (byte + 256).toString(16).slice(1)).join('');
}
