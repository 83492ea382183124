import { misconfigured } from './failures.ts';

/** Act-On's own hosts: URLs that begin there stand for the same path at the broker. */
const actOnOrigins: readonly string[] = [
  'https://api.actonsoftware.com',
  'https://api-eu.actonsoftware.com',
  'https://restapi.actonsoftware.com',
];

/**
 * Where a request of the page goes. Relative URLs start at Act-On's API, which is `base`; a leading
 * slash, or two, does not leave it. URLs of Act-On's API (`apiBase`, if that is known, and its own
 * hosts) are mapped. Throws `configuration` for all other origins.
 */
export function apiUrl(input: string | URL, base: URL, apiBase: URL | null): URL {
  if (typeof input === 'string' && !URL.canParse(input)) return below(input, base);
  const url = new URL(input);
  if (url.username !== '' || url.password !== '')
    throw misconfigured('A URL with credentials in it is not sent.');
  if (isBelow(url, base)) return url;
  if (apiBase !== null && isBelow(url, apiBase))
    return below(`${url.pathname.slice(apiBase.pathname.length)}${url.search}`, base);
  if (actOnOrigins.includes(url.origin)) return below(`${url.pathname}${url.search}`, base);
  throw misconfigured(
    "session.fetch() is for Act-On's API only; this URL is not there. Use plain fetch for other hosts.",
  );
}

function below(path: string, base: URL): URL {
  const url = new URL(`./${path.replace(/^\/+/, '')}`, base);
  if (isBelow(url, base)) return url;
  throw misconfigured("This path leads out of Act-On's API.");
}

function isBelow(url: URL, base: URL): boolean {
  return url.origin === base.origin && url.pathname.startsWith(base.pathname);
}
