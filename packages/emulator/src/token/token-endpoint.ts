import type { Arrival } from '../arrival.ts';
import { challengeOf } from '../authorize/pkce.ts';
import { json, noStore } from '../gateway.ts';
import { answering } from '../refusal.ts';
import type { World } from '../world.ts';
import { takeAttempt } from './attempts.ts';
import { grantCode } from './code-grant.ts';
import type { Pair } from './pairs.ts';
import { grantPassword } from './password-grant.ts';
import { grantRefresh } from './refresh-grant.ts';
import { readTokenRequest, type TokenRequest } from './token-request.ts';

/**
 * POST /token. Whatever it needs to wait for it waits for first: judging and issuing happen in one
 * step.
 */
export async function answerToken(world: World, arrival: Arrival): Promise<Response> {
  const verifier = arrival.form.get('code_verifier');
  const challenge = verifier === null ? null : await challengeOf(verifier);
  arrival.note.replayed = isReplay(world, arrival);
  return answering(arrival, () => {
    const pair = grant(world, readTokenRequest(world, arrival), challenge);
    arrival.note.granted = true;
    return json(200, tokenBody(world, pair), noStore);
  });
}

function grant(world: World, request: TokenRequest, challenge: string | null): Pair {
  if (request.grantType === 'refresh_token') return grantRefresh(world, request);
  if (request.grantType === 'password') {
    takeAttempt(world, request.client, request.username);
    return grantPassword(world, request);
  }
  takeAttempt(world, request.client, world.state.codes.get(request.code)?.user ?? null);
  return grantCode(world, request, challenge);
}

/** Whether the request carries a refresh token that was spent before. */
export function isReplay(world: World, { grantType, token }: Arrival): boolean {
  const refreshToken =
    grantType === 'refresh_token' ? world.state.refreshTokens.get(token?.value ?? '') : undefined;
  return refreshToken !== undefined && refreshToken.spentAt !== null;
}

function tokenBody({ switches }: World, pair: Pair): Record<string, unknown> {
  return {
    access_token: pair.accessToken,
    ...(pair.refreshToken !== null && { refresh_token: pair.refreshToken }),
    ...(switches.scope !== null && { scope: switches.scope }),
    token_type: switches.tokenType,
    expires_in: switches.advertisedExpiresIn,
  };
}
