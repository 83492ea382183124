import { type ActOnTokenError, isActOnTokenError } from '@act-on-token/core';
import { type BrokerRefusal, type ErrorAnswer, errorHeader } from './wire.ts';

/**
 * On every answer. What a page may do with it, it does by script: it is not a document, so nothing in
 * it may run.
 */
export const security: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'cross-origin-resource-policy': 'same-origin',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
};

export function json(
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...security, 'content-type': 'application/json', ...headers },
  });
}

export function noContent(): Response {
  return new Response(null, { status: 204, headers: security });
}

/**
 * A redirect passes on the referrer of the page that began, not its own address, so it has nothing
 * to hide. With `no-referrer` Firefox would take what follows for an address that a person typed:
 * `Sec-Fetch-Site: none`, wherever it came from.
 */
export function redirect(status: 302 | 303, location: string): Response {
  const headers = { ...security, 'referrer-policy': 'strict-origin-when-cross-origin', location };
  return new Response(null, { status, headers });
}

/**
 * A request that is answered with a refusal. Thrown, so that what comes after a check need not know
 * of it.
 */
export class Refusal extends Error {
  readonly status: number;
  readonly error: BrokerRefusal;
  readonly more: Omit<Partial<ErrorAnswer>, 'error' | 'message'>;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    error: BrokerRefusal,
    message: string,
    more: Omit<Partial<ErrorAnswer>, 'error' | 'message'> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.status = status;
    this.error = error;
    this.more = more;
    this.headers = headers;
  }

  toResponse(): Response {
    const body: ErrorAnswer = { error: this.error, message: this.message, ...this.more };
    return json(this.status, body, { ...this.headers, [errorHeader]: this.error });
  }
}

const statuses: Readonly<Record<string, readonly [status: number, error: BrokerRefusal]>> = {
  rate_limited: [429, 'rate_limited'],
  grant_budget: [429, 'rate_limited'],
  not_sent: [503, 'temporarily_unavailable'],
  outcome_unknown: [503, 'temporarily_unavailable'],
  store_unavailable: [503, 'temporarily_unavailable'],
  closed: [503, 'temporarily_unavailable'],
  // A person who signs in replaces what cannot be read.
  store_corrupt: [401, 'login_required'],
};

/** Seconds to wait where nobody knows better. */
const silentRetry = 5;

/**
 * What a page learns when the session could not do its part. `loginUrl` is where a person signs
 * in.
 */
export function refusalOf(error: ActOnTokenError, now: number, loginUrl: string): Refusal {
  const [status, kind] = statusOf(error);
  const more = { code: error.code, needs_grant: error.needsGrant, retry_at: error.retryAt, now };
  if (status === 401)
    return new Refusal(401, kind, error.message, { ...more, login_url: loginUrl });
  if (status === 500)
    return new Refusal(500, kind, 'The server is not set up as it should be; its log says more.', {
      code: error.code,
    });
  const seconds = retryAfter(error, now);
  const again = { ...more, retry_at: error.retryAt ?? now + seconds * 1000 };
  return new Refusal(status, kind, error.message, again, { 'retry-after': String(seconds) });
}

export function statusOf(error: ActOnTokenError): readonly [status: number, error: BrokerRefusal] {
  const known = statuses[error.code];
  if (known !== undefined && !(error.code === 'outcome_unknown' && error.needsGrant)) return known;
  return error.needsGrant ? [401, 'login_required'] : [500, 'server_error'];
}

/** Seconds until it makes sense to try again. */
export function retryAfter({ retryAt }: ActOnTokenError, now: number): number {
  return retryAt === null ? silentRetry : Math.max(1, Math.ceil((retryAt - now) / 1000));
}

/** Whatever was thrown, as an answer; `null` if it is unexpected. */
export function expected(error: unknown, now: number, loginUrl: string): Refusal | null {
  if (error instanceof Refusal) return error;
  return isActOnTokenError(error) ? refusalOf(error, now, loginUrl) : null;
}
