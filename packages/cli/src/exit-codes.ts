import type { ActOnTokenErrorCode } from '@act-on-token/core';

/** How the command ends. What a number stands for is a promise: scripts decide by it. */
export const exits = {
  ok: 0,
  failure: 1,
  usage: 2,
  signIn: 3,
  refused: 4,
  later: 5,
  unreachable: 6,
  store: 7,
  answer: 22,
  brokenPipe: 141,
} as const;

export type Exit = (typeof exits)[keyof typeof exits];

/** For `--help` and the README, in this order. */
export const meanings: Readonly<Record<Exit, string>> = {
  0: 'done',
  1: 'an unexpected error',
  2: 'a wrong argument or setting; nothing was sent',
  3: 'a person has to sign in: act-on-token login',
  4: 'Act-On refused the sign-in or the client, or two installations fight over one user; trying again does not help',
  5: 'not now: Act-On asked for a pause, or the sign-ins of this hour are used up; stderr says when',
  6: 'Act-On could not be reached, or it is unknown whether a request was processed; try again',
  7: 'the store of sessions could not be used',
  22: 'fetch, lists and records only: the API answered with a status from 400 on (but 5 for 429), as with curl --fail-with-body',
  141: 'the reader of the output stopped reading',
};

/** Every error of the core has its number. */
const exitsByCode: Readonly<Record<ActOnTokenErrorCode, Exit>> = {
  configuration: exits.usage,
  signed_out: exits.signIn,
  session_expired: exits.signIn,
  callback: exits.refused,
  grant_rejected: exits.refused,
  client_rejected: exits.refused,
  credential_conflict: exits.refused,
  rate_limited: exits.later,
  grant_budget: exits.later,
  not_sent: exits.unreachable,
  timeout: exits.unreachable,
  outcome_unknown: exits.unreachable,
  store_unavailable: exits.store,
  store_corrupt: exits.store,
  store_version: exits.store,
  no_token_in_proxy_mode: exits.failure,
  closed: exits.failure,
};

export function exitOf(code: ActOnTokenErrorCode): Exit {
  return exitsByCode[code] ?? exits.failure;
}

/** What `fetch` makes of the API's answer. */
export function exitOfStatus(status: number): Exit {
  if (status < 400) return exits.ok;
  return status === 429 ? exits.later : exits.answer;
}
