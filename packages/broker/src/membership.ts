import { accountKey } from '@act-on-token/core';
import { clearCookie, largestCookie, prefix, setCookie } from './cookies.ts';
import type { Seal } from './seal.ts';
import type { Settings } from './settings.ts';
import { randomText, shortDigest } from './text.ts';
import type { BrokerAccount } from './wire.ts';

/** One account that a browser is signed in to, as its cookie says. */
export interface Membership extends BrokerAccount {
  /** The name of the account's record. */
  readonly account: string;
  /** See `Member`. */
  readonly browser: string;
  readonly session: string;
  /** A digest of the app's user to whom it belongs; `null` if the app does not say who that is. */
  readonly user: string | null;
  /** When the person signed in, in epoch milliseconds of the servers' clocks. */
  readonly signedInAt: number;
  /** The cookie must be renewed: it grew old, or was sealed with an older key. */
  readonly isDue: boolean;
}

/** What a session cookie says. It carries no token. */
interface Claims {
  /** The account's record. */
  readonly a: string;
  /** Its name for people. */
  readonly n: string;
  /** The browser. */
  readonly b: string;
  /** The session. */
  readonly s: string;
  /** A digest of the app's user; `null` if the app does not say who that is. */
  readonly u: string | null;
  /** When the person signed in. */
  readonly i: number;
  /** When the cookie was made. */
  readonly t: number;
}

const aDay = 86_400_000;
/** More are not looked at: opening one costs time. */
const mostCookies = 20;

export const sessionCookie = ({ cookieName }: Settings, id: string): string =>
  `${prefix}${cookieName}.${id}`;

/** The id of an account: the same everywhere, and of no use without a cookie. */
export function idOf({ endpoint }: Settings, account: string): Promise<string> {
  return shortDigest(accountKey(endpoint.issuer, endpoint.clientId, account));
}

/**
 * The accounts of the browser that sent these cookies, the one that signed in last first, whomever
 * they belong to.
 */
export async function readMemberships(
  settings: Settings,
  seal: Seal,
  cookies: ReadonlyMap<string, string>,
): Promise<Membership[]> {
  const start = sessionCookie(settings, '');
  const ours = [...cookies]
    .filter(([name, value]) => name.startsWith(start) && value.length <= largestCookie)
    .slice(0, mostCookies);
  const found = await Promise.all(
    ours.map(([name, value]) => readMembership(settings, seal, name.slice(start.length), value)),
  );
  return found
    .filter((membership) => membership !== null)
    .sort((a, b) => b.signedInAt - a.signedInAt);
}

async function readMembership(
  settings: Settings,
  seal: Seal,
  id: string,
  value: string,
): Promise<Membership | null> {
  const opened = await seal.open('session', value);
  if (opened === null || !isClaims(opened.claims)) return null;
  const {
    a: account,
    n: name,
    b: browser,
    s: session,
    u: user,
    i: signedInAt,
    t: madeAt,
  } = opened.claims;
  const age = settings.now() - madeAt;
  if (age >= settings.sessionLifetime || settings.now() - signedInAt >= settings.maxSessionAge)
    return null;
  // Under another account's name it would stand for that one in a list.
  if ((await idOf(settings, account)) !== id) return null;
  const isDue = !opened.isCurrent || age > Math.min(aDay, settings.sessionLifetime / 2);
  return { id, name, account, browser, session, user, signedInAt, isDue };
}

function isClaims(value: unknown): value is Claims {
  const { a, n, b, s, u, i, t } = Object(value) as Record<string, unknown>;
  const texts = [a, n, b, s].every((text) => typeof text === 'string' && text !== '');
  return (
    texts && (u === null || typeof u === 'string') && typeof i === 'number' && typeof t === 'number'
  );
}

/** The `Set-Cookie` line of a membership. */
export async function membershipCookie(
  settings: Settings,
  seal: Seal,
  membership: Omit<Membership, 'isDue'>,
): Promise<string> {
  const { id, account, name, browser, session, user, signedInAt } = membership;
  const claims: Claims = {
    a: account,
    n: name,
    b: browser,
    s: session,
    u: user,
    i: signedInAt,
    t: settings.now(),
  };
  const left = Math.min(settings.sessionLifetime, signedInAt + settings.maxSessionAge - claims.t);
  return setCookie(sessionCookie(settings, id), await seal.seal('session', claims), left, 'Strict');
}

export function clearMembership(settings: Settings, id: string): string {
  return clearCookie(sessionCookie(settings, id), 'Strict');
}

/**
 * Names a sign-in for pages, without a word of whose it is. A new one has another name, and so has
 * that of another user of the app.
 */
export function signInOf({ account, browser, user, signedInAt }: Membership): Promise<string> {
  return shortDigest(JSON.stringify([account, browser, user, signedInAt]));
}

/** 96 random bits: names of browsers and sessions. */
export const newName = (): string => randomText(12);
