import { ActOnTokenError } from '@act-on-token/core';
import {
  ActOnTokenProvider,
  ActOnTokenSuspense,
  useActOnToken,
  useActOnTokenReady,
} from '@act-on-token/react';
import { type ReactElement, type ReactNode, StrictMode, Suspense, useEffect, version } from 'react';
import { beforeEach, describe, expect, it } from 'vitest';
import { expectNoComplaints, open } from './support/page.ts';
import { anHour, type World, world } from './support/world.ts';

type Session = ReturnType<World['session']>;

const renders = { ready: 0, outside: 0 };
let fallbacks = 0;

function Fallback(): string {
  useEffect(() => {
    fallbacks += 1;
  }, []);
  return '…';
}

function Ready({
  until,
  children,
}: {
  until?: 'read' | 'token';
  children?: ReactNode;
}): ReactElement {
  const { loaded, status, usable } = useActOnTokenReady(until);
  renders.ready += 1;
  return (
    <i>
      {`${loaded} ${status} ${usable};`}
      {children}
    </i>
  );
}

function Outside(): ReactElement {
  renders.outside += 1;
  return <b>{useActOnToken().status}</b>;
}

function page(
  session: Session,
  children: ReactNode,
  Boundary: typeof Suspense | typeof ActOnTokenSuspense = Suspense,
): ReactElement {
  return (
    <StrictMode>
      <ActOnTokenProvider session={session}>
        <Boundary fallback={<Fallback />}>{children}</Boundary>
      </ActOnTokenProvider>
    </StrictMode>
  );
}

/** A session that gives this when it is asked for a token. */
function answering(session: Session, token: Promise<string>): Session {
  const { getSnapshot, ready, subscribe } = session;
  const parts = { getSnapshot, ready, subscribe };
  const bound = Object.entries(parts).map(([name, part]) => [name, part.bind(session)]);
  return { ...Object.fromEntries(bound), getAccessToken: () => token };
}

expectNoComplaints();
beforeEach(() => {
  Object.assign(renders, { ready: 0, outside: 0 });
  fallbacks = 0;
});

describe(`useActOnTokenReady under React ${version}`, () => {
  it.each([
    ['Suspense', Suspense],
    ['ActOnTokenSuspense', ActOnTokenSuspense],
  ])(
    'shows the fallback of %s until the record was read, and nothing that is not known',
    async (_, Boundary) => {
      const { session, signedIn } = world();
      await signedIn();
      const opened = open(page(session(), <Ready />, Boundary));
      expect(opened.text).toBe('…');
      await opened.shows('true authorized true;');
    },
  );

  it('is one wait and one read for all components, however deep they are in each other', async () => {
    const { session, signedIn, store } = world();
    await signedIn();
    const before = store.reads;
    const nested = (
      <Ready>
        <Ready>
          <Ready />
        </Ready>
        <Ready />
      </Ready>
    );
    const opened = open(page(session(), nested));
    await opened.shows('true authorized true;'.repeat(4));
    // One for the wait, and one when the first component began to watch.
    expect(store.reads - before).toBeLessThanOrEqual(2);
  });

  it('never shows the fallback where the session is known already', async () => {
    const { signedIn } = world();
    const opened = open(page(await signedIn(), <Ready until="token" />));
    expect(opened.text).toBe('true authorized true;');
    expect(fallbacks).toBe(0);
  });

  it('says that a person must sign in rather than wait for a token that will not come', async () => {
    const { emulator, session } = world();
    const before = emulator.ledger.counters().requests;
    const opened = open(page(session(), <Ready until="token" />));
    await opened.shows('true idle false;');
    expect(emulator.ledger.counters().requests).toBe(before);
  });

  it('waits with "token" until a lapsed token is refreshed, with one request for all', async () => {
    const { clock, emulator, session, signedIn } = world();
    await signedIn();
    await clock.advance(2 * anHour);
    const opened = open(
      page(
        session(),
        <>
          <Ready until="token" />
          <Ready until="token" />
        </>,
      ),
    );
    await opened.shows('true authorized true;'.repeat(2));
    expect(emulator.ledger.counters().grants.refresh_token.sent).toBe(1);
  });

  it('does not wait with "token" for a token that the page never gets', async () => {
    const { clock, session, signedIn } = world();
    await signedIn();
    await clock.advance(2 * anHour);
    const refused = Promise.reject(
      new ActOnTokenError('no_token_in_proxy_mode', 'The broker keeps it.'),
    );
    const opened = open(page(answering(session(), refused), <Ready until="token" />));
    await opened.shows('true expired false;');
  });

  it('goes by the session itself when that is ready before the wait is over, and forgets the wait for good', async () => {
    const { clock, session, signedIn } = world();
    await signedIn();
    await clock.advance(2 * anHour);
    const mine = session();
    let refuse = (_: Error): void => {};
    const waiting = answering(
      mine,
      new Promise((_, reject) => {
        refuse = reject;
      }),
    );
    const opened = open(page(waiting, <Ready until="token" />));
    await clock.settle(mine.getAccessToken());
    expect(opened.text).toBe('…');
    opened.render(page(waiting, <Ready until="token" />));
    await opened.shows('true authorized true;');
    refuse(new Error('too late'));
    await clock.advance(2 * anHour);
    await opened.shows('true expired false;');
  });

  it('waits without "token" for the record alone, and sends nothing', async () => {
    const { clock, emulator, session, signedIn } = world();
    await signedIn();
    await clock.advance(2 * anHour);
    const opened = open(page(session(), <Ready />));
    await opened.shows('true expired false;');
    expect(emulator.ledger.counters().grants.refresh_token.sent).toBe(0);
  });

  it('suspends at first only: a refresh, a lapse and a sign-out show in what it gives', async () => {
    const { clock, refresh, signedIn } = world();
    const session = await signedIn();
    const opened = open(page(session, <Ready until="token" />));
    await refresh(session);
    await clock.advance(2 * anHour);
    await opened.shows('true expired false;');
    await clock.settle(session.signOut());
    await opened.shows('true idle false;');
    expect(fallbacks).toBe(0);
  });

  it('renders a handful of times, not in a loop, and leaves components next to it alone', async () => {
    const { clock, session, signedIn } = world();
    await signedIn();
    const opened = open(
      <ActOnTokenProvider session={session()}>
        <Outside />
        <Suspense fallback="…">
          <Ready />
        </Suspense>
      </ActOnTokenProvider>,
    );
    await opened.shows('authorizedtrue authorized true;');
    await clock.advance(0);
    expect(renders.ready).toBeLessThanOrEqual(3);
    expect(renders.outside).toBeLessThanOrEqual(2);
  });

  it('keeps the page while a transition brings the first component that waits', async () => {
    const { session, signedIn } = world();
    await signedIn();
    const mine = session();
    const opened = open(page(mine, 'Welcome. '));
    opened.renderInTransition(page(mine, ['Welcome. ', <Ready key="ready" />]));
    await opened.shows('Welcome. true authorized true;');
    expect(fallbacks).toBe(0);
  });

  it('keeps the page of one account while a transition waits for another', async () => {
    const mine = world();
    const other = world();
    await other.signedIn();
    const session = await mine.signedIn();
    await mine.clock.settle(session.signOut());
    const opened = open(page(session, <Ready />));
    expect(opened.text).toBe('true idle false;');
    const next = other.session();
    opened.renderInTransition(page(next, <Ready />));
    await opened.shows('true authorized true;');
    expect(fallbacks).toBe(0);
  });
});
