import { type AuthorizationCodeGrant, isActOnTokenError, readCallback } from '@act-on-token/core';
import { redirect } from '../answers.ts';
import type { Context, Finished } from '../context.ts';
import type { SignedIn } from '../exchange.ts';
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

/** A page that is loaded again while its sign-in is under way gets the same answer; after that it is over. */
async function finish(context: Context, visit: Visit, returned: Returned): Promise<Response> {
  const { finishing } = context;
  const flight = finishing.get(returned.id) ?? finishOnce(context, visit, returned).finally(() => finishing.delete(returned.id));
  finishing.set(returned.id, flight);
  const { setCookies, respond } = await flight;
  visit.setCookies.push(...setCookies);
  return respond();
}

async function finishOnce(context: Context, { request }: Visit, { id, pending, grant }: Returned): Promise<Finished> {
  const { settings, sessions } = context;
  const { browser, hint, returnTo } = pending;
  const back = linkOf(pending);
  try {
    if (!(await useOnce(settings, id, pendingLifetime))) return { setCookies: [], respond: () => stale(context, back) };
    const signedIn = await signIn(settings, sessions, { request, grant, browser, hint });
    const setCookies = [await join(context, pending, signedIn)];
    settings.tell({ type: 'signed_in', account: signedIn.account });
    return { setCookies, respond: async () => redirect(303, returnTo) };
  } catch (error) {
    const problem = problemOf(error, settings.now(), loginUrl(context, back), back);
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

function denied(context: Context, visit: Visit, pending: Pending): Promise<Response> {
  const error = visit.url.searchParams.get('error');
  const back = linkOf(pending);
  const urls = [loginUrl(context, back), back] as const;
  return problemPage(error === null ? staleProblem(...urls) : deniedProblem(error === 'access_denied', ...urls));
}

/** Where the links of a page lead: a link on another site does not choose what a person opens from a page of ours. */
function linkOf({ isOwn, returnTo }: Pending): string {
  return isOwn ? returnTo : '/';
}

/** Back to the same place: `returnTo` was checked when the sign-in began. */
function loginUrl({ settings }: Context, returnTo: string): string {
  const path = returnTo.startsWith(settings.origin) ? returnTo.slice(settings.origin.length) : returnTo;
  return `${settings.basePath}/login?${new URLSearchParams({ returnTo: path })}`;
}
