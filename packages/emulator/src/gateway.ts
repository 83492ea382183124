import type { EmulatedActOn } from './emulated-act-on.ts';
import type { GatewayReason, LimitReason } from './gateways/gateway.ts';

const messages: Readonly<Record<number, string>> = {
  401: 'Unauthorized',
  404: 'Not Found',
  405: 'Method Not Allowed',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
};

interface Details {
  readonly reason?: GatewayReason;
  readonly nextAt?: number | null;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An error that the gateway answers in place of what stands behind it. */
export function gatewayError(
  actOn: EmulatedActOn,
  status: number,
  information: string,
  details: Details = {},
): Response {
  const { reason = 'other', nextAt = null, headers = {} } = details;
  const error = { status, message: messages[status] ?? 'Error', reason, information, nextAt };
  const { type, text } = actOn.profile.gateway.body(error, actOn.switches.faultFormat);
  return new Response(text, { status, headers: { 'content-type': type, ...headers } });
}

/** The gateway's 401 for an API call: its token is not good, or there is none. */
export function unauthorized(actOn: EmulatedActOn, hasToken: boolean): Response {
  const reason = hasToken ? 'bad_token' : 'no_token';
  const challenge = actOn.profile.gateway.challenge(reason);
  return gatewayError(actOn, 401, '', {
    reason,
    headers: actOn.switches.wwwAuthenticate ? { 'www-authenticate': challenge } : {},
  });
}

/**
 * The gateway's 429, with what it and the switches say about when to come back. `nextAt` is when a
 * slot comes free, in epoch milliseconds.
 */
export function overLimit(
  actOn: EmulatedActOn,
  reason: LimitReason,
  nextAt: number,
  headers: Readonly<Record<string, string>> = {},
): Response {
  if (!actOn.profile.gateway.tellsNext(reason))
    return tooManyRequests(actOn, reason, null, headers);
  return tooManyRequests(actOn, reason, nextAt, { ...headers, ...retryAfter(actOn, nextAt) });
}

/** The gateway's 429 with no `Retry-After` but one that `headers` hold. */
export function tooManyRequests(
  actOn: EmulatedActOn,
  reason: LimitReason,
  nextAt: number | null,
  headers: Readonly<Record<string, string>>,
): Response {
  return gatewayError(actOn, 429, 'Rate Limit exceeded', {
    reason,
    nextAt: nextAt === null ? null : wholeSecond(nextAt),
    headers,
  });
}

/** The `Retry-After` for a slot that comes free at `nextAt`, as the switch wants it. */
export function retryAfter(actOn: EmulatedActOn, nextAt: number): Record<string, string> {
  const style = actOn.switches.limitRetryAfter;
  if (style === 'seconds')
    return { 'retry-after': String(Math.ceil((nextAt - actOn.clock.now()) / 1000)) };
  return style === 'http-date'
    ? { 'retry-after': new Date(wholeSecond(nextAt)).toUTCString() }
    : {};
}

/**
 * Neither way of writing a time has room for milliseconds. Rounded up, or who comes back on time
 * would come too early.
 */
function wholeSecond(at: number): number {
  return Math.ceil(at / 1000) * 1000;
}

/** The headers are fresh with every answer, so that none can be changed for another. */
export function json(
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { 'content-type': 'application/json', ...headers },
  });
}

/** RFC 6749 §5.1: no answer of the token endpoint may be kept by a cache. */
export const noStore: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  pragma: 'no-cache',
};
