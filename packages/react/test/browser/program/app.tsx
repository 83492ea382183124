import { ActOnTokenProvider } from '@act-on-token/react';
import type { ReactElement } from 'react';
import { Callback } from './callback.tsx';
import { Home } from './home.tsx';
import { session } from './session.ts';

export function App({ path }: { path: string }): ReactElement {
  return (
    <ActOnTokenProvider session={session}>
      {path === '/callback' ? <Callback /> : <Home />}
    </ActOnTokenProvider>
  );
}
