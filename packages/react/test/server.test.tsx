// @vitest-environment node
import { isActOnTokenError } from '@act-on-token/core';
import {
  ActOnTokenProvider,
  ActOnTokenSuspense,
  useActOnCallback,
  useActOnToken,
  useActOnTokenReady,
  useActOnTokenSelector,
} from '@act-on-token/react';
import { type ReactElement, type ReactNode, Suspense, version } from 'react';
import { renderToPipeableStream, renderToString } from 'react-dom/server';
import { describe, expect, it, vi } from 'vitest';
import { streamed } from './support/streamed.ts';
import { world } from './support/world.ts';

function Account(): ReactElement {
  const { loaded, status } = useActOnToken();
  const usable = useActOnTokenSelector((token) => token.usable);
  return <p>{`loaded ${loaded}, ${status}, usable ${usable}`}</p>;
}

function Ready(): ReactElement {
  return <p>{useActOnTokenReady('token').status}</p>;
}

function Callback(): ReactElement {
  return <p>{useActOnCallback().status}</p>;
}

/**
 * Renders this with a session that knows nothing and one that is signed in, and sees that neither
 * their store nor Act-On was asked.
 */
async function rendered(children: ReactNode): Promise<string[]> {
  const { emulator, session, signedIn, store } = world();
  const sessions = [session(), await signedIn()];
  const facts = (): unknown => [
    store.reads,
    store.watches.begun,
    emulator.ledger.counters().requests,
  ];
  const before = facts();
  const html = sessions.map((each) =>
    renderToString(<ActOnTokenProvider session={each}>{children}</ActOnTokenProvider>),
  );
  expect(facts()).toEqual(before);
  return html;
}

describe(`a server with React ${version}`, () => {
  it('renders that nothing is known yet, without a document, a read or a watch, whatever its session knows', async () => {
    expect(typeof document).toBe('undefined');
    expect(await rendered(<Account />)).toEqual(
      Array(2).fill('<p>loaded false, idle, usable false</p>'),
    );
  });

  it('renders the fallback for what waits, and a pending callback, without a word to the console', async () => {
    const complaint = vi.spyOn(console, 'error');
    const tree = (
      <>
        <Callback />
        <ActOnTokenSuspense fallback={<b>…</b>}>
          <Ready />
        </ActOnTokenSuspense>
      </>
    );
    expect(await rendered(tree)).toEqual(Array(2).fill('<p>pending</p><b>…</b>'));
    expect(complaint).not.toHaveBeenCalled();
  });

  it('ends a stream at once with the fallback, rather than hold it for what only a browser can know', async () => {
    const errors: unknown[] = [];
    const html = await streamed((done) =>
      renderToPipeableStream(
        <ActOnTokenProvider session={world().session()}>
          <ActOnTokenSuspense fallback={<b>…</b>}>
            <Ready />
          </ActOnTokenSuspense>
        </ActOnTokenProvider>,
        { onAllReady: done, onError: (error) => void errors.push(error) },
      ),
    );
    expect(html).toBe('<b>…</b>');
    expect(errors).toEqual([]);
  });

  it('says what to do when a component that waits is in a plain Suspense, and ends the stream all the same', async () => {
    const errors: unknown[] = [];
    const html = await streamed((done) =>
      renderToPipeableStream(
        <ActOnTokenProvider session={world().session()}>
          <Suspense fallback={<b>…</b>}>
            <Ready />
          </Suspense>
        </ActOnTokenProvider>,
        { onAllReady: done, onError: (error) => void errors.push(error) },
      ),
    );
    expect(html).toContain('<b>…</b>');
    expect(errors).toHaveLength(1);
    expect(isActOnTokenError(errors[0], 'configuration')).toBe(true);
    expect(String(errors[0])).toContain(
      'Put <ActOnTokenSuspense fallback={…}> around the component',
    );
  });
});
