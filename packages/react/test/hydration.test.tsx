import {
  ActOnTokenProvider,
  ActOnTokenSuspense,
  expectCallback,
  useActOnCallback,
  useActOnToken,
  useActOnTokenReady,
  useActOnTokenSelector,
} from '@act-on-token/react';
import React, { type ReactElement, StrictMode, Suspense, version } from 'react';
import * as ReactDOM from 'react-dom';
import { renderToString } from 'react-dom/server';
import { beforeEach, describe, expect, it } from 'vitest';
import { expectNoComplaints, takeOver } from './support/page.ts';
import { world } from './support/world.ts';

let seen: string[] = [];

function Account(): ReactElement {
  const { status } = useActOnToken();
  const grants = useActOnTokenSelector(({ grants }) => `${grants.used} of ${grants.limit}`);
  seen.push(`${status}, ${grants}`);
  return <p>{`${status}, ${grants}`}</p>;
}

function Ready(): ReactElement {
  const { status } = useActOnTokenReady();
  seen.push(status);
  return <p>{status}</p>;
}

function Callback(): ReactElement {
  const { status } = useActOnCallback();
  seen.push(status);
  return <p>{status}</p>;
}

const waiting = (
  <ActOnTokenSuspense fallback={<b>…</b>}>
    <Ready />
  </ActOnTokenSuspense>
);

function tree(
  session: ReturnType<ReturnType<typeof world>['session']>,
  child: ReactElement,
): ReactElement {
  return (
    <StrictMode>
      <ActOnTokenProvider session={session}>{child}</ActOnTokenProvider>
    </StrictMode>
  );
}

expectNoComplaints();
beforeEach(() => {
  seen = [];
});

describe(`React ${version} taking over what a server rendered`, () => {
  it('begins with what the server knew and goes on to what the browser knows, without a warning', async () => {
    const { clock, session, signedIn } = world();
    const html = renderToString(tree(session(), <Account />));
    // The browser is quicker than React: its session knows the account before the page is taken
    // over.
    const mine = await signedIn();
    expect(mine.getSnapshot().status).toBe('authorized');
    seen = [];
    const complaints: unknown[] = [];
    const page = takeOver(html, tree(mine, <Account />), complaints);
    await clock.advance(0);
    expect(seen[0]).toBe('idle, 0 of 5');
    expect(page.text).toBe('authorized, 1 of 5');
    expect(complaints).toEqual([]);
  });

  it.each([
    ['knows already', true],
    ['still has to read', false],
  ])(
    'keeps the fallback that the server sent until a component that waits has what the session %s',
    async (_, isLoaded) => {
      const { session, signedIn } = world();
      const html = renderToString(tree(session(), waiting));
      expect(html).toBe('<b>…</b>');
      const known = await signedIn();
      const complaints: unknown[] = [];
      const page = takeOver(html, tree(isLoaded ? known : session(), waiting), complaints);
      expect(page.text).toBe('…');
      await page.shows('authorized');
      expect(new Set(seen)).toEqual(new Set(['authorized']));
      expect(seen.length).toBeLessThanOrEqual(4);
      expect(complaints).toEqual([]);
    },
  );

  // Since 19.3. What a server makes of it React calls a request, and no error.
  if ('browser' in ReactDOM) {
    const { browser } = ReactDOM as unknown as { browser: () => Promise<void> };
    const InBrowser = (): ReactElement => {
      React.use(browser());
      return <Ready />;
    };
    it('is as content with a plain Suspense around a component that asks for a browser', async () => {
      const { session, signedIn } = world();
      await signedIn();
      const waitsInBrowser = (
        <Suspense fallback={<b>…</b>}>
          <InBrowser />
        </Suspense>
      );
      const html = renderToString(tree(session(), waitsInBrowser));
      expect(html).toContain('<b>…</b>');
      const complaints: unknown[] = [];
      const page = takeOver(html, tree(session(), waitsInBrowser), complaints);
      await page.shows('authorized');
      expect(complaints).toEqual([]);
    });
  }

  it('finishes a redirect once, beginning with the pending that the server sent', async () => {
    const { consent, emulator, session } = world();
    const { request, redirect } = await consent();
    // As server.test.tsx sees it; in this document React 18 would take itself for a browser.
    const html = '<p>pending</p>';
    expectCallback(request);
    history.replaceState(null, '', redirect);
    seen = [];
    const complaints: unknown[] = [];
    const page = takeOver(html, tree(session(), <Callback />), complaints);
    await page.shows('done');
    expect([...new Set(seen)]).toEqual(['pending', 'done']);
    expect(seen.length).toBeLessThanOrEqual(6);
    expect(emulator.ledger.counters().grants.authorization_code.sent).toBe(1);
    expect(complaints).toEqual([]);
  });
});
