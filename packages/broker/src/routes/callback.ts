import { type AuthorizationCodeGrant, isActOnTokenError, readCallback } from '@act-on-token/core';
import { Refusal, redirect } from '../answers.ts';
import type { Context, Finished, Finishing } from '../context.ts';
import { prefix } from '../cookies.ts';
import type { Arrival, SignedIn } from '../exchange.ts';
import { lookFor } from '../look-for.ts';
import { idOf, membershipCookie, newName } from '../membership.ts';
import { arrivedPage, problemPage } from '../page.ts';
import { clearPending, type Pending, pendingId, pendingLifetime, readPending } from '../pending.ts';
import { deniedProblem, noCookies, problemOf, staleProblem } from '../problems.ts';
import { signIn } from '../sign-in.ts';
import { shortDigest } from '../text.ts';
import { Turnstile } from '../turnstile.ts';
import { isUsed, noteUsed } from '../used-sign-ins.ts';
import type { Visit } from '../visit.ts';

/**
 * `GET callback?code&state`: finishes a sign-in that began in this browser, once, and sends the
 * person to where it began. Whatever is wrong is shown on a page, which carries neither code nor
 * state.
 */
export async function callback(context: Context, visit: Visit): Promise<Response> {
  const { settings, seal, door } = context;
  const states = visit.url.searchParams.getAll('state');
  const rank = Turnstile.rank(visit.user !== null);
  const { id, pending } = await door.pass(rank, async () => {
    const named = await pendingId(states[0] ?? '');
    return {
      id: named,
      pending: states.length === 1 ? await readPending(settings, seal, visit.cookies, named) : null,
    };
  });
  // The person may have gone, and another one of the same browser come.
  if (pending === null || (visit.user !== null && visit.user !== pending.user))
    return stale(context, '/', hasNoCookies(context, visit));
  const grant = readGrant(context, visit, pending);
  if (grant === null) {
    visit.setCookies.push(clearPending(settings, id));
    return denied(context, visit, pending);
  }
  return finish(context, visit, {
    id,
    pending,
    grant,
    rank: pending.isKnown ? Turnstile.rank(true) : rank,
  });
}

interface Returned {
  readonly id: string;
  readonly pending: Pending;
  readonly grant: AuthorizationCodeGrant;
  /** When its turn is. */
  readonly rank: number;
}

/**
 * `null` if the redirect says No, or is not in order. Against the public URL: a proxy may have put
 * another one into the request.
 */
function readGrant(
  { settings }: Context,
  { url }: Visit,
  pending: Pending,
): AuthorizationCodeGrant | null {
  const { redirectUri, issuer } = settings;
  const { state, codeVerifier } = pending;
  const expected = {
    state,
    redirectUri,
    ...(codeVerifier === undefined ? {} : { codeVerifier }),
    ...(issuer === undefined ? {} : { issuer }),
  };
  try {
    return readCallback(`${redirectUri}${url.search}`, expected);
  } catch (error) {
    if (!isActOnTokenError(error, 'callback')) throw error;
    settings.tell({ type: 'sign_in_failed', message: error.message });
    return null;
  }
}

/**
 * Milliseconds that a sign-in takes at most beside its two requests to Act-On: the store is asked,
 * and others may hold a claim.
 */
const beyondRequests = 30_000;

/**
 * A page that is loaded again while its sign-in is under way gets the same answer; after that it is
 * over.
 */
async function finish(context: Context, visit: Visit, returned: Returned): Promise<Response> {
  const { setCookies, respond } = await finished(context, visit, returned);
  visit.setCookies.push(...setCookies);
  return respond();
}

async function finished(context: Context, visit: Visit, returned: Returned): Promise<Finished> {
  const { finishing, settings } = context;
  const known = finishing.get(returned.id);
  const outcome =
    known &&
    (await lookFor(
      () => known.outcome,
      () => settings.now() >= known.until,
    ));
  if (outcome !== undefined) return outcome();
  const now = settings.now();
  // The oldest first.
  for (const [id, { until }] of finishing) {
    if (now < until) break;
    finishing.delete(id);
  }
  const mine: Finishing = { until: now + 2 * settings.endpoint.requestTimeout + beyondRequests };
  finishing.set(returned.id, mine);
  try {
    const result = await finishOnce(context, visit, returned);
    mine.outcome = () => result;
    return result;
  } catch (error) {
    mine.outcome = () => {
      throw error;
    };
    throw error;
  } finally {
    if (finishing.get(returned.id) === mine) finishing.delete(returned.id);
  }
}

async function finishOnce(
  context: Context,
  { request }: Visit,
  returned: Returned,
): Promise<Finished> {
  const { settings, turnstile } = context;
  const { id, pending } = returned;
  const back = linkOf(pending);
  const attempt: Attempt = { ...returned, request, isSent: false, isGranted: false };
  const over = [clearPending(settings, id)];
  try {
    // Known for certain by this server: then it costs nothing at all.
    context.pause.check();
    const signedIn = await turnstile.pass(
      returned.rank,
      () => redeem(context, attempt),
      () => attempt.isGranted || !attempt.isSent,
    );
    if (signedIn === null) return { setCookies: over, respond: () => stale(context, back) };
    const setCookies = [...over, await join(context, pending, signedIn)];
    settings.tell({ type: 'signed_in', account: signedIn.account });
    return { setCookies, respond: () => goOn(request, pending) };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const problem = problemOf(error, settings.now(), loginUrl(context, back), back);
    settings.tell({ type: 'sign_in_failed', message: problem.title });
    if (problem.status === 500) settings.tell({ type: 'failed', route: 'callback', error });
    // What was not sent may be loaded again.
    return { setCookies: attempt.isSent ? over : [], respond: () => problemPage(problem) };
  }
}

/**
 * To where the sign-in began. What a link of another site chose is not asked for with the app's own
 * cookies. Firefox may take the way back for an address that a person typed.
 */
async function goOn({ headers }: Request, { isOwn, returnTo }: Pending): Promise<Response> {
  const isRedirectEnough = [null, 'same-origin'].includes(headers.get('sec-fetch-site'));
  return isOwn && !isRedirectEnough ? arrivedPage(returnTo) : redirect(303, returnTo);
}

/** One redirect on its way to Act-On. */
interface Attempt extends Returned {
  readonly request: Request;
  isSent: boolean;
  isGranted: boolean;
}

/** More codes than go out while one of them lives. */
const mostSentCodes = 4_096;

/**
 * Sends the code, unless it or its state was used before: then `null`. Nothing is written before
 * Act-On has granted.
 */
async function redeem(context: Context, attempt: Attempt): Promise<SignedIn | null> {
  const { settings, sessions, pause, turnstile, sentCodes } = context;
  const { id, request, grant, pending } = attempt;
  const code = await shortDigest(grant.code);
  const ids = [id, code];
  const pauseLeft = await pause.look();
  if (pauseLeft > 0) turnstile.slowDown(pauseLeft);
  if ((await isUsed(settings, ids, pendingLifetime)) || sentCodes.has(code)) return null;
  sentCodes.add(code);
  const [oldest] = sentCodes;
  if (sentCodes.size > mostSentCodes && oldest !== undefined) sentCodes.delete(oldest);
  const written: Promise<unknown>[] = [];
  const send: Arrival['send'] = async (each, signal) => {
    attempt.isSent = true;
    const outcome = await settings.endpoint.send(each, signal);
    attempt.isGranted = outcome.type === 'granted';
    const learned = pause.learn(outcome);
    if (pause.left > 0) turnstile.slowDown(pause.left);
    written.push(learned);
    // The code is worth nothing any more; that this could not be noted is no reason to lose the
    // tokens.
    if (attempt.isGranted) written.push(noteUsed(settings, ids, pendingLifetime).catch(() => {}));
    return outcome;
  };
  try {
    return await signIn(settings, sessions, {
      request,
      grant,
      browser: pending.browser,
      hint: pending.hint,
      send,
    });
  } finally {
    if (!attempt.isSent) sentCodes.delete(code);
    await Promise.all(written);
  }
}

/**
 * From here on the browser is signed in, under a session that nobody can have known before
 * (fixation). Its cookie.
 */
async function join(
  { settings, seal, roster }: Context,
  { browser, user }: Pending,
  { account, name }: SignedIn,
): Promise<string> {
  const session = newName();
  await roster.join(account, browser, session);
  const membership = {
    id: await idOf(settings, account),
    account,
    name,
    browser,
    session,
    user,
    signedInAt: settings.now(),
  };
  return membershipCookie(settings, seal, membership);
}

/** Over http WebKit keeps none, and one that began under another name of this machine has none. */
function hasNoCookies({ settings: { origin, cookieName } }: Context, { cookies }: Visit): boolean {
  const ours = `${prefix}${cookieName}`;
  return origin.startsWith('http:') && ![...cookies.keys()].some((name) => name.startsWith(ours));
}

function stale(context: Context, returnTo = '/', isCookieless = false): Promise<Response> {
  context.settings.tell({
    type: 'sign_in_failed',
    message: 'It answers no sign-in of this browser, or one that is over.',
  });
  const problem = staleProblem(loginUrl(context, returnTo), returnTo);
  return problemPage(
    isCookieless ? { ...problem, ...noCookies(context.settings.origin) } : problem,
  );
}

function denied(context: Context, visit: Visit, pending: Pending): Promise<Response> {
  const error = visit.url.searchParams.get('error');
  const back = linkOf(pending);
  const urls = [loginUrl(context, back), back] as const;
  return problemPage(
    error === null ? staleProblem(...urls) : deniedProblem(error === 'access_denied', ...urls),
  );
}

/**
 * Where the links of a page lead: a link on another site does not choose what a person opens from a
 * page of ours.
 */
function linkOf({ isOwn, returnTo }: Pending): string {
  return isOwn ? returnTo : '/';
}

/** Back to the same place: `returnTo` was checked when the sign-in began. */
function loginUrl({ settings }: Context, returnTo: string): string {
  const path = returnTo.startsWith(settings.origin)
    ? returnTo.slice(settings.origin.length)
    : returnTo;
  return `${settings.basePath}/login?${new URLSearchParams({ returnTo: path })}`;
}
