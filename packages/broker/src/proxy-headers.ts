import { security } from './answers.ts';

/**
 * What of a request reaches Act-On, and of an answer the page. Both are lists of what may pass:
 * cookies, authorization, hop-by-hop and forwarding headers do not, nor lengths and encodings,
 * which `fetch` settles for each leg by itself.
 */
const requestHeaders: readonly string[] = [
  ...[
    'accept',
    'accept-language',
    'content-type',
    'content-language',
    'content-disposition',
    'range',
  ],
  ...[
    'if-match',
    'if-none-match',
    'if-modified-since',
    'if-unmodified-since',
    'if-range',
    'x-request-id',
  ],
];

const responseHeaders: readonly string[] = [
  ...[
    'content-type',
    'content-language',
    'content-disposition',
    'content-range',
    'accept-ranges',
    'etag',
    'last-modified',
  ],
  ...[
    'retry-after',
    'x-ratelimit-limit',
    'x-ratelimit-remaining',
    'x-request-id',
    'x-global-transaction-id',
  ],
];

export function toActOn(headers: Headers): Headers {
  const nominated = (headers.get('connection') ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase());
  return pick(
    headers,
    requestHeaders.filter((name) => !nominated.includes(name)),
  );
}

export function toPage(headers: Headers): Headers {
  const passed = pick(headers, responseHeaders);
  for (const [name, value] of Object.entries(security)) passed.set(name, value);
  return passed;
}

function pick(headers: Headers, names: readonly string[]): Headers {
  const picked = new Headers();
  for (const name of names) {
    const value = headers.get(name);
    if (value !== null) picked.set(name, value);
  }
  return picked;
}
