import type { Settings } from './settings.ts';
import { sharedValue } from './shared-value.ts';

/** Sign-ins whose redirect came back, each with the time of that by the store's clock. */
type Used = Readonly<Record<string, number>>;

/**
 * True the first time that this sign-in comes back, to whichever server; false ever after. A code that is sent twice makes Act-On
 * take back what it gave for it (RFC 6749 §4.1.2), so no server may try. Rejects with `store_unavailable`.
 * `id` is a short digest; its first character picks one of 64 values, so that they stay small and servers seldom meet.
 */
export async function useOnce(settings: Settings, id: string, lifetime: number): Promise<boolean> {
  let isFirst = false;
  await sharedValue(settings, 'used sign-ins', id.slice(0, 1), decode).change((used, now) => {
    const recent = Object.fromEntries(Object.entries(used).filter(([, at]) => now - at < 2 * lifetime));
    isFirst = !Object.hasOwn(recent, id);
    return isFirst ? { ...recent, [id]: now } : null;
  });
  return isFirst;
}

function decode(stored: unknown): Used {
  return typeof stored === 'object' && stored !== null && !Array.isArray(stored) ? (stored as Used) : {};
}
