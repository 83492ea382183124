import { isActOnTokenError, type Outcome } from '@act-on-token/core';
import {
  type Arrival,
  type Exchanged,
  exchange,
  failureOf,
  type Granted,
  type SignedIn,
} from './exchange.ts';
import type { Sessions } from './sessions.ts';
import type { Settings } from './settings.ts';

/**
 * Sends the code, asks whose tokens came back, and puts them into that account's record. Nothing is
 * kept before it is known whose they are: all browsers of one Act-On user share a record, and
 * another user's tokens in it would be shared, too. If it is known beforehand which account is
 * meant, the code is sent under that record's claim, as any grant is. Rejects as
 * `Session.authorize` does, with `UnexpectedAccount`, or with what the app's own functions throw.
 */
export async function signIn(
  settings: Settings,
  sessions: Sessions,
  arrival: Arrival,
): Promise<SignedIn> {
  const { hint, grant } = arrival;
  const once = atMostOnce((signal) => exchange(settings, arrival, signal));
  if (hint !== null) {
    const refusal = await sessions
      .authorize(hint, grant, (_, signal) => outcomeFor(hint, once.send(signal)))
      .then(none, asError);
    const exchanged = await once.sent();
    if (refusal !== null && (exchanged?.type !== 'granted' || exchanged.account === hint))
      throw refusal.error;
  }
  const exchanged = await inTime(settings, (signal) => once.send(signal));
  if (exchanged.type !== 'granted') throw failureOf(exchanged, settings.now());
  if (exchanged.account !== hint) await deliver(sessions, arrival, exchanged);
  return { account: exchanged.account, name: exchanged.name };
}

const none = (): null => null;
const asError = (error: unknown): { error: unknown } => ({ error });

interface Once {
  send(signal: AbortSignal): Promise<Exchanged>;
  /** What came of it; `null` if it was never sent. */
  sent(): Promise<Exchanged | null>;
}

/** A code is sent once, whoever asks for what it brings. */
function atMostOnce(exchangeCode: (signal: AbortSignal) => Promise<Exchanged>): Once {
  let sent: Promise<Exchanged> | null = null;
  return {
    send(signal) {
      sent ??= exchangeCode(signal);
      return sent;
    },
    sent: async () => sent,
  };
}

/**
 * What the record of `account` is told: another account's tokens are none of its business. Never
 * rejects.
 */
async function outcomeFor(account: string, exchanging: Promise<Exchanged>): Promise<Outcome> {
  const foreign: Outcome = { type: 'rejected', detail: 'the tokens are not for this account' };
  const exchanged = await exchanging.catch(() => foreign);
  return exchanged.type === 'granted' && (exchanged as SignedIn).account !== account
    ? foreign
    : exchanged;
}

/** Puts tokens that are here already into the record of their account. */
async function deliver(
  sessions: Sessions,
  { grant }: Arrival,
  granted: Granted & SignedIn,
): Promise<void> {
  const { account, name: _, ...outcome } = granted;
  const held = async (): Promise<Outcome> => outcome;
  try {
    await sessions.authorize(account, grant, held);
  } catch (error) {
    // The grant was sent, so its charge is due. Where the record would not have sent one more, the
    // tokens go in as if they were brought.
    const { refreshToken } = outcome;
    const isLimit =
      isActOnTokenError(error, 'grant_budget') || isActOnTokenError(error, 'rate_limited');
    if (!isLimit || refreshToken === null) throw error;
    await sessions.authorize(account, { type: 'refresh_token', refreshToken }, held);
  }
}

/** `AbortSignal.timeout` would not obey timers that a test moves. */
async function inTime<T>(
  { endpoint }: Settings,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const giveUp = new AbortController();
  const timer = setTimeout(() => giveUp.abort(), endpoint.requestTimeout);
  try {
    return await work(giveUp.signal);
  } finally {
    clearTimeout(timer);
  }
}
