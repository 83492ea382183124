import { ActOnTokenSuspense } from '@act-on-token/react';
import type { ReactElement } from 'react';
import { Account } from './account';
import { Owner } from './owner';

/**
 * Rendered on the server: the fallback in place of what only the browser can know, and what the
 * server itself may ask Act-On as the signed-in person.
 */
export default function Page(): ReactElement {
  return (
    <main>
      <h1>Contact lists</h1>
      <ActOnTokenSuspense fallback={<p className="quiet">One moment …</p>}>
        <Account />
      </ActOnTokenSuspense>
      <Owner />
    </main>
  );
}
