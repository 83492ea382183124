import type { User } from '../options.ts';
import type { World } from '../world.ts';
import { issueFamily, type Pair } from './pairs.ts';
import { refuse } from './refuse.ts';
import type { TokenRequest } from './token-request.ts';

export function grantPassword(
  world: World,
  request: Extract<TokenRequest, { grantType: 'password' }>,
): Pair {
  const user = findUser(world, request.username, request.password);
  if (!user) throw refuse(world.profile.credentialsRejected);
  requireApi(world, user.username);
  return issueFamily(world, request.client.id, user.username);
}

export function findUser(world: World, username: string, password: string): User | null {
  const user = world.users.get(username);
  return user?.password === password ? user : null;
}

/** Throws a Refusal if the user's account has no API access. */
export function requireApi(world: World, username: string): void {
  if (world.users.get(username)?.apiEnabled === false)
    throw refuse({ status: 403, error: 'PUBLIC_API_FEATURE_NOT_ENABLED' });
}
