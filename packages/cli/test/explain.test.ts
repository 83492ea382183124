import {
  ActOnTokenError,
  type ActOnTokenErrorCode,
  actOnEndpoint,
  createSession,
  isActOnTokenError,
} from '@act-on-token/core';
import { memoryStore } from '@act-on-token/memory';
import { expect, it } from 'vitest';
import { explain } from '../src/explain.ts';

const now = Date.parse('2026-11-22T14:00:00Z');

it('shows where an unexpected error came from, and not what it says', () => {
  const { exit, message } = explain(
    Object.assign(new TypeError('the secret is hunter2'), { code: 'ERR_X' }),
    now,
  );
  expect(exit).toBe(1);
  expect(message).toMatch(/^An unexpected error: TypeError ERR_X\n {4}at .*explain\.test\.ts/);
  expect(message).not.toContain('hunter2');
  expect(explain('hunter2', now)).toEqual({
    exit: 1,
    message: 'An unexpected error: string',
  });
});

it('says how far away the moment is to try again at, whether or not the message names it', () => {
  const retryAt = now + 12 * 60_000;
  const told = (message: string) =>
    explain(new ActOnTokenError('rate_limited', message, { retryAt }), now).message;
  expect(told('Wait. Try again at 2026-11-22T14:12:00.000Z. (HTTP 429)')).toBe(
    'Wait. Try again at 2026-11-22T14:12:00.000Z (in 12 minutes). (HTTP 429)',
  );
  expect(told('Wait.')).toBe('Wait. Try again in 12 minutes, at 2026-11-22T14:12:00.000Z.');
});

it('is silent when no one reads any more', () => {
  expect(explain(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }), now)).toEqual({
    exit: 141,
    message: '',
  });
});

// The texts are the core's, so this also tells when one of them names something new that a shell
// does not have.
it.each<[ActOnTokenErrorCode, () => Promise<unknown>]>([
  ['signed_out', () => session().getAccessToken()],
  ['configuration', () => session().fetch('https://elsewhere.example/')],
  ['configuration', async () => actOnEndpoint({ clientId: '', clientSecret: 'x' })],
  ['configuration', async () => actOnEndpoint({ clientId: 'x', clientSecret: ' ' })],
  ['configuration', async () => actOnEndpoint({ clientId: 'x', clientSecret: 'x', baseUrl: 'x' })],
])('uses the words of a shell for %s', async (code, fail) => {
  const error = await fail().then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(isActOnTokenError(error, code)).toBe(true);
  expect(explain(error, now).message).not.toMatch(
    /authorize\(\)|session\.fetch|plain fetch|"[a-z]+[A-Z]\w*"/,
  );
});

function session() {
  const endpoint = actOnEndpoint({
    clientId: 'client',
    clientSecret: 'secret',
    baseUrl: 'http://127.0.0.1:1',
  });
  return createSession({ endpoint, account: 'ada@example.test', store: memoryStore() });
}
