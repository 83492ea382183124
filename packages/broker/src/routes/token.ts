import type { Session } from '@act-on-token/core';
import { json, Refusal } from '../answers.ts';
import { type Passing, textOf } from '../body.ts';
import type { Context } from '../context.ts';
import { type Membership, signInOf } from '../membership.ts';
import { digest } from '../text.ts';
import { keepFresh, type Visit } from '../visit.ts';
import { signInHeader, type TokenAnswer, type TokenRequest } from '../wire.ts';

/**
 * `POST token`, in token mode: a valid access token for the page. One that Act-On refused is named
 * by its digest and replaced, if it still is the current one.
 */
export async function token(
  context: Context,
  visit: Visit,
  membership: Membership,
  passing: Passing,
): Promise<Response> {
  const wanted = readTokenRequest(textOf(passing));
  await keepFresh(context, visit, membership);
  const answer = await context.sessions.use(membership.account, (session) =>
    obtain(context, visit, session, wanted),
  );
  return json(200, answer, { [signInHeader]: await signInOf(membership) });
}

async function obtain(
  { settings }: Context,
  { waitUntil }: Visit,
  session: Session,
  wanted: TokenRequest,
): Promise<TokenAnswer> {
  const { rejected, min_validity: minValidity } = wanted;
  const options = { ...(minValidity === undefined ? {} : { minValidity }), waitUntil };
  const current = await session.getAccessToken(options);
  const isRefused = rejected !== undefined && (await digest(current)) === rejected;
  const access_token = isRefused
    ? await session.getAccessToken({ ...options, rejected: current })
    : current;
  return { access_token, token_type: 'Bearer', expires_in: secondsLeft(session, settings.now()) };
}

/** Seconds that the session's token still lives. */
export function secondsLeft(session: Session, now: number): number {
  return Math.max(0, Math.floor(((session.getSnapshot().expiresAt ?? now) - now) / 1000));
}

function readTokenRequest(text: string): TokenRequest {
  const body = text === '' ? {} : parseObject(text);
  const { rejected, min_validity: minValidity } = body;
  if (rejected !== undefined && (typeof rejected !== 'string' || !/^[\w-]{43}$/.test(rejected)))
    throw new Refusal(
      400,
      'invalid_request',
      '"rejected" must be the SHA-256 of a token in base64url.',
    );
  if (
    minValidity !== undefined &&
    !(typeof minValidity === 'number' && minValidity >= 0 && minValidity <= 86_400_000)
  )
    throw new Refusal(
      400,
      'invalid_request',
      '"min_validity" must be a number of milliseconds up to a day.',
    );
  return {
    ...(rejected === undefined ? {} : { rejected }),
    ...(minValidity === undefined ? {} : { min_validity: minValidity }),
  };
}

function parseObject(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    throw new Refusal(400, 'invalid_request', 'The body must be a JSON object.');
  }
}
