import { printable } from '../errors.ts';

/** What became of a token request. Everything that is not proof of something else is `unknown`. */
export type Outcome =
  | ({ readonly type: 'granted' } & IssuedTokens)
  /** `invalid_grant`: the user, the code or the refresh token was refused. */
  | { readonly type: 'rejected'; readonly detail: string }
  /** The server did not look at the grant. `retryAfter` in milliseconds, if it was for too many requests. */
  | {
      readonly type: 'not_processed';
      readonly reason: 'client' | 'request' | 'rate' | 'gateway';
      readonly detail: string;
      readonly retryAfter: number | null;
    }
  /** The request never left. `thrown`: an exception that must reach the caller as it is. */
  | { readonly type: 'not_sent'; readonly detail: string; readonly thrown?: unknown }
  /** `answered`: an answer began to arrive, so the request is no longer under way. `retryAfter` in milliseconds, if it said so. */
  | { readonly type: 'unknown'; readonly answered: boolean; readonly detail: string; readonly retryAfter: number | null };

export interface IssuedTokens {
  /** `null`: the answer has none that can be put into a header. */
  readonly accessToken: string | null;
  readonly refreshToken: string | null;
  /** Milliseconds, as far as the answer says so; see {@link lifetime}. */
  readonly lifetime: number;
  readonly scope?: string;
}

/** An answer longer than this is not read on: 1 MiB. */
const longestBody = 1_048_576;
/** Tokens are JWTs of a few kB; servers refuse headers beyond about this. */
const longestAccessToken = 16_384;
/** If Act-On does not say when to come back: in a minute for a refresh, after a twelfth of an hour's worth for a grant (5 an hour). */
const silentRetry = { refresh: 60_000, grant: 720_000 };

/** Reads the answer of `POST /token`; never rejects. `secrets` are blanked out of what it quotes. RFC 6749 §5.1, §5.2. */
export async function readTokenResponse(response: Response, isRefresh: boolean, secrets: readonly string[]): Promise<Outcome> {
  const text = await readText(response);
  const body = text === null ? null : parseObject(text);
  const issued = body !== null && response.ok ? issuedTokens(body) : null;
  if (issued !== null) return { type: 'granted', ...issued };
  return judge(response, body, text === null ? 'its body broke off' : 'its body is no token response', isRefresh, secrets);
}

/** The body as text; `null` if it broke off, is longer than 1 MiB or is not UTF-8. */
async function readText(response: Response): Promise<string | null> {
  try {
    const reader = response.body?.getReader();
    if (reader === undefined) return '';
    const decoder = new TextDecoder('utf-8', { fatal: true });
    let text = '';
    for (let size = 0; ; ) {
      const { done, value } = await reader.read();
      if (done) return text + decoder.decode();
      size += value.byteLength;
      if (size > longestBody) return await reader.cancel().then(() => null);
      text += decoder.decode(value, { stream: true });
    }
  } catch {
    return null;
  }
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

/** Own fields only: `__proto__` and its like are somebody's trick, not a token. */
function textField(body: Record<string, unknown>, field: string): string | null {
  const value = Object.hasOwn(body, field) ? body[field] : null;
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A 2xx has spent what was sent, so whatever it hands out is kept before anything is found wrong with it. */
function issuedTokens(body: Record<string, unknown>): IssuedTokens | null {
  const accessToken = usableAccessToken(body);
  const refreshToken = textField(body, 'refresh_token');
  if (accessToken === null && refreshToken === null) return null;
  const scope = textField(body, 'scope');
  return { accessToken, refreshToken, lifetime: lifetime(body.expires_in), ...(scope === null ? {} : { scope }) };
}

/** One that is a bearer token (RFC 6749 §7.1) and fits into a header; a `Headers` that refuses it would print it. */
function usableAccessToken(body: Record<string, unknown>): string | null {
  const token = textField(body, 'access_token');
  const type = textField(body, 'token_type');
  if (token === null || token.length > longestAccessToken || !/^[\x21-\x7e]+$/.test(token)) return null;
  return type === null || type.toLowerCase() === 'bearer' ? token : null;
}

/** `expires_in` in milliseconds. Missing means Act-On's hour; nonsense means five minutes, so that it is asked again soon. */
export function lifetime(expiresIn: unknown): number {
  if (expiresIn === undefined) return 3_600_000;
  const seconds = typeof expiresIn === 'string' && expiresIn.trim() !== '' ? Number(expiresIn) : expiresIn;
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : 300_000;
}

/** Decides by the `error` code first and by the status second: Act-On answers a dead refresh token with 403, others with 400. */
function judge(
  response: Response,
  body: Record<string, unknown> | null,
  otherwise: string,
  isRefresh: boolean,
  secrets: readonly string[],
): Outcome {
  const { status } = response;
  const error = body === null ? null : textField(body, 'error');
  const detail = describe(status, body, error, otherwise, secrets);
  if (error === 'invalid_grant') return { type: 'rejected', detail };
  if (status === 429 || error === 'too_many_attempts') {
    const retryAfter = readRetryAfter(response.headers, isRefresh);
    return { type: 'not_processed', reason: 'rate', detail, retryAfter };
  }
  if (!isClientError(status) || (error === null && !isGatewayError(body))) return { type: 'unknown', answered: status !== 504, detail, retryAfter: null };
  const client = status === 401 || error === 'access_denied' || error === 'invalid_client';
  return { type: 'not_processed', reason: client ? 'client' : 'request', detail, retryAfter: null };
}

/** 408, 421 and 425 are 4xx, but tell of the connection or the moment and not of the request. */
const isClientError = (status: number): boolean => status >= 400 && status < 500 && ![408, 421, 425].includes(status);

/** IBM API Connect's `{httpCode, httpMessage, moreInformation}`, WSO2's `{fault: {code}}`: a gateway that did not let it through. */
function isGatewayError(body: Record<string, unknown> | null): boolean {
  return body !== null && (Object.hasOwn(body, 'httpCode') || Object.hasOwn(body, 'fault'));
}

function describe(
  status: number,
  body: Record<string, unknown> | null,
  error: string | null,
  otherwise: string,
  secrets: readonly string[],
): string {
  const words = [error, body && textField(body, error === null ? 'moreInformation' : 'error_description')];
  const said = words.filter((word) => word !== null).map((word) => `"${printable(word, secrets)}"`);
  return `HTTP ${status}${said.length > 0 ? `, ${said.join(', ')}` : `, ${otherwise}`}`;
}

/** `Retry-After` (RFC 9110 §10.2.3: seconds, or a date told by the server's own clock) in milliseconds, between a second and an hour. */
export function readRetryAfter(headers: Headers, isRefresh: boolean): number {
  const silent = isRefresh ? silentRetry.refresh : silentRetry.grant;
  const header = headers.get('retry-after')?.trim();
  if (header === undefined) return silent;
  const serverNow = Date.parse(headers.get('date') ?? '');
  const wait = /^\d+$/.test(header) ? Number(header) * 1000 : httpDate(header) - (Number.isNaN(serverNow) ? Date.now() : serverNow);
  return Number.isNaN(wait) ? silent : Math.min(Math.max(wait, 1_000), 3_600_000);
}

/** All three forms of an HTTP date begin with the day of the week. `Date.parse` alone makes a date of "-5" or "slot 7" too. */
function httpDate(text: string): number {
  return /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)/.test(text) ? Date.parse(text) : Number.NaN;
}
