import type { Session, SessionEvent } from '@act-on-token/core';
import { useEffect, useRef } from 'react';
import { useSession } from './provider.ts';

/**
 * Calls back with every event of the session while the component is mounted: to show a message or
 * to count. The callback may be a new function in every render. Nothing renders again because of it.
 * Throws `configuration` if there is neither a provider nor an argument.
 *
 * @example
 * useActOnEvents((event) => {
 *   if (event.type === 'signed_in') queryClient.invalidateQueries();
 * });
 */
export function useActOnEvents(listener: (event: SessionEvent) => void, session?: Session): void {
  const mine = useSession('useActOnEvents', session);
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  }, [listener]);
  useEffect(() => mine.on((event) => latest.current(event)), [mine]);
}
