// @vitest-environment node
import { ActOnTokenProvider, useActOnToken, useActOnTokenSelector } from '@act-on-token/react';
import type { ReactElement } from 'react';
import { renderToString } from 'react-dom/server';
import { expect, it } from 'vitest';
import { world } from './support/world.ts';

function Account(): ReactElement {
  const { loaded, status } = useActOnToken();
  const usable = useActOnTokenSelector((token) => token.usable);
  return <p>{`loaded ${loaded}, ${status}, usable ${usable}`}</p>;
}

it('a server renders that nothing is known yet, without a document, a read or a watch, whatever its session knows', async () => {
  expect(typeof document).toBe('undefined');
  const { session, signedIn, store } = world();
  const [fresh, loaded] = [session(), await signedIn()];
  const before = { reads: store.reads, watches: store.watches.begun };
  const html = [fresh, loaded].map((each) =>
    renderToString(
      <ActOnTokenProvider session={each}>
        <Account />
      </ActOnTokenProvider>,
    ),
  );
  expect(html).toEqual(Array(2).fill('<p>loaded false, idle, usable false</p>'));
  expect({ reads: store.reads, watches: store.watches.begun }).toEqual(before);
});
