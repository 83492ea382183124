import { inspect } from 'node:util';
import {
  type ActOnTokenError,
  type ActOnTokenErrorCode,
  isActOnTokenError,
} from '@act-on-token/core';
import { expect } from 'vitest';

/** What each sort of error must tell beside what is wrong: the way out. */
const remedies: Partial<Record<ActOnTokenErrorCode, RegExp>> = {
  callback: /start the sign-in again/,
  client_rejected: /Check "clientId"/,
  configuration: /must|exclude|Give|neither|dangerouslyAllowBrowser|only/,
  grant_rejected: /Check the user name and password, the code or the token/,
  not_sent: /Check the network/,
  outcome_unknown: /keeps what it has and checks it\. Try again at \d/,
  rate_limited: /Try again at \d/,
  session_expired: /Sign in again with authorize\(\)/,
  store_corrupt: /Sign in again/,
  store_unavailable: /Check that it runs/,
  store_version: /Upgrade/,
};

/** Everything in these tests that must never be printed has this in it. */
export const canary = 'canary';

/**
 * That `error` is ours, has this code, names what is wrong and the remedy, and repeats no secret
 * however it is printed.
 */
export function expectRefusal(
  error: unknown,
  code: ActOnTokenErrorCode,
  says: RegExp,
): ActOnTokenError {
  if (!isActOnTokenError(error, code)) throw new Error(`expected ${code}, got ${inspect(error)}`);
  expect(error.message).toMatch(says);
  expect(error.message).toMatch(remedies[code] ?? /./);
  for (const printed of [
    inspect(error, { depth: 9, showHidden: true }),
    JSON.stringify(error),
    String(error.stack),
  ]) {
    expect(printed).not.toContain(canary);
  }
  return error;
}

/** What a call throws, or the promise that it gives rejects with. */
export async function reasonOf(act: () => unknown): Promise<unknown> {
  try {
    await act();
  } catch (reason) {
    return reason;
  }
  throw new Error('it was accepted');
}

export async function expectThrow(
  act: () => unknown,
  code: ActOnTokenErrorCode,
  says: RegExp,
): Promise<void> {
  expectRefusal(await reasonOf(act), code, says);
}
