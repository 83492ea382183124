import { aText, check, type Demand, objectOf, optional } from './check.ts';
import { closeFamily, revokeFamily } from './token/pairs.ts';
import type { World } from './world.ts';

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
export function revoke(world: World, what: Revocation): void {
  check('what', what, aRevocation);
  if ('token' in what) revokeToken(world, what.token);
  else revokeAll(world, what);
}

function revokeAll(world: World, { user, client }: { user?: string; client?: string }): void {
  if (user !== undefined && !world.users.has(user)) throw new Error(`no such user: "${user}"`);
  if (client !== undefined && !world.clients.has(client))
    throw new Error(`no such client: "${client}"`);
  for (const [id, family] of world.state.families) {
    if ((user ?? family.user) === family.user && (client ?? family.client) === family.client)
      revokeFamily(world, id);
  }
}

function revokeToken(world: World, token: string): void {
  const access = world.state.accessTokens.get(token);
  const family = world.state.families.get(world.state.refreshTokens.get(token)?.family ?? -1);
  if (!access && !family) throw new Error('no such token');
  if (access) access.revoked = true;
  if (family?.current === token) closeFamily(family, 'revoked');
}
