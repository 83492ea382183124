import type { EmulatedActOn } from '../emulated-act-on.ts';
import type { User } from '../options.ts';
import { issueFamily, type Pair } from './pairs.ts';
import { refuse } from './refuse.ts';
import type { TokenRequest } from './token-request.ts';

export function grantPassword(
  actOn: EmulatedActOn,
  request: Extract<TokenRequest, { grantType: 'password' }>,
): Pair {
  const user = findUser(actOn, request.username, request.password);
  if (!user) throw refuse(actOn.profile.credentialsRejected);
  requireApi(actOn, user.username);
  return issueFamily(actOn, request.client.id, user.username);
}

export function findUser(actOn: EmulatedActOn, username: string, password: string): User | null {
  const user = actOn.users.get(username);
  return user?.password === password ? user : null;
}

/** Throws a Refusal if the user's account has no API access. */
export function requireApi(actOn: EmulatedActOn, username: string): void {
  if (actOn.users.get(username)?.apiEnabled === false)
    throw refuse({ status: 403, error: 'PUBLIC_API_FEATURE_NOT_ENABLED' });
}
