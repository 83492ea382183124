/** What a redirect back from `/authorize` carries (RFC 6749 §4.1.2, RFC 9207 §2). */
const parameters = ['code', 'state', 'error', 'error_description', 'error_uri', 'iss'];

/** Where a code or token has no business at all. */
const inFragment = /[#&](code|state|access_token|error)=/;

/**
 * The address of this page as the redirect opened it, or `null` if it carries nothing of one.
 * Afterwards neither the address bar nor the history nor a `Referer` has it any more; other
 * parameters, and what a router keeps in the history entry, stay.
 */
export function takeRedirect(): URL | null {
  const arrived = new URL(location.href);
  const found = parameters.filter((name) => arrived.searchParams.has(name));
  if (found.length === 0 && !inFragment.test(arrived.hash)) return null;
  const clean = new URL(arrived);
  for (const name of found) clean.searchParams.delete(name);
  if (inFragment.test(clean.hash)) clean.hash = '';
  history.replaceState(history.state, '', clean);
  return arrived;
}

/**
 * Informs Next.js that the address changed. Its router read it before any component was mounted,
 * listens only afterwards, takes no notice of entries with its own mark, and would put the old
 * address back, code and all, when the page is refreshed.
 */
export function tellRouter(): void {
  if (!history.state?.__NA || !Object.hasOwn(history, 'replaceState')) return;
  const { __NA, ...unmarked } = history.state;
  history.replaceState(unmarked, '', location.href);
}
