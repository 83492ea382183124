/** What became of a path that a page wants to use. */
export type ApiPath = { readonly path: string } | { readonly fault: 'unclean' | 'not_allowed' };

/**
 * The path at Act-On for what follows `api/`, as it is in the request's URL. Whatever two
 * programs might read in two ways is unclean: encoded slashes, dots, percent signs and control
 * characters, empty steps, parameters after `;`, and whatever becomes one of these when it is
 * trimmed or normalised (NFKC). What is clean must begin with one of `allowed` (RFC 10017
 * §6.1.3.6).
 */
export function readApiPath(rest: string, allowed: readonly string[]): ApiPath {
  const steps = rest.split('/');
  // A slash at the end is a step of its own.
  const last = steps.length - 1;
  if (!steps.every((step, at) => (step === '' ? at === last && last > 0 : isClean(step))))
    return { fault: 'unclean' };
  const path = `/${rest}`;
  return allowed.some((prefix) => path.startsWith(prefix) && path.length > prefix.length)
    ? { path }
    : { fault: 'not_allowed' };
}

/**
 * Slashes and full stops of other scripts that NFKC leaves as they are, and some programs take for
 * the plain ones.
 */
const lookalikes: Readonly<Record<string, string>> = {
  '\u2044': '/',
  '\u2215': '/',
  '\u29f8': '/',
  '\u29f5': '\\',
  '\u3002': '.',
  '\u2024': '.',
};

function isClean(step: string): boolean {
  if (!/^(?:[\w\-~!$&'()*+,=:@.]|%[\da-f]{2})+$/i.test(step)) return false;
  try {
    const decoded = decodeURIComponent(step);
    return [decoded, plain(decoded)].every(
      (text) => !/^\.*$/.test(text) && !/[/\\%;?#\p{C}]/u.test(text),
    );
  } catch {
    return false;
  }
}

/** What a program may make of a step that normalises it and drops what nobody sees. */
function plain(step: string): string {
  const normal = step.normalize('NFKC').replace(/[\s\p{Z}\p{DI}]+/gu, '');
  return [...normal].map((char) => lookalikes[char] ?? char).join('');
}
