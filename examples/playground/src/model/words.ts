import type { SessionEvent } from '@act-on-token/core';
import type { LedgerEntry } from '@act-on-token/emulator';
import type { Happening, What } from './happening.ts';
import type { Change } from './record.ts';

/** A happening in plain words; its tab stands in front of it. */
export function wordsOf(happening: Happening): string {
  switch (happening.type) {
    case 'changed':
      return changeWords(happening.change);
    case 'request':
      return `sends a ${whatWords(happening.what)}${happening.print === null ? '' : ` with refresh token ${happening.print}`}`;
    case 'reply':
      return `is answered ${happening.status}: ${happening.text}`;
    case 'served':
      return `has access token ${happening.print}`;
    case 'refused':
      return `is refused: ${happening.code}`;
    case 'told':
    case 'world':
      return happening.text;
    case 'other_signed_in':
      return happening.granted
        ? 'Another installation signed in: every refresh token from before is dead'
        : 'Another installation tried to sign in and met the hourly limit';
    default:
      return plain[happening.type];
  }
}

const plain = {
  beaten: 'finds that somebody was quicker',
  store_refused: 'cannot reach the store',
  request_lost: 'sent a request that never arrived',
  reply_lost: 'will never see the reply: it got lost',
  reply_held: 'is kept waiting: its reply is held',
  reply_let_go: 'gets its reply after all',
  reply_for_nobody: 'has nobody left to take the reply',
  given_up: 'waited for ten seconds and gave the request up',
  asked: 'asks for a token',
  opened: 'opens',
  killed: 'is killed',
} as const;

const whatWords = (what: What): string => (what === 'refresh' ? 'refresh' : 'password grant');

const purposes = {
  refresh: 'a refresh',
  probe: 'a probe: the same refresh token once more',
  grant: 'a sign-in',
} as const;

function changeWords(change: Change): string {
  switch (change.type) {
    case 'claimed':
      return `claims ${purposes[change.purpose]}`;
    case 'ended':
      return `writes that the refresh token is dead (${change.reason})`;
    case 'signed_in':
      return 'writes the pair of a sign-in';
    case 'renewed':
      return 'writes the new pair';
    case 'signed_out':
      return 'writes that nobody is signed in';
    case 'taken_back':
      return 'takes its claim back';
    case 'left_open':
      return 'ends its claim; the token stays unanswered';
  }
}

/** What a session tells, in plain words. */
export function eventWords(event: SessionEvent): string {
  switch (event.type) {
    case 'refreshed':
      return 'refreshed the pair';
    case 'adopted':
      return 'adopted the pair that somebody else refreshed';
    case 'refresh_failed':
      return `refresh failed: ${event.error.code}`;
    case 'unknown':
      return `no usable answer to a ${event.purpose}`;
    case 'probed':
      return {
        healed: 'probed: healed',
        dead: 'probed: the token is dead',
        open: 'probed: still no answer',
      }[event.outcome];
    case 'grant_sent':
      return `sign-in ${event.used} of ${event.limit} this hour`;
    case 'store_failed':
      return 'the store does not answer';
    case 'unsaved':
      return event.lost ? 'an unsaved pair is lost' : 'unsaved: the pair lives in this tab only';
    case 'saved':
      return 'saved: the store has the pair now';
    default:
      return { ...rest }[event.type];
  }
}

const rest = {
  superseded: 'its pair came too late and was dropped',
  suspect: 'the pair may be the dead one; it is checked early',
  grant_budget: 'one more sign-in would exceed the hourly limit',
  signed_in: 'signed in',
  signed_out: 'signed out',
  expiring: 'the refresh token nears 30 unused days',
} as const;

/** Whether it says something that cannot be seen on the wire or in the record. */
export function isNews({ type }: SessionEvent): boolean {
  return [
    'adopted',
    'probed',
    'superseded',
    'suspect',
    'unsaved',
    'saved',
    'grant_budget',
    'expiring',
  ].includes(type);
}

/** What became of a request, as Act-On's ledger has it. */
export function outcomeWords({ outcome, status, granted, error, replayed }: LedgerEntry): string {
  if (outcome === 'open') return 'under way';
  if (granted) return replayed ? 'a pair for a spent token' : 'a new pair';
  const spent = replayed ? ', a spent token' : '';
  return `${status}${error === null ? '' : ` ${error}`}${spent}`;
}
