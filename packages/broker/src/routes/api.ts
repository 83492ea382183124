import { isActOnTokenError, type Session } from '@act-on-token/core';
import { Refusal } from '../answers.ts';
import { readApiPath } from '../api-path.ts';
import { type Passing, readPassing, tooLarge } from '../body.ts';
import type { Context } from '../context.ts';
import type { Membership } from '../membership.ts';
import { toActOn, toPage } from '../proxy-headers.ts';
import type { Settings } from '../settings.ts';
import { keepFresh, type Visit } from '../visit.ts';
import { expiryHeader, slashHeader } from '../wire.ts';
import { secondsLeft } from './token.ts';

/**
 * `ANY api/*`, in proxy mode: the request goes to Act-On with the account's token, and the answer
 * comes back, both as they stream. The token is refreshed on the way, and a 401 is followed by one
 * more try, if the body can go out again.
 */
export async function api(
  context: Context,
  visit: Visit,
  membership: Membership,
  passing: Passing,
): Promise<Response> {
  const { settings, sessions } = context;
  const target = targetOf(settings, visit);
  await keepFresh(context, visit, membership);
  return sessions.use(membership.account, (session) =>
    pass(settings, session, target, visit, passing),
  );
}

/** A path that is refused costs no body. */
export async function readApi(
  settings: Settings,
  visit: Visit,
  isNamed: boolean,
): Promise<Passing> {
  targetOf(settings, visit);
  return readPassing(visit.request, settings.maxBodySize, isNamed);
}

function targetOf({ basePath, allowedPaths, endpoint }: Settings, { request, url }: Visit): URL {
  const { pathname, search } = url;
  const path = pathname.slice(`${basePath}/api/`.length);
  const found = readApiPath(
    request.headers.has(slashHeader) ? path.replace(/\/$/, '') : path,
    allowedPaths,
  );
  if ('fault' in found)
    throw found.fault === 'unclean'
      ? new Refusal(400, 'invalid_request', 'The path can be read in more than one way.')
      : new Refusal(403, 'forbidden', `Pages may use these paths only: ${allowedPaths.join(', ')}`);
  const target = new URL(found.path.slice(1), endpoint.apiBase);
  target.search = search;
  const isBelow =
    target.origin === endpoint.apiBase.origin &&
    target.pathname.startsWith(endpoint.apiBase.pathname);
  if (!isBelow) throw new Refusal(403, 'forbidden', 'The path leads out of the API.');
  return target;
}

async function pass(
  settings: Settings,
  session: Session,
  target: URL,
  visit: Visit,
  passing: Passing,
): Promise<Response> {
  const { signal, renew, end } = patience(settings);
  passing.onProgress(renew);
  try {
    await awaitToken(session, { signal, waitUntil: visit.waitUntil });
    const response = await session.fetch(target, initOf(visit, passing, signal));
    return toResponse(settings, session, response);
  } catch (error) {
    throw failure(settings, error, passing, signal);
  } finally {
    end();
  }
}

/** First of all: until there is a token, nothing is sent. */
async function awaitToken(
  session: Session,
  options: { signal: AbortSignal; waitUntil: Visit['waitUntil'] },
): Promise<void> {
  try {
    await session.getAccessToken(options);
  } catch (error) {
    if (!options.signal.aborted) throw error;
    throw new Refusal(503, 'temporarily_unavailable', 'There was no token in time.');
  }
}

function initOf(
  { request, waitUntil }: Visit,
  { body }: Passing,
  signal: AbortSignal,
): RequestInit {
  const { method, headers } = request;
  const more = { duplex: 'half', waitUntil } as const;
  return {
    method,
    headers: toActOn(headers),
    body,
    signal,
    redirect: 'manual',
    ...more,
  } as RequestInit;
}

function toResponse({ now }: Settings, session: Session, response: Response): Response {
  const { status } = response;
  // Followed by the page it would leave our origin, and with it every check.
  if (
    status === 0 ||
    response.type === 'opaqueredirect' ||
    (status >= 300 && status < 400 && status !== 304)
  ) {
    void response.body?.cancel().catch(() => {});
    throw new Refusal(
      502,
      'bad_gateway',
      'Act-On answered with a redirect, which is not followed.',
    );
  }
  const headers = toPage(response.headers);
  headers.set(expiryHeader, String(secondsLeft(session, now())));
  const hasNoBody = status === 204 || status === 205 || status === 304;
  return new Response(hasNoBody ? null : response.body, { status, headers });
}

function failure(
  { maxBodySize }: Settings,
  error: unknown,
  passing: Passing,
  signal: AbortSignal,
): unknown {
  if (error instanceof Refusal || isActOnTokenError(error)) return error;
  if (passing.isTooLarge()) return tooLarge(maxBodySize);
  if (signal.aborted) return new Refusal(504, 'gateway_timeout', 'Act-On did not answer in time.');
  // A body that never got there as a whole was not acted upon.
  if (!passing.isComplete())
    return new Refusal(503, 'temporarily_unavailable', 'The body broke off on its way.');
  return new Refusal(
    502,
    'bad_gateway',
    'The connection to Act-On failed; it is unknown whether Act-On carried out the request.',
  );
}

interface Patience {
  readonly signal: AbortSignal;
  /** Something went on: the time begins anew. */
  readonly renew: () => void;
  readonly end: () => void;
}

/**
 * Ends a request when nothing has happened for too long. That its page has gone ends nothing: a
 * browser that sends it once more is told what came of it, and what only reads is soon over.
 */
function patience({ apiTimeout }: Settings): Patience {
  const giveUp = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const end = (): void => clearTimeout(timer);
  const renew = (): void => {
    end();
    timer = setTimeout(() => giveUp.abort(), apiTimeout);
  };
  renew();
  return { signal: giveUp.signal, renew, end };
}
