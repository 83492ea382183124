import type { EmulatedActOn } from '../emulated-act-on.ts';

const secretNames: readonly string[] = [
  'client_secret',
  'password',
  'refresh_token',
  'code',
  'access_token',
  'code_verifier',
];

/**
 * Says whether a URL carries a secret: by the name of a parameter, or by a value that the emulator
 * issued or was given.
 */
export function createUrlCheck(actOn: EmulatedActOn): (url: URL) => boolean {
  const given = new Set([...actOn.clients.values()].map((client) => client.secret));
  for (const user of actOn.users.values()) given.add(user.password);
  const isSecret = (value: string): boolean => {
    const { refreshTokens, accessTokens, codes } = actOn.state;
    return (
      given.has(value) || refreshTokens.has(value) || accessTokens.has(value) || codes.has(value)
    );
  };
  return ({ searchParams, pathname }) => {
    const query = [...searchParams].filter(([, value]) => value !== '');
    return (
      query.some(([name, value]) => secretNames.includes(name) || isSecret(value)) ||
      pathname.split('/').some(isSecret)
    );
  };
}

// A password may be any word, so a path shows the words of Act-On's own and hides all others.
const plainSegment =
  /^(token|authorize|login|consent|api|ucl|v?\d|account|lists?|record|status|messages?|custom|send|ping|\.well-known|oauth-authorization-server|oauth-protected-resource|openid-configuration|l-\d{1,6}|)$/;

/** The path, with `***` for every segment that is not known to be harmless. */
export function maskPath(url: URL): string {
  return url.pathname
    .split('/')
    .map((segment) => (plainSegment.test(segment) ? segment : '***'))
    .join('/');
}
