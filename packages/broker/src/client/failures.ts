import { ActOnTokenError } from '@act-on-token/core';
import { type ErrorAnswer, errorHeader, type WireError } from '../wire.ts';

/**
 * A refusal of the broker as the error that a session would have thrown here. `asked`: when the
 * request went out, by this machine's clock.
 */
export async function failureOf(response: Response, asked: number): Promise<ActOnTokenError> {
  const answer = response.headers.has(errorHeader) ? await readAnswer(response) : null;
  if (answer === null) return noBroker(response);
  const { code, message, now, retry_at: retryAt = null, needs_grant: needsGrant = false } = answer;
  const local = retryAt === null || now === undefined ? null : asked + (retryAt - now);
  if (code !== undefined) return new ActOnTokenError(code, message, { retryAt: local, needsGrant });
  const isOurs = response.status >= 500 || answer.error === 'duplicate_request';
  return new ActOnTokenError(isOurs ? 'outcome_unknown' : 'configuration', message, {
    retryAt: local,
  });
}

async function readAnswer(response: Response): Promise<ErrorAnswer | null> {
  try {
    const answer = (await response.json()) as ErrorAnswer;
    return typeof answer?.message === 'string' ? answer : null;
  } catch {
    return null;
  }
}

/**
 * Something else answered: a server in front of the broker, or an app that has none at this
 * address.
 */
export function noBroker({ status, headers }: Response): ActOnTokenError {
  if (status >= 500 || status === 429)
    return new ActOnTokenError(
      'not_sent',
      `The server did not answer for the broker (${status}). Try again.`,
    );
  const isPage = /^text\/html/i.test(headers.get('content-type') ?? '') && status < 300;
  const why = isPage
    ? 'A page of the app came instead: a route for all paths comes first.'
    : status === 405 || status === 415
      ? 'Something in front of it takes no such request: mount it for all methods, before body parsers.'
      : 'Check "url", and that the server mounts createBroker() there.';
  return misconfigured(`There is no broker at this address (${status}). ${why}`);
}

/** Middleware that wants people to sign in to the app, say, or a server that wants other paths. */
export function redirected(): ActOnTokenError {
  return misconfigured(
    'The server redirects the requests for its broker. Let nothing in front of the broker redirect the paths below "url".',
  );
}

export function unreachable(): ActOnTokenError {
  return new ActOnTokenError(
    'not_sent',
    'The server could not be reached. Check the network. The user is still signed in.',
  );
}

/**
 * The page showed an account that this browser is not signed in to any more, or not for this user
 * of the app.
 */
export function changed(): ActOnTokenError {
  return new ActOnTokenError(
    'signed_out',
    'This browser is not signed in any more as the page showed. Look at "account", then try again.',
  );
}

export function closed(): ActOnTokenError {
  return new ActOnTokenError('closed', 'This session was closed. Create a new one.');
}

export function misconfigured(message: string): ActOnTokenError {
  return new ActOnTokenError('configuration', message);
}

export function revived(
  { code, message, retryAt, needsGrant }: WireError,
  toLocal: (at: number) => number,
): ActOnTokenError {
  return new ActOnTokenError(code, message, {
    retryAt: retryAt === null ? null : toLocal(retryAt),
    needsGrant,
  });
}
