import type { ExpectedCallback } from '@act-on-token/core';
import {
  ActOnTokenProvider,
  expectCallback,
  takeExpectedCallback,
  useActOnCallback,
} from '@act-on-token/react';
import { type ReactElement, StrictMode, useEffect, version } from 'react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { expectNoComplaints, open } from './support/page.ts';
import { type World, world } from './support/world.ts';

type Session = ReturnType<World['session']>;

let seen: string[] = [];
let renders = 0;
/** Where the page was when its components began to load things. */
let addresses: string[] = [];

function Callback(): ReactElement {
  const { status, error } = useActOnCallback();
  const text = error === null ? status : `${status}: ${error.code}`;
  renders += 1;
  if (seen.at(-1) !== text) seen.push(text);
  return <i>{text}</i>;
}

function Loads(): null {
  useEffect(() => {
    addresses.push(location.href);
  }, []);
  return null;
}

/** Another `mount` is another component to React, as after a hot reload. */
function page(session: Session, mount = 1): ReactElement {
  return (
    <StrictMode>
      <ActOnTokenProvider session={session}>
        <Loads />
        <Callback key={mount} />
        <Loads />
      </ActOnTokenProvider>
    </StrictMode>
  );
}

/** The tab is at Act-On's redirect, and remembers from where it left if it `expects` it. */
async function arrive({ consent }: World, expects = true): Promise<string> {
  const { request, redirect } = await consent();
  if (expects) expectCallback(request);
  visit(redirect);
  return redirect;
}

function visit(address: string): void {
  history.replaceState({ router: 7 }, '', address);
}

function codesSent({ emulator }: World): number {
  return emulator.ledger.counters().grants.authorization_code.sent;
}

const clean = 'http://localhost:3000/callback?lang=en';

expectNoComplaints();
beforeEach(() => {
  sessionStorage.clear();
  visit('/');
  [seen, addresses, renders] = [[], [], 0];
});

describe(`useActOnCallback under React ${version}`, () => {
  it('signs in with the code of the redirect, once, although StrictMode mounts it twice', async () => {
    const mine = world();
    await arrive(mine);
    const session = mine.session();
    const opened = open(page(session));
    expect(opened.text).toBe('pending');
    await opened.shows('done');
    expect(codesSent(mine)).toBe(1);
    expect(session.getSnapshot()).toMatchObject({ usable: true, status: 'authorized' });
    expect(seen).toEqual(['pending', 'done']);
    expect(renders).toBeLessThanOrEqual(4);
  });

  it('takes the code out of the address before any effect, and leaves what belongs to others', async () => {
    const mine = world();
    await arrive(mine);
    const opened = open(page(mine.session()));
    expect(location.href).toBe(clean);
    expect(history.state).toEqual({ router: 7 });
    await opened.shows('done');
    expect([...new Set(addresses)]).toEqual([clean]);
  });

  it('goes on with the same exchange when the component is mounted anew, in the middle of it and after it', async () => {
    const mine = world();
    await arrive(mine);
    const hold = mine.emulator.faults.arm({ route: 'token', kind: 'hold' });
    const session = mine.session();
    const opened = open(page(session));
    await hold.reached();
    opened.render(page(session, 2));
    opened.unmount();
    const again = open(page(session, 3));
    expect(again.text).toBe('pending');
    hold.release();
    await again.shows('done');
    again.render(page(session, 4));
    expect(again.text).toBe('done');
    expect(codesSent(mine)).toBe(1);
    expect(seen).toEqual(['pending', 'done']);
  });

  it('is done when the page is loaded again and somebody is signed in', async () => {
    const mine = world();
    const redirect = await arrive(mine);
    await open(page(mine.session())).shows('done');
    for (const address of [clean, redirect]) {
      visit(address);
      await open(page(mine.session())).shows('done');
      expect(location.href).toBe(clean);
    }
    expect(codesSent(mine)).toBe(1);
  });

  it('says that nothing began here when the page is loaded without a redirect and nobody is signed in', async () => {
    const mine = world();
    visit(clean);
    await open(page(mine.session())).shows('failed: callback');
    expect(mine.emulator.ledger.counters().grants.authorization_code.sent).toBe(0);
  });

  it.each([
    ['a code that this tab did not ask for', '&code=stolen&state=of-another-browser'],
    ['a code without a state', '&code=stolen'],
    ['two codes', '&code=one&code=two&state=x'],
    ['a token in the fragment', '#access_token=stolen'],
  ])(
    'sends nothing for %s, takes it out of the address, and still knows its own sign-in',
    async (_, carried) => {
      const mine = world();
      const { request, redirect } = await mine.consent();
      expectCallback(request);
      visit(`${clean}${carried}`);
      const opened = open(page(mine.session()));
      await opened.shows('failed: callback');
      expect(location.href).toBe(clean);
      expect(codesSent(mine)).toBe(0);

      visit(redirect);
      await open(page(mine.session())).shows('done');
    },
  );

  it('leaves a session alone that somebody wants to replace by a code of their own', async () => {
    const mine = world();
    const session = await mine.signedIn();
    const token = session.currentAccessToken();
    await arrive(mine, false);
    await open(page(session)).shows('done');
    expect(codesSent(mine)).toBe(0);
    expect(session.currentAccessToken()).toBe(token);
  });

  it('fails with what Act-On says when the person refused, also beside a session that goes on', async () => {
    const mine = world();
    const session = await mine.signedIn();
    const { request } = await mine.consent();
    expectCallback(request);
    visit(`${clean}&error=access_denied&error_description=No&state=${request.state}`);
    await open(page(session)).shows('failed: callback');
    expect(location.href).toBe(clean);
    expect(session.getSnapshot().usable).toBe(true);
  });

  it('fails with what authorize() rejects with, and does not try again by itself', async () => {
    const mine = world();
    await arrive(mine);
    mine.emulator.faults.arm({ route: 'token', kind: 'too_many_requests', retryAfter: '3600' });
    const session = mine.session();
    const opened = open(page(session));
    await opened.shows('failed: rate_limited');
    opened.render(page(session, 2));
    expect(opened.text).toBe('failed: rate_limited');
    expect(codesSent(mine)).toBe(1);
  });

  it('fails with store_unavailable when nobody can tell whether anybody is signed in', async () => {
    const mine = world();
    mine.store.isDown = true;
    visit(clean);
    await open(page(mine.session())).shows('failed: store_unavailable');
  });

  it('never tells what somebody else said about a code', async () => {
    const mine = world();
    const redirect = await arrive(mine);
    const code = new URL(redirect).searchParams.get('code') ?? '';
    const session = {
      ...mine.session(),
      authorize: () => Promise.reject(new TypeError(`bad ${code}`)),
    } as unknown as Session;
    const Why = (): ReactElement => <i>{useActOnCallback(session).error?.message}</i>;
    expect(code).not.toBe('');
    await open(<Why />).shows('The sign-in could not be finished (TypeError). Start it again.');
  });

  it('tells the router of Next.js, which would put the address back that it read before', async () => {
    const mine = world();
    const redirect = await arrive(mine);
    const router = { address: redirect };
    const mark = { __NA: true, tree: 'of the router' };
    history.replaceState(mark, '', redirect);
    const replace = history.replaceState.bind(history);
    const opened = open(page(mine.session()));
    expect(history.state).toEqual(mark);
    // As Next.js does it, once it has mounted what it renders: its own entries are marked, and
    // others' get the mark.
    history.replaceState = (state, unused, address) => {
      if (!state?.__NA) router.address = String(address);
      replace({ ...state, ...mark }, unused, address);
    };
    try {
      await opened.shows('done');
      expect(router.address).toBe(clean);
      expect([location.href, history.state]).toEqual([clean, mark]);
    } finally {
      Reflect.deleteProperty(history, 'replaceState');
    }
  });

  it('finishes the next redirect too, if the document lives that long', async () => {
    const mine = world();
    await arrive(mine);
    const session = mine.session();
    const opened = open(page(session));
    await opened.shows('done');
    await arrive(mine);
    opened.render(page(session, 2));
    await vi.waitFor(() => expect(codesSent(mine)).toBe(2));
    await opened.shows('done');
    expect(location.href).toBe(clean);
  });
});

describe('what is kept until the redirect comes back', () => {
  it('is given once to the redirect that answers it, and never holds more than that takes', async () => {
    const { request } = await world().consent();
    expectCallback(request);
    const { url: _, ...asked } = request;
    const kept = { ...asked, returnTo: '/' };
    expect(JSON.parse(Object.values({ ...sessionStorage }).join())).toEqual(kept);
    expect(takeExpectedCallback('another state')).toEqual(kept);
    expect(takeExpectedCallback(request.state)).toEqual(kept);
    expect(takeExpectedCallback(request.state)).toBeNull();
  });

  const elsewhere = [
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil',
    'x',
    '',
  ];
  it.each(elsewhere)(
    'refuses to return to %j, and to what a script put into its place',
    async (returnTo) => {
      const { request } = await world().consent();
      expect(() => expectCallback(request, { returnTo })).toThrow(
        '"returnTo" that is a path of this app',
      );
      expect(sessionStorage).toHaveLength(0);
      expectCallback(request, { returnTo: '/lists' });
      const [[key = '', text = '']] = Object.entries({ ...sessionStorage }) as [[string, string]];
      sessionStorage.setItem(key, JSON.stringify({ ...JSON.parse(text), returnTo }));
      expect(takeExpectedCallback(request.state)).toMatchObject({ returnTo: '/' });
    },
  );

  it('says where the person goes on, once the code was exchanged', async () => {
    const mine = world();
    const { request, redirect } = await mine.consent();
    expectCallback(request, { returnTo: '/lists?page=2#top' });
    visit(redirect);
    const session = mine.session();
    const places: unknown[] = [];
    const Place = (): null => {
      const { status, returnTo } = useActOnCallback(session);
      places.push([status, returnTo]);
      return null;
    };
    open(<Place />);
    await vi.waitFor(() => expect(places.at(-1)).toEqual(['done', '/lists?page=2#top']));
    expect(places[0]).toEqual(['pending', null]);
  });

  it('is nothing if the storage holds what is not ours', () => {
    sessionStorage.setItem('act-on-token.callback', 'not JSON');
    expect(takeExpectedCallback('x')).toBeNull();
  });

  it('is what authorizationUrl() resolved with, and not the promise of it', () => {
    const forgotten = Promise.resolve() as unknown as ExpectedCallback;
    expect(() => expectCallback(forgotten)).toThrow(
      'expectCallback() takes what authorizationUrl() resolved with: await it.',
    );
  });

  it('cannot be kept where the browser keeps nothing: a clear error, before anybody leaves the page', async () => {
    const { request } = await world().consent();
    vi.stubGlobal('sessionStorage', undefined);
    expect(() => expectCallback(request)).toThrow(
      /could not use sessionStorage \(TypeError\)\. Allow the page to keep data/,
    );
    expect(takeExpectedCallback(request.state)).toBeNull();
    vi.unstubAllGlobals();
  });
});
