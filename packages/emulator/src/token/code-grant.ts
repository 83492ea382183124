import { challengeHolds } from '../authorize/pkce.ts';
import type { EmulatedActOn } from '../emulated-act-on.ts';
import type { AuthorizationCode } from '../state.ts';
import { issueFamily, type Pair, revokeFamily } from './pairs.ts';
import { requireApi } from './password-grant.ts';
import { refuse } from './refuse.ts';
import type { TokenRequest } from './token-request.ts';

type CodeRequest = Extract<TokenRequest, { grantType: 'authorization_code' }>;

/** `challenge` is what the request's verifier hashes to; `null` if it has none. */
export function grantCode(
  actOn: EmulatedActOn,
  request: CodeRequest,
  challenge: string | null,
): Pair {
  const code = actOn.state.codes.get(request.code);
  const reason = code ? refusalOf(actOn, request, code, challenge) : 'unknown';
  if (!code || reason !== null) {
    // RFC 6749 §4.1.2: a code that comes twice was stolen by one of the two, so what the first got
    // is taken back.
    if (reason === 'used' && code?.family) revokeFamily(actOn, code.family);
    throw refuse(actOn.profile.codeRejected, reason);
  }
  requireApi(actOn, code.user);
  const pair = issueFamily(actOn, code.client, code.user);
  code.family = pair.family;
  return pair;
}

type CodeReason = 'foreign' | 'used' | 'expired' | 'redirect_uri' | 'code_verifier';

function refusalOf(
  actOn: EmulatedActOn,
  request: CodeRequest,
  code: AuthorizationCode,
  challenge: string | null,
): CodeReason | null {
  if (code.client !== request.client.id) return 'foreign';
  if (code.family !== null) return 'used';
  if (actOn.clock.now() - code.issuedAt >= actOn.switches.codeLifetime * 1000) return 'expired';
  if (code.redirectUri !== request.redirectUri) return 'redirect_uri';
  return challengeHolds(actOn.switches.pkce, code.challenge, challenge) ? null : 'code_verifier';
}
