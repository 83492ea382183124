import { ActOnTokenError, type ExpectedCallback } from '@act-on-token/core';

const key = 'act-on-token.callback';

export interface ExpectCallbackOptions {
  /**
   * Where the person goes on afterwards: a path of this app. `useActOnCallback()` gives it back.
   * Default: the current page.
   */
  returnTo?: string | undefined;
}

/** What {@link expectCallback} kept. */
export interface KeptCallback extends ExpectedCallback {
  readonly returnTo: string;
}

/**
 * Keeps what `authorizationUrl()` gave until the redirect comes back, in this tab alone
 * (`sessionStorage`). A later call replaces it. Throws `configuration` for anything else, and where
 * the browser keeps nothing for the page.
 *
 * @example
 * const request = await authorizationUrl({ clientId, redirectUri });
 * expectCallback(request, { returnTo: '/lists' });
 * location.assign(request.url);
 */
export function expectCallback(
  expected: ExpectedCallback,
  { returnTo = here() }: ExpectCallbackOptions = {},
): void {
  const { state, redirectUri, codeVerifier, issuer } = Object(
    expected,
  ) as Partial<ExpectedCallback>;
  const isWrong = (text: unknown): boolean =>
    text !== undefined && (typeof text !== 'string' || text === '');
  if (!state || !redirectUri || [state, redirectUri, codeVerifier, issuer].some(isWrong))
    throw misused('takes what authorizationUrl() resolved with: await it.');
  if (!isOwnPath(returnTo))
    throw misused('takes a "returnTo" that is a path of this app, such as "/lists".');
  try {
    const kept = { state, redirectUri, codeVerifier, issuer, returnTo };
    sessionStorage.setItem(key, JSON.stringify(kept));
  } catch (error) {
    throw misused(
      `could not use sessionStorage (${nameOf(error)}). Allow the page to keep data, or keep what authorizationUrl() gave elsewhere and call readCallback().`,
    );
  }
}

const here = (): string => `${location.pathname}${location.search}${location.hash}`;

/** Browsers drop tabs and line breaks and take `\\` for `/`, hence the suspicion. */
function isOwnPath(path: unknown): boolean {
  return (
    typeof path === 'string' &&
    /^\/(?![/\\])[^\s\\\p{C}]*$/u.test(path) &&
    URL.canParse(path, location.href) &&
    new URL(path, location.href).origin === location.origin
  );
}

function misused(reason: string): ActOnTokenError {
  return new ActOnTokenError('configuration', `expectCallback() ${reason}`);
}

/**
 * What {@link expectCallback} kept; `null` if there is nothing. It is forgotten if this is the
 * `state` that it waits for, because it answers one redirect only; a redirect with another state
 * takes nothing away from it. {@link useActOnCallback} does this by itself.
 */
export function takeExpectedCallback(state: string | null): KeptCallback | null {
  try {
    const expected: KeptCallback | null = JSON.parse(sessionStorage.getItem(key) ?? 'null');
    if (expected?.state === state) sessionStorage.removeItem(key);
    // What a script put there must not lead out of the app.
    return (
      expected && { ...expected, returnTo: isOwnPath(expected.returnTo) ? expected.returnTo : '/' }
    );
  } catch {
    // No storage, or not our text in it: nothing was kept.
    return null;
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error || error instanceof DOMException ? error.name : 'unknown';
}
