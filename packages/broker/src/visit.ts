import type { Context } from './context.ts';
import { readCookies } from './cookies.ts';
import {
  clearMembership,
  type Membership,
  membershipCookie,
  newName,
  readMemberships,
} from './membership.ts';
import { misconfigured } from './settings.ts';
import { shortDigest } from './text.ts';

/** One request, and what it says about who sent it. */
export interface Visit {
  readonly request: Request;
  readonly url: URL;
  readonly cookies: ReadonlyMap<string, string>;
  /** A digest of the app's user; `null` if there is none, or if the app does not say. */
  readonly user: string | null;
  /**
   * The accounts that the cookies name, the one that signed in last first: those of the app's user.
   * Whether they still count, the roster says.
   */
  readonly memberships: readonly Membership[];
  /** Those that may be signed out: if the app has no user any more, all that the cookies name. */
  readonly leavable: readonly Membership[];
  /** `Set-Cookie` lines that go with the answer, whatever it is. */
  readonly setCookies: string[];
  /** Gets what goes on after the response. It never throws. */
  readonly waitUntil: (work: Promise<unknown>) => void;
}

/**
 * Reads who sent a request. Rejects with what the option `user` throws, and with `configuration`
 * for anything that names no one user.
 */
export async function readVisit(
  { settings, seal }: Context,
  request: Request,
  url: URL,
  waitUntil: Visit['waitUntil'],
): Promise<Visit> {
  const cookies = readCookies(request.headers.get('cookie'));
  const named: unknown = (await settings.user?.(request)) ?? null;
  // Never made into a text: all objects, and all users without a name, would be one user.
  if (named !== null && (typeof named !== 'string' || named === ''))
    throw misconfigured(
      '"user" must give a non-empty string that names one user of your app, or null for no one.',
    );
  const user = named === null ? null : await shortDigest(named);
  const all = await readMemberships(settings, seal, cookies);
  // Where the app says who its user is, nobody is nobody's.
  const memberships = all.filter(
    (membership) => settings.user === undefined || (user !== null && membership.user === user),
  );
  return {
    request,
    url,
    cookies,
    user,
    memberships,
    leavable: user === null ? all : memberships,
    setCookies: [],
    waitUntil,
  };
}

/**
 * The account that a request is about: the one with this id, or the first that still counts.
 * `null` if there is none. The cookies of those that do not count any more are taken away. Rejects
 * with `store_unavailable`.
 */
export async function currentMembership(
  context: Context,
  visit: Visit,
  id: string | null,
): Promise<Membership | null> {
  for (const membership of visit.memberships) {
    if ((id === null || membership.id === id) && (await stillCounts(context, visit, membership)))
      return membership;
  }
  return null;
}

/** All accounts that still count, in the same manner. */
export async function livingMemberships(
  context: Context,
  visit: Visit,
): Promise<readonly Membership[]> {
  const counts = await Promise.all(
    visit.memberships.map((membership) => stillCounts(context, visit, membership)),
  );
  return visit.memberships.filter((_, i) => counts[i]);
}

async function stillCounts(
  { settings, roster }: Context,
  { setCookies }: Visit,
  { id, account, browser, session }: Membership,
): Promise<boolean> {
  const counts = await roster.has(account, browser, session);
  if (!counts) setCookies.push(clearMembership(settings, id));
  return counts;
}

/**
 * Makes the cookie of a membership new, with another session in it, if that is due: a copy of the
 * cookie ends. A store that is down is not a reason to fail: it stays due.
 */
export async function keepFresh(
  { settings, seal, roster }: Context,
  visit: Visit,
  membership: Membership,
): Promise<void> {
  if (!membership.isDue) return;
  const { account, browser, session } = membership;
  const next = await roster.renew(account, browser, session, newName()).catch(() => null);
  if (next !== null)
    visit.setCookies.push(await membershipCookie(settings, seal, { ...membership, session: next }));
}
