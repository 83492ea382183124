import { isActOnTokenError } from '@act-on-token/core';
import {
  type ActOnToken,
  ActOnTokenProvider,
  useActOnToken,
  useActOnTokenSelector,
} from '@act-on-token/react';
import { type ReactElement, StrictMode, useEffect, useState } from 'react';
import { renderToString } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import { expectNoComplaints, open } from './support/page.ts';
import { anHour, world } from './support/world.ts';

/** Everything that a component got, render by render. */
function collector(): { readonly seen: ActOnToken[]; readonly Collector: () => ReactElement } {
  const seen: ActOnToken[] = [];
  function Collector(): ReactElement {
    const token = useActOnToken();
    seen.push(token);
    return <i>{token.status}</i>;
  }
  return { seen, Collector };
}

expectNoComplaints();

describe('useActOnToken', () => {
  it('gives the snapshot, and functions that work without their session', async () => {
    const { clock, emulator, session } = world();
    const mine = session();
    const { seen, Collector } = collector();
    const page = open(
      <ActOnTokenProvider session={mine}>
        <Collector />
      </ActOnTokenProvider>,
    );
    expect(seen.at(-1)).toMatchObject({ loaded: false, usable: false, status: 'idle' });
    await clock.advance(0);
    expect(seen.at(-1)).toMatchObject({ loaded: true, needsGrant: true, status: 'idle' });
    const { authorize, fetch, getAccessToken, signOut } = seen.at(-1) ?? {};

    await clock.settle(Promise.resolve(authorize?.({ type: 'password', ...emulator.user })));
    expect(seen.at(-1)).toMatchObject({
      ...mine.getSnapshot(),
      usable: true,
      status: 'authorized',
    });
    expect(page.text).toBe('authorized');
    expect(await getAccessToken?.()).toBe(mine.currentAccessToken());
    const response = await fetch?.('/api/1/list');
    expect(await response?.json()).toMatchObject({ totalCount: 3 });

    await clock.settle(Promise.resolve(signOut?.()));
    expect(page.text).toBe('idle');
  });

  it('gives the same functions always, and one object to all components', async () => {
    const { clock, refresh, signedIn } = world();
    const session = await signedIn();
    const [first, second] = [collector(), collector()];
    open(
      <ActOnTokenProvider session={session}>
        <first.Collector />
        <second.Collector />
      </ActOnTokenProvider>,
    );
    await refresh(session);
    await clock.settle(session.signOut());
    expect(new Set(first.seen).size).toBe(first.seen.length);
    expect(first.seen.length).toBeGreaterThan(2);
    expect(second.seen.every((token, position) => token === first.seen[position])).toBe(true);
    for (const name of ['getAccessToken', 'authorize', 'signOut', 'fetch'] as const)
      expect(new Set(first.seen.map((token) => token[name])).size).toBe(1);
  });

  it('gives an object that is as unchangeable as the snapshot in it', async () => {
    const { signedIn } = world();
    const { seen, Collector } = collector();
    open(
      <ActOnTokenProvider session={await signedIn()}>
        <Collector />
      </ActOnTokenProvider>,
    );
    expect(Object.isFrozen(seen[0])).toBe(true);
    expect(JSON.stringify(seen)).not.toContain('eyJ');
  });

  it('does not loop when an effect depends on all that it gives', async () => {
    const { clock, refresh, signedIn } = world();
    const session = await signedIn();
    let [renders, effects] = [0, 0];
    function Greedy(): ReactElement {
      const token = useActOnToken();
      const [length, setLength] = useState(0);
      const { getAccessToken } = token;
      renders += 1;
      useEffect(() => {
        effects += 1;
        if (token.usable) void getAccessToken().then((text) => setLength(text.length));
      }, [token, getAccessToken]);
      return <i>{length}</i>;
    }
    const page = open(
      <ActOnTokenProvider session={session}>
        <Greedy />
      </ActOnTokenProvider>,
    );
    await clock.advance(0);
    expect(Number(page.text)).toBeGreaterThan(0);
    expect({ renders, effects }).toEqual({ renders: 2, effects: 1 });
    await refresh(session);
    expect(effects).toBeLessThanOrEqual(3);
    expect(renders).toBeLessThanOrEqual(5);
  });

  it('sends nothing by being rendered, not even when the token has lapsed', async () => {
    const { clock, emulator, signedIn } = world();
    const session = await signedIn();
    await clock.advance(2 * anHour);
    const before = emulator.ledger.counters().requests;
    const { Collector } = collector();
    const page = open(
      <ActOnTokenProvider session={session}>
        <Collector />
      </ActOnTokenProvider>,
    );
    await clock.advance(24 * anHour);
    expect(page.text).toBe('expired');
    expect(emulator.ledger.counters().requests).toBe(before);
  });

  it('takes the session that it is handed rather than that of the provider, and needs no provider then', async () => {
    const [provided, handed] = [world(), world()];
    const session = await handed.signedIn();
    function Handed(): ReactElement {
      return (
        <i>{`${useActOnToken(session).status} ${useActOnTokenSelector((token) => token.status, Object.is, session)}`}</i>
      );
    }
    const inside = open(
      <ActOnTokenProvider session={provided.session()}>
        <Handed />
      </ActOnTokenProvider>,
    );
    expect(inside.text).toBe('authorized authorized');
    expect(open(<Handed />).text).toBe('authorized authorized');
  });

  it('follows its provider to another session', async () => {
    const { clock, session, signedIn, store } = world();
    const other = world();
    const { Collector } = collector();
    const shown = (of: typeof mine): ReactElement => (
      <ActOnTokenProvider session={of}>
        <Collector />
      </ActOnTokenProvider>
    );
    const mine = await signedIn();
    const page = open(shown(mine));
    page.render(shown(other.session()));
    expect(page.text).toBe('idle');
    expect([store.watches.open, other.store.watches.open]).toEqual([0, 1]);
    page.render(shown(session()));
    await clock.advance(0);
    expect(page.text).toBe('authorized');
    expect([store.watches.open, other.store.watches.open]).toEqual([1, 0]);
  });

  it.each([
    ['useActOnToken', () => useActOnToken().status],
    ['useActOnTokenSelector', () => useActOnTokenSelector((token) => token.status)],
  ])('says what is missing where there is no session: %s', (hook, useIt) => {
    const Orphan = (): ReactElement => <i>{useIt()}</i>;
    const failure = (() => {
      try {
        return renderToString(<Orphan />);
      } catch (error) {
        return error;
      }
    })();
    expect(isActOnTokenError(failure, 'configuration')).toBe(true);
    expect(String(failure)).toContain(
      `${hook}() found no session. Put <ActOnTokenProvider session={session}> around`,
    );
  });
});

describe('a session under StrictMode, which mounts everything twice', () => {
  it('is read once and watched once, and is left alone when the page has gone', async () => {
    const { clock, session, store } = world();
    const mine = session();
    const { Collector } = collector();
    const page = open(
      <StrictMode>
        <ActOnTokenProvider session={mine}>
          <Collector />
          <Collector />
        </ActOnTokenProvider>
      </StrictMode>,
    );
    await clock.advance(0);
    expect(store.watches.open).toBe(1);
    expect(store.reads).toBe(1);
    page.unmount();
    expect(store.watches.open).toBe(0);
    expect(clock.timers.all).toBe(0);
    console.log(
      `StrictMode: ${store.watches.begun} watches begun, 1 open while mounted, ${store.watches.open} after, ${store.reads} read`,
    );
  });

  it('is watched by all components together, whichever of them comes and goes', async () => {
    const { signedIn, store } = world();
    const session = await signedIn();
    const { Collector } = collector();
    const some = (names: string[]): ReactElement => (
      <StrictMode>
        <ActOnTokenProvider session={session}>
          {names.map((name) => (
            <Collector key={name} />
          ))}
        </ActOnTokenProvider>
      </StrictMode>
    );
    const page = open(some(['a', 'b']));
    expect(store.watches.open).toBe(1);
    page.render(some(['b', 'c']));
    page.render(some(['c']));
    expect(store.watches.open).toBe(1);
    page.render(some([]));
    expect(store.watches.open).toBe(0);
    page.render(some(['a']));
    expect(store.watches.open).toBe(1);
  });

  it('shows what another tab did while no one was looking', async () => {
    const { clock, session, signedIn } = world();
    const mine = await signedIn();
    const { Collector } = collector();
    const page = open(
      <ActOnTokenProvider session={mine}>
        <Collector />
      </ActOnTokenProvider>,
    );
    page.unmount();
    await clock.settle(session().signOut());
    const again = open(
      <ActOnTokenProvider session={mine}>
        <Collector />
      </ActOnTokenProvider>,
    );
    await clock.advance(0);
    expect(again.text).toBe('idle');
  });
});
