import { ActOnTokenProvider, useActOnToken, useActOnTokenSelector } from '@act-on-token/react';
import { type ReactElement, StrictMode, version } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { expectNoComplaints, takeOver } from './support/page.ts';
import { world } from './support/world.ts';

const seen: string[] = [];

function Account(): ReactElement {
  const { status } = useActOnToken();
  const grants = useActOnTokenSelector(({ grants }) => `${grants.used} of ${grants.limit}`);
  seen.push(`${status}, ${grants}`);
  return <p>{`${status}, ${grants}`}</p>;
}

expectNoComplaints();

describe(`React ${version} taking over what a server rendered`, () => {
  it('begins with what the server knew and goes on to what the browser knows, without a warning', async () => {
    const { clock, session, signedIn } = world();
    const tree = (of: ReturnType<typeof session>): ReactElement => (
      <StrictMode>
        <ActOnTokenProvider session={of}>
          <Account />
        </ActOnTokenProvider>
      </StrictMode>
    );
    const html = renderToString(tree(session()));
    // The browser is quicker than React: its session knows the account before the page is taken over.
    const mine = await signedIn();
    expect(mine.getSnapshot().status).toBe('authorized');
    seen.length = 0;
    const complaints: unknown[] = [];
    const page = takeOver(html, tree(mine), complaints);
    await clock.advance(0);
    expect(seen[0]).toBe('idle, 0 of 5');
    expect(page.text).toBe('authorized, 1 of 5');
    expect(complaints).toEqual([]);
  });
});
