import { type EmulatedActOn, holderKey } from '../emulated-act-on.ts';
import type { AccessToken, Family, RefreshToken } from '../state.ts';
import { newAccessToken, newRefreshToken } from './new-token.ts';

export interface Pair {
  readonly family: number;
  readonly accessToken: string;
  /** `null` if the refresh token that was sent stays in use. */
  readonly refreshToken: string | null;
}

/**
 * What is known of a refresh token: the live one, one that the overlap still honours, or why it is
 * refused.
 */
export type Standing =
  | { readonly verdict: 'live' | 'overlap'; readonly token: RefreshToken; readonly family: Family }
  | { readonly verdict: 'refused'; readonly reason: RefreshReason; readonly family: Family | null };
export type RefreshReason =
  | 'unknown'
  | 'foreign'
  | 'spent'
  | 'expired'
  | 'superseded'
  | 'revoked'
  | 'replayed';

/**
 * Issues the first pair of a family: a password or code grant. Nothing is awaited, so nothing comes
 * between.
 */
export function issueFamily(actOn: EmulatedActOn, client: string, user: string): Pair {
  const { state, clock } = actOn;
  const now = clock.now();
  const holder = holderKey(client, user);
  if (actOn.switches.newGrantInvalidates) supersede(actOn, holder);
  const family = state.families.size + 1;
  const refreshToken = addRefreshToken(actOn, family, now);
  const facts: Family = {
    client,
    user,
    grantedAt: now,
    current: refreshToken,
    previous: null,
    access: '',
    closed: null,
  };
  state.families.set(family, facts);
  state.open.set(holder, [...(state.open.get(holder) ?? []), family]);
  return { family, refreshToken, accessToken: addAccessToken(actOn, family, facts) };
}

/** Spends a refresh token that stands and issues the next pair, in one step. */
export function refreshFamily(actOn: EmulatedActOn, sent: string, token: RefreshToken): Pair {
  const family = actOn.state.families.get(token.family);
  if (!family) throw new Error('a refresh token without a family');
  const refreshToken = actOn.switches.rotate ? rotate(actOn, sent, token, family) : null;
  return {
    family: token.family,
    refreshToken,
    accessToken: addAccessToken(actOn, token.family, family),
  };
}

function rotate(actOn: EmulatedActOn, sent: string, token: RefreshToken, family: Family): string {
  const now = actOn.clock.now();
  const live = actOn.state.refreshTokens.get(family.current);
  // Within the overlap the live token is the one whose answer got lost. It dies, so that one stays
  // live and not two.
  if (live && live !== token) live.replaced = true;
  token.spentAt ??= now;
  family.previous = sent;
  family.current = addRefreshToken(actOn, token.family, now);
  return family.current;
}

export function standingOf(actOn: EmulatedActOn, client: string, sent: string): Standing {
  const token = actOn.state.refreshTokens.get(sent);
  const family = actOn.state.families.get(token?.family ?? -1);
  if (!token || !family) return { verdict: 'refused', reason: 'unknown', family: null };
  const reason = refusalOf(actOn, client, token, family);
  if (reason === null) return { verdict: 'live', token, family };
  if (reason === 'spent' && isInOverlap(actOn, sent, token, family))
    return { verdict: 'overlap', token, family };
  return { verdict: 'refused', reason, family };
}

export function closeFamily(family: Family, reason: NonNullable<Family['closed']>): void {
  family.closed ??= reason;
}

/** Takes a family's access tokens away as well. */
export function revokeFamily(actOn: EmulatedActOn, id: number): void {
  const family = actOn.state.families.get(id);
  if (family) closeFamily(family, 'revoked');
  for (const token of actOn.state.accessTokens.values())
    if (token.family === id) token.revoked = true;
}

/**
 * Spent comes before closed: that a token was replayed matters more than that its family ended
 * since.
 */
function refusalOf(
  actOn: EmulatedActOn,
  client: string,
  token: RefreshToken,
  family: Family,
): RefreshReason | null {
  if (family.client !== client) return 'foreign';
  if (token.spentAt !== null) return 'spent';
  if (family.closed !== null) return family.closed;
  if (token.replaced) return 'superseded';
  const since = actOn.switches.refreshExpiry === 'absolute' ? family.grantedAt : token.issuedAt;
  return actOn.clock.now() - since < actOn.switches.refreshLifetime * 1000 ? null : 'expired';
}

function isInOverlap(
  actOn: EmulatedActOn,
  sent: string,
  token: RefreshToken,
  family: Family,
): boolean {
  if (family.closed !== null || family.previous !== sent || token.spentAt === null) return false;
  return actOn.clock.now() - token.spentAt < actOn.switches.overlapSeconds * 1000;
}

function supersede(actOn: EmulatedActOn, holder: string): void {
  for (const id of actOn.state.open.get(holder) ?? []) {
    const family = actOn.state.families.get(id);
    if (!family) continue;
    closeFamily(family, 'superseded');
    if (actOn.switches.revokeOldAccess) revokeAccess(actOn.state.accessTokens.get(family.access));
  }
  actOn.state.open.set(holder, []);
}

function addRefreshToken(actOn: EmulatedActOn, family: number, issuedAt: number): string {
  const value = newRefreshToken(actOn.random, actOn.switches.tokenStyle);
  actOn.state.refreshTokens.set(value, { family, issuedAt, spentAt: null, replaced: false });
  return value;
}

function addAccessToken(actOn: EmulatedActOn, id: number, family: Family): string {
  const { state, switches, clock } = actOn;
  if (switches.revokeOldAccess) revokeAccess(state.accessTokens.get(family.access));
  const issuer = switches.issuer ?? 'https://api.actonsoftware.com';
  const facts = {
    issuer,
    client: family.client,
    user: family.user,
    scope: switches.scope,
    issuedAt: clock.now(),
    expiresIn: switches.advertisedExpiresIn,
  };
  const value = newAccessToken(actOn.random, switches.tokenStyle, facts);
  state.accessTokens.set(value, {
    family: id,
    expiresAt: clock.now() + switches.realLifetime * 1000,
    revoked: false,
  });
  family.access = value;
  return value;
}

function revokeAccess(token: AccessToken | undefined): void {
  if (token) token.revoked = true;
}
