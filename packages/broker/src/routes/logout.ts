import { noContent } from '../answers.ts';
import type { Context } from '../context.ts';
import { clearMembership, type Membership } from '../membership.ts';
import type { Visit } from '../visit.ts';
import { accountHeader } from '../wire.ts';

/**
 * `POST logout`: this browser is signed out of the account that it names, or of all of them; for
 * copies of its cookie that counts too. When the last browser has left an account, its tokens go.
 * Rejects with `store_unavailable`, and the cookies stay.
 */
export async function logout(context: Context, visit: Visit): Promise<Response> {
  const id = visit.request.headers.get(accountHeader);
  const leaving = visit.leavable.filter((membership) => id === null || membership.id === id);
  const gone = await Promise.all(leaving.map((membership) => leave(context, membership)));
  visit.setCookies.push(...gone);
  return noContent();
}

/**
 * The line that takes the cookie away. A copy of a cookie that counts no more must not sign out the
 * browser that it was copied from.
 */
export async function leave(
  { settings, roster, sessions }: Context,
  { id, account, browser, session }: Membership,
): Promise<string> {
  const counts = await roster.has(account, browser, session);
  const ended = await (counts ? roster.leave(account, browser) : roster.isEmpty(account));
  // Even if this browser has left already: the first try may have come no further.
  if (ended) await sessions.use(account, (each) => each.signOut());
  if (counts) settings.tell({ type: 'signed_out', account, ended });
  return clearMembership(settings, id);
}
