import type { Arrival } from '../arrival.ts';
import { unauthorized } from '../gateway.ts';
import type { User } from '../options.ts';
import type { World } from '../world.ts';
import { takeCall } from './api-limits.ts';
import { bearerOf } from './bearer.ts';

export interface ApiCall {
  readonly world: World;
  readonly arrival: Arrival;
  readonly user: User;
  /** A parameter of the path. */
  param(name: string): string;
}

/** Lets a call through to its handler if its token is good and its account has calls left. */
export async function guard(
  world: World,
  arrival: Arrival,
  param: ApiCall['param'],
  handler: (call: ApiCall) => Response | Promise<Response>,
): Promise<Response> {
  const user = authorizedUser(world, bearerOf(arrival.headers));
  if (!user) return unauthorized(world, bearerOf(arrival.headers) !== null);
  const limits = takeCall(world, user.account);
  if (limits instanceof Response) return limits;
  const answer = await handler({ world, arrival, user, param });
  for (const [name, value] of Object.entries(limits)) answer.headers.set(name, value);
  return answer;
}

function authorizedUser(world: World, bearer: string | null): User | null {
  const token = world.state.accessTokens.get(bearer ?? '');
  if (!token || token.revoked || world.clock.now() >= token.expiresAt) return null;
  return world.users.get(world.state.families.get(token.family)?.user ?? '') ?? null;
}
