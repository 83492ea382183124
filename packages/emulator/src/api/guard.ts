import type { EmulatedActOn } from '../emulated-act-on.ts';
import { unauthorized } from '../gateway.ts';
import type { User } from '../options.ts';
import type { ReceivedRequest } from '../received-request.ts';
import { takeCall } from './api-limits.ts';
import { bearerOf } from './bearer.ts';

export interface ApiCall {
  readonly actOn: EmulatedActOn;
  readonly received: ReceivedRequest;
  readonly user: User;
  /** A parameter of the path. */
  param(name: string): string;
}

/** Lets a call through to its handler if its token is good and its account has calls left. */
export async function guard(
  actOn: EmulatedActOn,
  received: ReceivedRequest,
  param: ApiCall['param'],
  handler: (call: ApiCall) => Response | Promise<Response>,
): Promise<Response> {
  const user = authorizedUser(actOn, bearerOf(received.headers));
  if (!user) return unauthorized(actOn, bearerOf(received.headers) !== null);
  const limits = takeCall(actOn, user.account);
  if (limits instanceof Response) return limits;
  const answer = await handler({ actOn, received, user, param });
  for (const [name, value] of Object.entries(limits)) answer.headers.set(name, value);
  return answer;
}

function authorizedUser(actOn: EmulatedActOn, bearer: string | null): User | null {
  const token = actOn.state.accessTokens.get(bearer ?? '');
  if (!token || token.revoked || actOn.clock.now() >= token.expiresAt) return null;
  return actOn.users.get(actOn.state.families.get(token.family)?.user ?? '') ?? null;
}
