import type { ContactList } from './api/contact-list.ts';
import type { OptOut } from './api/opt-outs.ts';
import type { Upload } from './api/upload-jobs.ts';
import type { RandomState } from './random.ts';

/**
 * All tokens that come from one password or code grant. One refresh token of a family is live at a
 * time.
 */
export interface Family {
  readonly client: string;
  readonly user: string;
  readonly grantedAt: number;
  /** The live refresh token; the one whose refresh made it; the newest access token. */
  current: string;
  previous: string | null;
  access: string;
  /** Why none of its refresh tokens works any more; `null` while one does. */
  closed: 'superseded' | 'revoked' | 'replayed' | null;
}

export interface RefreshToken {
  readonly family: number;
  readonly issuedAt: number;
  spentAt: number | null;
  /**
   * Its place was taken before anyone used it: the answer that brought it was asked for again
   * within the overlap.
   */
  replaced: boolean;
}

export interface AccessToken {
  readonly family: number;
  readonly expiresAt: number;
  revoked: boolean;
}

export interface AuthorizationCode {
  readonly client: string;
  readonly user: string;
  readonly redirectUri: string;
  readonly challenge: string | null;
  readonly issuedAt: number;
  /** What was issued for it; `null` until it is used. */
  family: number | null;
}

/**
 * A person on the way through the pages of `/authorize`. Its key is the form's anti-CSRF token,
 * good for one submission.
 */
export interface Visit {
  readonly client: string;
  readonly redirectUri: string;
  readonly state: string | null;
  readonly challenge: string | null;
  readonly startedAt: number;
  /** Who signed in; `null` on the sign-in page. */
  readonly user: string | null;
}

/**
 * Everything the emulated Act-On remembers. Maps, because a token sent by a client may be called
 * `__proto__`.
 */
export interface State {
  families: Map<number, Family>;
  /** The families of a client and user whose refresh token may still work. */
  open: Map<string, readonly number[]>;
  refreshTokens: Map<string, RefreshToken>;
  accessTokens: Map<string, AccessToken>;
  codes: Map<string, AuthorizationCode>;
  visits: Map<string, Visit>;
  /** When grants were attempted, and when the API was called, by key. */
  attempts: Map<string, readonly number[]>;
  calls: Map<string, readonly number[]>;
  /** The contact lists of an account, by list id. */
  lists: Map<string, Map<string, ContactList>>;
  /** Those of an account, in the order in which they came. */
  optOuts: Map<string, readonly OptOut[]>;
  /** Files on their way into a list, by the number of the job. */
  uploads: Map<string, Upload>;
  sends: number;
}

/** A state as plain JSON, secrets included: a file with one in it is as good as the tokens. */
export interface ExportedState {
  readonly schema: 1;
  readonly random: RandomState | null;
  /** How far the clock was ahead of its source, in milliseconds. */
  readonly advanced: number;
  readonly maps: Readonly<Record<MapName, readonly (readonly [unknown, unknown])[]>>;
  readonly lists: readonly (readonly [string, readonly (readonly [string, ContactList])[]])[];
  readonly sends: number;
}

const mapNames = [
  'families',
  'open',
  'refreshTokens',
  'accessTokens',
  'codes',
  'visits',
  'attempts',
  'calls',
  'optOuts',
  'uploads',
] as const;
type MapName = (typeof mapNames)[number];

export function emptyState(): State {
  return {
    families: new Map(),
    open: new Map(),
    refreshTokens: new Map(),
    accessTokens: new Map(),
    codes: new Map(),
    visits: new Map(),
    attempts: new Map(),
    calls: new Map(),
    lists: new Map(),
    optOuts: new Map(),
    uploads: new Map(),
    sends: 0,
  };
}

export function exportState(
  state: State,
  random: RandomState | null,
  advanced: number,
): ExportedState {
  const maps = Object.fromEntries(
    mapNames.map((name) => [name, [...state[name]]]),
  ) as unknown as ExportedState['maps'];
  const lists = Array.from(state.lists, ([account, byId]) => [account, [...byId]] as const);
  return structuredClone({ schema: 1, random, advanced, maps, lists, sends: state.sends });
}

/** Throws a TypeError if `exported` was not made by `exportState`. */
export function importState(exported: ExportedState): State {
  if (exported.schema !== 1)
    throw new TypeError('"state" must come from exportState() of this version');
  const { maps, lists, sends } = structuredClone(exported);
  const state = emptyState();
  for (const name of mapNames) Object.assign(state, { [name]: new Map(maps[name]) });
  return Object.assign(state, {
    lists: new Map(lists.map(([account, byId]) => [account, new Map(byId)])),
    sends,
  });
}
