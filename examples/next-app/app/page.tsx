import { ActOnTokenSuspense } from '@act-on-token/react';
import type { ReactElement } from 'react';
import { Account } from './account';

/** Rendered on the server, with the fallback in place of what only the browser can know. */
export default function Page(): ReactElement {
  return (
    <main>
      <h1>Contact lists</h1>
      <ActOnTokenSuspense fallback={<p className="quiet">One moment …</p>}>
        <Account />
      </ActOnTokenSuspense>
    </main>
  );
}
