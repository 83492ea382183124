import { type ActOnTokenErrorCode, isActOnTokenError } from '@act-on-token/core';
import { expect } from 'vitest';
import type { Pair } from '../../../packages/core/src/record.ts';
import { expectRefusal } from './refusal.ts';
import { type Answer, stage } from './stage.ts';

export const issued = {
  access_token: 'access-new-canary',
  refresh_token: 'refresh-new-canary',
  token_type: 'Bearer',
  expires_in: 3600,
};

/** What a refresh must come to. */
export interface Expected {
  /** The code that the caller gets; without it the caller gets the new access token. */
  readonly code?: ActOnTokenErrorCode;
  /** What the message must name. */
  readonly says?: RegExp;
  /** Which refresh token the record holds afterwards: nothing is lost. */
  readonly refreshToken: 'old' | 'new';
  /** What else its pair must say. */
  readonly pair?: Partial<Pair>;
  /** How long the new token lives, in seconds. */
  readonly livesFor?: number;
  /** The access token that the caller gets, if it is not the usual new one. */
  readonly accessToken?: string;
  /**
   * Whether Act-On, answering again, brings the account back; without it, it does wherever the old
   * token was not spent.
   */
  readonly heals?: boolean;
}

/** Somebody's token lapsed, and the refresh meets this answer, each time that it is sent. */
export async function refreshMeets(answer: Answer, expected: Expected): Promise<void> {
  const act = await stage();
  const before = await act.record();
  act.meet(answer);
  const result = await act.outcome(act.user.getAccessToken());
  const after = await act.record();
  if (expected.code === undefined) expect(result).toBe(expected.accessToken ?? issued.access_token);
  else expectRefusal(result, expected.code, expected.says ?? /./);
  expect(after.pair?.refreshToken).toBe(
    expected.refreshToken === 'new' ? issued.refresh_token : before.pair?.refreshToken,
  );
  expect(after.pair).toMatchObject(expected.pair ?? {});
  expect(after.generation).toBe(
    before.generation + (expected.code === undefined || expected.refreshToken === 'new' ? 1 : 0),
  );
  if (expected.livesFor !== undefined)
    expect((after.pair?.expiresAt ?? 0) - (after.pair?.issuedAt ?? 0)).toBe(
      expected.livesFor * 1000,
    );
  expect(act.user.getSnapshot().usable).toBe(expected.code === undefined);
  const healable =
    expected.heals ?? (expected.code !== undefined && expected.refreshToken === 'old');
  if (healable) await act.heals(isActOnTokenError(result) ? result.retryAt : null);
}

export const json = (body: unknown, init: ResponseInit = {}): Answer =>
  text(JSON.stringify(body), init);

/** A function where a body can be read only once. */
export function text(body: BodyInit | null | (() => BodyInit), init: ResponseInit = {}): Answer {
  return () =>
    new Response(typeof body === 'function' ? body() : body, {
      headers: { 'content-type': 'application/json' },
      ...init,
    });
}

/** The new pair is kept and served. */
export const served = (more: Partial<Expected> = {}): Expected => ({
  refreshToken: 'new',
  ...more,
});

/**
 * The new refresh token is kept; there is no access token to serve, and the pair is refreshed
 * later.
 */
export const salvaged: Expected = {
  code: 'outcome_unknown',
  says: /no usable answer came/,
  refreshToken: 'new',
  pair: { accessToken: null, unanswered: 0 },
};

/** Nobody knows whether the token was spent: it is kept, and marked. */
export const unknown = (says: RegExp): Expected => ({
  code: 'outcome_unknown',
  says,
  refreshToken: 'old',
});

/** Certainly nothing was spent. */
export const unspent = (code: ActOnTokenErrorCode, says: RegExp): Expected => ({
  code,
  says,
  refreshToken: 'old',
  pair: { unanswered: 0 },
});
