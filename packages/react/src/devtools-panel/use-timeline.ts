import type { Session, SessionEvent } from '@act-on-token/core';
import { useEffect, useState } from 'react';
import type { TimedEvent } from './report.ts';

/** How many events the panel keeps, the oldest of which are forgotten first. */
export const longestTimeline = 100;

export interface Entry extends TimedEvent {
  readonly id: number;
}

export interface Timeline {
  /** The latest first. */
  readonly entries: readonly Entry[];
  clear(): void;
}

let ids = 0;
const entryOf = (at: number, event: SessionEvent): Entry => {
  ids += 1;
  return { id: ids, at, event };
};

/** What happened before the panel was there, as far as the session knows, and all from then on. */
export function useTimeline(
  session: Session,
  before: () => readonly TimedEvent[],
  now: () => number,
): Timeline {
  const [entries, setEntries] = useState<readonly Entry[]>([]);
  // Both functions only read the session.
  useEffect(() => {
    const latest = [...before()].reverse();
    setEntries(latest.slice(0, longestTimeline).map(({ at, event }) => entryOf(at, event)));
    return session.on((event) => {
      const entry = entryOf(now(), event);
      setEntries((all) => [entry, ...all].slice(0, longestTimeline));
    });
  }, [session]);
  return { entries, clear: () => setEntries([]) };
}
