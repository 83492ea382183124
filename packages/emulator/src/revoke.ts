import { aText, check, type Demand, objectOf, optional } from './check.ts';
import type { EmulatedActOn } from './emulated-act-on.ts';
import { closeFamily, revokeFamily } from './token/pairs.ts';

/**
 * What someone else takes back: all tokens of a user, of a client, of a client's user, or one token
 * alone.
 */
export type Revocation =
  | { user: string; client?: string }
  | { client: string; user?: string }
  | { token: string };

const shapes = [
  objectOf({ user: aText, client: optional(aText) }, ''),
  objectOf({ client: aText, user: optional(aText) }, ''),
  objectOf({ token: aText }, ''),
];

export const aRevocation: Demand = {
  isMet: (value) => shapes.some((shape) => shape.isMet(value)),
  must: 'name a user, a client, both, or a token',
};

/**
 * A refresh token takes no access token with it. Throws an Error for a user, client or token that
 * the emulator does not know.
 */
export function revoke(actOn: EmulatedActOn, what: Revocation): void {
  check('what', what, aRevocation);
  if ('token' in what) revokeToken(actOn, what.token);
  else revokeAll(actOn, what);
}

function revokeAll(
  actOn: EmulatedActOn,
  { user, client }: { user?: string; client?: string },
): void {
  if (user !== undefined && !actOn.users.has(user)) throw new Error(`no such user: "${user}"`);
  if (client !== undefined && !actOn.clients.has(client))
    throw new Error(`no such client: "${client}"`);
  for (const [id, family] of actOn.state.families) {
    if ((user ?? family.user) === family.user && (client ?? family.client) === family.client)
      revokeFamily(actOn, id);
  }
}

function revokeToken(actOn: EmulatedActOn, token: string): void {
  const access = actOn.state.accessTokens.get(token);
  const family = actOn.state.families.get(actOn.state.refreshTokens.get(token)?.family ?? -1);
  if (!access && !family) throw new Error('no such token');
  if (access) access.revoked = true;
  if (family?.current === token) closeFamily(family, 'revoked');
}
