import { challengeOf } from '../authorize/pkce.ts';
import type { EmulatedActOn } from '../emulated-act-on.ts';
import { json, noStore } from '../gateway.ts';
import type { ReceivedRequest } from '../received-request.ts';
import { answering } from '../refusal.ts';
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
export async function answerToken(
  actOn: EmulatedActOn,
  received: ReceivedRequest,
): Promise<Response> {
  const verifier = received.form.get('code_verifier');
  const challenge = verifier === null ? null : await challengeOf(verifier);
  received.note.replayed = isReplay(actOn, received);
  return answering(received, () => {
    const pair = grant(actOn, readTokenRequest(actOn, received), challenge);
    received.note.granted = true;
    return json(200, tokenBody(actOn, pair), noStore);
  });
}

function grant(actOn: EmulatedActOn, request: TokenRequest, challenge: string | null): Pair {
  if (request.grantType === 'refresh_token') return grantRefresh(actOn, request);
  if (request.grantType === 'password') {
    takeAttempt(actOn, request.client, request.username);
    return grantPassword(actOn, request);
  }
  takeAttempt(actOn, request.client, actOn.state.codes.get(request.code)?.user ?? null);
  return grantCode(actOn, request, challenge);
}

/** Whether the request carries a refresh token that was spent before. */
export function isReplay(actOn: EmulatedActOn, { grantType, token }: ReceivedRequest): boolean {
  const refreshToken =
    grantType === 'refresh_token' ? actOn.state.refreshTokens.get(token?.value ?? '') : undefined;
  return refreshToken !== undefined && refreshToken.spentAt !== null;
}

function tokenBody({ switches }: EmulatedActOn, pair: Pair): Record<string, unknown> {
  return {
    access_token: pair.accessToken,
    ...(pair.refreshToken !== null && { refresh_token: pair.refreshToken }),
    ...(switches.scope !== null && { scope: switches.scope }),
    token_type: switches.tokenType,
    expires_in: switches.advertisedExpiresIn,
  };
}
