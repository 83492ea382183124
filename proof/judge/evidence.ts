import type { GrantName, Line, Print, RecordView } from './history.ts';
import type { Violation } from './violation.ts';

/**
 * Everything that a judge needs to know of a run. Plain data: tests write it by hand. Times are
 * epoch milliseconds.
 */
export interface Evidence {
  readonly terms: Terms;
  readonly lives: readonly Life[];
  /** Token requests as they came by between workers and server, in order of arrival. */
  readonly exchanges: readonly Exchange[];
  readonly faults: readonly Fault[];
  readonly server: ServerBooks;
  /** The record of each account when all was over. */
  readonly records: Readonly<Record<string, RecordView | null>>;
  /** Looks at record and server at the same moment, where that is possible while a run goes on. */
  readonly looks?: readonly Look[];
  /** What was checked while the run went on: how often, by kind, and what was found. */
  readonly checks?: Readonly<Record<string, number>>;
  readonly findings?: readonly Violation[];
}

/** What the record said at a moment, and which refresh token worked then. */
export interface Look {
  readonly at: number;
  readonly account: string;
  readonly record: RecordView | null;
  readonly live: Print | null;
}

/** What was agreed on before the run. */
export interface Terms {
  readonly lease: number;
  readonly requestTimeout: number;
  readonly grantLimit: { readonly limit: number; readonly window: number };
  readonly from: number;
  /** When the last fault was over. */
  readonly quietFrom: number;
  readonly to: number;
  /**
   * Callers come when they like, so that silence tells nothing. Default: each process asks for each
   * account every few seconds.
   */
  readonly callersAreSparse?: boolean;
  /** What a store says when it is read may be old. */
  readonly readsLag?: boolean;
}

/** One process from its start to its end. */
export interface Life {
  /** `node-1.3` is the third life of `node-1`. */
  readonly name: string;
  readonly ending: 'closed' | 'killed' | 'died by itself' | 'did not end';
  readonly endedAt: number;
  /** How long its own claims last, if its options differ from those of others. */
  readonly lease?: number;
  readonly lines: readonly Line[];
}

export interface Exchange {
  /** The life that sent it, and the number that it gave the request. */
  readonly worker: string;
  readonly request: number;
  readonly account: string;
  /** The claim under which it was sent. */
  readonly claim: string | null;
  readonly at: number;
  /** When it was over for both sides; `null`: never. */
  readonly doneAt: number | null;
  readonly grant: GrantName;
  /** The refresh token that was sent. */
  readonly token: Print | null;
  /** What the server answered; `null`: it was not asked. */
  readonly status: number | null;
  readonly access: Print | null;
  readonly refresh: Print | null;
  /**
   * `delivered`: the answer was handed to the network. `refused`: reset before the server got it.
   * `lost`, `cut`: reset before or within the answer. `abandoned`: nobody was there any more when
   * the answer came.
   */
  readonly fate: 'open' | 'delivered' | 'refused' | 'lost' | 'cut' | 'abandoned';
  /** When its whole answer reached a process that ran, whether or not that still listened. */
  readonly offeredAt?: number | null;
  /**
   * A gateway gave it up and kept it: what the server does with it later is in no client's hands.
   */
  readonly isStuck?: boolean;
}

/** What the nemesis did. */
export interface Fault {
  readonly type: FaultType;
  readonly at: number;
  /** When its direct effect was over: the process runs again, Redis is up again. */
  readonly until: number;
  /** The life that it struck; `null`: all. */
  readonly worker: string | null;
  /** The account that it struck; `null`: all. */
  readonly account: string | null;
}

export type FaultType = ChaosFault | SimulatedFault;

export type ChaosFault =
  | 'kill_holder'
  | 'kill_other'
  | 'pause_holder'
  | 'pause_other'
  | 'store_restart'
  | 'store_answer_lost'
  | 'store_answer_cut'
  | 'store_cut'
  | 'store_slow'
  | 'store_frozen'
  | 'http_refused'
  | 'http_answer_lost'
  | 'http_answer_cut'
  | 'http_slow';

/**
 * What only a simulation can do. A sleep is a pause for which the monotonic clock stands still,
 * too.
 */
export type SimulatedFault =
  | 'pause_sleep'
  | 'restart'
  | 'clock_forward'
  | 'clock_back'
  | 'store_down'
  | 'store_request_lost'
  | 'http_request_lost'
  | 'http_reset'
  | 'http_bad_gateway'
  | 'http_throttled'
  | 'server_down'
  | 'server_restart'
  | 'competitor'
  | 'revoked'
  | 'password_changed'
  | 'signed_out'
  | 'http_late_answer'
  | 'http_stuck'
  | 'http_odd_answer'
  | 'token_poisoned'
  | 'close_holder'
  | 'close_other'
  | 'page_hidden'
  | 'callback_hangs'
  | 'callback_throws'
  | 'callback_nonsense'
  | 'store_lags'
  | 'store_nonsense'
  | 'store_field_lost'
  | 'store_clock_back'
  | 'store_clock_leap'
  | 'signed_in_twice'
  | 'request_ended'
  | 'imported';

/** What the server says. */
export interface ServerBooks {
  /** Its token requests, from its ledger. */
  readonly requests: readonly ServerRequest[];
  /** The refresh token of each account that works. */
  readonly live: Readonly<Record<string, Print>>;
  /**
   * Accounts whose pair was given to another installation, or taken back from outside: no record
   * can know that yet.
   */
  readonly foreign?: readonly string[];
  /** A refresh is answered without a new refresh token, and the old one goes on working. */
  readonly keepsTokens?: boolean;
  /** Every access token that was ever issued. */
  readonly accessTokens: Readonly<
    Record<Print, { readonly account: string; readonly expiresAt: number }>
  >;
}

export interface ServerRequest {
  readonly at: number;
  readonly account: string | null;
  readonly grant: GrantName;
  readonly granted: boolean;
  /** It carried a refresh token that was spent. */
  readonly replayed: boolean;
}
