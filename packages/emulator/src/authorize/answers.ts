import type { EmulatedActOn } from '../emulated-act-on.ts';

/**
 * On everything that /authorize answers: its URLs and pages carry what no cache, frame or referrer
 * may get.
 */
export const pageHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  pragma: 'no-cache',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
  // No `form-action`: browsers apply it to the redirect that answers the form too, and so would
  // block the way back to the application.
  'content-security-policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
};

/**
 * Sends the browser back to the application. What its redirect URI holds already is kept to the
 * letter.
 */
export function redirectTo(
  actOn: EmulatedActOn,
  redirectUri: string,
  parameters: Readonly<Record<string, string>>,
): Response {
  const issuer = actOn.switches.issuer;
  const query = new URLSearchParams({ ...parameters, ...(issuer !== null && { iss: issuer }) });
  const location = `${redirectUri}${redirectUri.includes('?') ? '&' : '?'}${query}`;
  return new Response(null, { status: 302, headers: { ...pageHeaders, location } });
}
