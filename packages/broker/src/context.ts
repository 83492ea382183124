import type { Replies } from './replies.ts';
import type { Roster } from './roster.ts';
import type { Seal } from './seal.ts';
import type { Sessions } from './sessions.ts';
import type { Settings } from './settings.ts';

/** What all requests of one broker share. */
export interface Context {
  readonly settings: Settings;
  readonly seal: Seal;
  readonly sessions: Sessions;
  readonly roster: Roster;
  readonly replies: Replies;
  /** Sign-ins whose code is on its way, by their id. */
  readonly finishing: Map<string, Finishing>;
}

/** A sign-in whose code is on its way. */
export interface Finishing {
  /** When the request that finishes it counts as one that was ended. */
  readonly until: number;
  /** Gives or throws what came of it. */
  outcome?: () => Finished;
}

/** What came of a sign-in, for whoever asks: cookies to set, and what to show. */
export interface Finished {
  readonly setCookies: readonly string[];
  respond(): Promise<Response>;
}
