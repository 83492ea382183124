import { createHash } from 'node:crypto';
import type { Session, SessionEvent } from '@act-on-token/core';
import { ActOnTokenProvider } from '@act-on-token/react';
import { type ReactElement, StrictMode } from 'react';
import { renderToString } from 'react-dom/server';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { ActOnTokenDevtoolsProps } from '../src/devtools.ts';
import { inBrowserOnly } from '../src/devtools-panel/in-browser-only.ts';
import { expectNoComplaints, open, takeOver } from './support/page.ts';
import { aMinute, anHour, type World, world } from './support/world.ts';

/** The entry as an app gets it that is built with this `NODE_ENV`. */
async function devtools(environment = 'development') {
  vi.stubEnv('NODE_ENV', environment);
  vi.resetModules();
  const [{ ActOnTokenDevtools }, { ActOnTokenProvider: Provider }] = await Promise.all([
    import('../src/devtools.ts'),
    import('../src/index.ts'),
  ]);
  return (session: Session, props: ActOnTokenDevtoolsProps = {}): ReactElement => (
    <StrictMode>
      <Provider session={session}>
        <main>the app</main>
        <ActOnTokenDevtools {...props} />
      </Provider>
    </StrictMode>
  );
}

function query<Found extends HTMLElement>(selector: string): Found | null {
  return document.querySelector<Found>(`[data-act-on-token-devtools] ${selector}`);
}

function found<Found extends HTMLElement>(selector: string): Promise<Found> {
  return vi.waitFor(() => {
    const element = query<Found>(selector);
    if (element === null) throw new Error(`There is no ${selector}.`);
    return element;
  });
}

const button = (name: string): HTMLButtonElement => {
  const all = [...document.querySelectorAll<HTMLButtonElement>('button')];
  const one = all.find((each) =>
    (each.getAttribute('aria-label') ?? each.textContent)?.startsWith(name),
  );
  if (one === undefined) throw new Error(`There is no button "${name}".`);
  return one;
};

/** What stands beside a label. */
const row = (label: string): string | null | undefined =>
  [...document.querySelectorAll('dt')].find((each) => each.textContent === label)
    ?.nextElementSibling?.textContent;
const current = (): string | null | undefined => query('[aria-current]')?.textContent;
const note = (): string | null | undefined => query('[role=status]')?.textContent;
const events = (): string[] =>
  [...document.querySelectorAll('[data-part=events] b')].map((each) => each.textContent ?? '');
const shows = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000 });

/** The panel, open, of a session that is signed in. */
async function opened(all: World = world()) {
  const session = await all.signedIn();
  const render = await devtools();
  open(render(session, { initiallyOpen: true }));
  await found('[role=dialog]');
  return { ...all, session };
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('<ActOnTokenDevtools>', () => {
  expectNoComplaints();

  it.each(['production', 'test', 'staging', ''])(
    'renders nothing and loads nothing where NODE_ENV is "%s"',
    async (environment) => {
      const { session } = world();
      const mine = session();
      const render = await devtools(environment);
      const page = open(render(mine, { initiallyOpen: true }));
      expect(renderToString(render(mine))).toBe('<main>the app</main>');
      // What is loaded later is there: the other would be there by now.
      const renderLater = await devtools();
      const later = open(renderLater(mine, { initiallyOpen: true }));
      await found('[role=dialog]');
      later.unmount();
      expect(page.text).toBe('the app');
      expect(document.querySelector('[data-act-on-token-devtools], style')).toBe(null);
    },
  );

  it('renders nothing on a server, and shows in a browser that takes over', async () => {
    const { session, clock } = world();
    const mine = session();
    const render = await devtools();
    const html = renderToString(render(mine));
    expect(html).toBe('<main>the app</main>');
    const complaints: unknown[] = [];
    takeOver(html, render(mine), complaints);
    await found('button');
    await clock.advance(0);
    expect(complaints).toEqual([]);
  });

  it('opens by its button, closes by its button and by Escape, and the focus goes along', async () => {
    const { signedIn } = world();
    const render = await devtools();
    open(render(await signedIn()));
    const opener = await found<HTMLButtonElement>('button');
    expect(opener.textContent).toBe('Act-On devtools, the session is authorized');
    expect(opener.getAttribute('aria-expanded')).toBe('false');
    expect(document.activeElement).toBe(document.body);
    opener.click();
    await shows(() => expect(document.activeElement?.textContent).toBe('Act-On session'));
    const label = query('[role=dialog]')?.getAttribute('aria-labelledby') ?? '';
    expect(document.getElementById(label)?.textContent).toBe('Act-On session');
    button('Close').click();
    await shows(() => expect(document.activeElement).toBe(query('[data-part=opener]')));
    expect(query('[role=dialog]')).toBe(null);
    query<HTMLButtonElement>('button')?.click();
    await found('[role=dialog]');
    document.activeElement?.dispatchEvent(
      new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }),
    );
    await shows(() => expect(document.activeElement).toBe(query('[data-part=opener]')));
  });

  it('shows each state as the session comes to it', async () => {
    const { clock, emulator, session } = world();
    const mine = session();
    const render = await devtools();
    open(render(mine, { initiallyOpen: true }));
    await found('[role=dialog]');
    await clock.advance(0);
    await shows(() => expect([current(), row('Needs a sign-in')]).toEqual(['idle', 'yes']));
    await clock.settle(mine.authorize({ type: 'password', ...emulator.user }));
    await shows(() => expect([current(), row('Usable')]).toEqual(['authorized', 'yes']));
    expect(row('Expires')).toMatch(/^\d\d:\d\d:\d\d, in (1 h 0 min|59 min \d+ s)$/);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    await clock.advance(2 * aMinute);
    const refresh = mine.getAccessToken({ minValidity: anHour });
    await hold.reached();
    await shows(() => expect(current()).toBe('refreshing'));
    hold.release();
    await clock.settle(refresh);
    await shows(() => expect([current(), row('Generation')]).toEqual(['authorized', '2']));
    await clock.advance(2 * anHour);
    await shows(() => expect([current(), row('Expired because')]).toEqual(['expired', 'lapsed']));
  });

  it('shows the fingerprint of the token that the session has, and follows it', async () => {
    const { session, refresh } = await opened();
    const print = (): string =>
      createHash('sha256')
        .update(session.currentAccessToken() ?? '')
        .digest('hex')
        .slice(0, 8);
    await shows(() => expect(row('Access token')).toMatch(new RegExp(`^${print()} \\[\\d+ `)));
    const before = print();
    await refresh(session);
    expect(print()).not.toBe(before);
    await shows(() => expect(row('Access token')).toContain(print()));
  });

  it('shows no secret anywhere, whatever happens', async () => {
    const { clock, emulator, session, refresh } = await opened();
    const secrets = new Set<string>([emulator.client.secret, emulator.user.password]);
    const look = (): void => {
      const state = emulator.exportState() as unknown as Record<string, unknown>;
      for (const text of JSON.stringify(state).match(/[\w.-]{30,}/g) ?? []) secrets.add(text);
      secrets.add(session.currentAccessToken() ?? emulator.client.secret);
      for (const secret of secrets)
        expect(document.documentElement.outerHTML).not.toContain(secret);
    };
    look();
    await refresh(session);
    look();
    emulator.faults.arm({ route: 'token', kind: 'drop_after' });
    await clock.advance(2 * anHour);
    await clock.settle(session.getAccessToken().catch(() => null));
    look();
    await clock.settle(session.signOut());
    look();
    expect(secrets.size).toBeGreaterThan(4);
  });

  it('lists what happened before it came and since, the latest first, and forgets on request', async () => {
    const { session, refresh, clock } = await opened();
    await shows(() => expect(events()).toEqual(['signed_in', 'grant_sent']));
    await refresh(session);
    await shows(() => expect(events()).toEqual(['refreshed', 'signed_in', 'grant_sent']));
    button('Clear').click();
    await shows(() => expect(query('[data-part=events]')).toBe(null));
    await clock.settle(session.signOut());
    await shows(() => expect(events()).toEqual(['signed_out']));
  });

  it('keeps a hundred events and no more', async () => {
    const { session } = world();
    const mine = session();
    const listeners = new Set<(event: SessionEvent) => void>();
    const talkative: Session = {
      ...mine,
      subscribe: mine.subscribe,
      getSnapshot: mine.getSnapshot,
      describe: mine.describe,
      currentAccessToken: mine.currentAccessToken,
      on(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    };
    const render = await devtools();
    open(render(talkative, { initiallyOpen: true }));
    await found('[role=dialog]');
    // The panel shows before its effects run: those of the timeline and of the report listen.
    await shows(() => expect(listeners.size).toBe(2));
    for (let lineage = 1; lineage <= 250; lineage += 1)
      for (const listener of listeners) listener({ type: 'signed_in', lineage });
    await shows(() => expect(events()).toHaveLength(100));
    expect(query('[data-part=events] li')?.textContent).toContain('lineage 250');
  });

  it('leaves nothing behind when it goes', async () => {
    const { store, signedIn, clock } = world();
    const session = await signedIn();
    const render = await devtools();
    const page = open(render(session, { initiallyOpen: true }));
    await found('[role=dialog]');
    await clock.advance(0);
    expect(store.watches.open).toBe(1);
    page.unmount();
    expect(store.watches.open).toBe(0);
    expect(document.querySelector('[data-act-on-token-devtools]')).toBe(null);
  });

  it('shows what a session that cannot describe itself says in its snapshot', async () => {
    const { signedIn } = world();
    const session = await signedIn();
    const render = await devtools();
    for (const described of ['', 'null', '[]', '{}', '{"record":null,"events":7}', 'not JSON']) {
      const silent: Session = Object.create(session, {
        describe: { value: () => described },
      });
      const page = open(render(silent, { initiallyOpen: true }));
      await found('[role=dialog]');
      await shows(() => expect([current(), row('Usable')]).toEqual(['authorized', 'yes']));
      page.unmount();
    }
  });

  it('takes another session than the provider’s, and gives the style its nonce', async () => {
    const { session, signedIn } = world();
    const render = await devtools();
    open(render(session(), { session: await signedIn(), initiallyOpen: true, nonce: 'abc' }));
    await found('[role=dialog]');
    await shows(() => expect(current()).toBe('authorized'));
    expect(document.querySelector('style')?.getAttribute('nonce')).toBe('abc');
  });
});

describe('the buttons of the devtools', () => {
  expectNoComplaints();

  it('expire: the token counts as refused, and the session replaces it', async () => {
    const { session, clock, emulator } = await opened();
    const before = session.currentAccessToken();
    button('Expire').click();
    await clock.advance(0);
    await shows(() => expect(note()).toContain('The session kept its token'));
    expect(session.currentAccessToken()).toBe(before);
    await clock.advance(2 * aMinute);
    button('Expire').click();
    await clock.advance(0);
    await shows(() => expect(note()).toBe('The session has a new token.'));
    expect(session.currentAccessToken()).not.toBe(before);
    expect(emulator.ledger.counters().grants.refresh_token.granted).toBe(1);
  });

  it('refresh: there is another token although the old one was good', async () => {
    const { session, clock } = await opened();
    await clock.advance(2 * aMinute);
    const before = session.currentAccessToken();
    button('Refresh').click();
    await clock.advance(0);
    await shows(() => expect(note()).toBe('The session has a new token.'));
    expect(session.currentAccessToken()).not.toBe(before);
    expect(row('Generation')).toBe('2');
  });

  it('sign out: the session ends, and what needs one says so and does nothing', async () => {
    const { session, clock, emulator } = await opened();
    button('Sign out').click();
    await clock.advance(0);
    await shows(() => expect([note(), current()]).toEqual(['Signed out.', 'idle']));
    const { requests } = emulator.ledger.counters();
    for (const [name, why] of [
      ['Expire', 'There is no valid token.'],
      ['Refresh', 'No one is signed in.'],
      ['Sign out', 'No one is signed in.'],
    ] as const) {
      expect(button(name).getAttribute('aria-disabled')).toBe('true');
      expect(button(name).disabled).toBe(false);
      button(name).click();
      await clock.advance(0);
      await shows(() => expect(note()).toBe(`${name}: ${why}`));
    }
    expect(emulator.ledger.counters().requests).toBe(requests);
    expect(session.getSnapshot().status).toBe('idle');
  });

  it('say what went wrong', async () => {
    const { clock, emulator } = await opened();
    await clock.advance(2 * aMinute);
    emulator.revoke({ user: emulator.user.username });
    button('Refresh').click();
    await clock.advance(0);
    await shows(() => expect(note()).toMatch(/^session_expired: /));
    expect(query('[role=status]')?.dataset.failed).toBe('true');
  });

  it('do one thing at a time', async () => {
    const { clock, emulator } = await opened();
    await clock.advance(2 * aMinute);
    const hold = emulator.faults.arm({ route: 'token', kind: 'hold' });
    button('Refresh').click();
    await hold.reached();
    await shows(() => expect(button('Refresh').textContent).toBe('Refresh …'));
    button('Sign out').click();
    button('Refresh').click();
    hold.release();
    await clock.advance(0);
    await shows(() => expect(note()).toBe('The session has a new token.'));
    expect(current()).toBe('authorized');
    expect(emulator.ledger.counters().grants.refresh_token.sent).toBe(1);
  });
});

it('a panel that cannot be loaded leaves the page as it is, and says so', async () => {
  const complaint = vi.spyOn(console, 'error').mockImplementation(() => {});
  const Broken = inBrowserOnly<object>(() => Promise.reject(new Error('the network is gone')));
  const { session } = world();
  const page = open(
    <ActOnTokenProvider session={session()}>
      the app
      <Broken />
    </ActOnTokenProvider>,
  );
  await shows(() => expect(complaint).toHaveBeenCalledOnce());
  expect(page.text).toBe('the app');
  page.unmount();
  vi.restoreAllMocks();
});
