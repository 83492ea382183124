// RFC 6265bis. Every cookie of the broker is `__Host-`: Secure, Path=/, of this very host; and HttpOnly, so that no script reads it.

/** What browsers keep of one cookie, its name and attributes included. */
export const largestCookie = 4_096;

/** The cookies of a request. One that came twice is none: somebody else's host set the other. */
export function readCookies(header: string | null): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const twice = new Set<string>();
  for (const pair of (header ?? '').split(';')) {
    const at = pair.indexOf('=');
    if (at < 0) continue;
    const name = pair.slice(0, at).trim();
    if (found.has(name)) twice.add(name);
    found.set(name, pair.slice(at + 1).trim());
  }
  for (const name of twice) found.delete(name);
  return found;
}

/** A `Set-Cookie` line; `lifetime` in milliseconds. */
export function setCookie(name: string, value: string, lifetime: number, sameSite: 'Strict' | 'Lax'): string {
  return `${name}=${value}; Path=/; Max-Age=${Math.floor(lifetime / 1000)}; HttpOnly; Secure; SameSite=${sameSite}`;
}

/** Takes a cookie away. */
export function clearCookie(name: string, sameSite: 'Strict' | 'Lax'): string {
  return setCookie(name, '', 0, sameSite);
}
