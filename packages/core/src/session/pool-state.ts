import type { Semaphore } from '../semaphore.ts';
import type { Listeners, SessionEvent } from './events.ts';
import { History } from './history.ts';

/** What can be closed while something of it is still under way. */
interface Closable {
  close(): Promise<void>;
}

/**
 * What the sessions of one pool have in common and what changes with time; a session by itself has
 * one of its own.
 */
export interface PoolState {
  readonly history: History;
  /** Lets only so many requests of unattended work run at once; `null`: any number. */
  readonly semaphore: Semaphore | null;
  /** Accounts that still have something to bring into the store. */
  readonly busy: Set<Closable>;
  /** Those who hear the events of all accounts; `null`: there are none. */
  listeners: Listeners<[SessionEvent, string]> | null;
  closed: boolean;
}

export function poolState(semaphore: Semaphore | null): PoolState {
  return { history: new History(), semaphore, busy: new Set(), listeners: null, closed: false };
}
