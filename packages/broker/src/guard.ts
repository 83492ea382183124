import { Refusal } from './answers.ts';
import { shown } from './text.ts';
import { accountHeader, brokerHeader, idempotencyHeader, slashHeader } from './wire.ts';

const longestUrl = 8_192;
const mostHeaderBytes = 32_768;
const mostCookieBytes = 16_384;

/** A server that obeys them would do something else than what was checked here. */
const methodOverrides: readonly string[] = [
  'x-http-method-override',
  'x-http-method',
  'x-method-override',
];

/**
 * Headers that this broker goes by. A request that wants one of them removed on the way (RFC 9110
 * §7.6.1) is up to something.
 */
const reliedUpon: readonly string[] = [
  ...['host', 'cookie', 'origin', 'content-length', 'content-type', 'authorization'],
  ...[
    'sec-fetch-site',
    'sec-fetch-mode',
    'sec-fetch-dest',
    brokerHeader,
    accountHeader,
    idempotencyHeader,
    slashHeader,
  ],
];

/** Refuses what no honest client sends, on whatever route. */
export function checkForm({ url, headers }: Request): void {
  if (url.length > longestUrl) throw new Refusal(414, 'too_large', 'The URL is too long.');
  if ((headers.get('cookie')?.length ?? 0) > mostCookieBytes)
    throw new Refusal(431, 'too_large', 'The cookies are too large.');
  let bytes = 0;
  headers.forEach((value, name) => {
    bytes += name.length + value.length;
  });
  if (bytes > mostHeaderBytes) throw new Refusal(431, 'too_large', 'The headers are too large.');
  if (methodOverrides.some((name) => headers.has(name)))
    throw new Refusal(
      400,
      'invalid_request',
      'A header asks for another method. Send the request with that method.',
    );
  if (headers.has('transfer-encoding') && headers.has('content-length'))
    throw new Refusal(
      400,
      'invalid_request',
      'Transfer-Encoding and Content-Length exclude each other.',
    );
  if (nominated(headers).some((name) => reliedUpon.includes(name)))
    throw new Refusal(
      400,
      'invalid_request',
      'The Connection header names a header that is needed here.',
    );
}

function nominated(headers: Headers): string[] {
  return (headers.get('connection') ?? '').split(',').map((name) => name.trim().toLowerCase());
}

/**
 * Refuses requests that a page of this very origin did not make (RFC 10017 §6.1.3.3): they need a
 * header that other origins cannot add, and must not say that they come from elsewhere. Browsers do
 * say so, and scripts cannot change it.
 */
export function checkOrigin({ method, headers }: Request, origin: string): void {
  if (headers.get(brokerHeader) !== '1')
    throw new Refusal(
      403,
      'forbidden',
      `The header "${brokerHeader}: 1" is missing: pages use @act-on-token/broker/client, which sends it.`,
    );
  const site = headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin')
    throw new Refusal(403, 'forbidden', 'The request comes from another site.');
  const from = headers.get('origin');
  if (from !== null && from !== origin) throw elsewhere(from, origin);
  const isSafe = method === 'GET' || method === 'HEAD';
  if (!isSafe && from === null && site === null)
    throw new Refusal(403, 'forbidden', 'The request does not say where it comes from.');
}

/**
 * Names a mistake: the browser has the app under another origin than "redirectUri" says, so no
 * cookie would ever come back. The browser says so by itself; the `Host` header, which proxies
 * rewrite, counts nowhere.
 */
export function checkPlace({ headers }: Request, origin: string): void {
  const referrer = headers.get('referer');
  if (headers.get('sec-fetch-site') !== 'same-origin' || !URL.canParse(referrer ?? '')) return;
  const from = new URL(referrer ?? '').origin;
  if (from !== origin) throw elsewhere(from, origin);
}

function elsewhere(from: string, origin: string): Refusal {
  return new Refusal(
    403,
    'forbidden',
    `The request comes from another origin than that of "redirectUri": from ${shown(from, 100)}, and "redirectUri" is at ${origin}. If that is this app, open it at ${origin}, or change "redirectUri".`,
    { code: 'configuration' },
  );
}

/**
 * Refuses what would sign in behind a person's back: frames, images, scripts, and pages that are
 * loaded in advance.
 */
export function checkNavigation({ headers }: Request): void {
  const destination = headers.get('sec-fetch-dest');
  const mode = headers.get('sec-fetch-mode');
  if (
    (destination !== null && destination !== 'document') ||
    (mode !== null && mode !== 'navigate')
  )
    throw new Refusal(403, 'forbidden', 'This address is for a person: open it as a page.');
  if (/prefetch|prerender/.test(`${headers.get('sec-purpose')} ${headers.get('purpose')}`))
    throw new Refusal(403, 'forbidden', 'This address is not to be loaded in advance.');
}
