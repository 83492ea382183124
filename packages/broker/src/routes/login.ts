import { authorizationUrl } from '@act-on-token/core';
import { redirect } from '../answers.ts';
import type { Context } from '../context.ts';
import { type Membership, newName } from '../membership.ts';
import { onwardPage, problemPage } from '../page.ts';
import { clearPending, pendingCookie, readAllPending } from '../pending.ts';
import { readReturnTo } from '../return-to.ts';
import { currentMembership, type Visit } from '../visit.ts';

/**
 * `GET login?returnTo=/path&account=id`, or `another=1` for one more account: sends the person to
 * Act-On. A user who is signed in already goes straight to `returnTo`: a sign-in more would cost one
 * of five an hour.
 */
export async function login(context: Context, visit: Visit): Promise<Response> {
  const { settings } = context;
  const query = visit.url.searchParams;
  const returnTo = readReturnTo(query.get('returnTo') ?? '/', settings.origin, settings.basePath);
  if (returnTo === null) return problemPage(unsafeReturn);
  if (settings.user !== undefined && visit.user === null) return problemPage(appFirst);
  if (isForeign(visit))
    return onwardPage(
      `${settings.basePath}/login${visit.url.search}`,
      returnTo.slice(settings.origin.length),
    );
  const hinted =
    query.get('another') === '1'
      ? null
      : await currentMembership(context, visit, query.get('account'));
  if (hinted !== null && (await works(context, hinted))) return redirect(303, returnTo);
  return redirect(302, await begin(context, visit, returnTo, hinted));
}

const unsafeReturn = {
  status: 400,
  title: 'This link does not work',
  text: 'The address to return to after signing in is not part of this app. Open the app itself and sign in from there.',
  links: [{ label: 'Open the app', href: '/' }],
};

const appFirst = {
  status: 401,
  title: 'Sign in to the app first',
  text: 'No user is signed in to this app, so there is no user to connect an Act-On account to. Sign in to the app, then try again.',
  links: [{ label: 'Open the app', href: '/' }],
};

/**
 * A link on another site: it brings no session cookie along, and no such link begins a sign-in, or
 * ends it, by itself.
 */
const isForeign = ({ request }: Visit): boolean =>
  request.headers.get('sec-fetch-site') === 'cross-site';

async function works({ sessions }: Context, { account }: Membership): Promise<boolean> {
  const snapshot = await sessions.look(account);
  return !snapshot.needsGrant;
}

/**
 * The URL of Act-On's sign-in page; what must be known when the person comes back goes into a
 * cookie.
 */
async function begin(
  context: Context,
  visit: Visit,
  returnTo: string,
  hinted: Membership | null,
): Promise<string> {
  const { settings, seal } = context;
  const { endpoint, redirectUri, authorization } = settings;
  const request = await authorizationUrl({
    clientId: endpoint.clientId,
    baseUrl: endpoint.apiBase,
    redirectUri,
    ...authorization,
  });
  const { pending: others, surplus } = await readAllPending(settings, seal, visit.cookies);
  const browser = visit.memberships[0]?.browser ?? others[0]?.browser ?? newName();
  const { state, codeVerifier } = request;
  const kept = {
    state,
    ...(codeVerifier === undefined ? {} : { codeVerifier }),
    returnTo,
    browser,
    user: visit.user,
  };
  const isKnown = visit.memberships.length > 0;
  const isOwn = [null, 'same-origin', 'none'].includes(visit.request.headers.get('sec-fetch-site'));
  visit.setCookies.push(...surplus.map((id) => clearPending(settings, id)));
  visit.setCookies.push(
    await pendingCookie(settings, seal, {
      ...kept,
      isOwn,
      isKnown,
      hint: hinted?.account ?? null,
      beganAt: settings.now(),
    }),
  );
  return request.url.href;
}
