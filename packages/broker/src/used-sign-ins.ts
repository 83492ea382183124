import type { Settings } from './settings.ts';
import { type SharedValue, sharedValue } from './shared-value.ts';

/** Digests of what a sign-in came back with, each with the time of that by the store's clock. */
type Used = Readonly<Record<string, number>>;

/**
 * In one of 64 values. Only what Act-On granted is noted, so nobody fills them who cannot sign in.
 */
const mostNoted = 500;

/**
 * Whether a sign-in with one of these came back before, to whichever server: its state, or its code
 * under another state. A code that is sent twice makes Act-On take back what it gave for it (RFC
 * 6749 §4.1.2). Rejects with `store_unavailable`.
 */
export async function isUsed(
  settings: Settings,
  ids: readonly string[],
  lifetime: number,
): Promise<boolean> {
  const found = await Promise.all(ids.map((id) => listOf(settings, id).read()));
  return found.some(({ value, now }, i) =>
    Object.hasOwn(recent(value, now, lifetime), ids[i] ?? ''),
  );
}

/**
 * Notes them, after Act-On granted: before that a stranger would have something written for each
 * code that he makes up.
 */
export async function noteUsed(
  settings: Settings,
  ids: readonly string[],
  lifetime: number,
): Promise<void> {
  const note = (id: string) =>
    listOf(settings, id).change((used, now) => {
      const kept = Object.entries(recent(used, now, lifetime)).slice(1 - mostNoted);
      return { ...Object.fromEntries(kept), [id]: now };
    });
  await Promise.all(ids.map(note));
}

/**
 * The first character of an id, which is a short digest, picks its list: so they stay small and
 * servers seldom meet.
 */
function listOf(settings: Settings, id: string): SharedValue<Used> {
  return sharedValue(settings, 'used sign-ins', id.slice(0, 1), decode);
}

function recent(used: Used, now: number, lifetime: number): Used {
  return Object.fromEntries(Object.entries(used).filter(([, at]) => now - at < 2 * lifetime));
}

function decode(stored: unknown): Used {
  return typeof stored === 'object' && stored !== null && !Array.isArray(stored)
    ? (stored as Used)
    : {};
}
