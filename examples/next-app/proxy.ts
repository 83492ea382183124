import { type NextRequest, NextResponse } from 'next/server';

/**
 * Lets a page run its own scripts and nothing else. Next.js finds the nonce in the request and puts
 * it on each of its scripts.
 */
export function proxy(request: NextRequest): NextResponse {
  const policy = contentSecurityPolicy(crypto.randomUUID());
  const headers = new Headers(request.headers);
  headers.set('Content-Security-Policy', policy);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('Content-Security-Policy', policy);
  if (process.env.APP_URL?.startsWith('https:'))
    response.headers.set('Strict-Transport-Security', 'max-age=31536000');
  return response;
}

function contentSecurityPolicy(nonce: string): string {
  // In development React needs eval() for its error overlays, and Next.js puts styles into the
  // page.
  const isDevelopment = process.env.NODE_ENV === 'development';
  return [
    "default-src 'self'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${isDevelopment ? " 'unsafe-eval'" : ''}`,
    `style-src 'self' ${isDevelopment ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** Pages alone: neither the broker, which has a policy of its own, nor files that run nothing. */
export const config = { matcher: '/((?!auth/|_next/static/|_next/image|icon.svg).*)' };
