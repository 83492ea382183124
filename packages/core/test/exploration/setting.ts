import {
  type Attempt,
  attempt,
  decide,
  isBehind,
  type Rules,
  reconcile,
  restored,
  signedOut,
  survivesDeletion,
} from '../../src/machine.ts';
import { type AccountRecord, decodeRecord, encodeRecord } from '../../src/record.ts';
import type { World } from './world.ts';

/** The rules under test: the library's own. A control replaces one of them. */
export interface Machine {
  readonly decide: typeof decide;
  readonly attempt: typeof attempt;
  readonly reconcile: typeof reconcile;
  readonly signedOut: (record: AccountRecord, now: number) => AccountRecord | null;
  readonly isBehind: typeof isBehind;
  readonly restored: typeof restored;
  readonly survivesDeletion: typeof survivesDeletion;
  /** What a process makes of a record that it reads. */
  readonly read: (record: AccountRecord, now: number) => AccountRecord;
}

const read: Machine['read'] = (record, now) => decodeRecord(encodeRecord(record), now);

export const library: Machine = {
  decide,
  attempt,
  reconcile,
  signedOut,
  isBehind,
  restored,
  survivesDeletion,
  read,
};

/** How processes use the rules, and which of their freedoms a run looks at. */
export interface Habits {
  /** Nothing is sent before the store took the claim. A control leaves that out. */
  readonly claimsFirst: boolean;
  /** The store replaces only the version that was read. A control leaves that out. */
  readonly comparesVersions: boolean;
  /** What is left of the lease is judged right before the send. A control leaves that out. */
  readonly checksLease: boolean;
  /**
   * A pair that the store did not take is put on the record as it is, not as it was. A control
   * leaves that out.
   */
  readonly rebasesUnsaved: boolean;
  /** Who waits for another's claim looks at the record again. A control leaves that out. */
  readonly looksAgain: boolean;
  /**
   * An answer that tells of an older record than is known already is not taken for the newest. A
   * control leaves that out.
   */
  readonly doubtsOldAnswers: boolean;
  /** A request is listened to until its lease nearly ends. A control gives it up before. */
  readonly listensToTheEnd: boolean;
  /** A flight that never ends is replaced by another. A control leaves that out. */
  readonly boundsFlights: boolean;
  /**
   * A refresh token that a person brings and that the record has goes out as the record's own. A
   * control leaves that out.
   */
  readonly knowsOwnToken: boolean;
  /**
   * All who share an account go by one clock. In a control every other process is so many
   * milliseconds ahead.
   */
  readonly skew: number;
  /** Nobody gives up a pair on an old copy of the record. A control leaves that out. */
  readonly looksBeforeDropping: boolean;
  /**
   * An idle process reads before it acts and keeps no copy. One that acts on an old copy is refused
   * by the store, is told the newer record and starts again, so nothing that others can see is
   * lost; runs without this show that.
   */
  readonly looksFirst: boolean;
  /** A process that waits for an answer may be told meanwhile that the record changed. */
  readonly watches: boolean;
  /**
   * A process may fall asleep between the judgement of the lease and the send; S1 and S2 are not
   * judged then.
   */
  readonly sleepsBeforeSend: boolean;
  /**
   * A request is processed before the lease of its claim ends, or never. Otherwise it may come at
   * any time.
   */
  readonly processedInTime: boolean;
  /** The API refused the first access token: it serves nobody although it has not lapsed. */
  readonly rejected: string | undefined;
  readonly reach: 'process' | 'machine' | 'origin' | 'network';
}

export const usual: Habits = {
  claimsFirst: true,
  comparesVersions: true,
  checksLease: true,
  rebasesUnsaved: true,
  looksAgain: true,
  doubtsOldAnswers: true,
  listensToTheEnd: true,
  boundsFlights: true,
  knowsOwnToken: true,
  skew: 0,
  looksBeforeDropping: true,
  looksFirst: true,
  watches: false,
  sleepsBeforeSend: false,
  processedInTime: false,
  rejected: undefined,
  reach: 'network',
};

/** What a step did that the world after it does not show. */
export type Fact =
  | { readonly type: 'sent'; readonly mine: Attempt; readonly byPerson: boolean }
  | {
      readonly type: 'dropped';
      readonly mine: Attempt;
      readonly token: string;
      readonly record: AccountRecord | null;
    }
  /** `canSignIn`: it has a password that the server accepts. */
  | {
      readonly type: 'gaveUp';
      readonly code: string;
      readonly canSignIn: boolean;
      readonly record: AccountRecord;
    }
  | { readonly type: 'crashed' };

export interface Step {
  /** It happens sooner or later if nothing else does; what is not sure may never happen. */
  readonly sure: boolean;
  /** In plain words. `process` is the one that acts, if any. */
  readonly what: string;
  readonly process: number | null;
  readonly next: World;
  readonly fact: Fact | null;
}

/** What a run goes by, and where its steps are told. */
export interface Setting {
  readonly machine: Machine;
  readonly habits: Habits;
  readonly rules: Rules;
  tell(step: Step): void;
}
