import { clearCookie, largestCookie, prefix, setCookie } from './cookies.ts';
import type { Seal } from './seal.ts';
import type { Settings } from './settings.ts';
import { shortDigest } from './text.ts';

/**
 * A sign-in that began in this browser and whose redirect has not come back yet: what is kept of it
 * in a cookie meanwhile.
 */
export interface Pending {
  readonly state: string;
  readonly codeVerifier?: string;
  /** An absolute URL of the app. */
  readonly returnTo: string;
  /** A page of the app or a person asked for that, and not a link on another site. */
  readonly isOwn: boolean;
  /** Names the browser. */
  readonly browser: string;
  /** A digest of the app's user when it began. */
  readonly user: string | null;
  /** A user was signed in to this app in this browser before. */
  readonly isKnown: boolean;
  /** The account that the person means to sign in to again. */
  readonly hint: string | null;
  readonly beganAt: number;
}

/** Ten minutes to sign in at Act-On: as long as a code may live (RFC 6749 §4.1.2). */
export const pendingLifetime = 600_000;
/** Sign-ins at once in one browser; beyond these the oldest are given up. */
const mostPending = 5;

/**
 * Each sign-in has a cookie of its own, so that several can be under way in several tabs.
 * `SameSite=Lax`, because the redirect from Act-On is a navigation from another site.
 */
const cookieOf = ({ cookieName }: Settings, id: string): string =>
  `${prefix}${cookieName}-signin.${id}`;

/** The id of a sign-in, from its state. */
export const pendingId = (state: string): Promise<string> => shortDigest(state);

export async function pendingCookie(
  settings: Settings,
  seal: Seal,
  pending: Pending,
): Promise<string> {
  const name = cookieOf(settings, await pendingId(pending.state));
  return setCookie(name, await seal.seal('sign-in', pending), pendingLifetime, 'Lax');
}

export function clearPending(settings: Settings, id: string): string {
  return clearCookie(cookieOf(settings, id), 'Lax');
}

/**
 * What was kept under this id; `null` if nothing was, if it is too old, or if it was not made here.
 */
export async function readPending(
  settings: Settings,
  seal: Seal,
  cookies: ReadonlyMap<string, string>,
  id: string,
): Promise<Pending | null> {
  const value = cookies.get(cookieOf(settings, id));
  if (value === undefined || value.length > largestCookie) return null;
  const opened = await seal.open('sign-in', value);
  const pending = opened?.claims as Pending | undefined;
  if (pending === undefined || (await pendingId(pending.state)) !== id) return null;
  return settings.now() - pending.beganAt < pendingLifetime ? pending : null;
}

/**
 * All that are under way in this browser, the newest first; `surplus` names those for which there
 * is no room for one more.
 */
export async function readAllPending(
  settings: Settings,
  seal: Seal,
  cookies: ReadonlyMap<string, string>,
): Promise<{ pending: readonly Pending[]; surplus: readonly string[] }> {
  const start = cookieOf(settings, '');
  const ids = [...cookies.keys()]
    .filter((name) => name.startsWith(start))
    .map((name) => name.slice(start.length));
  const found = await Promise.all(
    ids
      .slice(0, 4 * mostPending)
      .map(async (id) => ({ id, pending: await readPending(settings, seal, cookies, id) })),
  );
  const alive = found.flatMap(({ id, pending }) => (pending === null ? [] : [{ id, pending }]));
  alive.sort((a, b) => b.pending.beganAt - a.pending.beganAt);
  const kept = new Set(alive.slice(0, mostPending - 1).map(({ id }) => id));
  return {
    pending: alive.map(({ pending }) => pending),
    surplus: ids.filter((id) => !kept.has(id)),
  };
}
