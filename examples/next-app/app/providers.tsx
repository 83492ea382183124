'use client';

import { ActOnTokenProvider } from '@act-on-token/react';
import type { ReactElement, ReactNode } from 'react';
import { session } from './session';

/**
 * The border: below it components run in the browser. A session is not a prop that a server could send
 * there.
 */
export function Providers({ children }: { children: ReactNode }): ReactElement {
  return <ActOnTokenProvider session={session}>{children}</ActOnTokenProvider>;
}
