import { ActOnTokenProvider, useActOnToken, useActOnTokenSelector } from '@act-on-token/react';
import { type ReactElement, version } from 'react';
import { describe, expect, it } from 'vitest';
import { expectNoComplaints, open } from './support/page.ts';
import { aMinute, anHour, world } from './support/world.ts';

const consumers = 50;
const renders = { hook: 0, usable: 0, fetch: 0 };

function WithHook(): ReactElement {
  renders.hook += 1;
  return <i>{useActOnToken().status}</i>;
}

function WithUsable(): ReactElement {
  renders.usable += 1;
  return <i>{String(useActOnTokenSelector((token) => token.usable))}</i>;
}

function WithFetch(): ReactElement {
  renders.fetch += 1;
  return <i>{typeof useActOnTokenSelector((token) => token.fetch)}</i>;
}

function times(Consumer: () => ReactElement): ReactElement[] {
  return Array.from({ length: consumers }, (_, position) => (
    <Consumer key={`consumer ${position + 1}`} />
  ));
}

/** Renders since the last call, per kind of component. */
function takeRenders(): typeof renders {
  const taken = { ...renders };
  Object.assign(renders, { hook: 0, usable: 0, fetch: 0 });
  return taken;
}

expectNoComplaints();

describe(`${consumers} components of each kind under React ${version}`, () => {
  it('render when what they show changes, at most twice for a refresh, and never because a token is read', async () => {
    const { clock, refresh, signedIn } = world();
    const session = await signedIn();
    const figures: Record<string, typeof renders> = {};
    const figure = (what: string): typeof renders => {
      figures[what] = takeRenders();
      return figures[what];
    };

    const page = open(
      <ActOnTokenProvider session={session}>
        {times(WithHook)}
        {times(WithUsable)}
        {times(WithFetch)}
      </ActOnTokenProvider>,
    );
    await clock.advance(0);
    expect(figure('mounted')).toEqual({ hook: consumers, usable: consumers, fetch: consumers });

    for (let call = 0; call < 1_000; call += 1) await session.getAccessToken();
    await clock.advance(30 * aMinute);
    expect(figure('a thousand reads, half an hour')).toEqual({ hook: 0, usable: 0, fetch: 0 });

    await refresh(session);
    const refreshed = figure('a refresh');
    expect(refreshed.hook).toBeGreaterThan(0);
    expect(refreshed.hook).toBeLessThanOrEqual(2 * consumers);
    expect(refreshed).toMatchObject({ usable: 0, fetch: 0 });

    await clock.advance(45 * aMinute);
    expect(figure('the sign-in leaves the hourly count')).toEqual({
      hook: consumers,
      usable: 0,
      fetch: 0,
    });

    await clock.advance(20 * aMinute);
    expect(page.text).toContain('expired');
    expect(figure('the token lapses')).toEqual({ hook: consumers, usable: consumers, fetch: 0 });

    await refresh(session);
    const healed = figure('a refresh of the lapsed token');
    expect(healed.hook).toBeLessThanOrEqual(2 * consumers);
    expect(healed).toMatchObject({ usable: consumers, fetch: 0 });

    await clock.settle(session.signOut());
    await clock.advance(anHour);
    expect(page.text).toContain('idle');
    const signedOut = figure('a sign-out');
    expect(signedOut.hook).toBeLessThanOrEqual(2 * consumers);
    expect(signedOut).toMatchObject({ usable: consumers, fetch: 0 });

    console.log(`renders of ${consumers} components each, React ${version}`);
    console.table(figures);
  });
});
