// TanStack Query and SWR: they ask again when the error says so, and never show another's data.
import { isActOnTokenError, type Session } from '@act-on-token/core';
import type { QueryClient } from '@tanstack/react-query';

/** A pause that a request may wait out; for longer ones a person presses a button. */
const longest = 60_000;

/** Again only if the error says when: a sign-in does not come by trying. */
export const retry = (failures: number, error: unknown): boolean =>
  failures < 3 &&
  (isActOnTokenError(error)
    ? error.retryAt !== null && error.retryAt - Date.now() < longest
    : true);

/** As long as the error asks, otherwise a second, two, four. */
export const retryDelay = (failures: number, error: unknown): number =>
  isActOnTokenError(error) && error.retryAt !== null
    ? Math.max(0, error.retryAt - Date.now())
    : 1_000 * 2 ** failures;

/** Under the account's name, so that no account gets what was kept for another. */
export const actOnKey = (account: string, path: string) => ['act-on', account, path] as const;

/** The JSON of an API call; `fetch` of the session is enough. */
export async function getJson(
  { fetch }: Session,
  path: string,
  signal?: AbortSignal,
): Promise<unknown> {
  const response = await fetch(path, signal ? { signal } : {});
  if (!response.ok) throw new Error(`Act-On answered ${response.status}.`);
  return response.json();
}

/** Asks for everything again after a sign-in, and forgets it all after a sign-out. */
export const followSignIns = (session: Session, client: QueryClient): (() => void) =>
  session.on(({ type }) => {
    if (type === 'signed_in') void client.invalidateQueries({ queryKey: ['act-on'] });
    if (type === 'signed_out') client.removeQueries({ queryKey: ['act-on'] });
  });

/** For `<SWRConfig value={{ onErrorRetry }}>`. */
export function onErrorRetry(
  error: unknown,
  _key: string,
  _config: unknown,
  again: (options: { retryCount: number }) => unknown,
  { retryCount }: { retryCount: number },
): void {
  if (retry(retryCount - 1, error))
    setTimeout(() => void again({ retryCount }), retryDelay(retryCount - 1, error));
}
