'use client';

import type { Session } from '@act-on-token/core';
import type { ReactElement } from 'react';
import { inBrowserOnly } from './devtools-panel/in-browser-only.ts';

// Bundlers write the value in its place, as they do for React itself.
declare const process: { readonly env: { readonly NODE_ENV?: string } };

export interface ActOnTokenDevtoolsProps {
  /** Default: the provider's. */
  session?: Session | undefined;
  /** Whether the panel is open at first. Default: `false`, a button opens it. */
  initiallyOpen?: boolean | undefined;
  /** For a page whose Content-Security-Policy wants a nonce for styles. */
  nonce?: string | undefined;
}

/**
 * Shows the session in a corner of the page: its state, its record without any token, what happened
 * lately, and buttons that expire, refresh and sign out. It loads its panel when it is first
 * rendered, and only where `NODE_ENV` is `development`: elsewhere it renders nothing, and a bundler
 * leaves the panel out. Throws `configuration` if there is neither a provider nor a session.
 *
 * @example
 * <ActOnTokenProvider session={session}>
 *   <App />
 *   <ActOnTokenDevtools />
 * </ActOnTokenProvider>
 */
export const ActOnTokenDevtools: (props: ActOnTokenDevtoolsProps) => ReactElement | null =
  // The import is in the branch itself, where every bundler sees that it is dead.
  process.env.NODE_ENV === 'development'
    ? inBrowserOnly(() => import('./devtools-panel/panel.tsx'))
    : () => null;
