import { createElement, type ReactNode, Suspense, useSyncExternalStore } from 'react';

export interface ActOnTokenSuspenseProps {
  /** What shows until the components below are ready, and all that a server renders. */
  fallback?: ReactNode | undefined;
  children?: ReactNode | undefined;
}

/**
 * `<Suspense>` for components that call {@link useActOnTokenReady}, in pages that a server renders:
 * the server, and a browser that takes over what it rendered, show the fallback and leave the
 * components alone. So nothing mismatches and nothing is reported as an error, with any React since
 * 18. In pages without a server, `<Suspense>` does as well.
 *
 * @example
 * <ActOnTokenSuspense fallback={<Spinner />}>
 *   <Account />
 * </ActOnTokenSuspense>
 */
export function ActOnTokenSuspense({
  fallback = null,
  children,
}: ActOnTokenSuspenseProps): ReactNode {
  const isInBrowser = useSyncExternalStore(never, yes, no);
  return isInBrowser ? createElement(Suspense, { fallback }, children) : fallback;
}

const nothing = (): void => {};
const never = (): (() => void) => nothing;
const yes = (): boolean => true;
const no = (): boolean => false;
