import { type AuthorizationCodeGrant, isActOnTokenError, readCallback } from '@act-on-token/core';
import { redirect } from '../answers.ts';
import type { Context, Finished, Finishing } from '../context.ts';
import type { SignedIn } from '../exchange.ts';
import { lookFor } from '../look-for.ts';
import { idOf, membershipCookie, newName } from '../membership.ts';
import { problemPage } from '../page.ts';
import { clearPending, type Pending, pendingId, pendingLifetime, readPending } from '../pending.ts';
import { deniedProblem, problemOf, staleProblem } from '../problems.ts';
import { signIn } from '../sign-in.ts';
import { useOnce } from '../used-sign-ins.ts';
import type { Visit } from '../visit.ts';

/**
 * `GET callback?code&state`: finishes a sign-in that began in this browser, once, and sends the person to where it began. Whatever
 * is wrong is told on a page, which carries neither code nor state.
 */
export async function callback(context: Context, visit: Visit): Promise<Response> {
  const { settings, seal } = context;
  const states = visit.url.searchParams.getAll('state');
  const id = await pendingId(states[0] ?? '');
  const pending = states.length === 1 ? await readPending(settings, seal, visit.cookies, id) : null;
  // The person may have gone, and another one of the same browser come.
  if (pending === null || (visit.user !== null && visit.user !== pending.user)) return stale(context);
  visit.setCookies.push(clearPending(settings, id));
  const grant = readGrant(context, visit, pending);
  if (grant === null) return denied(context, visit, pending);
  return finish(context, visit, { id, pending, grant });
}

interface Returned {
  readonly id: string;
  readonly pending: Pending;
  readonly grant: AuthorizationCodeGrant;
}

/** `null` if the redirect says No, or is not in order. Against the public URL: a proxy may have put another one into the request. */
function readGrant({ settings }: Context, { url }: Visit, pending: Pending): AuthorizationCodeGrant | null {
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

/** Milliseconds that a sign-in takes at most beside its two requests to Act-On: the store is asked, and others may hold a claim. */
const beyondRequests = 30_000;

/** A page that is loaded again while its sign-in is under way gets the same answer; after that it is over. */
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
  for (const [id, { until }] of finishing) if (settings.now() >= until) finishing.delete(id);
  const mine: Finishing = { until: settings.now() + 2 * settings.endpoint.requestTimeout + beyondRequests };
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

async function finishOnce(context: Context, { request }: Visit, { id, pending, grant }: Returned): Promise<Finished> {
  const { settings, sessions } = context;
  const { browser, hint, returnTo } = pending;
  try {
    if (!(await useOnce(settings, id, pendingLifetime))) return { setCookies: [], respond: () => stale(context, returnTo) };
    const signedIn = await signIn(settings, sessions, { request, grant, browser, hint });
    const setCookies = [await join(context, pending, signedIn)];
    settings.tell({ type: 'signed_in', account: signedIn.account });
    return { setCookies, respond: async () => redirect(303, returnTo) };
  } catch (error) {
    const problem = problemOf(error, settings.now(), loginUrl(context, returnTo), returnTo);
    settings.tell({ type: 'sign_in_failed', message: problem.title });
    if (problem.status === 500) settings.tell({ type: 'failed', route: 'callback', error });
    return { setCookies: [], respond: () => problemPage(problem) };
  }
}

/** From here on the browser is signed in, under a session that nobody can have known before (fixation). Its cookie. */
async function join({ settings, seal, roster }: Context, { browser, user }: Pending, { account, name }: SignedIn): Promise<string> {
  const session = newName();
  await roster.join(account, browser, session);
  const membership = { id: await idOf(settings, account), account, name, browser, session, user, signedInAt: settings.now() };
  return membershipCookie(settings, seal, membership);
}

function stale(context: Context, returnTo = '/'): Promise<Response> {
  context.settings.tell({ type: 'sign_in_failed', message: 'It answers no sign-in of this browser, or one that is over.' });
  return problemPage(staleProblem(loginUrl(context, returnTo), returnTo));
}

function denied(context: Context, visit: Visit, { returnTo }: Pending): Promise<Response> {
  const error = visit.url.searchParams.get('error');
  const urls = [loginUrl(context, returnTo), returnTo] as const;
  return problemPage(error === null ? staleProblem(...urls) : deniedProblem(error === 'access_denied', ...urls));
}

/** Back to the same place: `returnTo` was checked when the sign-in began. */
function loginUrl({ settings }: Context, returnTo: string): string {
  const path = returnTo.startsWith(settings.origin) ? returnTo.slice(settings.origin.length) : returnTo;
  return `${settings.basePath}/login?${new URLSearchParams({ returnTo: path })}`;
}
