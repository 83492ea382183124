import { hex, type Random } from '../random.ts';
import type { TokenStyle } from '../settings.ts';

/**
 * What a JWT says about itself. The emulator never reads it: a token is looked up whatever it looks
 * like.
 */
export interface TokenFacts {
  readonly issuer: string;
  readonly client: string;
  readonly user: string;
  readonly scope: string | null;
  readonly issuedAt: number;
  readonly expiresIn: number;
}

/** 128 random bits in 32 hexadecimal digits: refresh tokens, codes and anti-CSRF tokens. */
export function newSecret(random: Random): string {
  return hex(random.bytes(16));
}

/**
 * All 128 bits are random: the digits that RFC 9562 keeps for version and variant are not set
 * apart.
 */
export function newUuid(random: Random): string {
  return newSecret(random).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

export function newRefreshToken(random: Random, style: TokenStyle): string {
  return style === 'uuid' ? newUuid(random) : newSecret(random);
}

export function newAccessToken(random: Random, style: TokenStyle, facts: TokenFacts): string {
  if (style === 'uuid') return newUuid(random);
  return style === 'hex32' ? newSecret(random) : newJwt(random, facts);
}

// As long as real ones are, about 1.5 kB, so that a program that puts a token into a cookie or a column
// finds out here.
const resources = [
  'accounts',
  'lists',
  'messages',
  'programs',
  'forms',
  'scores',
  'segments',
  'media',
  'webinars',
  'reports',
  'opportunities',
];
const permissions = resources.flatMap((name) => [
  `read:${name}`,
  `write:${name}`,
  `delete:${name}`,
]);

/** In the shape of a JWT, with random bytes for a signature: no key can verify it. */
function newJwt(random: Random, facts: TokenFacts): string {
  const issuedAt = Math.floor(facts.issuedAt / 1000);
  const header = { alg: 'RS256', typ: 'JWT', kid: 'emulator' };
  const payload = {
    iss: facts.issuer,
    sub: facts.user,
    aud: 'https://api.actonsoftware.com/api/1',
    azp: facts.client,
    iat: issuedAt,
    exp: issuedAt + facts.expiresIn,
    ...(facts.scope !== null && { scope: facts.scope }),
    permissions,
    jti: newSecret(random),
  };
  return [jsonBytes(header), jsonBytes(payload), random.bytes(256)].map(base64url).join('.');
}

function jsonBytes(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}

export function base64url(bytes: Uint8Array): string {
  // `apply` and not a spread, which walks the bytes one by one.
  const text = String.fromCharCode.apply(null, bytes as unknown as number[]);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}
