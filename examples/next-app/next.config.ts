import type { NextConfig } from 'next';

/** proxy.ts adds what differs from request to request. The broker under /auth sends its own. */
const headers = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

const config: NextConfig = {
  // The scripts of development are served under the address that the browser shows, whichever name
  // of this machine that is.
  allowedDevOrigins: ['127.0.0.1', 'localhost'],
  poweredByHeader: false,
  headers: async () => [
    {
      source: '/((?!auth/).*)',
      headers: Object.entries(headers).map(([key, value]) => ({ key, value })),
    },
  ],
};

export default config;
