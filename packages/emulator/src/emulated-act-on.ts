import type { ListOptions } from './api/contact-list.ts';
import type { EmulatorClock } from './clock.ts';
import type { Client, User } from './options.ts';
import type { Profile } from './profiles/profile.ts';
import type { Random } from './random.ts';
import type { Switches } from './settings.ts';
import type { State } from './state.ts';

/**
 * All that an answer can depend on, handed to every handler: nothing lives at module level, so
 * emulators never meet.
 */
export interface EmulatedActOn {
  readonly profile: Profile;
  readonly switches: Switches;
  readonly clients: ReadonlyMap<string, Client>;
  readonly users: ReadonlyMap<string, User>;
  /** The lists that an account begins with. */
  readonly lists: readonly ListOptions[];
  readonly clock: EmulatorClock;
  readonly random: Random;
  /** Replaced as a whole by a reset. */
  state: State;
}

/** Names a client and user together, whatever characters either contains. */
export function holderKey(client: string, user: string): string {
  return JSON.stringify([client, user]);
}
