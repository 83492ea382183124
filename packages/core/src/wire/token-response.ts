import { printable } from '../errors.ts';
import { readBody } from './response-body.ts';

/** What became of a token request. Everything that is not proof of something else is `unknown`. */
export type Outcome =
  | ({ readonly type: 'granted' } & IssuedTokens)
  /** `invalid_grant`: the user, the code or the refresh token was refused. */
  | { readonly type: 'rejected'; readonly detail: string }
  /**
   * The grant was not looked at. `client`, `request`: the server gave a reason that trying again does
   * not change. `rate`: too many requests; `retryAfter` is in milliseconds. `gateway`: a gateway
   * refused the request in its own words.
   */
  | {
      readonly type: 'not_processed';
      readonly reason: 'client' | 'request' | 'rate' | 'gateway';
      readonly detail: string;
      readonly retryAfter: number | null;
    }
  /**
   * Nothing left this machine. `thrown` is what `fetch` threw, where that must reach the caller as
   * it is.
   */
  | { readonly type: 'not_sent'; readonly detail: string; readonly thrown?: unknown }
  /**
   * `answered`: an answer began to arrive, and not from a gateway that gave up waiting, so the
   * request is no longer under way. `retryAfter`: milliseconds, if a 5xx names a time.
   */
  | {
      readonly type: 'unknown';
      readonly answered: boolean;
      readonly detail: string;
      readonly retryAfter: number | null;
    };

export interface IssuedTokens {
  /** `null`: the answer has none that can be put into a header. */
  readonly accessToken: string | null;
  readonly refreshToken: string | null;
  /** Milliseconds, as far as the answer says so; see {@link lifetime}. */
  readonly lifetime: number;
  readonly scope?: string;
  /** What else of the answer the caller is to see; see {@link TextFields}. */
  readonly fields?: Readonly<Record<string, string>>;
}

/** Picks from an answer what the caller is to see of it, apart from the tokens. */
export type TextFields = (answer: Readonly<Record<string, unknown>>) => {
  readonly fields: Readonly<Record<string, string>>;
};

const mostTexts = 16;
const longestText = 1_024;

/**
 * Picks these text fields, such as `instance_url`, for {@link TokenClient.more}: sixteen at most, and
 * none that is longer than 1,024 characters.
 */
export function textFields(names: readonly string[]): TextFields {
  return (answer) => {
    const found = names.slice(0, mostTexts).flatMap((name) => {
      const text = textField(answer, name);
      return text === null || text.length > longestText ? [] : [[name, text] as const];
    });
    return { fields: Object.fromEntries(found) };
  };
}

/**
 * In characters. Tokens are JWTs of a few kB; servers refuse headers beyond about this, and a store
 * must hold a record with one of each.
 */
const longestField = 16_384;
/**
 * If the server does not say when to come back: in a minute for a refresh, after a twelfth of an hour's
 * worth for a grant (5 an hour).
 */
const silentRetry = { refresh: 60_000, grant: 720_000 };

/**
 * Reads the answer of a token endpoint, whatever `fetch` brought it. Ends with the signal. `secrets`
 * are blanked out of what it quotes; `more` picks the further fields that the session's snapshot is to
 * show. RFC 6749 §5.1, §5.2.
 */
export async function readTokenResponse(
  response: Response,
  isRefresh: boolean,
  secrets: readonly string[],
  signal?: AbortSignal,
  more?: TextFields,
): Promise<Outcome> {
  const { text, fault } = await readBody(response, signal);
  const body = parseObject(String(text));
  const issued = body !== null && isSuccess(response) ? issuedTokens(body, more) : null;
  if (issued !== null) return { type: 'granted', ...issued };
  return judge(
    response,
    text,
    body,
    fault || 'its body is not a token response',
    isRefresh,
    secrets,
  );
}

function isSuccess({ ok, status }: Response): boolean {
  return ok || (status >= 200 && status < 300);
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    // Stryker disable next-line ConditionalExpression: a text, a number, a list have no members by these names, and null passes as null.
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/** Own fields only: `__proto__` and the like are an attack, not a token. */
function textField(body: Readonly<Record<string, unknown>>, field: string): string | null {
  const value = Object.hasOwn(body, field) ? body[field] : null;
  return typeof value === 'string' && value !== '' ? value : null;
}

/** One that goes into the record: treated as missing if it is too long for that. */
function keptField(body: Record<string, unknown>, field: string): string | null {
  const text = textField(body, field);
  return text !== null && text.length <= longestField ? text : null;
}

/**
 * A 2xx has spent what was sent, so whatever it hands out is kept before anything is found wrong
 * with it.
 */
function issuedTokens(
  body: Record<string, unknown>,
  more: TextFields | undefined,
): IssuedTokens | null {
  const accessToken = usableAccessToken(body);
  const refreshToken = keptField(body, 'refresh_token');
  if (accessToken === null && refreshToken === null) return null;
  const scope = keptField(body, 'scope');
  return {
    accessToken,
    refreshToken,
    lifetime: lifetime(body.expires_in),
    ...(scope === null ? {} : { scope }),
    ...more?.(body),
  };
}

/**
 * One that is a bearer token (RFC 6749 §7.1) and fits into a header; a `Headers` that refuses it
 * would print it.
 */
function usableAccessToken(body: Record<string, unknown>): string | null {
  const token = keptField(body, 'access_token');
  const type = textField(body, 'token_type');
  if (token === null || !/^[\x21-\x7e]+$/.test(token)) return null;
  return type === null || type.toLowerCase() === 'bearer' ? token : null;
}

/**
 * `expires_in` in milliseconds. Missing means an hour, as at Act-On; nonsense means five minutes, so that
 * it is asked again soon.
 */
export function lifetime(expiresIn: unknown): number {
  if (expiresIn === undefined) return 3_600_000;
  const seconds = (typeof expiresIn === 'string' ? Number(expiresIn) : expiresIn) as number;
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 300_000;
}

/**
 * Decides by the code first and by the status second: Act-On answers a dead refresh token with 403,
 * others with 400.
 */
function judge(
  { status, headers }: Response,
  text: string | null,
  body: Record<string, unknown> | null,
  otherwise: string,
  isRefresh: boolean,
  secrets: readonly string[],
): Outcome {
  const code = textIn(body, ['error', 'errorCode', 'error_code']);
  const words = [
    code,
    textIn(body, descriptions) ??
      textIn(body?.fault, descriptions) ??
      textIn(body?.error, descriptions),
  ];
  const said = words.filter((word) => word !== null).map((word) => `"${printable(word, secrets)}"`);
  const detail = [`HTTP ${status}`, ...(said.length > 0 ? said : [otherwise])].join(', ');
  if (code === 'invalid_grant') return { type: 'rejected', detail };
  if (status === 429 || tooMany.test(code ?? '')) {
    const retryAfter = readRetryAfter(headers) ?? silentRetry[isRefresh ? 'refresh' : 'grant'];
    return { type: 'not_processed', reason: 'rate', detail, retryAfter };
  }
  if (isRefusal(status) && !passing.test(code ?? '')) {
    const isDefinite = code !== null && !isAboutHttp(status);
    const isClient = status === 401 || code === 'access_denied' || code === 'invalid_client';
    const reason = !isDefinite ? 'gateway' : isClient ? 'client' : 'request';
    if (code !== null || status === 407 || isGatewayError(body, text))
      return { type: 'not_processed', reason, detail, retryAfter: null };
  }
  const isGivenUp = status === 504 || status === 524;
  return {
    type: 'unknown',
    answered: !isGivenUp,
    detail,
    retryAfter: status >= 500 ? readRetryAfter(headers) : null,
  };
}

/** Codes of a refusal for the moment, under whatever status. */
const tooMany = /^(too_many_\w+|slow_down|\w*rate_limit\w*)$/i;
const passing = /^(server_error|temporarily_unavailable)$/;

/** What servers call their explanation: OAuth, Act-On's API, API Connect, WSO2. */
const descriptions = [
  'error_description',
  'message',
  'moreInformation',
  'description',
  'httpMessage',
];

/** The first of these fields that says something. */
function textIn(source: unknown, fields: readonly string[]): string | null {
  for (const field of fields) {
    const value =
      typeof source === 'object' && source !== null && Object.hasOwn(source, field)
        ? (source as Record<string, unknown>)[field]
        : null;
    if (
      (typeof value === 'string' && value !== '') ||
      (typeof value === 'number' && field !== 'error')
    )
      return String(value);
  }
  return null;
}

/** 408, 421 and 425 are 4xx, but concern the connection or the moment and not the request. */
const isRefusal = (status: number): boolean =>
  status >= 400 && status < 500 && ![408, 421, 425].includes(status);

/** The path, the method, the form: no server has looked at the grant. 407 is a proxy. */
const isAboutHttp = (status: number): boolean => status === 407 || (status >= 404 && status < 418);

/**
 * A gateway that did not let it through: IBM API Connect's `{httpCode}`, WSO2's `{fault}`, also in
 * XML, and others' `{message}`.
 */
function isGatewayError(body: Record<string, unknown> | null, text: string | null): boolean {
  if (body === null) return /^\s*(<\?xml[^>]*>\s*)?<(\w+:)?fault\b/i.test(text ?? '');
  return ['httpCode', 'fault', 'message'].some((field) => Object.hasOwn(body, field));
}

/**
 * `Retry-After` (RFC 9110 §10.2.3: seconds, or a date by the server's own clock) in milliseconds,
 * between a second and an hour; `null` if there is none that can be read.
 */
export function readRetryAfter(headers: Headers | undefined): number | null {
  const header = headers?.get?.('retry-after')?.trim();
  if (!header) return null;
  const serverNow = Date.parse(headers?.get('date') ?? '');
  const wait = /^\d+$/.test(header)
    ? Number(header) * 1000
    : httpDate(header) - (Number.isNaN(serverNow) ? Date.now() : serverNow);
  return Number.isNaN(wait) ? null : Math.min(Math.max(wait, 1_000), 3_600_000);
}

/**
 * All three forms of an HTTP date begin with the day of the week. `Date.parse` alone makes a date
 * of "-5" or "slot 7" too.
 */
function httpDate(text: string): number {
  return /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text) ? Date.parse(text) : Number.NaN;
}
