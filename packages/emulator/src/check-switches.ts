import {
  aBoolean,
  aNumber,
  aText,
  check,
  type Demand,
  numberIn,
  objectOf,
  oneOf,
  orNull,
  texts,
} from './check.ts';
import type { User } from './options.ts';
import type { Switches } from './settings.ts';

const seconds = numberIn(0, Number.POSITIVE_INFINITY, 'be a number of seconds, 0 or more');
const count = numberIn(0, Number.POSITIVE_INFINITY, 'be a number, 0 or more');

export const switchDemands: Readonly<Record<keyof Switches, Demand>> = {
  grantLimit: orNull(
    objectOf({ limit: count, window: count }, 'hold a "limit" and a "window" in milliseconds'),
  ),
  limitKey: oneOf('client+user', 'client', 'account'),
  countRefresh: aBoolean,
  limitAnswer: oneOf('gateway', 'too_many_attempts', 'forbidden', 'bad_request'),
  limitRetryAfter: oneOf('absent', 'seconds', 'http-date'),
  apiLimits: orNull(objectOf({ perSecond: count, perDay: count }, 'hold "perSecond" and "perDay"')),
  rateLimitHeaders: aBoolean,
  wwwAuthenticate: aBoolean,
  faultFormat: oneOf('json', 'xml'),
  tokenStyle: oneOf('uuid', 'hex32', 'jwt'),
  scope: orNull(aText),
  tokenType: oneOf('Bearer', 'bearer'),
  // Whatever a server may say, however wrong.
  advertisedExpiresIn: aNumber,
  realLifetime: seconds,
  newGrantInvalidates: aBoolean,
  revokeOldAccess: aBoolean,
  rotate: aBoolean,
  overlapSeconds: seconds,
  reuseDetection: oneOf('reject', 'revokeFamily'),
  refreshLifetime: seconds,
  refreshExpiry: oneOf('absolute', 'idle'),
  expiredPairFails: aBoolean,
  pkce: oneOf('ignore', 'enforce'),
  codeLifetime: numberIn(
    Number.MIN_VALUE,
    600,
    'be above 0 and at most 600 seconds (RFC 6749 §4.1.2)',
  ),
  autoConsent: orNull(aText),
  issuer: orNull(aText),
  basicAuth: aBoolean,
  urlSecretTrap: aBoolean,
  cors: texts,
};

export const switchNames: readonly (keyof Switches)[] = Object.keys(
  switchDemands,
) as (keyof Switches)[];

/** Throws a TypeError for a switch that there is not, or a value that Act-On could not have. */
export function checkSwitches(switches: Switches, users: ReadonlyMap<string, User>): Switches {
  const known: Readonly<Record<string, Demand>> = switchDemands;
  for (const [name, value] of Object.entries(switches)) {
    const demand = Object.hasOwn(known, name) ? known[name] : undefined;
    if (!demand) throw new TypeError(`there is no switch "${name}"`);
    check(name, value, demand);
  }
  if (switches.autoConsent !== null && !users.has(switches.autoConsent))
    throw new TypeError('"autoConsent" must name a user');
  return switches;
}
