/** What became of a path that a page wants to use. */
export type ApiPath = { readonly path: string } | { readonly fault: 'unclean' | 'not_allowed' };

/**
 * The path at Act-On for what follows `api/`, as it stands in the request's URL. Whatever two programs might read in two ways is
 * unclean: encoded slashes, dots, percent signs and control characters, empty steps, parameters after `;`. What is clean must begin
 * with one of `allowed` (RFC 10017 §6.1.3.6).
 */
export function readApiPath(rest: string, allowed: readonly string[]): ApiPath {
  const steps = rest.split('/');
  // A slash at the end is a step of its own.
  const last = steps.length - 1;
  if (!steps.every((step, at) => (step === '' ? at === last && last > 0 : isClean(step)))) return { fault: 'unclean' };
  const path = `/${rest}`;
  return allowed.some((prefix) => path.startsWith(prefix) && path.length > prefix.length) ? { path } : { fault: 'not_allowed' };
}

function isClean(step: string): boolean {
  if (!/^(?:[\w\-~!$&'()*+,=:@.]|%[\da-f]{2})+$/i.test(step)) return false;
  try {
    const decoded = decodeURIComponent(step);
    return !/^\.+$/.test(decoded) && !/[/\\%;?#\p{C}]/u.test(decoded);
  } catch {
    return false;
  }
}
