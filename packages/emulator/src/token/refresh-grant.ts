import type { EmulatedActOn } from '../emulated-act-on.ts';
import { gatewayError, noStore } from '../gateway.ts';
import { Refusal } from '../refusal.ts';
import type { Family } from '../state.ts';
import { takeAttempt } from './attempts.ts';
import { closeFamily, type Pair, refreshFamily, standingOf } from './pairs.ts';
import { requireApi } from './password-grant.ts';
import { refuse } from './refuse.ts';
import type { TokenRequest } from './token-request.ts';

/**
 * Spends the refresh token and issues the next pair. Nothing is awaited: of any number of requests
 * with one token, one succeeds.
 */
export function grantRefresh(
  actOn: EmulatedActOn,
  request: Extract<TokenRequest, { grantType: 'refresh_token' }>,
): Pair {
  const standing = standingOf(actOn, request.client.id, request.refreshToken);
  if (actOn.switches.countRefresh)
    takeAttempt(actOn, request.client, standing.family?.user ?? null);
  if (standing.verdict === 'refused') {
    const { reason, family } = standing;
    if (reason === 'spent' && family !== null && actOn.switches.reuseDetection === 'revokeFamily')
      closeFamily(family, 'replayed');
    if (reason === 'expired' && family !== null && doesFail(actOn, family)) {
      throw new Refusal(
        'server_error',
        () => gatewayError(actOn, 500, 'Runtime Error', { headers: noStore }),
        reason,
      );
    }
    throw refuse(actOn.profile.refreshTokenRejected, reason);
  }
  requireApi(actOn, standing.family.user);
  return refreshFamily(actOn, request.refreshToken, standing.token);
}

/**
 * WSO2 looked for the access token of the pair, and failed where it found none
 * (wso2-extensions/identity-inbound-auth-oauth#248).
 */
function doesFail({ state, switches, clock }: EmulatedActOn, { access }: Family): boolean {
  const expiresAt = state.accessTokens.get(access)?.expiresAt ?? Number.POSITIVE_INFINITY;
  return switches.expiredPairFails && clock.now() >= expiresAt;
}
