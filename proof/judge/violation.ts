/** A promise that was not kept. */
export interface Violation {
  readonly rule: Rule;
  readonly account: string | null;
  readonly at: number;
  /** What happened, in one sentence, with prints in place of tokens. */
  readonly story: string;
}

/** Each rule completes the sentence "a run in which …". */
export const rules = {
  oneAtATime: 'an account has at most one token request under way',
  neverKnowingly: 'no refresh token is sent again once its outcome is known',
  sentOnce: 'a request that a program sends once reaches the server once at most',
  oneWriter: 'no version of a record is replaced twice',
  neverBack: 'lineage and generation never go back',
  noPairDropped: 'a pair that reached a process that lives ends up in the record',
  noSilentLoss:
    'the pair in the record is the one that works, or the record says that it may not be',
  withinLimit: 'there are never more grants in a window than the limit',
  goodTokens: 'every token that is handed out is one of its account, and alive',
  soundProcesses: 'no process dies of itself, and each ends when it is asked to',
  completeBooks: 'the server saw what the wire saw',
  lateIsKept: 'a pair that comes while its lease lasts is kept, however slow the server was',
  savedIsSaved: 'a pair of which it is told that it is saved is in the record',
  codeOnce: 'a process sends an authorization code once',
  refusedInVain: 'no call of the API is refused while the record has a token that works',
  callsEnd: 'every call settles within its bound',
  informed: 'every listener has seen the last state within a minute of quiet',
  attended: 'a session that refreshes by itself lets no token lapse for long',
  closedIsStill: 'a session that is closed does nothing',
  noLoop: 'nothing goes on without a pause',
  recovery: 'within a lease after the last fault callers have a token, or know what to do',
  happyEnd: 'every account ends with a token or an explicit need',
} as const;

export type Rule = keyof typeof rules;

/** These two are promises about time: a machine that is too busy can break them. */
export const rulesOfTime: readonly Rule[] = ['recovery', 'happyEnd'];
