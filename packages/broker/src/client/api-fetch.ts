import type { Fetch } from '@act-on-token/core';
import { type BrokerRefusal, errorHeader, expiryHeader } from '../wire.ts';
import { apiUrl } from './api-url.ts';
import { changed, failureOf, misconfigured } from './failures.ts';
import type { Gateway } from './gateway.ts';
import { sameOwner } from './kept-token.ts';
import type { Lookups } from './lookups.ts';
import { isStream, partsOf } from './request.ts';
import { type Standing, sameToken } from './standing.ts';

/** What requests to Act-On's API need of their session. */
export interface ApiAccess {
  readonly gateway: Gateway;
  readonly standing: Standing;
  readonly lookups: Lookups;
  now(): number;
  /** The account that this page shows: requests act as that one. */
  account(): string;
}

/** Where the broker's proxy is: Act-On's API, as this page sees it. */
export function proxyBase(gateway: Gateway): URL {
  return new URL('api/', gateway.base());
}

/**
 * `fetch` through the broker, in proxy mode. What the broker itself refuses rejects as it would in
 * a session without one.
 */
export async function proxyFetch(
  access: ApiAccess,
  input: string | URL | Request,
  given: RequestInit | undefined,
): Promise<Response> {
  const { gateway, standing, lookups, now } = access;
  const account = access.account();
  const { url, init } = await partsOf(input, given);
  const target = apiUrl(url, proxyBase(gateway), apiBaseOf(standing));
  const asked = now();
  const response = await gateway.send(target, init, account);
  const refusal = response.headers.get(errorHeader);
  if (refusal !== null) {
    // As somebody else it is not sent: who is there shows first.
    if (refusal === ('account_changed' satisfies BrokerRefusal)) await lookups.lookAgain();
    else lookups.hint();
    throw await failureOf(response, asked);
  }
  const left = response.headers.get(expiryHeader);
  const { loaded, expiresAt } = standing.snapshot;
  const isNews =
    left !== null && Math.abs(asked + Number(left) * 1000 - (expiresAt ?? 0)) > sameToken;
  if (loaded && isNews) lookups.hint();
  return response;
}

function apiBaseOf({ answer }: Standing): URL | null {
  return answer !== null && URL.canParse(answer.api_base) ? new URL(answer.api_base) : null;
}

export type GetToken = (options: { rejected?: string; signal?: AbortSignal }) => Promise<string>;

/**
 * `fetch` straight to Act-On with the access token, in token mode: to its API only, and once more
 * after a 401.
 */
export async function tokenFetch(
  access: ApiAccess,
  fetch: Fetch,
  getToken: GetToken,
  input: string | URL | Request,
  given: RequestInit | undefined,
): Promise<Response> {
  const { url, init } = await partsOf(input, given);
  const base = apiBaseOf(access.standing);
  if (base === null) throw misconfigured("The broker did not say where Act-On's API is.");
  const target = apiUrl(url, base, null);
  const wait = init.signal ? { signal: init.signal } : {};
  const { owner } = access.standing;
  const isAnother = (): boolean => !sameOwner(owner, access.standing.owner);
  const token = await getToken(wait);
  if (isAnother()) throw changed();
  const response = await fetch(target, authorized(init, token));
  if (response.status !== 401 || isStream(init.body)) return response;
  if (isAnother()) return response;
  const fresh = await getToken({ ...wait, rejected: token });
  if (fresh === token || isAnother()) return response;
  await response.body?.cancel();
  return fetch(target, authorized(init, fresh));
}

function authorized(init: RequestInit, token: string): RequestInit {
  const headers = new Headers(init.headers);
  headers.set('authorization', `Bearer ${token}`);
  // Followed by the browser, a redirect would take the body along to wherever it leads.
  return { ...init, headers, credentials: 'omit', redirect: 'error' };
}
