import { parseCookie } from 'cookie';

// RFC 6265bis. Every cookie of the broker is Secure, Path=/, of this very host, and HttpOnly, so
// that no script reads it.

/**
 * In front of every name: browsers let only this host set it, and those that know
 * `__Host-Http-` no script either (layered cookies, in Chromium and Firefox). Others take it for
 * `__Host-`.
 */
export const prefix = '__Host-Http-';

/** What browsers keep of one cookie, its name and attributes included. */
export const largestCookie = 4_096;

/** The characters of a cookie's name (RFC 9110 §5.6.2). */
const token = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * The cookies of a request, their values as they are. Browsers guard a name that begins with
 * `__Host-`, byte for byte, and a sibling host may set any other: a name with a byte that is not of
 * a token is ignored and never trimmed into one of ours. Of a name that comes twice neither is
 * taken, because another host may have set either.
 */
export function readCookies(header: string | null): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const twice = new Set<string>();
  for (const pair of (header ?? '').split(';')) {
    for (const [name, value = ''] of Object.entries(
      parseCookie(pair, { decode: (text) => text }),
    )) {
      if (!token.test(name)) continue;
      if (found.has(name)) twice.add(name);
      found.set(name, value);
    }
  }
  for (const name of twice) found.delete(name);
  return found;
}

/** A `Set-Cookie` line; `lifetime` in milliseconds. */
export function setCookie(
  name: string,
  value: string,
  lifetime: number,
  sameSite: 'Strict' | 'Lax',
): string {
  return `${name}=${value}; Path=/; Max-Age=${Math.floor(lifetime / 1000)}; HttpOnly; Secure; SameSite=${sameSite}`;
}

/** Takes a cookie away. */
export function clearCookie(name: string, sameSite: 'Strict' | 'Lax'): string {
  return setCookie(name, '', 0, sameSite);
}
