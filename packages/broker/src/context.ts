import type { GrantPause } from './grant-pause.ts';
import type { Replies } from './replies.ts';
import type { Roster } from './roster.ts';
import type { Seal } from './seal.ts';
import type { Sessions } from './sessions.ts';
import type { Settings } from './settings.ts';
import type { Turnstile } from './turnstile.ts';

/** What all requests of one broker share. */
export interface Context {
  readonly settings: Settings;
  readonly seal: Seal;
  readonly sessions: Sessions;
  readonly roster: Roster;
  readonly replies: Replies;
  /** In front of what it costs to look at a redirect, and in front of Act-On. */
  readonly door: Turnstile;
  readonly turnstile: Turnstile;
  readonly pause: GrantPause;
  /** Sign-ins whose code is on its way, by their id. */
  readonly finishing: Map<string, Finishing>;
  /** Digests of the codes that this server has sent, the oldest first. */
  readonly sentCodes: Set<string>;
}

/** A sign-in whose code is on its way. */
export interface Finishing {
  /** When the request that finishes it counts as one that was ended. */
  readonly until: number;
  /** Gives or throws what came of it. */
  outcome?: () => Finished;
}

/** What came of a sign-in, for the caller: cookies to set, and what to show. */
export interface Finished {
  readonly setCookies: readonly string[];
  respond(): Promise<Response>;
}
