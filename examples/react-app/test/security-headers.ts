/**
 * What a scanner of sites complains of in an answer; nothing if all is well. Over https it looks
 * for one header more.
 */
export function complaintsOf({ headers }: Response, isHttps = false): string[] {
  const wanted: Readonly<Record<string, RegExp>> = {
    'x-content-type-options': /^nosniff$/,
    'x-frame-options': /^(DENY|SAMEORIGIN)$/,
    'referrer-policy': /^(no-referrer|same-origin|strict-origin(-when-cross-origin)?)$/,
    'permissions-policy': /camera=\(\).*geolocation=\(\).*microphone=\(\)/,
    'cross-origin-opener-policy': /^same-origin$/,
    'cross-origin-resource-policy': /^same-origin$/,
    ...(isHttps && { 'strict-transport-security': /^max-age=(1[5-9]|[2-9]\d)\d{6}/ }),
  };
  const missing = Object.keys(wanted).filter(
    (name) => !wanted[name]?.test(headers.get(name) ?? ''),
  );
  const telling = ['x-powered-by', 'server'].filter((name) => headers.has(name));
  return [
    ...missing.map((name) => `no good ${name}: ${headers.get(name)}`),
    ...telling.map((name) => `${name} tells too much`),
  ];
}

/** The same for the policy of a page. */
export function policyComplaintsOf({ headers }: Response): string[] {
  const policy = new Map(
    (headers.get('content-security-policy') ?? '').split(';').map((part) => {
      const [name = '', ...sources] = part.trim().split(/\s+/);
      return [name, sources] as const;
    }),
  );
  const fallback = policy.get('default-src') ?? ['*'];
  const scripts = policy.get('script-src') ?? fallback;
  const only = (name: string, ...allowed: string[]) =>
    (policy.get(name) ?? ['*']).every((source) => allowed.includes(source));
  return [
    ...scripts
      .filter((source) => /^(\*|https?:|data:|'unsafe-.*)$/.test(source))
      .map((source) => `scripts from ${source}`),
    ...(policy.get('style-src') ?? fallback)
      .filter((source) => /^(\*|https?:|data:)$/.test(source))
      .map((source) => `styles from ${source}`),
    ...['object-src', 'base-uri', 'frame-ancestors']
      .filter((name) => !only(name, "'none'"))
      .map((name) => `${name} is open`),
    ...(only('form-action', "'self'", "'none'") ? [] : ['form-action is open']),
  ];
}
