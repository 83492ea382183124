import type { Snapshot } from '@act-on-token/core';
import { json } from '../answers.ts';
import type { Context } from '../context.ts';
import { type Membership, signInOf } from '../membership.ts';
import type { Settings } from '../settings.ts';
import { keepFresh, livingMemberships, type Visit } from '../visit.ts';
import {
  accountHeader,
  type BrokerAccount,
  type SessionAnswer,
  signInHeader,
  type WireSnapshot,
} from '../wire.ts';

/**
 * `GET session`: how things stand, without any token. It reads the store, so that what other
 * servers did shows, and renews the cookies.
 */
export async function session(context: Context, visit: Visit): Promise<Response> {
  const { settings, sessions } = context;
  const memberships = await livingMemberships(context, visit);
  const wanted = visit.request.headers.get(accountHeader);
  const membership = memberships.find(({ id }) => wanted === null || id === wanted) ?? null;
  const snapshot =
    membership === null ? nobodysSnapshot(settings) : await sessions.look(membership.account);
  await Promise.all(memberships.map((each) => keepFresh(context, visit, each)));
  const headers = membership === null ? {} : { [signInHeader]: await signInOf(membership) };
  return json(200, answerOf(settings, memberships, membership, snapshot), headers);
}

function answerOf(
  settings: Settings,
  memberships: readonly Membership[],
  membership: Membership | null,
  snapshot: Snapshot,
): SessionAnswer {
  const active = membership !== null && !(snapshot.needsGrant && !snapshot.usable);
  return {
    active,
    reason: active ? null : reasonOf(snapshot),
    now: settings.now(),
    mode: settings.mode,
    login_url: loginUrl(settings, membership?.id ?? null),
    account: membership && accountOf(membership),
    accounts: memberships.map(accountOf),
    snapshot: onWire(snapshot),
    api_base: settings.endpoint.apiBase.href,
  };
}

const accountOf = ({ id, name }: Membership): BrokerAccount => ({ id, name });

/** A path: who reads it knows the origin. */
export function loginUrl({ basePath }: Settings, id: string | null): string {
  return `${basePath}/login${id === null ? '' : `?account=${id}`}`;
}

function reasonOf({ status, reason }: Snapshot): SessionAnswer['reason'] {
  if (status === 'idle') return 'signed_out';
  return reason === 'unknown' ? 'outcome_unknown' : 'session_expired';
}

function onWire({ loaded: _, error, ...snapshot }: Snapshot): WireSnapshot {
  return {
    ...snapshot,
    error: error && {
      code: error.code,
      message: error.message,
      retryAt: error.retryAt,
      needsGrant: error.needsGrant,
    },
  } as WireSnapshot;
}

function nobodysSnapshot({ session: { grantLimit } }: Settings): Snapshot {
  const grants = { used: 0, limit: grantLimit?.limit ?? 5, nextAt: null };
  const facts = {
    loaded: true,
    usable: false,
    needsGrant: true,
    signingIn: false,
    saved: true,
    error: null,
    grants,
  };
  return { ...facts, status: 'idle', expiresAt: null, reason: null };
}
