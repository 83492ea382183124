import { ActOnTokenError, type ExpectedCallback } from '@act-on-token/core';

const key = 'act-on-token.callback';

/**
 * Keeps what `authorizationUrl()` gave until the redirect comes back, in this tab alone
 * (`sessionStorage`). A later call replaces it. Throws `configuration` for anything else, and where
 * the browser keeps nothing for the page.
 *
 * @example
 * const request = await authorizationUrl({ clientId, redirectUri });
 * expectCallback(request);
 * location.assign(request.url);
 */
export function expectCallback(expected: ExpectedCallback): void {
  const { state, redirectUri, codeVerifier, issuer } = Object(
    expected,
  ) as Partial<ExpectedCallback>;
  const isWrong = (text: unknown): boolean =>
    text !== undefined && (typeof text !== 'string' || text === '');
  if (!state || !redirectUri || [state, redirectUri, codeVerifier, issuer].some(isWrong))
    throw misused('takes what authorizationUrl() resolved with: await it.');
  try {
    sessionStorage.setItem(key, JSON.stringify({ state, redirectUri, codeVerifier, issuer }));
  } catch (error) {
    throw misused(
      `could not use sessionStorage (${nameOf(error)}). Allow the page to keep data, or keep what authorizationUrl() gave elsewhere and call readCallback().`,
    );
  }
}

function misused(reason: string): ActOnTokenError {
  return new ActOnTokenError('configuration', `expectCallback() ${reason}`);
}

/**
 * What {@link expectCallback} kept; `null` if there is nothing. It is forgotten if this is the
 * `state` that it waits for, because it answers one redirect only; a redirect with another state
 * takes nothing away from it. {@link useActOnCallback} does this by itself.
 */
export function takeExpectedCallback(state: string | null): ExpectedCallback | null {
  try {
    const expected: ExpectedCallback | null = JSON.parse(sessionStorage.getItem(key) ?? 'null');
    if (expected?.state === state) sessionStorage.removeItem(key);
    return expected;
  } catch {
    // No storage, or not our text in it: nothing was kept.
    return null;
  }
}

function nameOf(error: unknown): string {
  return error instanceof Error || error instanceof DOMException ? error.name : 'unknown';
}
