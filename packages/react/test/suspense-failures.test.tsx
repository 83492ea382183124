import { isActOnTokenError } from '@act-on-token/core';
import { ActOnTokenProvider, ActOnTokenSuspense, useActOnTokenReady } from '@act-on-token/react';
import { Component, type ReactElement, type ReactNode, StrictMode, Suspense, version } from 'react';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { open } from './support/page.ts';
import { anHour, type World, world } from './support/world.ts';

let renders = 0;
let now = 0;
let message = '';
let reset = (): void => {};

function Ready({ until }: { until: 'read' | 'token' }): ReactElement {
  renders += 1;
  return <i>{useActOnTokenReady(until).status}</i>;
}

class Boundary extends Component<{ children?: ReactNode }, { error: unknown }> {
  override state: { error: unknown } = { error: null };
  static getDerivedStateFromError(error: unknown): { error: unknown } {
    return { error };
  }
  override render(): ReactNode {
    reset = () => this.setState({ error: null });
    const { error } = this.state;
    if (error === null) return this.props.children;
    message = String(error);
    return isActOnTokenError(error) ? error.code : message;
  }
}

type Layout = (session: ReturnType<World['session']>, until: 'read' | 'token') => ReactElement;

const outside: Layout = (session, until) => (
  <StrictMode>
    <ActOnTokenProvider session={session}>
      <Boundary>
        <ActOnTokenSuspense fallback="…">
          <Ready until={until} />
          <Ready until={until} />
        </ActOnTokenSuspense>
      </Boundary>
    </ActOnTokenProvider>
  </StrictMode>
);
const inside: Layout = (session, until) => (
  <ActOnTokenProvider session={session}>
    <Suspense fallback="…">
      <Boundary>
        <Ready until={until} />
      </Boundary>
    </Suspense>
  </ActOnTokenProvider>
);

beforeEach(() => {
  renders = 0;
  now = 1_000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  // React tells the console of what an error boundary caught; React 18 tells the window too.
  vi.spyOn(console, 'error').mockImplementation(() => {});
  window.addEventListener('error', prevent);
});
afterEach(() => {
  window.removeEventListener('error', prevent);
  const complaints = vi.mocked(console.error).mock.calls.map((words) => words.join(' '));
  expect(
    complaints.filter((complaint) => /use\(\)|uncached promise|suspended/.test(complaint)),
  ).toEqual([]);
  vi.restoreAllMocks();
});

const prevent = (event: Event): void => event.preventDefault();

describe.each([
  ['outside', outside],
  ['inside', inside],
])(
  `useActOnTokenReady under React ${version}, with an error boundary %s of the fallback`,
  (_, layout) => {
    it('hands the failure of a store that is down to the boundary, after one attempt, and tries again at each reset', async () => {
      const { session, signedIn, store } = world();
      await signedIn();
      store.isDown = true;
      const before = store.reads;
      const opened = open(layout(session(), 'read'));
      expect(opened.text).toBe('…');
      await opened.shows('store_unavailable');
      // A session asks a store that fails a second time by itself.
      expect(store.reads - before).toBe(2);
      expect(renders).toBeLessThanOrEqual(16);

      now += 1_000;
      reset();
      await vi.waitFor(() => expect(store.reads - before).toBe(4));
      await opened.shows('store_unavailable');
      expect(store.reads - before).toBe(4);

      store.isDown = false;
      now += 1_000;
      reset();
      await opened.shows(layout === outside ? 'authorizedauthorized' : 'authorized');
    });

    it('hands over what keeps a lapsed token from being refreshed, and goes on when it can be', async () => {
      const { clock, emulator, session, signedIn } = world();
      await signedIn();
      await clock.advance(2 * anHour);
      emulator.faults.arm({ route: 'token', kind: 'too_many_requests', retryAfter: '3600' });
      const opened = open(layout(session(), 'token'));
      await opened.shows('rate_limited');
      expect(emulator.ledger.counters().grants.refresh_token.sent).toBe(1);
      await clock.advance(2 * anHour);
      now += 1_000;
      reset();
      await opened.shows(layout === outside ? 'authorizedauthorized' : 'authorized');
      expect(emulator.ledger.counters().grants.refresh_token.sent).toBe(2);
    });

    it('says what it takes to those who hand it a session first, as the other hook wants it', async () => {
      const mistaken = world().session() as unknown as 'read';
      const opened = open(layout(world().session(), mistaken));
      await opened.shows('configuration');
      expect(message).toContain(
        '"until" must be "read" or "token". A session is the second argument.',
      );
    });

    it('does not wait for a session that was closed', async () => {
      const { session } = world();
      const closed = session();
      await closed.close();
      const opened = open(layout(closed, 'read'));
      await opened.shows('closed');
    });
  },
);
