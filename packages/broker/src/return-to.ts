/** It travels in a cookie, in a seal: with all the rest that has to fit into 4 kB. */
const longest = 1_500;

/**
 * Where the person goes after the sign-in: a path of the app's own origin, as an absolute URL;
 * `null` for whatever might lead elsewhere (RFC 9700 §2.1, §4.11) or back into the broker. Browsers
 * drop tabs and line breaks and take `\` for `/`, hence the suspicion.
 */
export function readReturnTo(returnTo: string, origin: string, basePath: string): string | null {
  if (!/^\/(?![/\\])[\x21-\x5b\x5d-\x7e\u00a0-\uffff]*$/.test(returnTo)) return null;
  if (!URL.canParse(returnTo, origin)) return null;
  const url = new URL(returnTo, origin);
  if (url.href.length > longest || url.origin !== origin || url.pathname.startsWith('//'))
    return null;
  if (/^\/*(%2f|%5c)/i.test(url.pathname)) return null;
  return isInside(url.pathname, basePath) ? null : url.href;
}

/**
 * Whether a path is the broker's own. At the root all paths are below it, so there only its routes
 * count.
 */
function isInside(path: string, basePath: string): boolean {
  if (basePath !== '') return path === basePath || path.startsWith(`${basePath}/`);
  return /^\/(session|login|callback|token|logout|api)(\/|$)/.test(path);
}
